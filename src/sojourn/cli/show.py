"""Printing an answer: a readable table, JSON, or CSV."""

from __future__ import annotations

import csv
import errno
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import click
from typing_extensions import override

from sojourn.base.csv_cells import neutral_cell
from sojourn.insight.flat import flat_rows, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from sojourn.base.json import JsonValue
    from sojourn.cli.options import Output
    from sojourn.insight.answer import Answer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
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

    class Plain(Console):
        @override
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError(errno.EPIPE, "nobody reads any more")  # not exit code 1

    return Plain(highlight=False, soft_wrap=False, emoji=False, markup=False)


def footer(console: Console, answer: Answer[object]) -> None:
    """Print what a reader must know: definition, notes, as-of."""
    console.print()
    console.print(answer.definition, style="dim")
    for note in answer.notes:
        console.print(f"· {note}", style="dim")
    as_of = f"Data up to {answer.as_of:%Y-%m-%d %H:%M} UTC."
    console.print(as_of if answer.as_of > _EPOCH else "These events carry no times.", style="dim")


def plain_table(console: Console, answer: Answer[object]) -> None:
    """Draw the rows as one table, numbers to the right."""
    from rich.table import Table

    rows = flat_rows(answer)
    if not rows:
        console.print("Nothing to show: no row meets the question.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, value in rows[0].items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        table.add_column(name.replace("_", " "), justify="right" if number else "left")
    for row in rows:
        table.add_row(*(words(value) for value in row.values()))
    console.print(table)


def write_csv(answer: Answer[object]) -> None:
    """Write the rows as CSV; text that a spreadsheet would run as a formula is neutralised."""
    rows = flat_rows(answer)
    writer = csv.writer(sys.stdout)
    writer.writerow(list(rows[0]) if rows else [])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row.values()])


def _csv_cell(value: JsonValue) -> str:
    if isinstance(value, str):
        return neutral_cell(value)
    if isinstance(value, list):
        return neutral_cell(words(value))
    return "" if value is None else str(value)
