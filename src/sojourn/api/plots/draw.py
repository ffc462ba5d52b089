"""Which plot suits which question; groups and periods side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sojourn.api.plots import cohorts, flows, times
from sojourn.api.plots.bars import bars, shares, steps
from sojourn.api.plots.ink import label, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes

    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer

    Row = Mapping[str, JsonValue]
    Drawing: TypeAlias = Callable[[Answer[object], Axes], Axes]

MOST_PARTS = 8


def draw(answer: Answer[object], axes: Axes) -> Axes:
    """Return the axes with an answer drawn the way its question is best seen."""
    if not answer.rows:
        return plain(axes, f"{answer.question}: nothing to show")
    return DRAWINGS.get(answer.question, _first_column)(answer, axes)


def draw_parts(parts: Sequence[tuple[Mapping[str, str], Answer[object]]]) -> Axes:
    """Return the first axes of a figure with a part of an answer on each, eight at most."""
    import matplotlib.pyplot as plt

    shown = parts[:MOST_PARTS]
    columns = min(2, len(shown))
    rows = -(-len(shown) // columns)
    figure, grid = plt.subplots(
        rows, columns, figsize=(6.4 * columns, 3.6 * rows), squeeze=False, layout="constrained"
    )
    every = [axes for line in grid for axes in line]
    for axes, (labels, part) in zip(every, shown, strict=False):
        draw(part, axes)
        whose = " · ".join(labels.values()) or "all"
        plain(axes, f"{whose}: {axes.get_title(loc='left')}")
    for axes in every[len(shown) :]:
        axes.set_visible(False)
    if len(parts) > len(shown):
        figure.supxlabel(f"{len(parts) - len(shown)} more are in the table", fontsize=8)
    first: Axes = every[0]
    return first


def _first_column(answer: Answer[object], axes: Axes) -> Axes:
    """Draw any rows by their first field and their first count."""
    return bars(answer, axes, lambda row: label(next(iter(row.values()), None)), "people", "share")


def _bars(name: str, figure: str = "people", share: str = "share") -> Drawing:
    return lambda answer, axes: bars(answer, axes, lambda row: label(row.get(name)), figure, share)


def _move(row: Row) -> str:
    ends = (row.get("source") or "start", row.get("target") or "end")
    return " → ".join(map(label, ends))


def _origin(row: Row) -> str:
    names = [row.get(each) for each in ("channel", "source", "medium", "campaign")]
    return label([str(each) for each in names if each is not None])


def _profile(row: Row) -> str:
    return f"{row.get('profile')} · {row.get('number')}. {label(row.get('step'))}"


DRAWINGS: dict[str, Drawing] = {
    "events": _bars("event", "count"),
    "properties": lambda answer, axes: shares(answer, axes, "property", "share"),
    "funnel": steps,
    "funnel-profiles": lambda answer, axes: bars(answer, axes, _profile, "people", ""),
    "graph": lambda answer, axes: bars(answer, axes, _move, "count", "share"),
    "variants": _bars("path", "count"),
    "matches": _bars("pattern", "journeys"),
    "paths": flows.paths,
    "retention": cohorts.retention,
    "lifecycle": cohorts.lifecycle,
    "between": times.waits,
    "sources": lambda answer, axes: bars(answer, axes, _origin, "people", "conversion"),
    "sessions": times.sessions,
    "person": times.person,
    "stages": times.stays,
    "stages-on": _bars("state"),
    "stages-person": times.moves,
}
"""By the name of the question."""
