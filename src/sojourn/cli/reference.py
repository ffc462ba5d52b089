"""The reference of all commands as Markdown, for ``docs/commands.md``."""

from __future__ import annotations

from inspect import cleandoc

import click

from sojourn.cli.main import COMMANDS, cli

_HEAD = """\
# Commands

Every command, its arguments and options. Made from the program itself by
`python -m sojourn.cli.reference`; a test fails when the two differ.
What CONDITION may say: [conditions](conditions.md).
"""


def reference() -> str:
    """Return the reference, one heading for each command."""
    context = click.Context(cli, info_name="sojourn", help_option_names=["-h", "--help"])
    parts = [_HEAD]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        if command is not None:
            parts.append(_section(command, name, context, 2))
    return "\n".join(parts)


def _section(command: click.Command, name: str, parent: click.Context, level: int) -> str:
    context = click.Context(command, info_name=name, parent=parent)
    lines = [f"{'#' * level} `{context.command_path}`", "", cleandoc(command.help or ""), ""]
    lines += ["```", command.get_usage(context).removeprefix("Usage: "), "```", ""]
    options = [p.get_help_record(context) for p in command.get_params(context)]
    rows = [(option, " ".join(text.split())) for option, text in filter(None, options)]
    if rows:
        lines += ["| option | meaning |", "|---|---|"]
        lines += [f"| `{_cell(option)}` | {_cell(text)} |" for option, text in rows] + [""]
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                lines.append(_section(found, child, context, level + 1))
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    click.echo(reference(), nl=False)
