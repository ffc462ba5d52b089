"""How other tools count funnels, as options of ours, and why two of them differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from sojourn.base.errors import UnknownNameError
from sojourn.insight.answer import Answer
from sojourn.insight.funnel.values import Entry, FunnelRow, Order

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.insight.funnel.question import Funnel

Apply: TypeAlias = "Callable[[Funnel], Funnel]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A way of counting.

    Attributes
    ----------
    name : str
    why : str
        What it does that the default does not.
    """

    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRow:
    """One step as one profile counts it.

    Attributes
    ----------
    difference : int
        People more (or fewer) than by the default.
    why : str
        What the profile does otherwise.
    example : str
        A person whom the two place differently at the last step; empty where there is none.
    """

    profile: str
    step: str
    people: int
    difference: int
    why: str
    example: str


DEFAULT = "sojourn"
PROFILES = (
    Profile(name=DEFAULT, why="the attempt that gets furthest counts; ties keep file order"),
    Profile(
        name="posthog",
        why="an excluded event drops the person altogether; events at one instant have no order",
    ),
    Profile(name="amplitude", why="the earliest of the longest attempts counts; ties keep order"),
    Profile(name="mixpanel", why="the window starts at the first step-1 event only (classic rule)"),
    Profile(
        name="clickhouse",
        why="windowFunnel: one event may fill several steps, events at one instant have no order;"
        " in strict order the first break ends it, repeated steps do not",
    ),
)
_EXAMPLES = 100_000


def _posthog(spec: Funnel) -> Funnel:
    return replace(spec, drop_excluded=True, simultaneous_us=max(1, spec.simultaneous_us))


def _mixpanel(spec: Funnel) -> Funnel:
    return spec if spec.order is Order.ANY else replace(spec, entry=Entry.FIRST)


def _clickhouse(spec: Funnel) -> Funnel:
    strict = spec.order is Order.STRICT
    return replace(
        spec,
        reuse_events=not strict,
        ends_at_break=strict,
        simultaneous_us=spec.simultaneous_us if strict else max(1, spec.simultaneous_us),
    )


_APPLY: Mapping[str, Apply] = {
    DEFAULT: lambda spec: spec,
    "posthog": _posthog,
    "amplitude": lambda spec: spec,
    "mixpanel": _mixpanel,
    "clickhouse": _clickhouse,
}


def as_profile(spec: Funnel, name: str) -> Funnel:
    """Return the funnel counted the way a tool does.

    Raises
    ------
    UnknownNameError
        If there is no such profile.
    """
    if name not in _APPLY:
        raise UnknownNameError("profile", name, _APPLY)
    return _APPLY[name](spec)


def explain_profiles(spec: Funnel, ask: Callable[[Funnel], Answer[object]]) -> Answer[ProfileRow]:
    """Return every profile's count of every step, its difference to the default, and an example."""
    listed = replace(spec, by="", trend=None, times=False, people_at=spec.required[-1] + 1,
                     limit=_EXAMPLES)  # fmt: skip
    base = ask(listed)
    rows = []
    for profile in PROFILES:
        answer = ask(as_profile(listed, profile.name))
        example = _example(base, answer)
        for row, plain in zip(_steps(answer), _steps(base), strict=True):
            rows.append(
                ProfileRow(
                    profile=profile.name,
                    step=row.step,
                    people=row.people,
                    difference=row.people - plain.people,
                    why=profile.why,
                    example=example if row is _steps(answer)[-1] else "",
                )
            )
    return Answer(
        question="funnel profiles",
        spec=spec,
        as_of=base.as_of,
        rows=tuple(rows),
        definition="The same steps counted the way several tools count them; the difference is to"
        " the default, the example is somebody whom the two place differently at the last step.",
        notes=base.notes,
    )


def _steps(answer: Answer[object]) -> tuple[FunnelRow, ...]:
    return tuple(row for row in answer.rows if isinstance(row, FunnelRow))


def _example(one: Answer[object], other: Answer[object]) -> str:
    there, here = (_people(answer) for answer in (one, other))
    return min(there ^ here, default="")


def _people(answer: Answer[object]) -> set[str]:
    listing = (answer.extra or {}).get("people_at")
    if not isinstance(listing, dict) or not isinstance(listing.get("people"), list):
        return set()
    return {str(one["person"]) for one in listing["people"] if isinstance(one, dict)}
