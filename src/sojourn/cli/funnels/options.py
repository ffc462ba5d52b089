"""The options of ``sojourn funnel`` and the question they make."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypedDict, TypeVar, cast

import click

from sojourn.cli.viewing.options import SESSION_GAP

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.insight.funnel.question import Funnel
    from sojourn.insight.question import Scope

P = ParamSpec("P")
R = TypeVar("R")
_TIES = ("kept", "simultaneous", "second")


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
    from sojourn.insight.funnel import written
    from sojourn.insight.funnel.compatible.profiles import Profile, as_profile
    from sojourn.insight.funnel.question import Funnel
    from sojourn.insight.funnel.values import DEFAULT_WINDOW_US, Entry, Order, Unit

    window = said["window"]
    spec = Funnel(
        steps=written.steps(steps, gaps=said["gap"], optional=said["optional"]),
        scope=scope,
        window_us=DEFAULT_WINDOW_US if window is None else written.window_us(window),
        order=Order(said["order"]),
        entry=Entry(said["entry"]),
        exclusions=tuple(written.exclusion(text, len(steps)) for text in said["exclude"]),
        drop_excluded=said["drop_excluded"],
        unit=Unit(said["unit"]),
        session_gap_us=parse_duration(said["session_gap"]),
        hold=said["hold"],
        simultaneous_us=written.TIES_US[said["ties"]],
        by=by,
        at=written.place(said["at"]),
        groups=said["groups"],
        trend=Interval(said["trend"]) if said["trend"] else None,
        times=said["times"],
        people_at=said["people_at"],
        lost_at=said["lost_at"],
        limit=said["limit"],
    )
    if not said["profile"]:
        return spec
    return as_profile(spec, Profile(said["profile"]), own_window=window is None)


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
    SESSION_GAP,
    click.option("--hold", default="", metavar="PROPERTY",
                 help="Stays the same throughout; pairs of person and value are counted."),
    click.option("--ties", type=click.Choice(_TIES), default="kept", show_default=True,
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
