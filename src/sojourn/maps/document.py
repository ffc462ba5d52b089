"""The journey map as a value: stages, flows, steps, lanes, cells and their evidence.

This is the one contract between Python and the renderer: `web/src/model/document.ts` mirrors it,
and a test holds the two together through the JSON schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from sojourn.base.estimate import Estimate, MaybeEstimate, NotEstimable


class Provenance(StrEnum):
    """How a cell knows what it says."""

    MEASURED = "measured"
    PARTLY = "partly"
    ASSUMED = "assumed"
    UNKNOWN = "unknown"


class Health(StrEnum):
    """Whether a step does its work."""

    FINE = "fine"
    WEAK = "weak"
    UNKNOWN = "unknown"
    """Not enough data."""


class MapKind(StrEnum):
    """What the map describes."""

    AS_IS = "as-is"
    TO_BE = "to-be"


class FlowKind(StrEnum):
    """How people moved between two states of the stage model."""

    NEW = "new"
    """From not yet seen into the stage."""
    FORWARD = "forward"
    SKIP = "skip"
    """Forward past at least one stage."""
    BACK = "back"
    LEFT = "left"
    """To lapsed."""
    RETURNED = "returned"
    """From lapsed into the stage."""


class LaneKind(StrEnum):
    """What a lane holds; decides how its cells are drawn."""

    ACTIONS = "actions"
    TOUCHPOINTS = "touchpoints"
    SOURCES = "sources"
    FRICTION = "friction"
    FEELINGS = "feelings"
    THOUGHTS = "thoughts"
    NEEDS = "needs"
    PAINS = "pains"
    CONFORMANCE = "conformance"
    """Planned against actual."""
    PLAYS = "plays"
    CONTENT = "content"
    METRICS = "metrics"
    TEXT = "text"
    """Any further lane of the user's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words in both languages; ``ko`` empty means the same as ``en``."""

    en: str
    ko: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What is lost at a place, as a range. ``unit`` is ``"money"`` (minor units) or ``"people"``.

    ``assumptions`` are the sentences a reader needs to check the range.
    """

    low: int
    high: int
    unit: str
    currency: str = ""
    days: float = 0.0
    assumptions: tuple[Label, ...] = ()


MaybeStake: TypeAlias = Stake | NotEstimable


@dataclass(frozen=True, slots=True, kw_only=True)
class SojournPoint:
    """One point of a Kaplan-Meier curve, with its pointwise 95 % band."""

    days: float
    staying: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sojourn:
    """How long people stay in a stage.

    ``median_days`` is NotEstimable with a reason when the curve stays above one half; then
    ``beyond_days`` is the longest time observed, for "> 180 d, not reached".

    ``active_days`` is the same median when those who lapsed are taken to have left at their last
    event instead of when the lapse rule became true. ``exits`` are the shares that had left to
    each destination by the longest time observed (cumulative incidence; the label is the stage's
    key, or ``left``); with those still there they add up to 1.
    """

    median_days: MaybeEstimate
    beyond_days: float
    spells: int
    curve: tuple[SojournPoint, ...]
    active_days: MaybeEstimate | None = None
    exits: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of the map with its people; at_start + entered = left + at_end.

    ``entered`` and ``left`` count moves, so a person who came back is in them again.

    Attributes
    ----------
    conversion : MaybeEstimate
        Share of mature spells that reached the next stage or beyond within ``window_days``;
        NotEstimable for the last stage, or with "not mature" as reason.
    immature : int
        Spells too young for the conversion, left out of it.
    change_points : MaybeEstimate
        Conversion minus that of the range before, in percentage points.
    direct : int
        People who arrived here without any lower stage seen.
    ever : int
        People who were ever here up to as-of.
    leaks_to : tuple of Item
        Where those who left were last seen, most common first.
    definition : Label
        The entry and lapse rule in words.
    people : int or None
        Different people who were here at any instant of the range; None where a map does not say.
    """

    key: str
    title: Label
    ever: int
    at_start: int
    entered: int
    left: int
    at_end: int
    direct: int
    conversion: MaybeEstimate
    immature: int
    window_days: float
    change_points: MaybeEstimate
    sojourn: Sojourn | NotEstimable
    stake: MaybeStake
    leaks_to: tuple[Item, ...]
    definition: Label
    observed: bool = True
    """False when no event of the data is bound to the stage: shown as an open question."""
    people: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Moves drawn as one ribbon. ``source``/``target`` are stage keys; null is outside."""

    source: str | None
    target: str | None
    kind: FlowKind
    moves: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a cell: a name, how many, and its share of ``n`` with interval."""

    label: str
    count: int
    share: MaybeEstimate
    note: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a statement comes from."""

    kind: str
    """event | survey | quote | ticket | interview | note."""
    n: int
    date: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A column of the map: an event or group of events inside a stage.

    ``reached`` is people; ``progression`` the share of the mature ones that did a later step of
    the map (or entered a later stage) within the stage's window.
    """

    key: str
    stage: str
    title: Label
    events: tuple[str, ...]
    reached: int
    progression: MaybeEstimate
    health: Health
    health_reason: Label
    stake: MaybeStake
    within_days: float = 0.0
    """In a plan: the time it allows since the planned step before; 0 for any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A row of the map."""

    key: str
    kind: LaneKind
    title: Label
    note: Label | None = None
    """The line under the title: unit, source, freshness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a lane says at a step (or, with ``span``, at this step and the next ``span - 1``).

    Only the parts that the lane's kind draws are filled. An unknown cell has a ``question``.
    """

    lane: str
    step: str
    provenance: Provenance
    span: int = 1
    text: Label | None = None
    question: Label | None = None
    items: tuple[Item, ...] = ()
    score: MaybeEstimate | None = None
    """Feelings: experience in [-2, 2]."""
    stake: MaybeStake | None = None
    shares: tuple[Item, ...] = ()
    """Conformance: on_plan, late, repeated, out_of_order, skipped; shares add up to 1."""
    evidence: tuple[Evidence, ...] = ()
    updated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What the map is for."""

    text: str
    kpi: str = ""
    baseline: str = ""
    target: str = ""
    due: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """Whose journey it is."""

    name: str
    rule: str = ""
    share: MaybeEstimate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The conditions a map was drawn under, as text the grammar reads back; empty for none.

    Attributes
    ----------
    people : str
        Holds for every person drawn, as of their first event.
    events : str
        Holds for every event drawn; the others count as if absent.
    """

    people: str = ""
    events: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """Something the data cannot fill. ``where`` is a step, stage or lane key, or ``"map"``."""

    where: str
    question: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class DataNote:
    """Freshness and coverage of the numbers on the map."""

    as_of: str
    start: str
    end: str
    timezone: str
    people: int
    events: int
    sources: tuple[str, ...]
    notes: tuple[Label, ...] = ()
    """What a reader must not miss: bots left out, untimed events, rows quarantined."""
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyMap:
    """A whole map. ``format`` is ``"sojourn-map/1"``."""

    format: str
    id: str
    title: Label
    kind: MapKind
    goal: Goal | None
    persona: Persona | None
    scenario: str
    currency: str
    stages: tuple[Stage, ...]
    flows: tuple[Flow, ...]
    steps: tuple[Step, ...]
    lanes: tuple[Lane, ...]
    cells: tuple[Cell, ...]
    open_questions: tuple[OpenQuestion, ...]
    data: DataNote
    version: int = 1
    filters: Filters | None = None
    """None where all people and events are drawn."""


__all__ = ["Cell", "DataNote", "Estimate", "Evidence", "Filters", "Flow", "FlowKind", "Goal",
           "Health", "Item", "JourneyMap", "Label", "Lane", "LaneKind", "MapKind", "OpenQuestion",
           "Persona", "Provenance", "Sojourn", "SojournPoint", "Stage", "Stake",
           "Step"]  # fmt: skip
