"""``sojourn sql``: ad-hoc SQL over the lake."""

from __future__ import annotations

import csv
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from sojourn.base.json import JsonValue

ROWS_SHOWN = 100


@click.command("sql")
@click.argument("query", help="A query over the view events.")
@click.option(
    "-w", "--workspace", type=click.Path(path_type=Path), required=True,
    envvar="SOJOURN_WORKSPACE", help="The workspace folder (or set SOJOURN_WORKSPACE).",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the rows as CSV.")
def command(query: str, workspace: Path, as_json: bool, as_csv: bool) -> None:
    """Ask the lake in SQL (DuckDB's), read-only.

    The view is named events: event_id, anonymous_id, user_id, time (UTC), received, source,
    position, event, properties (JSON text: properties->>'$.page'), month. It holds events as
    received; who is who is worked out by the other questions.
    """
    from sojourn.compose import open_workspace

    reader = open_workspace(workspace).sql(query)
    if as_json:
        _print_json(query, reader)
    elif as_csv:
        _print_csv(reader)
    else:
        _print_table(reader)


def _print_json(query: str, reader: pa.RecordBatchReader) -> None:
    """Print ``{"question", "spec", "columns", "rows"}``, the rows one by one."""
    head = {"question": "sql", "spec": {"query": query}, "columns": reader.schema.names}
    click.echo(json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [', nl=False)
    for number, row in enumerate(_rows(reader)):
        named = dict(zip(reader.schema.names, row, strict=True))
        click.echo((",\n" if number else "\n") + json.dumps(named, ensure_ascii=False), nl=False)
    click.echo("\n]}")


def _print_csv(reader: pa.RecordBatchReader) -> None:
    from sojourn.base.csv_cells import neutral_cell

    writer = csv.writer(sys.stdout)
    writer.writerow([neutral_cell(name) for name in reader.schema.names])
    for row in _rows(reader):
        texts = (
            json.dumps(v, ensure_ascii=False) if isinstance(v, list | dict) else v for v in row
        )
        writer.writerow(
            [neutral_cell(v) if isinstance(v, str) else ("" if v is None else v) for v in texts]
        )


def _print_table(reader: pa.RecordBatchReader) -> None:
    from rich.table import Table

    from sojourn.cli.show import make_console
    from sojourn.insight.flat import words

    console = make_console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for field in reader.schema:
        table.add_column(field.name, justify="right" if _is_number(field.type) else "left")
    more = False
    for row in _rows(reader):
        if table.row_count == ROWS_SHOWN:
            more = True
            break
        table.add_row(*(words(value) for value in row))
    console.print(table)
    if more:
        console.print(f"Only the first {ROWS_SHOWN} rows are shown; --csv and --json print all.")


def _is_number(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def _rows(reader: pa.RecordBatchReader) -> Iterator[list[JsonValue]]:
    """Return the rows with values as JSON knows them."""
    for batch in reader:
        columns = [[_plain(value) for value in column.to_pylist()] for column in batch.columns]
        for row in zip(*columns, strict=True):
            yield list(row)


def _plain(value: object) -> JsonValue:
    """Return bytes as hexadecimal, times as ISO, nested values part by part."""
    plain: JsonValue
    match value:
        case None | bool() | int() | str():
            plain = value
        case float():
            plain = value if value - value == 0 else None  # JSON knows no NaN and no infinity
        case Decimal():
            plain = int(value) if value == value.to_integral_value() else float(value)
        case bytes():
            plain = value.hex()
        case list() | tuple():
            plain = [_plain(item) for item in value]
        case dict():
            plain = {str(name): _plain(item) for name, item in value.items()}
        case _:
            plain = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return plain
