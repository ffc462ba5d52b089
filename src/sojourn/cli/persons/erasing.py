"""``sojourn people``: the part about erasing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sojourn.base.counted import counted
from sojourn.cli.serving.options import WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.app.privacy.erasing import Erasing
    from sojourn.ports.erasure import Erasure

JSON = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@click.command("erase")
@click.argument("person", required=False,
                help="A user id, or the anonymous id of somebody never identified.")  # fmt: skip
@click.option("--why", default="", help="Noted with the request; names in it go with the person.")
@click.option("--run", is_flag=True, help="Carry out now what is asked for.")
@WORKSPACE
@JSON
def erase(person: str | None, why: str, *, run: bool, workspace: str, as_json: bool) -> None:
    """Hide a person from every question at once, and erase them with the next batch.

    With --run the batch is carried out now, for everybody who waits for it, and the certificates
    are printed.
    """
    from sojourn.compose import open_workspace

    if person is None and not run:
        raise click.UsageError("Name a person, or say --run.")
    erasing = open_workspace(workspace).erasing()
    if person is not None:
        asked = erasing.ask(person, why=why, waiting=say_waiting)
        if not as_json:
            click.echo(f"Erasure {asked.id}: hidden from every question from now on.")
            if not run:
                click.echo(
                    "Everything goes with the next batch: within a day while `sojourn serve` runs,"
                    f" or now with: sojourn people erase --run -w {workspace}"
                )
        elif not run:
            _print_json([asked])
    if run:
        _run(erasing, as_json=as_json)


@click.command("erased")
@WORKSPACE
@JSON
def erased(workspace: str, *, as_json: bool) -> None:
    """List the erasures: what waits, what is done, and what came all the same since."""
    from sojourn.compose import open_workspace

    erasures = open_workspace(workspace).erasing().erasures
    every = erasures.all()
    if as_json:
        _print_json(every)
        return
    if not every:
        click.echo("Nobody was erased.")
    dropped: dict[str, int] = {}
    for one in erasures.suppressed():
        if one.lifted_us is None:
            dropped[one.erasure] = dropped.get(one.erasure, 0) + one.dropped
    for each in every:
        state = "done" if each.done_us is not None else "hidden, waits for the batch"
        came = dropped.get(each.id)
        more = "taken again" if came is None else f"{counted(came, 'event')} not taken since"
        click.echo(f"{each.id}   {state}   {more}")


@click.command("certificate")
@click.argument("erasure", help="The id of the erasure.")
@WORKSPACE
@JSON
def certificate(erasure: str, workspace: str, *, as_json: bool) -> None:
    """Print the certificate of an erasure: what was removed, and what is kept and why."""
    from sojourn.app.privacy.certificate import readable
    from sojourn.compose import open_workspace

    found = open_workspace(workspace).erasing().get(erasure)
    if not found.certificate:
        raise click.ClickException("It is not done yet: there is no certificate.")
    click.echo(found.certificate if as_json else readable(found.certificate))


@click.command("lift")
@click.argument("erasure", help="The id of the erasure.")
@WORKSPACE
def lift(erasure: str, workspace: str) -> None:
    """Take events of an erased person again, who came back and agreed to it."""
    from sojourn.compose import open_workspace

    ids = open_workspace(workspace).erasing().lift(erasure)
    click.echo(f"Events of {ids} ids are taken again. What was erased stays erased.")


def _run(erasing: Erasing, *, as_json: bool) -> None:
    from sojourn.app.privacy.certificate import readable

    done = erasing.run(say_waiting)
    if as_json:
        _print_json(done)
        return
    if not done:
        click.echo("Nobody waits to be erased.")
    for one in done:
        if one.done_us is not None:
            click.echo(readable(one.certificate))
    if any(one.done_us is None for one in done):
        click.echo("Another program still reads an old version of the index. The events are gone;"
                   " the rest goes within ten minutes: repeat the command then, or leave it to"
                   " the worker.")  # fmt: skip


def _print_json(erasures: Sequence[Erasure]) -> None:
    import json

    from sojourn.app.privacy.certificate import erasure_json

    click.echo(json.dumps([erasure_json(one) for one in erasures], ensure_ascii=False))


def say_waiting(holder: str) -> None:
    """Say that another process writes."""
    click.echo(f"Waiting for another writer{holder} …", err=True)
