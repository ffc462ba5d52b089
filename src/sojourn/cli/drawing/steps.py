"""A funnel in the terminal: bars, rates with intervals, who was lost."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table

from sojourn.base.estimate import Estimate
from sojourn.cli.drawing.figures import bar, duration, interval, percent
from sojourn.insight.answer import Labelled
from sojourn.insight.flat import words
from sojourn.insight.funnel.profiles import ProfileRow
from sojourn.insight.funnel.values import FunnelRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer

_BAR = 24
_TITLES = {
    "times": "Time to get there",
    "trend": "By entry",
    "own": "Each step by itself",
    "people_at": "People who got there",
    "lost_at": "People who were lost before it",
}


def draw_funnel(console: Console, answer: Answer[object]) -> None:
    """Draw the steps, of all people or of each group, and the parts asked for beside them."""
    extra = answer.extra or {}
    console.print(str(extra.get("headline", "")), style="bold")
    console.print()
    for label, rows in _groups(answer):
        if label:
            console.rule(f" {label} ", align="left", style="dim")
        console.print(_steps(rows))
    for name in ("times", "trend", "own", "people_at", "lost_at"):
        if name in extra:
            console.print()
            console.print(_TITLES[name], style="bold")
            if name == "times":
                console.print(_times(extra[name]))
            else:
                _part(console, extra[name])


def draw_profiles(console: Console, answer: Answer[object]) -> None:
    """Draw each profile's counts beside the default's, with the reason under the name."""
    rows = [row for row in answer.rows if isinstance(row, ProfileRow)]
    for profile, steps in groupby(rows, key=lambda row: row.profile):
        counted = list(steps)
        console.print(f"{profile}: {counted[0].why}", style="bold")
        for row in counted:
            change = f"  {row.difference:+,}".replace("-", "−") if row.difference else ""
            example = f"  for example {row.example}" if row.example else ""
            console.print(f"  {row.people:>10,}  {row.step}{change}{example}")


def _groups(answer: Answer[object]) -> Iterator[tuple[str, list[FunnelRow]]]:
    labelled = [
        (" · ".join(value for _, value in row.labels), row.row)
        for row in answer.rows
        if isinstance(row, Labelled) and isinstance(row.row, FunnelRow)
    ]
    plain = [row for row in answer.rows if isinstance(row, FunnelRow)]
    if plain:
        yield "", plain
    for label, rows in groupby(labelled, key=lambda pair: pair[0]):
        yield label, [row for _, row in rows]


def _steps(rows: Sequence[FunnelRow]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, justify in (("step", "left"), ("people", "right"), ("of first", "right"),
                           ("", "left"), ("of previous", "right"), ("95 %", "right"),
                           ("lost", "right")):  # fmt: skip
        table.add_column(
            title, justify="right" if justify == "right" else "left", no_wrap=title != "step"
        )
    for row in rows:
        first, previous = row.of_first, row.of_previous
        known = isinstance(first, Estimate)
        step = f"{row.number} {row.step}" + (" (optional)" if row.optional else "")
        table.add_row(
            step,
            f"{row.people:,}",
            percent(first.value) if isinstance(first, Estimate) else "—",
            bar(first.value, 1.0, _BAR) if isinstance(first, Estimate) and known else "",
            percent(previous.value) if isinstance(previous, Estimate) and row.number > 1 else "",
            interval(previous) if isinstance(previous, Estimate) and row.number > 1 else "",
            "" if row.lost is None else f"{row.lost:,}",
        )
    return table


def _times(part: JsonValue) -> Table:
    """Draw median and quartiles from the first step and from the one before."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("step")
    for title in ("from first", "middle half", "from previous", "n"):
        table.add_column(title, justify="right", no_wrap=True)
    for row in part if isinstance(part, list) else []:
        if not isinstance(row, Mapping):
            continue
        first, previous = row["from_first"], row["from_previous"]
        half = f"{_seconds(first, 'lower_quartile')} to {_seconds(first, 'upper_quartile')}"
        table.add_row(
            f"{row['number']} {row['step']}",
            _seconds(first, "median"),
            half,
            _seconds(previous, "median"),
            words(first.get("n") if isinstance(first, Mapping) else None),
        )
    return table


def _seconds(summary: JsonValue, name: str) -> str:
    found = summary.get(name) if isinstance(summary, Mapping) else None
    seconds = found.get("seconds") if isinstance(found, Mapping) else None
    return duration(float(seconds)) if isinstance(seconds, int | float) else "—"


def _part(console: Console, part: JsonValue) -> None:
    """Draw a part of the answer as small tables, whatever it holds."""
    if isinstance(part, Mapping):
        lists = {name: value for name, value in part.items() if isinstance(value, list)}
        facts = [f"{name.replace('_', ' ')} {_word(value)}" for name, value in part.items()
                 if name not in lists]  # fmt: skip
        if facts:
            console.print(" · ".join(facts))
        for value in lists.values():
            _part(console, value)
    elif isinstance(part, list) and part and all(isinstance(row, Mapping) for row in part):
        console.print(_small_table([row for row in part if isinstance(row, Mapping)]))


def _small_table(rows: Sequence[Mapping[str, JsonValue]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name, value in rows[0].items():
        right = isinstance(value, int | float) and not isinstance(value, bool)
        table.add_column(name.replace("_", " "), justify="right" if right else "left")
    for row in rows:
        table.add_row(*(_word(value) for value in row.values()))
    return table


def _word(value: JsonValue) -> str:
    """Return a value, or the values of a small record, as words."""
    if isinstance(value, Mapping):
        return " ".join(words(inner) for inner in value.values())
    return words(value)
