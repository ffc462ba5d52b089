"""The options of ``sojourn funnel`` and the question they make."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypedDict, TypeVar, cast

import click

from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.insight.funnel.question import Funnel
    from sojourn.insight.funnel.values import Exclusion, Step
    from sojourn.insight.question import Scope

P = ParamSpec("P")
R = TypeVar("R")
_GAP = re.compile(r"\s*(\d+)\s*\.\.\s*(\d+)\s*(?:(<=|≤|>=|≥)\s*(\S+)|(\S+?)\s*\.\.\s*(\S+))\s*")
_EXCLUDE = re.compile(r"(?s)(.+?)\s+between\s+(\d+)\s+and\s+(\d+)\s*")
_GAP_FORMS = '"2..3 <= 2h", "2..3 >= 10m" or "2..3 10m..2h", from a step to the next required one'
_TIES = {"kept": 0, "simultaneous": 1, "second": 1_000_000}


class FunnelTextError(InputError):
    """An option's text cannot be used. Remedy: write it as shown."""

    code = "funnel-option"


class FunnelSaid(TypedDict):
    """The funnel's own options, as they were typed."""

    window: str | None
    order: str
    entry: str
    gap: tuple[str, ...]
    exclude: tuple[str, ...]
    drop_excluded: bool
    optional: tuple[int, ...]
    unit: str
    session_gap: str
    hold: str
    ties: str
    at: str
    groups: int
    trend: str | None
    times: bool
    people_at: int
    lost_at: int
    limit: int
    profile: str | None
    explain_profiles: bool


def funnel_of(said: FunnelSaid, steps: tuple[str, ...], scope: Scope, by: str) -> Funnel:
    """Return the question that was asked."""
    from sojourn.base.calendar import Unit as Interval
    from sojourn.base.timespan import parse_duration
    from sojourn.insight.funnel.profiles import Profile, as_profile
    from sojourn.insight.funnel.question import Funnel
    from sojourn.insight.funnel.values import LAST_STEP, Entry, Order, Unit

    places, at = {"first": 1, "last": LAST_STEP}, said["at"]
    spec = Funnel(
        steps=_steps(said, steps),
        scope=scope,
        window_us=_window(said["window"]),
        order=Order(said["order"]),
        entry=Entry(said["entry"]),
        exclusions=tuple(_exclusion(text, len(steps)) for text in said["exclude"]),
        drop_excluded=said["drop_excluded"],
        unit=Unit(said["unit"]),
        session_gap_us=parse_duration(said["session_gap"]),
        hold=said["hold"],
        simultaneous_us=_TIES[said["ties"]],
        by=by,
        at=places[at] if at in places else _number(at),
        groups=said["groups"],
        trend=Interval(said["trend"]) if said["trend"] else None,
        times=said["times"],
        people_at=said["people_at"],
        lost_at=said["lost_at"],
        limit=said["limit"],
    )
    if not said["profile"]:
        return spec
    return as_profile(spec, Profile(said["profile"]), own_window=said["window"] is None)


def _window(text: str | None) -> int | None:
    from sojourn.base.timespan import parse_duration
    from sojourn.insight.funnel.values import DEFAULT_WINDOW_US

    if text is None:
        return DEFAULT_WINDOW_US
    return None if text == "none" else parse_duration(text)


def _steps(said: FunnelSaid, texts: tuple[str, ...]) -> tuple[Step, ...]:
    from sojourn.base.grammar import parse_step
    from sojourn.insight.funnel.values import Step

    wrong = [number for number in said["optional"] if not 1 < number <= len(texts)]
    if wrong:
        raise FunnelTextError(
            f"--optional {wrong[0]} names no later step.", allowed=f"2 to {len(texts)}"
        )
    gaps: dict[int, tuple[int, int | None]] = {}
    for text in said["gap"]:
        number, shortest, longest = _gap(text, said["optional"], len(texts))
        low, high = gaps.get(number, (0, None))
        gaps[number] = (max(low, shortest), high if longest is None else longest)
    return tuple(
        Step(
            title=read.title,
            predicate=read.predicate,
            optional=number in said["optional"],
            shortest_us=gaps.get(number, (0, None))[0],
            longest_us=gaps.get(number, (0, None))[1],
        )
        for number, read in enumerate(map(parse_step, texts), 1)
    )


