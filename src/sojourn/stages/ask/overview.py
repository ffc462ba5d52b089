"""The stages of a range as a question: people, moves, conversion, sojourn, where leavers were."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from sojourn.base.timespan import DAY_US, to_datetime
from sojourn.insight.answer import Answer, to_json
from sojourn.insight.question import DividedPlan, Scope, Spec
from sojourn.stages.figures import StageCounts, StageFigures, counted, figures, median_days
from sojourn.stages.resampling import DRAWS
from sojourn.stages.spells import EXACT_LIMIT
from sojourn.stages.timeline import Follower, span_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.estimate import MaybeEstimate
    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.question import SideBySide
    from sojourn.stages.model import StageModel

NOT_SEEN, LAPSED = "not yet seen", "lapsed"
MOST_LEAKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages(Spec[StageCounts]):
    """Stages over a range.

    Attributes
    ----------
    model : StageModel
    scope : Scope
    all_spells : bool
        Measure the sojourn over every spell, not each person's first; intervals are then
        bootstrapped over people.
    """

    model: StageModel
    scope: Scope = field(default_factory=Scope)
    all_spells: bool = False

    @override
    def plan(self, catalog: Catalog) -> StagesPlan:
        follower = Follower.of(self.model, self.scope, catalog)
        return StagesPlan(self, follower, span_of(self.scope.range, catalog))


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """One stage; at_start + entered = left + at_end.

    Attributes
    ----------
    people : int
        There at the end of the range.
    ever : int
        Ever there up to the end.
    direct : int
        Arrived here without any lower stage seen.
    conversion : MaybeEstimate
        Share of mature spells begun in the range that reached the next stage or beyond in time.
    median_days, active_days : MaybeEstimate
        Median sojourn by the lapse rule; the same with lapses dated at the last event.
    last_seen : tuple of (str, int)
        The last event of those who left for good in the range, most common first.
    """

    stage: str
    people: int
    at_start: int
    entered: int
    left: int
    at_end: int
    ever: int
    direct: int
    conversion: MaybeEstimate
    immature: int
    window_days: float
    median_days: MaybeEstimate
    active_days: MaybeEstimate | None
    last_seen: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class StagesPlan(DividedPlan[StageCounts]):
    """The question against one catalog."""

    spec: Stages
    follower: Follower
    span: NDArray[np.int64]
    """As of :func:`sojourn.stages.timeline.span_of`."""

    @override
    def over(self, bucket: Bucket) -> StageCounts:
        spec = self.spec
        followed = self.follower.over(bucket)
        owners = followed.journeys.owners()
        people = (
            _hashes(bucket, owners) if spec.all_spells and self.follower.catalog.timed else None
        )
        return counted(followed, spec.model, self.span, people=people)

    @override
    def divided_answer(self, total: StageCounts, side_by_side: SideBySide) -> Answer[object]:
        model, catalog = self.spec.model, self.follower.catalog
        found = figures(total, model, side_by_side)
        return Answer(
            question="stages",
            spec=self.spec,
            as_of=to_datetime(catalog.as_of_us),
            rows=tuple(self._row(total, figure) for figure in found),
            definition=(
                "People by the stage they are in. At every instant a person is in exactly one"
                " state; conversion is the share of mature spells that reached the next stage or"
                " beyond within the stage's window; sojourn is the time to leaving by any exit."
            ),
            notes=self._notes(total, found),
            extra=_extra(total, found, model),
        )

    def _row(self, total: StageCounts, figure: StageFigures) -> StageRow:
        rule = self.spec.model.stages[figure.stage - 1]
        catalog = self.follower.catalog
        return StageRow(
            stage=rule.key,
            people=figure.at_end,
            at_start=figure.at_start,
            entered=figure.entered,
            left=figure.left,
            at_end=figure.at_end,
            ever=figure.ever,
            direct=figure.direct,
            conversion=figure.conversion,
            immature=figure.immature,
            window_days=rule.window_us / DAY_US if catalog.timed else 0.0,
            median_days=median_days(figure.curve),
            active_days=None if figure.active is None else median_days(figure.active),
            last_seen=last_seen(total, catalog, figure.stage),
        )

    def _notes(self, total: StageCounts, found: tuple[StageFigures, ...]) -> tuple[str, ...]:
        model, notes = self.spec.model, []
        unbound = [stage.key for stage in model.stages if not stage.observed]
        if unbound:
            notes.append(f"No event is bound to: {', '.join(unbound)}.")
        young = sum(figure.immature for figure in found)
        if young:
            notes.append(f"{young:,} spells are too young for their window: in no conversion rate.")
        if not self.follower.catalog.timed:
            notes.append("These events carry no times: nobody lapses, only the order is used.")
        notes += [
            f"Sojourn in {model.stages[figure.stage - 1].key}: more than {EXACT_LIMIT:,} spells, so"
            f" times are read from bins, at most {100 * figure.curve.relative_error:.1f} % off."
            for figure in found
            if figure.curve is not None and figure.curve.relative_error
        ]
        if self.spec.all_spells:
            notes.append(
                "Sojourn over every spell; a person counts as often as they came. Its intervals are"
                f" bootstrapped over people ({DRAWS} draws)."
            )
            notes += _parts(total, model)
        return tuple(notes)


def _hashes(bucket: Bucket, people: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return a hash of the person of each journey, the same wherever they are kept."""
    ids = bucket.person_ids(people)
    digests = b"".join(blake2b(each.encode("utf-8"), digest_size=8).digest() for each in ids)
    return np.frombuffer(digests, "<u8").astype(np.uint64)


