"""One question, or several made from it by ``--by`` and ``--compare``, asked and printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.splitting import Ways, ask_parts
from sojourn.base.predicate import ALWAYS, Predicate
from sojourn.cli.show import footer, make_console, show

if TYPE_CHECKING:
    from sojourn.app.workspace import Workspace
    from sojourn.cli.options import Asked
    from sojourn.cli.show import Render
    from sojourn.insight.compare import ScopedSpec
    from sojourn.insight.question import PartialT


def ask_and_show(
    asked: Asked,
    workspace: Workspace,
    spec: ScopedSpec[PartialT],
    render: Render | None = None,
    entry: Predicate = ALWAYS,
) -> None:
    """Ask a question, split as the shared options say, and print the answer.

    With ``--by`` it is asked of each group of people, with ``--compare`` about two ranges; rows
    then carry ``group`` and ``period``.

    Parameters
    ----------
    asked : Asked
    workspace : Workspace
    spec : ScopedSpec
    render : callable of (Console, Answer), optional
        Draws the readable form of one answer; a plain table of all rows when left out.
    entry : Predicate
        Which event is a person's entry, for choosing the commonest values of ``--by``.
    """
    if not asked.by and not asked.compare:
        show(workspace.ask(spec), asked.output, render)
        return
    ways = Ways(by=asked.by or "", compare=asked.compare, entry=entry)
    parts, answer = ask_parts(workspace, spec, ways)
    if asked.output.as_json or asked.output.as_csv or render is None:
        show(answer, asked.output)
        return
    console = make_console()
    for part in parts:
        title = " · ".join(value for _, value in part.labels)
        console.rule(f" {title} ", align="left", style="dim")
        render(console, part.answer)
        console.print()
    footer(console, answer)
