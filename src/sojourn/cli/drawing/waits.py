"""The time between two events: quantiles on lines, a histogram as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from sojourn.base.estimate import NotEstimable, wilson
from sojourn.cli.drawing.figures import bar, count_people, duration, duration_estimate, percent
from sojourn.insight.rhythm.between import BetweenRow

if TYPE_CHECKING:
    from rich.console import Console

    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer

_LABEL = 16


def draw_between(console: Console, answer: Answer[object]) -> None:
    """Draw an answer of the time between two events."""
    rows = [row for row in answer.rows if isinstance(row, BetweenRow)]
    if not rows or not rows[0].people:
        console.print("Nobody began to wait: no first event in the range, or no timed events.")
        return
    row = rows[0]
    lines = (
        ("median", duration_estimate(row.median), True),
        (
            "middle half",
            f"{_plain(row, 'first_quartile')} to {_plain(row, 'third_quartile')}",
            False,
        ),
        ("9 in 10 within", _plain(row, "ninth_decile"), False),
        ("mean", _mean(row), False),
        ("with the waiting", duration_estimate(row.survival_median), False),
    )
    for name, text, loud in lines:
        label = (f"{name:<{_LABEL + 2}}", "dim")
        console.print(Text.assemble(label, (text, "bold" if loud else "")))
    console.print()
    console.print(_people(row))
    if row.pairs:
        console.print()
        _histogram(console, answer.extra.get("histogram") if answer.extra else None, row.pairs)


def _plain(row: BetweenRow, name: str) -> str:
    estimate = getattr(row, name)
    return "—" if isinstance(estimate, NotEstimable) else duration(estimate.seconds)


def _mean(row: BetweenRow) -> str:
    return "—" if isinstance(row.mean_seconds, NotEstimable) else duration(row.mean_seconds)


def _people(row: BetweenRow) -> str:
    share = wilson(row.ended_people, row.people)
    there = "" if isinstance(share, NotEstimable) else f" ({percent(share.value)})"
    text = (
        f"{count_people(row.people)} began; {row.ended_people:,}{there} got there so far, "
        f"{row.waiting_people:,} still wait"
    )
    return text + (f", {row.before_people:,} had the end first" if row.before_people else "")


def _histogram(console: Console, bins: JsonValue, pairs: int) -> None:
    if not isinstance(bins, Sequence) or isinstance(bins, str):
        return
    shown = [part for part in bins if isinstance(part, Mapping)]
    counts = [_count(part) for part in shown]
    room = max(10, console.width - _LABEL - 20)
    for place, (part, count) in enumerate(zip(shown, counts, strict=True)):
        if not count:
            if counts[place - 1]:
                console.print(Text(f"{'⋮':>{_LABEL}}", style="dim"))
            continue
        text = Text.assemble(
            (f"{_bounds(part):>{_LABEL}}  ", "dim"),
            (f"{bar(count, max(counts), room)} ", "#2a4e98"),
            f"{count:,}",
            (f"  {percent(count / pairs)}", "dim"),
        )
        console.print(text, no_wrap=True, overflow="crop")


def _count(part: Mapping[str, JsonValue]) -> int:
    count = part["pairs"]
    return count if isinstance(count, int) else 0


def _bounds(part: Mapping[str, JsonValue]) -> str:
    low, high = part["from_seconds"], part["to_seconds"]
    if not isinstance(low, int | float):
        return ""
    if not isinstance(high, int | float):
        return f"{_bound(low)} and more"
    return f"under {_bound(high)}" if not low else f"{_bound(low)} – {_bound(high)}"


def _bound(seconds: float) -> str:
    return duration(seconds).replace(".0 ", " ")
