"""From counted moves to the rows of a graph, its nodes and the proof that flow is conserved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.errors import InternalError
from sojourn.base.estimate import MaybeEstimate, NotEstimable, wilson
from sojourn.base.timespan import to_datetime
from sojourn.insight.answer import Answer, to_json
from sojourn.insight.numbers.logbins import RELATIVE_ERROR
from sojourn.insight.numbers.shares import wilsons
from sojourn.insight.phrases import UNTIMED
from sojourn.insight.views.lens import journey_phrase
from sojourn.kernels.process.sums import sums_at

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.insight.durations import MaybeDuration
    from sojourn.insight.process.graph import Graph
    from sojourn.insight.process.moves import Moves
    from sojourn.insight.views.lens import Lens

    Ints: TypeAlias = NDArray[np.int64]

QUANTILES = (0.5, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRow:
    """One move.

    Attributes
    ----------
    source, target : str or None
        The event before and the event directly after; None is the start, or the end, of a journey.
    count : int
        How often.
    people : int or None
        People who made the move; None when not asked for.
    share : Estimate or NotEstimable
        Of all moves from the source: those to this target. From the start: of all journeys.
    median, p90 : DurationEstimate, NotEstimable or None
        How long the move took; None for the virtual start and end, or when not asked for.
    """

    source: str | None
    target: str | None
    count: int
    people: int | None
    share: MaybeEstimate
    median: MaybeDuration | None = None
    p90: MaybeDuration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """One event in the graph: ``came + started = count = left + ended``.

    Attributes
    ----------
    event : str
    count : int
    came, started : int
        Moves into it from events, and journeys that begin with it.
    left, ended : int
        Moves out of it to events, and journeys that end with it.
    journeys, people : int or None
        Those with the event; None when loops were not asked for.
    repeated : Estimate, NotEstimable or None
        Share of those journeys that have it more than once (rework).
    self_loops : int or None
        How often it directly follows itself.
    back_and_forth : int or None
        How often it is left for one other event and come back to at once.
    """

    event: str
    count: int
    came: int
    started: int
    left: int
    ended: int
    journeys: int | None = None
    people: int | None = None
    repeated: MaybeEstimate | None = None
    self_loops: int | None = None
    back_and_forth: int | None = None


def answer_of(spec: Graph, lens: Lens, total: Moves) -> Answer[GraphRow]:
    """Return the answer of a graph.

    Raises
    ------
    InternalError
        If flow is not conserved at every node.
    """
    nodes = _nodes(lens, total)
    extra: dict[str, JsonValue] = {
        "totals": _totals(total, lens),
        "nodes": [to_json(node) for node in nodes],
    }
    if lens.nodes.other is not None:
        label = lens.nodes.labels[lens.nodes.other]
        extra["other"] = {"label": label, "kinds": lens.nodes.other_kinds}
    return Answer(
        question="graph",
        spec=spec,
        as_of=to_datetime(lens.catalog.as_of_us),
        rows=_rows(spec, lens, total),
        definition=_definition(lens),
        notes=(*lens.notes(), *total.population.notes(), *_time_notes(spec, lens, total)),
        extra=extra,
    )


def _rows(spec: Graph, lens: Lens, total: Moves) -> tuple[GraphRow, ...]:
    width = len(lens.nodes) + 1
    labels: list[str | None] = [*lens.nodes.labels, None]
    order = np.lexsort((total.keys, -total.counts))
    keys, counts = total.keys[order], total.counts[order]
    sources, targets = np.divmod(keys, width)
    shares = wilsons(counts, sums_at(sources, counts, width)[sources])
    people: list[int | None] = [None] * len(keys)
    if spec.people:
        people = total.people[order].tolist()
    return tuple(
        GraphRow(
            source=labels[source],
            target=labels[target],
            count=count,
            people=persons,
            share=share,
            median=median,
            p90=p90,
        )
        for source, target, count, persons, share, (median, p90) in zip(
            sources.tolist(),
            targets.tolist(),
            counts.tolist(),
            people,
            shares,
            _times(spec, lens, total, keys),
            strict=True,
        )
    )


def _times(
    spec: Graph, lens: Lens, total: Moves, keys: Ints
) -> list[tuple[MaybeDuration | None, MaybeDuration | None]]:
    """Return median and 90 % of each move; nothing for virtual ones."""
    kinds = len(lens.nodes)
    if not spec.times:
        return [(None, None)] * len(keys)
    found = total.durations.quantiles(QUANTILES)
    real = ((keys // (kinds + 1) < kinds) & (keys % (kinds + 1) < kinds)).tolist()
    if not lens.catalog.timed:
        unknown = NotEstimable(UNTIMED)
        return [(unknown, unknown) if inner else (None, None) for inner in real]
    return [
        (found[key][0], found[key][1]) if inner else (None, None)
        for key, inner in zip(keys.tolist(), real, strict=True)
    ]


def _nodes(lens: Lens, total: Moves) -> tuple[GraphNode, ...]:
    kinds = len(lens.nodes)
    sources, targets = np.divmod(total.keys, kinds + 1)
    inner = (sources < kinds) & (targets < kinds)
    came = sums_at(targets[inner], total.counts[inner], kinds)
    left = sums_at(sources[inner], total.counts[inner], kinds)
    starts, ends = sources == kinds, targets == kinds
    started = sums_at(targets[starts], total.counts[starts], kinds)
    ended = sums_at(sources[ends], total.counts[ends], kinds)
    if not np.array_equal(came + started, left + ended) or started.sum() != total.journeys:
        raise InternalError("flow is not conserved in a graph")
    counts = came + started
    order = np.lexsort((np.arange(kinds), -counts))
    found = []
    for node in order[counts[order] > 0].tolist():
        plain = GraphNode(
            event=lens.nodes.labels[node],
            count=int(counts[node]),
            came=int(came[node]),
            started=int(started[node]),
            left=int(left[node]),
            ended=int(ended[node]),
        )
        found.append(_with_loops(plain, node, total))
    return tuple(found)


def _with_loops(node: GraphNode, at: int, total: Moves) -> GraphNode:
    if not total.repeats.size:
        return node
    journeys, repeated, people, selves, forth = total.repeats[:, at].tolist()
    return replace(
        node,
        journeys=journeys,
        people=people,
        repeated=wilson(repeated, journeys),
        self_loops=selves,
        back_and_forth=forth,
    )


def _totals(total: Moves, lens: Lens) -> JsonObject:
    kinds = len(lens.nodes)
    sources, targets = np.divmod(total.keys, kinds + 1)
    inner = (sources < kinds) & (targets < kinds)
    moves = int(total.counts[inner].sum())
    population = total.population
    return {
        "journeys": population.journeys,
        "people": population.people,
        "events": moves + population.journeys,
        "moves": moves,
        "kinds_of_move": int(inner.sum()),
        "kinds_of_event": len(np.unique(sources[sources < kinds])),
        "began_before": population.began_before,
        "goes_on": population.goes_on,
    }


def _definition(lens: Lens) -> str:
    return (
        f"How often one event came directly after another in {journey_phrase(lens.view)}. "
        "An empty source is the start of a journey, an empty target its end; for every event, "
        "what comes in = what goes on + what ended here."
    )


def _time_notes(spec: Graph, lens: Lens, total: Moves) -> tuple[str, ...]:
    if not spec.times:
        return ()
    if not lens.catalog.timed:
        return (f"How long moves took is not estimable: {UNTIMED}.",)
    if total.durations.coarse:
        return (f"Times are within {RELATIVE_ERROR:.1%} (log-scale bins beyond 1,000,000 moves).",)
    return ()
