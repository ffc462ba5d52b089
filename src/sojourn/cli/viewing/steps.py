"""Paths step by step: columns of events, the widest moves, whole paths, what became of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from sojourn.cli.drawing.figures import MISSING, bar, count_people, duration, percent
from sojourn.cli.viewing.words import (
    ARROW,
    duration_cell,
    numbers,
    padded,
    path_text,
    plain_table,
    print_table,
    rows_of,
    share_cell,
    total_of,
)
from sojourn.insight.process.matches import MatchRow
from sojourn.insight.process.path_words import Direction, Occurrence, Outcome
from sojourn.insight.process.paths import Paths
from sojourn.insight.process.paths_answer import PathLink

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer

_COLUMN = 22
_NARROWEST = 18
_LINKS = 4
_BAR = 20
_ENDINGS = {"ended": "ended", "reached": "goal", "goes_on": "goes on"}
_BEGINNINGS = {"ended": "began", "reached": "goal", "goes_on": "…"}


def draw_paths(console: Console, answer: Answer[object]) -> None:
    """Draw paths: who is where at each step, the widest moves, the commonest whole paths."""
    spec = answer.spec if isinstance(answer.spec, Paths) else Paths()
    total = total_of(answer.extra, "totals", "paths")
    if not total:
        console.print("Nothing to show: no journey has the event these paths begin with.")
        return
    console.print(_headline(answer, spec, total), style="bold")
    console.print()
    _columns(console, answer, spec)
    _moves(console, [row for row in answer.rows if isinstance(row, PathLink)], spec)
    _whole(console, rows_of(answer.extra, "paths"), spec)
    _outcomes(console, answer, spec, total)


def draw_matches(console: Console, answer: Answer[object]) -> None:
    """Draw how many journeys match each pattern."""
    table = plain_table()
    numbers(table, "people", "journeys", "share (95 %)", "times")
    table.add_column("pattern", overflow="fold")
    for row in answer.rows:
        if isinstance(row, MatchRow):
            table.add_row(
                f"{row.people:,}",
                f"{row.journeys:,}",
                share_cell(row.share, wide=True),
                f"{row.occurrences:,}",
                row.pattern,
            )
    print_table(console, table)


def _headline(answer: Answer[object], spec: Paths, total: int) -> str:
    people = count_people(total_of(answer.extra, "totals", "people"))
    whose = people
    if spec.occurrence is Occurrence.EVERY or spec.view.unit == "session":
        whose = f"{total:,} paths of {people}"
    if spec.anchor is None:
        edge = "start" if spec.direction is Direction.AFTER else "end"
        return f"What {whose} did {spec.direction} the {edge} of their journey"
    which = "" if spec.occurrence is Occurrence.EVERY else f"their {spec.occurrence} "
    return f"What {whose} did {spec.direction} {which}{spec.anchor_title}"


def _columns(console: Console, answer: Answer[object], spec: Paths) -> None:
    steps = rows_of(answer.extra, "columns")
    nodes = rows_of(answer.extra, "nodes")
    shown = [column for column in steps if column["count"]]
    fit = max(1, min(len(shown), (console.width + 2) // (_NARROWEST + 2)))
    fit = -(-len(shown) // -(-len(shown) // fit))  # blocks of equal width
    width = min(_COLUMN + 6, (console.width + 2) // fit - 2)
    for start in range(0, len(shown), fit):
        _block(console, shown[start : start + fit], nodes, (width, spec.direction))
        console.print()


def _block(
    console: Console,
    columns: Sequence[Mapping[str, JsonValue]],
    nodes: Sequence[Mapping[str, JsonValue]],
    shape: tuple[int, Direction],
) -> None:
    width, direction = shape
    table = plain_table()
    cells: list[list[Text]] = []
    for column in columns:
        step = int(str(column["step"]))
        sign = "+" if direction is Direction.AFTER else "−"
        share = column["share"]
        part = percent(float(str(share["value"]))) if isinstance(share, dict) else MISSING
        title = Text("here" if step == 0 else f"{sign}{step}")
        title.append(f"\n{column['count']:,} · {part}", style="not bold dim")
        table.add_column(title, width=width, no_wrap=True)
        cells.append(_column([node for node in nodes if node["step"] == step], width, direction))
    height = max(len(lines) for lines in cells)
    for line in range(height):
        table.add_row(*(lines[line] if line < len(lines) else Text() for lines in cells))
    print_table(console, table)


def _column(
    nodes: Sequence[Mapping[str, JsonValue]], width: int, direction: Direction
) -> list[Text]:
    lines = [_line(str(node["event"]), int(str(node["count"])), width, "") for node in nodes]
    ended = "ended" if direction is Direction.AFTER else "began"
    for outcome, title, style in (
        ("reached", "goal reached", "green"),
        ("ended", f"{ended} here", "red"),
        ("goes_on", "goes on" if direction is Direction.AFTER else "earlier …", "dim"),
    ):
        count = sum(int(str(node[outcome])) for node in nodes)
        if count:
            lines.append(_line(title, count, width, style))
    return lines


def _line(name: str, count: int, width: int, style: str) -> Text:
    figure = f"{count:,}"
    room = width - len(figure) - 1
    return Text(f"{padded(name, room)} {figure}", style=style)


def _moves(console: Console, rows: Sequence[PathLink], spec: Paths) -> None:
    moved = [row for row in rows if row.outcome is Outcome.MOVED]
    if not moved:
        return
    wide = console.width >= 110
    arrow = "→" if spec.direction is Direction.AFTER else "←"
    table = plain_table()
    table.add_column("step", no_wrap=True)
    table.add_column("widest moves", overflow="ellipsis", no_wrap=True)
    numbers(table, "paths", "of from (95 %)" if wide else "of from")
    timed = any(duration_cell(row.median) != MISSING for row in moved)
    if timed:
        numbers(table, "median")
    for step in dict.fromkeys(row.step for row in moved):
        widest = sorted((r for r in moved if r.step == step), key=lambda r: -r.count)[:_LINKS]
        for at, row in enumerate(widest):
            cells = [
                f"{step} {arrow} {step + 1}" if at == 0 else "",
                f"{row.source} {arrow} {row.target}",
                f"{row.count:,}",
                share_cell(row.share, wide=wide),
            ]
            if timed:
                cells.append(duration_cell(row.median))
            table.add_row(*cells)
    print_table(console, table)
    console.print()


def _whole(console: Console, paths: Sequence[Mapping[str, JsonValue]], spec: Paths) -> None:
    table = plain_table()
    numbers(table, "paths", "share")
    timed = any(isinstance(path["median"], dict) and "seconds" in path["median"] for path in paths)
    if timed:
        numbers(table, "median")
    table.add_column("commonest whole paths", overflow="fold")
    room = max(20, console.width - 16 - (10 if timed else 0) - 10)
    for path in paths:
        share, median, steps = path["share"], path["median"], path["path"]
        part = percent(float(str(share["value"]))) if isinstance(share, dict) else MISSING
        cells: list[str | Text] = [f"{path['count']:,}", part]
        if timed:
            known = isinstance(median, dict) and "seconds" in median
            cells.append(duration(float(str(median["seconds"]))) if known else MISSING)  # type: ignore[index,call-overload]
        names = [str(step) for step in steps] if isinstance(steps, list) else []
        cells.append(_closed(path_text(names, 2 * room), str(path["outcome"]), spec.direction))
        table.add_row(*cells)
    print_table(console, table)
    console.print()


def _closed(text: str, outcome: str, direction: Direction) -> Text:
    arrow = ARROW if direction is Direction.AFTER else "‹"
    line = Text(text.replace(ARROW, arrow))
    word = _ENDINGS[outcome] if direction is Direction.AFTER else _BEGINNINGS[outcome]
    style = {"ended": "red", "reached": "green"}.get(outcome, "dim")
    return line.append(f" {arrow} {word}", style=style)


def _outcomes(console: Console, answer: Answer[object], spec: Paths, total: int) -> None:
    table = plain_table()
    after = spec.direction is Direction.AFTER
    steps = f"{spec.depth} step{'' if spec.depth == 1 else 's'}"
    table.add_column(f"after {steps}" if after else f"{steps} before", no_wrap=True)
    numbers(table, "paths", "share")
    table.add_column("", no_wrap=True)
    titles = {
        "reached": f"reached {spec.until_title or 'the goal'}",
        "ended": "ended before that" if after else "began before that",
        "goes_on": "still going" if after else "came from further back",
    }
    for outcome, title in titles.items():
        count = total_of(answer.extra, "outcomes", outcome)
        if count or (outcome == "reached" and spec.until is not None):
            table.add_row(
                title, f"{count:,}", percent(count / total),
                Text(bar(count, total, _BAR), style="cyan"),
            )  # fmt: skip
    table.add_row("everyone", f"{total:,}", "100%", "", style="bold")
    print_table(console, table)