def funnel_options(function: Callable[P, R]) -> Callable[P, R]:
    """Add the funnel's options; the command receives them as one ``said``."""
    for option in reversed(_OPTIONS):
        function = option(function)

    @wraps(function)
    def gathered(*args: P.args, **kwargs: P.kwargs) -> R:
        given = {name: kwargs.pop(name) for name in FunnelSaid.__annotations__}
        kwargs["said"] = cast("FunnelSaid", given)
        return function(*args, **kwargs)

    return gathered


_OPTIONS = (
    click.option("--window", metavar="TIME",
                 help="From the entry, inclusive: 30m, 12h, 14d; or none.  [default: 14d]"),
    click.option("--order", type=click.Choice(["ordered", "strict", "any"]), default="ordered",
                 show_default=True, help="Others allowed between; directly after; as they come."),
    click.option("--entry", type=click.Choice(["best", "first", "all"]), default="best",
                 show_default=True, help="Which events of step 1 may begin an attempt."),
    click.option("--gap", multiple=True, metavar="TEXT",
                 help='Time between two steps: "2..3 <= 2h", "2..3 >= 10m", "2..3 10m..2h".'),
    click.option("--exclude", multiple=True, metavar="TEXT",
                 help='"refund between 2 and 3": such an event there spoils the attempt.'),
    click.option("--drop-excluded", is_flag=True,
                 help="An excluded event takes the person out altogether."),
    click.option("--optional", multiple=True, type=int, metavar="K",
                 help="Step K never blocks; shown beside the others."),
    click.option("--unit", type=click.Choice(["person", "session"]), default="person",
                 show_default=True, help="What is counted."),
    click.option("--session-gap", default="30m", show_default=True, metavar="TIME",
                 help="A pause that ends a session."),
    click.option("--hold", default="", metavar="PROPERTY",
                 help="Stays the same throughout; pairs of person and value are counted."),
    click.option("--ties", type=click.Choice(list(_TIES)), default="kept", show_default=True,
                 help="Order of events at one time: kept; none; none within a second."),
    click.option("--at", default="first", show_default=True, metavar="first|last|K",
                 help="The step whose event's value counts for --by."),
    click.option("--groups", type=click.IntRange(1, 1000), default=12, show_default=True,
                 help="How many values of --by are shown."),
    click.option("--trend", type=click.Choice(["day", "week", "month"]),
                 help="Also by the day, week or month of the entry."),
    click.option("--times", "--time-to-convert", is_flag=True, help="Also how long it took."),
    click.option("--people-at", type=click.IntRange(0), default=0, metavar="K",
                 help="List people who reached step K."),
    click.option("--lost-at", type=click.IntRange(0), default=0, metavar="K",
                 help="List people lost before step K, and what they did next."),
    click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True,
                 help="How many people are listed."),
    click.option("--profile", type=click.Choice(["posthog", "amplitude", "mixpanel", "clickhouse"]),
                 help="Count as this tool does."),
    click.option("--explain-profiles", is_flag=True,
                 help="Count as each of them does; say which options differ, and for whom."),
)  # fmt: skip


def _gap(text: str, optional: tuple[int, ...], steps: int) -> tuple[int, int, int | None]:
    """Return the later step of a gap, and its shortest and longest length."""
    from sojourn.base.timespan import parse_duration

    found = _GAP.fullmatch(text)
    after, before = (int(found[1]), int(found[2])) if found else (0, 0)
    between = [number for number in range(after + 1, before) if number not in optional]
    if not found or not 0 < after < before <= steps or between or after in optional:
        raise FunnelTextError(f"--gap {text!r} is not usable.", allowed=_GAP_FORMS)
    if found[5]:
        return before, parse_duration(found[5]), parse_duration(found[6])
    length = parse_duration(found[4])
    return (before, 0, length) if found[3] in {"<=", "≤"} else (before, length, None)


def _exclusion(text: str, steps: int) -> Exclusion:
    from sojourn.base.grammar import parse_step
    from sojourn.insight.funnel.values import Exclusion

    found = _EXCLUDE.fullmatch(text)
    if not found and re.search(r"\sbetween\s", text):
        raise FunnelTextError(
            f"--exclude {text!r} is not usable.",
            allowed='"refund between 2 and 3", or "refund" for anywhere in the funnel',
        )
    read = parse_step(found[1] if found else text)
    after, before = (int(found[2]), int(found[3])) if found else (1, steps)
    return Exclusion(title=read.title, predicate=read.predicate, after=after, before=before)


def _number(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise FunnelTextError(f"--at {text!r} is no step.", allowed="first, last, or a number")
    return int(text)
