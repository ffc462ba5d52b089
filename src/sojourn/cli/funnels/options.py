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
_GAP = re.compile(r"\s*(\d+)\s*:\s*([^.\s]*)\s*\.\.\s*(\S*)\s*")
_EXCLUDE = re.compile(r"(?s)(.+?)\s+between\s+(\d+)\s+and\s+(\d+)\s*")


class FunnelTextError(InputError):
    """An option's text cannot be used. Remedy: write it as shown."""

    code = "funnel-option"


class FunnelSaid(TypedDict):
    """The funnel's own options, as they were typed."""

    window: str
    order: str
    entry: str
    gap: tuple[str, ...]
    exclude: tuple[str, ...]
    drop_excluded: bool
    optional: tuple[int, ...]
    unit: str
    session_gap: str
    hold: str
    ties: bool
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
    from sojourn.insight.funnel.profiles import as_profile
    from sojourn.insight.funnel.question import Funnel
    from sojourn.insight.funnel.values import LAST_STEP, Entry, Order, Unit

    places, at = {"first": 1, "last": LAST_STEP}, said["at"]
    spec = Funnel(
        steps=_steps(said, steps),
        scope=scope,
        window_us=None if said["window"] == "none" else parse_duration(said["window"]),
        order=Order(said["order"]),
        entry=Entry(said["entry"]),
        exclusions=tuple(_exclusion(text) for text in said["exclude"]),
        drop_excluded=said["drop_excluded"],
        unit=Unit(said["unit"]),
        session_gap_us=parse_duration(said["session_gap"]),
        hold=said["hold"],
        simultaneous_us=int(said["ties"]),
        by=by,
        at=places[at] if at in places else _number(at),
        groups=said["groups"],
        trend=Interval(said["trend"]) if said["trend"] else None,
        times=said["times"],
        people_at=said["people_at"],
        lost_at=said["lost_at"],
        limit=said["limit"],
    )
    return as_profile(spec, said["profile"]) if said["profile"] else spec


def _steps(said: FunnelSaid, texts: tuple[str, ...]) -> tuple[Step, ...]:
    from sojourn.base.grammar import parse_step
    from sojourn.insight.funnel.values import Step

    gaps = dict(_gap(text, len(texts)) for text in said["gap"])
    wrong = [number for number in said["optional"] if not 1 < number <= len(texts)]
    if wrong:
        raise FunnelTextError(
            f"--optional {wrong[0]} names no later step.", allowed=f"2 to {len(texts)}"
        )
    steps = []
    for number, text in enumerate(texts, 1):
        read = parse_step(text)
        shortest, longest = gaps.get(number, (0, None))
        steps.append(
            Step(
                title=read.title, predicate=read.predicate, optional=number in said["optional"],
                shortest_us=shortest, longest_us=longest,
            )
        )  # fmt: skip
    return tuple(steps)


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
    click.option("--window", default="14d", show_default=True, metavar="TIME",
                 help="From the first step to the last, inclusive: 30m, 12h, 14d; or none."),
    click.option("--order", type=click.Choice(["ordered", "strict", "any"]), default="ordered",
                 show_default=True, help="Others allowed between; directly after; as they come."),
    click.option("--entry", type=click.Choice(["best", "first", "all"]), default="best",
                 show_default=True, help="Which events of step 1 may begin an attempt."),
    click.option("--gap", multiple=True, metavar="K:MIN..MAX",
                 help="Time between step K-1 and step K: 2:..2h, 3:10m..1d. May be repeated."),
    click.option("--exclude", multiple=True, metavar="TEXT",
                 help='"refund between 2 and 3": such an event there spoils the attempt.'),
    click.option("--drop-excluded", is_flag=True, help="… and drops the person altogether."),
    click.option("--optional", multiple=True, type=int, metavar="K",
                 help="Step K never blocks; shown beside the others."),
    click.option("--unit", type=click.Choice(["person", "session"]), default="person",
                 show_default=True, help="What is counted."),
    click.option("--session-gap", default="30m", show_default=True, metavar="TIME",
                 help="A pause that ends a session."),
    click.option("--hold", default="", metavar="PROPERTY",
                 help="Stays the same throughout; pairs of person and value are counted."),
    click.option("--ties", is_flag=True, help="Events at one instant have no order."),
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
    click.option("--profile", metavar="NAME",
                 help="Count as posthog, amplitude, mixpanel or clickhouse do."),
    click.option("--explain-profiles", is_flag=True,
                 help="Count as each of them does, and say where they differ."),
)  # fmt: skip


def _gap(text: str, steps: int) -> tuple[int, tuple[int, int | None]]:
    from sojourn.base.timespan import parse_duration

    found = _GAP.fullmatch(text)
    number = int(found[1]) if found else 0
    if not found or not (found[2] or found[3]) or not 2 <= number <= steps:
        raise FunnelTextError(
            f"--gap {text!r} is not usable.",
            allowed=f"K:MIN..MAX with K from 2 to {steps}, such as 2:..2h or 3:10m..1d",
        )
    shortest = parse_duration(found[2]) if found[2] else 0
    return number, (shortest, parse_duration(found[3]) if found[3] else None)


def _exclusion(text: str) -> Exclusion:
    from sojourn.base.grammar import parse_step
    from sojourn.insight.funnel.values import Exclusion

    found = _EXCLUDE.fullmatch(text)
    if not found:
        raise FunnelTextError(
            f"--exclude {text!r} is not usable.", allowed='"STEP between 2 and 3"'
        )
    read = parse_step(found[1])
    return Exclusion(
        title=read.title, predicate=read.predicate, after=int(found[2]), before=int(found[3])
    )


def _number(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise FunnelTextError(f"--at {text!r} is no step.", allowed="first, last, or a number")
    return int(text)
