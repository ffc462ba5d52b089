"""How other tools count funnels, as options of ours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from sojourn.base.timespan import DAY_US, SECOND_US
from sojourn.insight.funnel.errors import FunnelError
from sojourn.insight.funnel.phrasing import span_words
from sojourn.insight.funnel.values import Entry, Order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.insight.funnel.question import Funnel


class Profile(StrEnum):
    """A tool whose way of counting can be taken over."""

    POSTHOG = "posthog"
    AMPLITUDE = "amplitude"
    MIXPANEL = "mixpanel"
    CLICKHOUSE = "clickhouse"


WINDOWS_US = {Profile.POSTHOG: 14 * DAY_US, Profile.MIXPANEL: 7 * DAY_US}
"""The window a tool takes when none is given, where it documents one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One option that a tool sets otherwise.

    Attributes
    ----------
    option : str
    ours, theirs : str
        What each does, in words.
    spec : Funnel
        The same funnel with this option alone set their way.
    """

    option: str
    ours: str
    theirs: str
    spec: Funnel


def as_profile(spec: Funnel, profile: Profile, *, own_window: bool = False) -> Funnel:
    """Return a funnel counted the way a tool does.

    Parameters
    ----------
    spec : Funnel
    profile : Profile
    own_window : bool
        Whether to take the tool's own window in place of the funnel's.

    Raises
    ------
    FunnelError
        If the tool cannot be asked such a funnel.
    """
    problem = cannot(spec, profile)
    if problem:
        raise FunnelError(problem)
    for change in changes(spec, profile, own_window=own_window):
        spec = _both(spec, change.spec, change.option)
    return spec


def cannot(spec: Funnel, profile: Profile) -> str:
    """Return why a tool cannot be asked a funnel; empty if it can."""
    gaps = any(step.shortest_us > 0 or step.longest_us is not None for step in spec.steps)
    if gaps:
        return f"{profile.value} limits no gap between two steps."
    if profile is Profile.CLICKHOUSE:
        if spec.order is Order.ANY:
            return "ClickHouse's windowFunnel knows no steps in any order."
        if spec.exclusions or any(step.optional for step in spec.steps):
            return "ClickHouse's windowFunnel knows neither exclusions nor optional steps."
    return ""


def changes(spec: Funnel, profile: Profile, *, own_window: bool = False) -> tuple[Change, ...]:
    """Return the options that a tool sets otherwise than a funnel does.

    References
    ----------
    PostHog: ``funnel-udf/src/steps.rs``. Amplitude: "How Amplitude handles simultaneous events in a
    funnel". Mixpanel: "Funnels advanced concepts" (conversion window, re-entry). ClickHouse:
    ``AggregateFunctionWindowFunnel.cpp``.
    """
    found = _window(spec, profile) if own_window else iter(())
    return (*found, *_OTHERS[profile](spec))


def _window(spec: Funnel, profile: Profile) -> Iterator[Change]:
    theirs = WINDOWS_US.get(profile, spec.window_us)
    if theirs is not None and theirs != spec.window_us:
        ours = "none" if spec.window_us is None else span_words(spec.window_us)
        yield Change(
            option="window",
            ours=ours,
            theirs=span_words(theirs),
            spec=replace(spec, window_us=theirs),
        )


def _posthog(spec: Funnel) -> Iterator[Change]:
    if spec.exclusions and not spec.drop_excluded:
        yield Change(
            option="exclusion",
            ours="spoils the attempt; steps before it count",
            theirs="takes the person out altogether",
            spec=replace(spec, drop_excluded=True),
        )
    yield from _ties(spec, 1)


def _amplitude(spec: Funnel) -> Iterator[Change]:
    yield from _ties(spec, SECOND_US)


def _mixpanel(spec: Funnel) -> Iterator[Change]:
    if spec.entry is Entry.BEST and spec.order is not Order.ANY:
        yield Change(
            option="entry",
            ours="the attempt that gets furthest counts",
            theirs="the window opens at the first entry and no later one counts",
            spec=replace(spec, entry=Entry.FIRST),
        )


def _clickhouse(spec: Funnel) -> Iterator[Change]:
    if spec.order is Order.STRICT:
        if not spec.ends_at_break:
            yield Change(
                option="strict order",
                ours="any other event breaks an attempt, and a later one may succeed",
                theirs="only events of no step break it, and the first break is the end",
                spec=replace(spec, ends_at_break=True),
            )
        return
    if not spec.reuse_events:
        yield Change(
            option="one event",
            ours="fills one step",
            theirs="may fill several steps",
            spec=replace(spec, reuse_events=True),
        )
    yield from _ties(spec, 1)


def _ties(spec: Funnel, unit_us: int) -> Iterator[Change]:
    if spec.order is Order.STRICT or spec.simultaneous_us == unit_us:
        return
    what = "of the same second" if unit_us == SECOND_US else "at the same time"
    yield Change(
        option="ties",
        ours="keep their order" if not spec.simultaneous_us else "of one time have none",
        theirs=f"events {what} count as in either order",
        spec=replace(spec, simultaneous_us=unit_us),
    )


_OTHERS = {
    Profile.POSTHOG: _posthog,
    Profile.AMPLITUDE: _amplitude,
    Profile.MIXPANEL: _mixpanel,
    Profile.CLICKHOUSE: _clickhouse,
}
_FIELDS = {
    "window": "window_us",
    "exclusion": "drop_excluded",
    "ties": "simultaneous_us",
    "entry": "entry",
    "strict order": "ends_at_break",
    "one event": "reuse_events",
}


def _both(spec: Funnel, other: Funnel, option: str) -> Funnel:
    """Return a funnel with one option taken from another."""
    match _FIELDS[option]:
        case "window_us":
            return replace(spec, window_us=other.window_us)
        case "drop_excluded":
            return replace(spec, drop_excluded=other.drop_excluded)
        case "simultaneous_us":
            return replace(spec, simultaneous_us=other.simultaneous_us)
        case "entry":
            return replace(spec, entry=other.entry)
        case "ends_at_break":
            return replace(spec, ends_at_break=other.ends_at_break)
        case _:
            return replace(spec, reuse_events=other.reuse_events)
