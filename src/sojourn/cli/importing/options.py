"""What the user may say about the inputs of an import."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import click

from sojourn.base.errors import InputError
from sojourn.base.timespan import from_datetime

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.ports.reader import ReadOptions

P = ParamSpec("P")
R = TypeVar("R")

NONE = "-"
"""As a column name: no column plays this role."""
_CODE = re.compile(r"[A-Z]{3}")
_DATE_LENGTHS = {4: "-01-01", 7: "-01"}


class OptionTextError(InputError):
    """An option's text cannot be used. Remedy: write it as shown."""

    code = "option"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The options of reading, as they were typed; None or empty where nothing was said."""

    roles: tuple[tuple[str, str | None], ...]
    properties: tuple[str, ...]
    currency: str | None
    format: str | None
    preset: str | None
    columns: str | None
    delimiter: str | None
    encoding: str | None
    zone: str | None
    event_times: str | None
    event_name: str | None
    allow_times: str | None
    max_ratio: float
    memory: str | None

    def currency_code(self) -> str | None:
        """Return the ISO code, where ``--currency`` is one rather than a column."""
        return self.currency if self.currency and _CODE.fullmatch(self.currency) else None

    def read_options(self, timezone: str, currency: str) -> ReadOptions:
        """Return the options of reading; zone and currency are those of the workspace."""
        from sojourn.ports.reader import ReadOptions

        code = self.currency_code()
        return ReadOptions(
            format=self.format,
            preset=self.preset,
            roles=self._roles(),
            columns=_names(self.columns),
            delimiter=self.delimiter,
            encoding=self.encoding,
            timezone=self.zone or timezone,
            event_times=_names(self.event_times),
            event_name=self.event_name,
            allow_times_us=parse_allowed_times(self.allow_times) if self.allow_times else None,
            currency="" if code == currency else code or "",
            max_unpacked_ratio=self.max_ratio,
        )

    def _roles(self) -> dict[str, str]:
        roles = {role: column for role, column in self.roles if column is not None}
        if self.currency and not self.currency_code():
            roles["currency"] = self.currency
        for text in self.properties:
            name, equals, column = text.partition("=")
            if not equals or not name:
                raise OptionTextError(
                    f"--property {text!r} is not usable.",
                    allowed="NAME=COLUMN, such as --property channel=referral_type",
                )
            roles[name.strip()] = column.strip()
        return {role: "" if column == NONE else column for role, column in roles.items()}


def reading_options(function: Callable[P, R]) -> Callable[P, R]:
    """Add the options of reading; the command receives them as one ``said``."""
    for option in reversed(_OPTIONS):
        function = option(function)

    @wraps(function)
    def gathered(*args: P.args, **kwargs: P.kwargs) -> R:
        given = {name: kwargs.pop(name, None) for name in (*_ROLES, *_OTHERS)}
        texts = {name: cast("str | None", given[name]) for name in _OTHERS}
        kwargs["said"] = Said(
            roles=tuple((role, cast("str | None", given[role])) for role in _ROLES),
            properties=cast("tuple[str, ...]", kwargs.pop("properties", ())),
            max_ratio=cast("float", kwargs.pop("max_ratio", 1000.0)),
            **texts,
        )
        return function(*args, **kwargs)

    return gathered


_ROLES = ("person", "anonymous", "time", "date", "clock", "event", "id", "value")
_OTHERS = (
    "currency", "format", "preset", "columns", "delimiter", "encoding", "zone", "event_times",
    "event_name", "allow_times", "memory",
)  # fmt: skip
_COLUMN = "Column of "
_OPTIONS = (
    click.option("--person", metavar="COLUMN", help=f"{_COLUMN}the person's id (- for none)."),
    click.option("--anonymous", metavar="COLUMN", help=f"{_COLUMN}the anonymous (cookie) id."),
    click.option("--time", metavar="COLUMN", help=f"{_COLUMN}the time."),
    click.option("--date", metavar="COLUMN", help=f"{_COLUMN}the day, with --clock."),
    click.option("--clock", metavar="COLUMN", help=f"{_COLUMN}the time of day, with --date."),
    click.option("--event", metavar="COLUMN", help=f"{_COLUMN}the event's name."),
    click.option("--id", metavar="COLUMN", help=f"{_COLUMN}the event's own, unique id."),
    click.option("--value", metavar="COLUMN", help=f"{_COLUMN}the amount of money."),
    click.option("--currency", metavar="COLUMN|CODE",
                 help="Column of the currency, or one ISO code for all amounts: KRW."),
    click.option("--property", "properties", metavar="NAME=COLUMN", multiple=True,
                 help="Column of a known property: channel, utm_source, referrer, page, device …"),
    click.option("--event-name", metavar="NAME", help="The name of every event of these files."),
    click.option("--event-times", metavar="A,B,C",
                 help="Columns that hold times: one event for each, named after the column."),
    click.option("--format", metavar="FORMAT", help="csv, xlsx, jsonl, parquet, xes, log, …"),
    click.option("--preset", metavar="NAME",
                 help="segment, rudderstack, ga4, amplitude, mixpanel, posthog, orders."),
    click.option("--columns", metavar="A,B,C", help="Names of the columns of a headerless file."),
    click.option("--delimiter", metavar="CHAR",
                 help="Between columns: one character, or tab, blanks, comma …"),
    click.option("--encoding", metavar="NAME", help="utf-8, cp949, euc-kr, utf-16 …"),
    click.option("--tz", "zone", metavar="ZONE",
                 help="Zone of times that carry none: Asia/Seoul. A new workspace takes it too."),
    click.option("--allow-times", metavar="FROM..TO",
                 help="Accept times in this range, in place of 1990 to tomorrow."),
    click.option("--max-ratio", type=click.FloatRange(min=1), default=1000.0, show_default=True,
                 help="Refuse packed files that unpack to more than this many times their size."),
    click.option("--memory", metavar="SIZE", help="What the import may hold in memory [2GB]."),
)  # fmt: skip


def parse_allowed_times(text: str) -> tuple[int, int]:
    """Return a range of instants in microseconds UTC, both ends included.

    Raises
    ------
    OptionTextError
        If the text is not a range.

    Examples
    --------
    >>> parse_allowed_times("1970..1971") == (0, 2 * 365 * 86_400_000_000 - 1)
    True
    """
    start, _, end = text.partition("..")
    try:
        first, last = _first_instant(start), _last_instant(end)
    except (ValueError, OverflowError):
        raise OptionTextError(
            f"--allow-times {text!r} is not a range.",
            allowed="FROM..TO with dates: 1900-01-01..2030-12-31, or years: 1970..1999",
        ) from None
    if first > last:
        raise OptionTextError(f"--allow-times {text!r} ends before it starts.")
    return first, last


def _first_instant(text: str) -> int:
    whole = text.strip() + _DATE_LENGTHS.get(len(text.strip()), "")
    moment = datetime.fromisoformat(whole)
    return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _last_instant(text: str) -> int:
    """Return the last microsecond of the year, month, day or instant named."""
    start = _first_instant(text)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=start)
    match len(text.strip()):
        case 4:
            return from_datetime(moment.replace(month=12, day=31)) + 86_400_000_000 - 1
        case 7:
            following = (moment.replace(day=28) + timedelta(days=4)).replace(day=1)
            return from_datetime(following) - 1
        case 10:
            return start + 86_400_000_000 - 1
        case _:
            return start


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip()) if text else ()
