"""The progress of an import, on a terminal only."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.progress import Progress, TaskID

    from sojourn.app.import_file import Listener, Source, Step


@contextmanager
def showing(sources: Sequence[Source]) -> Iterator[Listener]:
    """Show a bar with rate and time left while the block runs; nothing where nobody looks."""
    from sojourn.app.import_file import Listener

    if not sys.stderr.isatty():
        yield Listener(waiting=_say_waiting)
        return
    with _bar() as bar:
        yield Listener(step=_Bars(bar, sources).step, waiting=_say_waiting)


def _say_waiting(holder: str) -> None:
    click.echo(f"Another process is writing to this workspace{holder}; waiting for it.", err=True)


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[rows]:,} rows"),
        TextColumn("{task.fields[rate]:,.0f} rows/s"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


class _Bars:
    """One bar an input."""

    def __init__(self, bar: Progress, sources: Sequence[Source]) -> None:
        self._bar = bar
        self._sizes = {source.name: source.size for source in sources}
        self._tasks: dict[str, TaskID] = {}

    def step(self, step: Step) -> None:
        if step.name not in self._tasks:
            size = step.reader.total_bytes or self._sizes.get(step.name)
            self._tasks[step.name] = self._bar.add_task(step.name, total=size, rows=0, rate=0.0)
        task = self._tasks[step.name]
        seconds = self._bar.tasks[self._bar.task_ids.index(task)].elapsed or 0.0
        rows = step.counts.read
        self._bar.update(
            task, completed=step.bytes_done, rows=rows, rate=rows / seconds if seconds else 0.0
        )


def building() -> Callable[[str, int, int], None] | None:
    """Return what shows an index being built, on one line of a terminal; None where nobody looks.

    The line is wiped when a part is done.
    """
    return on_one_line("Building the index") if sys.stderr.isatty() else None


def on_one_line(doing: str) -> Callable[[str, int, int], None]:
    """Return what shows how far something is, on one line of a terminal, wiped when it is done."""
    looked_at = sys.stderr.isatty()

    def show(what: str, done: int, total: int) -> None:
        share = f" {done / total:4.0%}" if total else ""
        line = f"{doing}: {what}{share}" if done < total else ""
        if looked_at:
            click.echo(f"\r\x1b[2K{line}", nl=False, err=True)

    return show
