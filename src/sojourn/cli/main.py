"""The command line's entry: finds commands lazily, so that ``--help`` stays quick."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from importlib import import_module
from typing import TYPE_CHECKING

import click
from typing_extensions import override

from sojourn.__about__ import __version__
from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from types import TracebackType

COMMANDS: dict[str, tuple[str, str]] = {
    "import": ("sojourn.cli.import_", "Bring events from files into a workspace."),
    "map": ("sojourn.cli.map", "Draw a journey map from a file or a workspace."),
    "demo": ("sojourn.cli.demo", "Make the simulated meal-kit workspace and open its map."),
    "events": ("sojourn.cli.events", "Count events and people by event name."),
    "funnel": ("sojourn.cli.funnel", "Count people who go through steps."),
    "graph": ("sojourn.cli.graph", "Which event directly follows which."),
    "paths": ("sojourn.cli.paths", "Paths step by step, from or to an event."),
    "variants": ("sojourn.cli.variants", "Whole journeys, the most common first."),
    "retention": ("sojourn.cli.retention", "How many come back, by cohort."),
    "lifecycle": ("sojourn.cli.lifecycle", "New, returning, resurrecting and dormant people."),
    "between": ("sojourn.cli.between", "The time from one event to another."),
    "sources": ("sojourn.cli.sources", "Where people came from, and what became of them."),
    "sessions": ("sojourn.cli.sessions", "Sessions, their length and depth."),
    "person": ("sojourn.cli.person", "One person's journey, event by event."),
    "stages": ("sojourn.cli.stages", "The stage model: suggest, show, check, apply, measure."),
    "sql": ("sojourn.cli.sql", "Ask the lake in SQL."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name][0]).command
        if not isinstance(command, click.Command):
            raise TypeError(cmd_name)
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sojourn")
def cli() -> None:
    """Turn what customers do into a living journey map."""


def main() -> None:
    """Run the command line; a user's mistake ends in a sentence, not a traceback."""
    _open_closed_streams()
    if not os.environ.get("SOJOURN_DEBUG"):
        sys.excepthook = _own_fault
    try:
        cli(standalone_mode=True)
    except InputError as error:
        click.echo(f"Error: {error.message}", err=True)
        sys.exit(2)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        place = error.filename or "what is printed"
        click.echo(f"Error: The disk is full: could not write {place}.", err=True)
        click.echo("Make room and repeat the command.", err=True)
        sys.exit(2)


def _open_closed_streams() -> None:
    """Lead standard streams that are closed (``2>&-``) nowhere.

    Else the next file opened takes the number, and messages meant for people land in it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8"))


def _own_fault(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Say in words that we failed; the traceback goes to a file that can be sent to us."""
    import tempfile

    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="sojourn-", suffix=".txt", delete=False
    ) as report:
        traceback.print_exception(kind, error, trace, file=report)
    what = f"{kind.__name__}: {str(error).partition(chr(10))[0]}"
    click.echo(f"Sojourn failed, and it is not your fault: {what}", err=True)
    click.echo(f"What happened is noted in {report.name}; nothing was sent anywhere.", err=True)
