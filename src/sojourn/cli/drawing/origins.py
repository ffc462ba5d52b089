"""Sources as a table with bars, and how converters began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from sojourn.base.estimate import Estimate, NotEstimable
from sojourn.cli.drawing.figures import MISSING, bar, interval, money, percent
from sojourn.insight.sources.question import Sources
from sojourn.insight.sources.values import LEVELS, SourceRow

if TYPE_CHECKING:
    from rich.console import Console

    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer

MOST_ROWS = 40
_BAR = 14


def draw_sources(console: Console, answer: Answer[object]) -> None:
    """Draw an answer about sources."""
    rows = [row for row in answer.rows if isinstance(row, SourceRow)]
    if not rows:
        console.print("Nobody to show: no source is told, or nobody came in the range.")
        return
    spec = answer.spec if isinstance(answer.spec, Sources) else None
    depth = LEVELS.index(spec.level) + 1 if spec else 1
    _rows(console, rows, depth, converts=bool(spec and spec.goal))
    if len(rows) > MOST_ROWS:
        console.print(f"{len(rows) - MOST_ROWS:,} more are in --csv and --json.", style="dim")
    if answer.extra and spec and spec.goal:
        _openings(console, answer.extra)


def _rows(console: Console, rows: Sequence[SourceRow], depth: int, *, converts: bool) -> None:
    currencies = sorted({part.currency for row in rows for part in row.revenue})
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for level in LEVELS[:depth]:
        table.add_column(level.value, overflow="ellipsis", min_width=8)
    wide = console.width >= 100
    table.add_column("people", justify="right", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    if wide:
        table.add_column("", no_wrap=True, min_width=_BAR)
    if converts:
        table.add_column("converted", justify="right", no_wrap=True)
        table.add_column("95 %", justify="right", no_wrap=True)
        table.add_column("of", justify="right", no_wrap=True)
    for currency in currencies:
        name = "" if currency == "XXX" else f" {currency}"
        table.add_column(f"revenue{name}", justify="right", no_wrap=True)
    most = max(row.people for row in rows)
    for row in rows[:MOST_ROWS]:
        cells: list[Text | str] = [str(getattr(row, level) or MISSING) for level in LEVELS[:depth]]
        cells += [f"{row.people:,}", _value(row.share)]
        if wide:
            cells.append(Text(bar(row.people, most, _BAR), style="#2a4e98"))
        if converts:
            cells += [_value(row.conversion), _interval(row.conversion), f"{row.mature:,}"]
        amounts = {part.currency: part.amount_minor for part in row.revenue}
        cells += [money(amounts[c], c) if c in amounts else MISSING for c in currencies]
        table.add_row(*cells)
    console.print(table)


def _openings(console: Console, extra: Mapping[str, JsonValue]) -> None:
    paths, landings = extra.get("entry_paths"), extra.get("landings")
    if isinstance(paths, Sequence) and not isinstance(paths, str) and paths:
        console.print()
        console.print(Text("How those who converted began", style="bold"))
        for part in paths[:8]:
            if isinstance(part, Mapping):
                console.print(_path(part), no_wrap=True, overflow="ellipsis")
    if isinstance(landings, Sequence) and not isinstance(landings, str) and landings:
        console.print()
        console.print(Text("Where people landed, and how many of them converted", style="bold"))
        for part in landings[:8]:
            if isinstance(part, Mapping):
                console.print(_landing(part), no_wrap=True, overflow="ellipsis")


def _path(part: Mapping[str, JsonValue]) -> Text:
    steps = part["path"]
    names = [str(step) for step in steps] if isinstance(steps, list) else []
    text = " › ".join(names) if names else "(with their first event)"
    line = Text(f"{_number(part['people']):>9}  {_share(part['share']):>6}  ")
    return line.append(text + (" › …" if part["goes_on"] else ""))


def _landing(part: Mapping[str, JsonValue]) -> Text:
    line = Text(f"{_number(part['people']):>9}  {_share(part['conversion']):>6}  ")
    return line.append(str(part["landing"]))


def _number(value: JsonValue) -> str:
    return f"{value:,}" if isinstance(value, int) else MISSING


def _share(value: JsonValue) -> str:
    if isinstance(value, Mapping):
        found = value.get("value")
        if isinstance(found, int | float):
            return percent(found)
    return MISSING


def _value(estimate: Estimate | NotEstimable) -> str:
    return MISSING if isinstance(estimate, NotEstimable) else percent(estimate.value)


def _interval(estimate: Estimate | NotEstimable) -> str:
    return "" if isinstance(estimate, NotEstimable) else interval(estimate)
