"""``sojourn funnel``: people who go through steps."""

from __future__ import annotations

import click

from sojourn.cli.funnels.options import FunnelSaid, funnel_of, funnel_options
from sojourn.cli.options import Asked, question_options


@click.command("funnel")
@click.argument(
    "steps",
    nargs=-1,
    required=True,
    metavar="STEP…",
    help="Events in order, each with a condition if need be.",
)
@funnel_options
@question_options
def command(asked: Asked, said: FunnelSaid, steps: tuple[str, ...]) -> None:
    """Count people who go through steps.

    STEP is an event's name, either of several ("cart | wish list"), with a condition if need be
    ("order where value > 10"), and a title if you like ("order_paid as Paid").

    Of each person the attempt that gets furthest counts, within the window from its first step;
    other events may lie between. Rates are of people old enough for the window to be over.
    """
    from sojourn.cli.asking import ask_and_show
    from sojourn.cli.drawing.profiles import draw_profiles
    from sojourn.cli.drawing.steps import draw_funnel
    from sojourn.cli.show import show
    from sojourn.insight.funnel.compatible.explain import ExplainProfiles
    from sojourn.insight.funnel.written import FunnelTextError

    workspace = asked.open()
    spec = funnel_of(said, steps, asked.scope(workspace.about.timezone), asked.by or "")
    if said["explain_profiles"]:
        if asked.by or asked.compare:
            raise FunnelTextError(
                "--explain-profiles compares ways of counting; --by and --compare do not apply.",
                allowed="--people and --from to choose one group or range",
            )
        explained = ExplainProfiles(funnel=spec, own_windows=said["window"] is None)
        show(workspace.ask(explained), asked.output, draw_profiles)
    elif asked.compare:
        ask_and_show(asked.without_groups(), workspace, spec, draw_funnel)
    else:
        show(workspace.ask(spec), asked.output, draw_funnel)
