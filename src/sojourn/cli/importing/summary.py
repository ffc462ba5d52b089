"""What an import did, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.base.counted import counted
from sojourn.cli.show import make_console

if TYPE_CHECKING:
    from rich.console import Console

    from sojourn.app.import_report import FileReport, ImportReport
    from sojourn.ports.workspace import Counts

_FILES_SHOWN = 40


def print_summary(report: ImportReport, workspace: str, seconds: float) -> None:
    """Print what was found, what became of the rows, and what the user should look at."""
    console = make_console()
    _detected(console, report)
    _table(console, report)
    for file in report.files:
        _remarks(console, file, workspace)
    counts = report.counts
    telling = seconds > 0.5 and counts.read > 100 * seconds  # less is the start, not the reading
    rate = f" ({counts.read / seconds:,.0f} rows/s)" if telling else ""
    console.print(f"\n{_sentence(counts)} in {seconds:,.1f} s{rate}, into {workspace}.")
    if counts.accepted or counts.duplicate:
        console.print(f"Next: sojourn events -w {workspace}", style="dim")


def _sentence(counts: Counts) -> str:
    return (
        f"Read {counted(counts.read, 'row')}: {counts.accepted:,} accepted, "
        f"{counts.duplicate:,} already there, {counts.quarantined:,} quarantined"
    )


def _detected(console: Console, report: ImportReport) -> None:
    """Print format and roles, once for files that are alike."""
    from rich.table import Table

    shown = set()
    for file in report.files:
        look = (file.format, file.roles)
        if not file.format or look in shown:
            continue
        shown.add(look)
        alike = sum((other.format, other.roles) == look for other in report.files) - 1
        more = f" (and {alike} more like it)" if alike else ""
        console.print(f"{file.name}{more}: {file.format}", style="bold")
        table = Table(box=None, pad_edge=False, show_header=False)
        for choice in file.roles:
            table.add_row(f"  {choice.role}", choice.column or "—", choice.why, style="dim")
        console.print(table)


def _table(console: Console, report: ImportReport) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("file")
    for name in ("read", "accepted", "already there", "quarantined"):
        table.add_column(name, justify="right")
    for file in report.files[:_FILES_SHOWN]:
        table.add_row(file.name, *_cells(file.counts))
    if len(report.files) > _FILES_SHOWN:
        table.add_row(f"… and {len(report.files) - _FILES_SHOWN} more files")
    if len(report.files) > 1:
        table.add_row("in all", *_cells(report.counts), style="bold")
    console.print(table)


def _cells(counts: Counts) -> tuple[str, ...]:
    values = (counts.read, counts.accepted, counts.duplicate, counts.quarantined)
    return tuple(f"{value:,}" for value in values)


def _remarks(console: Console, file: FileReport, workspace: str) -> None:
    if file.identical:
        console.print(
            f"· {file.name}: {file.identical:,} events are identical to an earlier row of the "
            "file; they were kept."
        )
    if file.repeated_ids:
        column = next((choice.column for choice in file.roles if choice.role == "id"), "")
        console.print(
            f"· {file.name}: {file.repeated_ids:,} events carry an id that stands earlier in the "
            f"file{f' (column {column})' if column else ''} and were left out. "
            "If that column is no unique id, repeat with --id -"
        )
    for problem in file.problems:
        console.print(f"· {file.name}, line {problem.line:,}: {problem.reason}", style="yellow")
    rest = file.counts.quarantined - len(file.problems)
    if rest > 0 and file.problems:
        console.print(f"  … and {rest:,} more rows", style="yellow")
    if file.quarantine:
        console.print(
            f"  Quarantined rows, with reasons, to mend and import again: "
            f"{workspace}/{file.quarantine}"
        )
    if file.message:
        console.print(f"✗ {file.name}: {file.message}", style="red")
