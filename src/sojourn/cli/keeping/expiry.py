"""``sojourn expiry``: how long events are kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from sojourn.base.counted import counted
from sojourn.base.errors import InputError
from sojourn.base.timespan import to_datetime
from sojourn.cli.serving.options import WORKSPACE

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sojourn.app.privacy.expiring import Expiring, Run

WHO = click.option("--who", default="command line", help="Who decided it, kept with it.")
WHY = click.option("--why", default="", help="The reason, kept with it.")


class NotDueError(InputError):
    """Nothing is to be removed yet. Remedy: wait until it is due, or add --yes."""

    code = "not-due"

    def __init__(self, due: str) -> None:
        super().__init__(
            f"The next run is due {due}.",
            remedy="To remove at once what is older, for good: add --yes.",
        )


@click.group("expiry")
def command() -> None:
    """Keep events for a period and no longer, as a data protection officer may ask for.

    Off unless set: events are kept for good. While a server runs, events older than the period are
    removed once a day, from the lake, its log and the index, and what went is written down.
    """


@command.command("set")
@click.option("--events", "period", required=True, metavar="PERIOD",
              help="A number and days, weeks, months or years: 25months, 90days.")  # fmt: skip
@WHO
@WHY
@WORKSPACE
def set_period(period: str, who: str, why: str, workspace: str) -> None:
    """Keep events for a period from now on; the first of them go in a day.

    Until then it can be changed or taken back, and nothing is lost.
    """
    from sojourn.compose import open_workspace

    expiring = open_workspace(workspace).expiring()
    setting = expiring.set(period, who=who, why=why)
    click.echo(
        f"Events are kept for {setting.period.words}; older ones go from {_next(expiring)} on."
    )
    click.echo(f"Take it back with: sojourn expiry off -w {workspace}")


@command.command("off")
@WHO
@WHY
@WORKSPACE
def off(who: str, why: str, workspace: str) -> None:
    """Keep events for good from now on; what went does not come back."""
    from sojourn.compose import open_workspace

    open_workspace(workspace).expiring().off(who=who, why=why)
    click.echo("Events are kept for good.")


@command.command("show")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@WORKSPACE
def show(workspace: str, *, as_json: bool) -> None:
    """Show how long events are kept, what went, and when more goes."""
    from sojourn.compose import open_workspace

    expiring = open_workspace(workspace).expiring()
    setting = expiring.setting()
    if as_json:
        due = expiring.next_us()
        said = {
            "events": None if setting is None else str(setting.period),
            "next": None if due is None else to_datetime(due).isoformat(),
            "runs": [_run_json(run) for run in expiring.runs()],
        }
        click.echo(json.dumps(said, indent=2))
        return
    if setting is None:
        click.echo("Events are kept for good.")
    else:
        since = f"{to_datetime(setting.since_us):%Y-%m-%d}"
        click.echo(f"Events are kept for {setting.period.words}, since {since} by {setting.who}.")
        click.echo(f"The next run is due {_next(expiring)}, where `sojourn serve` runs.")
    for run in expiring.runs():
        if run.events or not run.done:
            click.echo(_line(run, expiring.zone))


@command.command("run")
@click.option("--yes", is_flag=True, help="Also before a run is due: what goes does not come back.")
@WORKSPACE
def run_now(workspace: str, *, yes: bool) -> None:
    """Remove now what is older than the period, and print what went.

    A run is due a day after the period was set or changed, and then every day.
    """
    from sojourn.cli.persons.erasing import say_waiting
    from sojourn.compose import open_workspace

    expiring = open_workspace(workspace).expiring()
    if not yes and expiring.setting() is not None and not expiring.is_due():
        raise NotDueError(_next(expiring))
    done = expiring.run(say_waiting)
    click.echo(_line(done, expiring.zone))
    if not done.done:
        click.echo("Another program still reads an old version of the index. The events are gone;"
                   " the rest goes within ten minutes: repeat the command then, or leave it to"
                   " the worker.")  # fmt: skip


def _next(expiring: Expiring) -> str:
    due = expiring.next_us()
    return "never" if due is None else f"{to_datetime(due):%Y-%m-%d %H:%M} UTC"


def _line(run: Run, zone: ZoneInfo) -> str:
    before = f"{to_datetime(run.before_us).astimezone(zone):%Y-%m-%d}"
    state = "" if run.done else ", old files wait"
    return (f"{to_datetime(run.at_us):%Y-%m-%d %H:%M} UTC: {counted(run.events, 'event')} from"
            f" before {before} gone, from {counted(run.files, 'file')}{state}")  # fmt: skip


def _run_json(run: Run) -> dict[str, object]:
    return {
        "at": to_datetime(run.at_us).isoformat(),
        "before": to_datetime(run.before_us).isoformat(),
        "events": run.events,
        "files": run.files,
        "done": run.done,
    }
