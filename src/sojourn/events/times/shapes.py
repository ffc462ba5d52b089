"""What a written time looks like, and where its parts are.

A *shape* is the text with every digit replaced by ``0``. All values of one shape are read by the
same few array operations, so a shape is understood once, here, by regular expressions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeAlias

Span: TypeAlias = tuple[int, int]
"""Start and end byte of a number inside the text."""


class DateOrder(StrEnum):
    """The order of the parts of an all-digit date."""

    YMD = "year first"
    DMY = "day first"
    MDY = "month first"


class DateKind(StrEnum):
    """Whether the order of a date's parts is open to doubt."""

    CLEAR = "clear"
    LONG = "day and month beside a year of four digits"
    SHORT = "three parts of two digits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Where the parts of all values of one shape are.

    ``parts`` are the three numbers of the date as written (for a clear date: year, month, day;
    the month absent where it is ``month``, a name). ``clock_only`` shapes have no date.
    """

    kind: DateKind
    parts: tuple[Span, ...] = ()
    month: int = 0
    hour: Span | None = None
    minute: Span | None = None
    second: Span | None = None
    fraction: Span | None = None
    afternoon: bool | None = None
    """True for PM, False for AM, None on a 24-hour clock."""
    zone_sign: int = 0
    """+1 or -1 when an offset is written, 0 otherwise."""
    zone_hour: Span | None = None
    zone_minute: Span | None = None
    fixed_offset_s: int | None = None
    """The offset of a named zone (UTC, KST)."""

    @property
    def clock_only(self) -> bool:
        """Return whether there is no date."""
        return not self.parts

    @property
    def zoned(self) -> bool:
        """Return whether the text says its zone."""
        return self.zone_sign != 0 or self.fixed_offset_s is not None


_AM, _PM = "오전", "오후"
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_NAMED_OFFSETS: Final = {"z": 0, "utc": 0, "gmt": 0, "kst": 9 * 3600, "jst": 9 * 3600}

_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,? +)?"
_NAME = r"(?P<name>[a-z]{3,9})"
_HALF = rf"(?:{_AM}|{_PM}|[ap]\.?m\.?)"
_ZONE = (
    r"(?: ?(?:(?P<named>z|utc|gmt|kst|jst)|"
    r"(?:utc|gmt)?(?P<sign>[+-])(?P<zh>00):?(?P<zm>00)?)(?: \([a-z ]+\))?)?"
)
_CLOCK = (
    rf"(?:(?P<half1>{_HALF}) ?)?"
    r"(?:(?P<h>00?):(?P<mi>00)(?::(?P<s>00)(?:[.,](?P<f>0{1,9}))?)?"
    r"|(?P<hk>00?)시(?: ?(?P<mk>00?)분)?(?: ?(?P<sk>00?)초)?)"
    rf"(?: ?(?P<half2>{_HALF}))?"
)
_DATES: Final = (
    r"(?P<y>0000)(?P<sep>[-/.])(?P<m>00?)(?P=sep)(?P<d>00?)\.?",
    r"(?P<y>0000)\. ?(?P<m>00?)\. ?(?P<d>00?)\.?",
    r"(?P<y>0000)년 ?(?P<m>00?)월 ?(?P<d>00?)일",
    r"(?P<y>0000)(?P<m>00)(?P<d>00)",
    r"(?P<a>00?)(?P<sep>[-/.])(?P<b>00?)(?P=sep)(?P<y>0000)",
    r"(?P<a>00?)(?P<sep>[-/.])(?P<b>00?)(?P=sep)(?P<c>00)\.?",
    r"(?P<a>00)\. ?(?P<b>00?)\. ?(?P<c>00?)\.?",
    rf"{_WEEKDAY}(?P<d>00?)(?P<sep>[-/ ])(?:{_NAME})\.?,?(?P=sep)(?P<y>0000|00)",
    rf"{_WEEKDAY}{_NAME}\.? +(?P<d>00?),? (?P<y>0000)",
)
_PATTERNS: Final = (
    *(re.compile(rf"{date}(?:(?:[t:_]|,? +|, ?){_CLOCK}{_ZONE})?") for date in _DATES),
    re.compile(r"(?P<y>0000)-(?P<m>00)-(?P<d>00)[t ](?P<h>00)"),
    re.compile(rf"(?P<y>0000)(?P<m>00)(?P<d>00)[t ]?(?P<h>00)(?P<mi>00)(?P<s>00)?{_ZONE}"),
    re.compile(
        rf"{_WEEKDAY}{_NAME} +(?P<d>00?) (?P<h>00):(?P<mi>00):(?P<s>00)"
        r"(?: (?P<named>utc|gmt|kst|jst))? (?P<y>0000)"
    ),
    re.compile(_CLOCK),
)


@lru_cache(maxsize=4096)
def read_shape(shape: bytes) -> Shape | None:
    """Return where the parts of a shape are; None when it is no way to write a time.

    Parameters
    ----------
    shape : bytes
        UTF-8 text with every digit replaced by ``0``.

    Examples
    --------
    >>> read_shape(b"0000-00-00 00:00").hour
    (11, 13)
    """
    try:
        text = shape.decode("utf-8")
    except UnicodeDecodeError:
        return None
    # TRICKY: only ASCII letters are folded, so that every character keeps its bytes.
    folded = "".join(c.lower() if c.isascii() else c for c in text)
    for pattern in _PATTERNS:
        found = pattern.fullmatch(folded)
        if found:
            return _understand(_Found(found))
    return None


class _Found:
    """A match whose spans are counted in bytes."""

    def __init__(self, match: re.Match[str]) -> None:
        self._groups = match.groupdict()
        self._match = match

    def text(self, *names: str) -> str:
        return next((self._groups[n] for n in names if self._groups.get(n)), "")

    def span(self, *names: str) -> Span | None:
        for name in names:
            if self._groups.get(name):
                start, end = self._match.span(name)
                before = len(self._match.string[:start].encode())
                return before, before + end - start
        return None


def _understand(found: _Found) -> Shape | None:
    month = _month(found.text("name"))
    if month is None:
        return None
    sign = found.text("sign")
    return Shape(
        kind=_kind(found),
        parts=_parts(found),
        month=month,
        hour=found.span("h", "hk"),
        minute=found.span("mi", "mk"),
        second=found.span("s", "sk"),
        fraction=found.span("f"),
        afternoon=_afternoon(found.text("half1", "half2")),
        zone_sign={"": 0, "+": 1, "-": -1}[sign],
        zone_hour=found.span("zh"),
        zone_minute=found.span("zm"),
        fixed_offset_s=_NAMED_OFFSETS.get(found.text("named")),
    )


def _kind(found: _Found) -> DateKind:
    if found.span("c"):
        return DateKind.SHORT
    return DateKind.LONG if found.span("a") else DateKind.CLEAR


def _parts(found: _Found) -> tuple[Span, ...]:
    names = ("a", "b", "c", "y") if found.span("a") else ("y", "m", "d")
    return tuple(span for span in map(found.span, names) if span is not None)


def _month(name: str) -> int | None:
    if not name:
        return 0
    short = "sep" if name == "sept" else name
    return next(
        (i for i, full in enumerate(_MONTHS, 1) if short in {full, full[:3]}),
        None,
    )


def _afternoon(half: str) -> bool | None:
    if not half:
        return None
    return half == _PM or half.startswith("p")
