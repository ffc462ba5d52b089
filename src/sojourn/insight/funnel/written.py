"""A funnel's parts as people write them: steps with gaps, exclusions, windows, places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError
from sojourn.base.grammar import parse_step
from sojourn.base.timespan import parse_duration
from sojourn.insight.funnel.values import LAST_STEP, Exclusion, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

TIES_US = {"kept": 0, "simultaneous": 1, "second": 1_000_000}
"""How long an instant is in which events have no order, by the word for it."""

_GAP = re.compile(r"\s*(\d+)\s*\.\.\s*(\d+)\s*(?:(<=|≤|>=|≥)\s*(\S+)|(\S+?)\s*\.\.\s*(\S+))\s*")
_EXCLUDE = re.compile(r"(?s)(.+?)\s+between\s+(\d+)\s+and\s+(\d+)\s*")
_GAP_FORMS = '"2..3 <= 2h", "2..3 >= 10m" or "2..3 10m..2h", from a step to the next required one'


class FunnelTextError(InputError):
    """An option's text cannot be used. Remedy: write it as shown."""

    code = "funnel-option"


def window_us(text: str | None) -> int | None:
    """Return a window in microseconds; None for none."""
    return None if text is None or text == "none" else parse_duration(text)


def steps(
    texts: Sequence[str], *, gaps: Sequence[str] = (), optional: Sequence[int] = ()
) -> tuple[Step, ...]:
    """Return steps with the gaps between them.

    Parameters
    ----------
    texts : sequence of str
        Such as ``"order where value > 10 as Paid"``.
    gaps : sequence of str
        Such as ``"2..3 <= 2h"``.
    optional : sequence of int
        Numbers of optional steps, from 2.

    Raises
    ------
    InputError
        If a text cannot be used, or a number names no step.
    """
    wrong = [number for number in optional if not 1 < number <= len(texts)]
    if wrong:
        raise FunnelTextError(
            f"--optional {wrong[0]} names no later step.", allowed=f"2 to {len(texts)}"
        )
    limits: dict[int, tuple[int, int | None]] = {}
    for text in gaps:
        number, shortest, longest = _gap(text, optional, len(texts))
        low, high = limits.get(number, (0, None))
        limits[number] = (max(low, shortest), high if longest is None else longest)
    return tuple(
        Step(
            title=read.title,
            predicate=read.predicate,
            optional=number in optional,
            shortest_us=limits.get(number, (0, None))[0],
            longest_us=limits.get(number, (0, None))[1],
        )
        for number, read in enumerate(map(parse_step, texts), 1)
    )


def exclusion(text: str, count: int) -> Exclusion:
    """Return an exclusion of a funnel.

    Parameters
    ----------
    text : str
        ``"refund between 2 and 3"``, or ``"refund"`` for anywhere.
    count : int
        Number of steps.

    Raises
    ------
    InputError
        If the text cannot be used.
    """
    found = _EXCLUDE.fullmatch(text)
    if not found and re.search(r"\sbetween\s", text):
        raise FunnelTextError(
            f"--exclude {text!r} is not usable.",
            allowed='"refund between 2 and 3", or "refund" for anywhere in the funnel',
        )
    read = parse_step(found[1] if found else text)
    after, before = (int(found[2]), int(found[3])) if found else (1, count)
    return Exclusion(title=read.title, predicate=read.predicate, after=after, before=before)


def place(text: str) -> int:
    """Return the number of the step meant by ``first``, ``last`` or a number.

    Raises
    ------
    FunnelTextError
        If it is none of these.
    """
    places = {"first": 1, "last": LAST_STEP}
    if text in places:
        return places[text]
    if not text.isdigit() or int(text) < 1:
        raise FunnelTextError(f"--at {text!r} is no step.", allowed="first, last, or a number")
    return int(text)


def _gap(text: str, optional: Sequence[int], count: int) -> tuple[int, int, int | None]:
    """Return the later step of a gap, and its shortest and longest length."""
    found = _GAP.fullmatch(text)
    after, before = (int(found[1]), int(found[2])) if found else (0, 0)
    between = [number for number in range(after + 1, before) if number not in optional]
    if not found or not 0 < after < before <= count or between or after in optional:
        raise FunnelTextError(f"--gap {text!r} is not usable.", allowed=_GAP_FORMS)
    if found[5]:
        return before, parse_duration(found[5]), parse_duration(found[6])
    length = parse_duration(found[4])
    return (before, 0, length) if found[3] in {"<=", "≤"} else (before, length, None)
