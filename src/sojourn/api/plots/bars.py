"""Bars: names against a count, with the share and its interval where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.api.plots.ink import (
    COLD,
    FAINT,
    INK,
    PALE,
    count,
    label,
    number,
    plain,
    records,
    whiskers,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.axes import Axes

    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer

    Row = Mapping[str, JsonValue]

MOST = 25


def bars(
    answer: Answer[object], axes: Axes, name: Callable[[Row], str], figure: str, share: str
) -> Axes:
    """Draw a bar a row, the first twenty-five; ``share`` is written beside it with its interval.

    Parameters
    ----------
    answer : Answer
    axes : Axes
    name : callable of row
    figure, share : str
        Fields of a row: a count, and an estimate (empty for none).
    """
    rows = records(answer)
    shown = rows[:MOST][::-1]
    values = [count(row, figure) for row in shown]
    axes.barh(range(len(shown)), values, color=COLD, height=0.7)
    axes.set_yticks(range(len(shown)), [name(row) for row in shown])
    for place, row in enumerate(shown):
        axes.annotate(_beside(row, figure, share), (values[place], place), xytext=(4, 0),
                      textcoords="offset points", va="center", fontsize=7, color=FAINT)  # fmt: skip
    axes.margins(x=0.3)
    axes.set_xlabel(figure.replace("_", " "), fontsize=8)
    return plain(axes, _title(answer, len(rows)))


def _title(answer: Answer[object], rows: int) -> str:
    left = f", the first {MOST} of {rows:,}" if rows > MOST else ""
    return f"{answer.question}{left}"


def shares(answer: Answer[object], axes: Axes, name: str, share: str) -> Axes:
    """Draw an estimate of each row as a point with its interval."""
    known = [row for row in records(answer) if number(row.get(share)) is not None]
    shown = known[:MOST][::-1]
    values = [(number(row.get(share)) or 0.0) * 100 for row in shown]
    spread = whiskers([row.get(share) for row in shown], 100)
    axes.barh(range(len(shown)), values, color=PALE, xerr=spread, ecolor=INK, height=0.7)
    axes.set_yticks(range(len(shown)), [label(row.get(name)) for row in shown])
    axes.set_xlabel(f"{share} (%)", fontsize=8)
    return plain(axes, _title(answer, len(known)))


def _beside(row: Row, figure: str, share: str) -> str:
    part, low, high = (number(row.get(share), which) for which in ("value", "low", "high"))
    text = f"{count(row, figure):,.0f}"
    if part is None or low is None or high is None:
        return text
    return f"{text} · {part:.1%} ({low * 100:.1f}–{high * 100:.1f})"


def steps(answer: Answer[object], axes: Axes) -> Axes:
    """Draw a funnel: people by step, the share of the first with its interval as a second bar."""
    rows = records(answer)[::-1]
    places = range(len(rows))
    people = [count(row, "people") for row in rows]
    axes.barh(places, people, color=[PALE if row.get("optional") else COLD for row in rows])
    axes.set_yticks(places, [f"{row.get('number')}. {label(row.get('step'))}" for row in rows])
    for place, row in enumerate(rows):
        axes.annotate(_beside(row, "people", "of_first"), (people[place], place), xytext=(4, 0),
                      textcoords="offset points", va="center", fontsize=8, color=FAINT)  # fmt: skip
    axes.margins(x=0.35)
    axes.set_xlabel("people · % of first", fontsize=8)
    return plain(axes, "funnel")
