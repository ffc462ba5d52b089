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
from sojourn.cli.streams import open_closed_streams, print_any_letter, printing

if TYPE_CHECKING:
    from types import TracebackType

COMMANDS = {
    "import": "sojourn.cli.import_",
    "map": "sojourn.cli.map",
    "demo": "sojourn.cli.demo",
    "events": "sojourn.cli.events",
    "funnel": "sojourn.cli.funnel",
    "graph": "sojourn.cli.graph",
    "paths": "sojourn.cli.paths",
    "variants": "sojourn.cli.variants",
    "retention": "sojourn.cli.retention",
    "lifecycle": "sojourn.cli.lifecycle",
    "between": "sojourn.cli.between",
    "sources": "sojourn.cli.sources",
    "sessions": "sojourn.cli.sessions",
    "person": "sojourn.cli.persons.person",
    "people": "sojourn.cli.persons.people",
    "stages": "sojourn.cli.stages",
    "segments": "sojourn.cli.segmenting.commands",
    "sql": "sojourn.cli.sql",
    "serve": "sojourn.cli.serving.serve",
    "keys": "sojourn.cli.serving.keys",
    "snippet": "sojourn.cli.serving.snippet",
    "webhooks": "sojourn.cli.serving.webhooks",
    "docs": "sojourn.cli.keeping.docs",
    "expiry": "sojourn.cli.keeping.expiry",
    "backup": "sojourn.cli.keeping.backup",
    "restore": "sojourn.cli.keeping.restore",
}
"""Each command and the module that has it."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name]).command
        if not isinstance(command, click.Command):
            raise TypeError(cmd_name)
        return command

    @override
    def invoke(self, ctx: click.Context) -> object:
        with printing():
            return super().invoke(ctx)

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show what each command does, whole, in the first words of its own help."""
        commands = [(name, self.get_command(ctx, name)) for name in COMMANDS]
        with formatter.section("Commands"):
            formatter.write_dl([(name, first_line(each)) for name, each in commands if each])


def first_line(command: click.Command) -> str:
    """Return what a command does: its help's first line, without the period."""
    return (command.help or "").partition("\n")[0].removesuffix(".")


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sojourn")
def cli() -> None:
    """Turn what customers do into a living journey map."""


def main() -> None:
    """Run the command line; a user's mistake ends in a sentence, not a traceback."""
    open_closed_streams()
    print_any_letter()
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