def _parts(total: StageCounts, model: StageModel) -> list[str]:
    """Return a note for every stage whose interval rests on a part of the people."""
    return [
        f"Sojourn in {stage.key}: one in {2**bag.level} people stands for all in the interval."
        for stage, bag in zip(model.stages, total.bags, strict=False)
        if bag.level
    ]


def last_seen(total: StageCounts, catalog: Catalog, stage: int) -> tuple[tuple[str, int], ...]:
    """Return the last event of those who left a stage; without times, of those still there."""
    counts = total.last_seen if catalog.timed else total.ended_at
    row = counts[stage - 1]
    order = row.argsort(kind="stable")[::-1][:MOST_LEAKS]
    return tuple((catalog.events[code], int(row[code])) for code in order if row[code])


def state_names(model: StageModel) -> tuple[str, ...]:
    """Return the names of all states, in order."""
    return (NOT_SEEN, *(stage.key for stage in model.stages), LAPSED)


def _extra(total: StageCounts, found: tuple[StageFigures, ...], model: StageModel) -> JsonObject:
    names = state_names(model)
    moves: list[JsonValue] = [
        {"source": names[source], "target": names[target], "count": int(count)}
        for source, row in enumerate(total.moves)
        for target, count in enumerate(row)
        if count
    ]
    return {
        "states": list(names),
        "people_at_start": [int(each) for each in total.stocks[:, 0]],
        "people_at_end": [int(each) for each in total.stocks[:, 1]],
        "moves": moves,
        "sojourn": [_sojourn(figure, names) for figure in found],
    }


def _sojourn(figure: StageFigures, names: tuple[str, ...]) -> JsonValue:
    curve = figure.curve
    if curve is None:
        return {"stage": names[figure.stage], "spells": 0, "curve": [], "exits": []}
    places = curve.places()
    low, high = curve.band(places)
    return {
        "stage": names[figure.stage],
        "spells": curve.n,
        "longest_days": curve.longest_us / DAY_US,
        "relative_error": curve.relative_error,
        "curve": [
            {
                "days": float(curve.ages_us[i]) / DAY_US,
                "staying": float(curve.staying[i]),
                "low": float(below),
                "high": float(above),
                "at_risk": int(curve.at_risk[i]),
            }
            for i, below, above in zip(places, low, high, strict=True)
        ],
        "exits": [
            {"to": names[state], "share": to_json(share)}
            for state, share in enumerate(curve.exits, start=1)
        ],
    }
