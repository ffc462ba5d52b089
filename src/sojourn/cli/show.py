"""Printing an answer: a readable table, JSON, or CSV."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import click

from sojourn.base.csv_cells import neutral_cell
from sojourn.insight.answer import Answer, to_json

if TYPE_CHECKING:
    from rich.console import Console

    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.cli.options import Output

Render: TypeAlias = "Callable[[Console, Answer[object]], None]"


def show(answer: Answer[object], output: Output, render: Render | None = None) -> None:
    """Print an answer the way the user asked for.

    Parameters
    ----------
    answer : Answer
    output : Output
    render : callable of (Console, Answer), optional
        Draws the readable form; a plain table of the rows when left out.
    """
    if output.as_json:
        click.echo(json.dumps(answer.to_json(), ensure_ascii=False, indent=2))
    elif output.as_csv:
        write_csv(answer)
    else:
        console = make_console()
        (render or plain_table)(console, answer)
        footer(console, answer)


def make_console() -> Console:
    """Return the console for readable output: colour only on a terminal, width as it is."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False, emoji=False, markup=False)


def footer(console: Console, answer: Answer[object]) -> None:
    """Print what a reader must know: definition, notes, as-of."""
    console.print()
    console.print(answer.definition, style="dim")
    for note in answer.notes:
        console.print(f"· {note}", style="dim")
    console.print(f"Data up to {answer.as_of:%Y-%m-%d %H:%M} UTC.", style="dim")


def plain_table(console: Console, answer: Answer[object]) -> None:
    """Draw the rows as one table, numbers to the right."""
    from rich.table import Table

    rows = [flat(to_json(row)) for row in answer.rows]
    if not rows:
        console.print("Nothing to show: no row meets the question.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, value in rows[0].items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        table.add_column(name.replace("_", " "), justify="right" if number else "left")
    for row in rows:
        table.add_row(*(cell(value) for value in row.values()))
    console.print(table)


def cell(value: JsonValue) -> str:
    """Return a value as words: thousands apart, four significant decimals, — for nothing."""
    match value:
        case None:
            return "—"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.4g}"
        case str():
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)


def flat(row: JsonValue) -> JsonObject:
    """Return a row with estimates spread over ``x, x_low, x_high, x_n``; lists joined by ›."""
    spread: dict[str, JsonValue] = {}
    if not isinstance(row, Mapping):
        return {"value": row}
    for name, value in row.items():
        if isinstance(value, Mapping):
            if "not_estimable" in value:
                spread[name] = None
                spread[f"{name}_reason"] = value["not_estimable"]
            else:
                for part, inner in value.items():
                    spread[name if part == "value" else f"{name}_{part}"] = inner
        elif isinstance(value, list):
            spread[name] = " › ".join(str(item) for item in value)
        else:
            spread[name] = value
    return spread


def write_csv(answer: Answer[object]) -> None:
    """Write the rows as CSV; text that a spreadsheet would run as a formula is neutralised."""
    rows = [flat(to_json(row)) for row in answer.rows]
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.writer(sys.stdout)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_csv_cell(row.get(name)) for name in names])


def _csv_cell(value: JsonValue) -> str:
    if isinstance(value, str):
        return neutral_cell(value)
    return "" if value is None else str(value)
