"""From counted windows to the rows of paths: links, nodes, columns, whole paths, outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.errors import InternalError
from sojourn.base.estimate import MaybeEstimate, NotEstimable, wilson
from sojourn.base.timespan import to_datetime
from sojourn.insight.answer import Answer, to_json
from sojourn.insight.numbers.shares import wilsons
from sojourn.insight.phrases import UNTIMED, event_phrase
from sojourn.insight.process.path_words import Outcome
from sojourn.insight.process.sankey import Sankey
from sojourn.insight.process.whole import Whole
from sojourn.insight.views.lens import journey_phrase
from sojourn.kernels.process import windows

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue
    from sojourn.insight.durations import MaybeDuration
    from sojourn.insight.process.packed import Commonest
    from sojourn.insight.process.path_counts import PathCounts
    from sojourn.insight.process.paths import Paths
    from sojourn.insight.views.lens import Lens


_CLOSING = {
    windows.ENDED: Outcome.ENDED,
    windows.REACHED: Outcome.REACHED,
    windows.GOES_ON: Outcome.GOES_ON,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PathLink:
    """Paths that are at one event at a step and at another at the next, or closed there.

    Attributes
    ----------
    step : int
        Steps from the anchor, which is 0.
    source : str
        The event at that step; *Other (n)* joins n kinds.
    target : str or None
        The event at the next step; None where the path closed.
    outcome : Outcome
    count : int
        Paths.
    share : Estimate or NotEstimable
        Of the paths at the source.
    median : DurationEstimate, NotEstimable or None
        From source to target; None where the path closed, or when not asked for.
    """

    step: int
    source: str
    target: str | None
    outcome: Outcome
    count: int
    share: MaybeEstimate
    median: MaybeDuration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PathNode:
    """Paths that are at an event at a step: ``count = moved + ended + reached + goes_on``.

    Attributes
    ----------
    step : int
    event : str
    kinds : int
        How many kinds of event it joins; 1 for one event.
    count : int
    share : Estimate or NotEstimable
        Of all paths.
    moved, ended, reached, goes_on : int
    """

    step: int
    event: str
    kinds: int
    count: int
    share: MaybeEstimate
    moved: int
    ended: int
    reached: int
    goes_on: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePath:
    """One whole path within the steps shown.

    Attributes
    ----------
    path : tuple of str
    outcome : Outcome
    count : int
    share : Estimate or NotEstimable
        Of all paths.
    median : DurationEstimate, NotEstimable or None
        From the anchor to the last step; None for the anchor alone.
    """

    path: tuple[str, ...]
    outcome: Outcome
    count: int
    share: MaybeEstimate
    median: MaybeDuration | None


def answer_of(spec: Paths, lens: Lens, total: PathCounts) -> Answer[PathLink]:
    """Return the answer of a question about paths.

    Raises
    ------
    InternalError
        If flow is not conserved at every node.
    """
    found = Whole.of(total.parts) if total.packed is None else total.packed.top(spec.top)
    sankey = Sankey.of(
        total.links, depth=spec.depth, nodes=len(lens.nodes), min_share=spec.min_share
    )
    nodes = _nodes(lens, sankey)
    extra: dict[str, JsonValue] = {
        "totals": {"paths": sankey.total, "people": total.people, "young": total.young},
        "columns": [
            {"step": step, "count": count, "share": wilson(count, sankey.total).to_json()}
            for step, count in enumerate(sankey.columns())
        ],
        "nodes": [to_json(node) for node in nodes],
        "paths": [to_json(path) for path in _whole(spec, lens, sankey.total, found)],
        "outcomes": {_CLOSING[closing].value: count for closing, count in enumerate(sankey.closed)},
    }
    return Answer(
        question="paths",
        spec=spec,
        as_of=to_datetime(lens.catalog.as_of_us),
        rows=_links(spec, lens, sankey, total),
        definition=_definition(spec, lens),
        notes=_notes(spec, lens, total),
        extra=extra,
    )


def _links(spec: Paths, lens: Lens, sankey: Sankey, total: PathCounts) -> tuple[PathLink, ...]:
    width = len(lens.nodes)
    times = total.durations.rekeyed(lambda keys: sankey.folded_keys(keys, width)).quantiles((0.5,))
    moves = [(step, *move) for step, moves in enumerate(sankey.moves) for move in moves]
    counts = np.array([move[3] for move in moves], np.int64)
    sizes = np.array([sankey.nodes[move[0]][move[1]] for move in moves], np.int64)
    rows: list[PathLink] = []
    for (step, source, target, count), share in zip(moves, wilsons(counts, sizes), strict=True):
        median: MaybeDuration | None = None
        if target < width + 1 and spec.times:
            timed = times.get((step * (width + 1) + source) * (width + 1) + target)
            median = timed[0] if timed else NotEstimable(UNTIMED)
        closed = target > width
        rows.append(
            PathLink(
                step=step,
                source=_label(lens, sankey, step, source),
                target=None if closed else _label(lens, sankey, step + 1, target),
                outcome=_CLOSING[target - width - 1] if closed else Outcome.MOVED,
                count=count,
                share=share,
                median=median,
            )
        )
    return tuple(rows)


def _nodes(lens: Lens, sankey: Sankey) -> tuple[PathNode, ...]:
    width = len(lens.nodes)
    found: list[PathNode] = []
    for step in range(sankey.depth + 1):
        parts = {node: [0, 0, 0, 0] for node in sankey.nodes[step]}  # moved on; then as they closed
        for source, target, count in sankey.moves[step]:
            parts[source][max(0, target - width)] += count
        for node, count in sankey.nodes[step].items():
            if sum(parts[node]) != count:
                raise InternalError("flow is not conserved in paths")
            moved, *closed = parts[node]
            found.append(
                PathNode(
                    step=step,
                    event=_label(lens, sankey, step, node),
                    kinds=sankey.kinds(step) if node == width else 1,
                    count=count,
                    share=wilson(count, sankey.total),
                    moved=moved,
                    ended=closed[windows.ENDED],
                    reached=closed[windows.REACHED],
                    goes_on=closed[windows.GOES_ON],
                )
            )
    return tuple(found)


def _label(lens: Lens, sankey: Sankey, step: int, node: int) -> str:
    if node == len(lens.nodes):
        return f"Other ({sankey.kinds(step)})"
    return lens.nodes.labels[node]


def _whole(spec: Paths, lens: Lens, total: int, found: Whole | Commonest) -> tuple[WholePath, ...]:
    chosen = found.commonest(spec.top)
    place = np.full(len(found), -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    times = found.durations.rekeyed(place.__getitem__).quantiles((0.5,))
    rows: list[WholePath] = []
    for rank, number in enumerate(chosen.tolist()):
        *steps, closing = found.path(number)
        count = int(found.counts[number])
        median: MaybeDuration | None = None
        if len(steps) > 1 and spec.times:
            median = times[rank][0] if rank in times else NotEstimable(UNTIMED)
        rows.append(
            WholePath(
                path=tuple(lens.nodes.labels[step] for step in steps),
                outcome=_CLOSING[closing - len(lens.nodes)],
                count=count,
                share=wilson(count, total),
                median=median,
            )
        )
    return tuple(rows)


def _definition(spec: Paths, lens: Lens) -> str:
    after = spec.direction == "after"
    which = {"first": "the first", "last": "the last", "every": "every"}[spec.occurrence]
    if spec.anchor is None:
        anchor = f"the {'start' if after else 'end'} of {journey_phrase(lens.view)}"
    else:
        named = event_phrase(spec.anchor, spec.anchor_title)
        anchor = f"{which} {named} in {journey_phrase(lens.view)}"
    window = ""
    if spec.within_us is not None and lens.catalog.timed:
        window = f", within {spec.within_us / 86_400_000_000:g} days of it"
    ended = "no further event" if after else "nothing earlier"
    return (
        f"Up to {spec.depth} steps {spec.direction} {anchor}{window}. For every event at every "
        f"step: in = moved on + ended here ({ended} in the journey{window and ' and the window'})"
        " + goal reached + still going."
    )


def _notes(spec: Paths, lens: Lens, total: PathCounts) -> tuple[str, ...]:
    found = list(lens.notes())
    if spec.until is not None:
        found.append(f"A path ends with its goal, {event_phrase(spec.until, spec.until_title)}.")
    found.append(
        f"Events of less than {spec.min_share * 100:.3g}% of all paths at a step join as Other; "
        "nothing is dropped."
    )
    if total.young:
        found.append(
            f"{total.young:,} paths that ended are younger than the window: they may still go on."
        )
    if not lens.catalog.timed:
        found.append(f"How long steps took is not estimable: {UNTIMED}, so no window applies.")
    return tuple(found)
