"""``sojourn lifecycle``: new, returning, resurrecting and dormant people."""

from __future__ import annotations

import click

from sojourn.cli.options import Asked, question_options


@click.command("lifecycle")
@click.option("--active", metavar="STEP", help="The event that makes a person active [any].")
@click.option(
    "--every",
    type=click.Choice(["auto", "day", "week", "month"]),
    default="auto",
    show_default=True,
    help="Length of an interval; auto: by how long the data are.",
)
@question_options
def command(asked: Asked, active: str | None, every: str) -> None:
    """Count new, returning, resurrecting and dormant people.

    In each day, week or month people are new (active for the first time ever), returning (also
    active in the one before), resurrecting (active again after a pause) or dormant (active in the
    one before and not in this one).
    """
    from sojourn.base.calendar import unit_named
    from sojourn.base.grammar import parse_step
    from sojourn.base.predicate import ALWAYS
    from sojourn.cli.asking import ask_and_show
    from sojourn.cli.drawing.flows import draw_lifecycle
    from sojourn.insight.rhythm.lifecycle import Lifecycle

    workspace = asked.open()
    step = parse_step(active) if active else None
    spec = Lifecycle(
        scope=asked.scope(workspace.about.timezone),
        active=step.predicate if step else ALWAYS,
        active_title=step.title if step else "",
        unit=unit_named(every, workspace.catalog.first_us, workspace.catalog.as_of_us),
    )
    ask_and_show(asked, workspace, spec, draw_lifecycle, entry=spec.active)
