"""``sojourn sources``: where people came from, and what became of them."""

from __future__ import annotations

import click

from sojourn.cli.options import Asked, question_options

LEVELS = ("channel", "source", "medium", "campaign", "content", "term")


@click.command("sources")
@click.option("--goal", metavar="STEP", help="The event that counts as conversion.")
@click.option(
    "--window", default="30d", show_default=True, metavar="TIME", help="How soon it must follow."
)
@click.option("--latest", is_flag=True, help="By the latest source instead of the original.")
@click.option("--level", type=click.Choice(LEVELS), help="How far sources are told apart.")
@click.option("--channel", metavar="NAME", help="Only this channel, by source.")
@click.option("--source", metavar="NAME", help="Only this source, by medium.")
@click.option("--medium", metavar="NAME", help="Only this medium, by campaign.")
@click.option("--campaign", metavar="NAME", help="Only this campaign, by content.")
@click.option("--direct-overwrites", is_flag=True, help="A direct visit replaces a known source.")
@click.option("--own", metavar="HOST", multiple=True, help="A site of your own [found].")
@click.option(
    "--session-gap",
    default="30m",
    show_default=True,
    metavar="TIME",
    help="Pause that ends a visit.",
)
@click.option("--steps", default=3, show_default=True, help="First steps of converters shown.")
@click.option("--channels", default="ga4", metavar="ga4|korea|FILE", help="Table of rules [ga4].")
@click.option("--print-channels", is_flag=True, help="Print that table as YAML, to edit.")
@question_options
def command(
    asked: Asked,
    goal: str | None,
    window: str,
    latest: bool,
    level: str | None,
    channel: str | None,
    source: str | None,
    medium: str | None,
    campaign: str | None,
    direct_overwrites: bool,
    own: tuple[str, ...],
    session_gap: str,
    steps: int,
    channels: str,
    print_channels: bool,
) -> None:
    """Show where people came from, and what became of them.

    People by channel (the rules of Google Analytics 4, Korean sites included), drilled down to
    source, medium, campaign, content and term; with --goal the share that reached it, revenue,
    and how those who reached it began.
    """
    from sojourn.api.origins import channel_table, level_below, own_sites
    from sojourn.base.grammar import parse_step
    from sojourn.base.timespan import parse_duration
    from sojourn.cli.asking import ask_and_show
    from sojourn.cli.drawing.origins import draw_sources
    from sojourn.events.channel_text import channels_to_yaml
    from sojourn.insight.sources.question import Sources
    from sojourn.insight.sources.values import Basis, Level

    table = channel_table(channels)
    if print_channels:
        click.echo(channels_to_yaml(table), nl=False)
        return
    workspace = asked.open()
    step = parse_step(goal) if goal else None
    given = ((Level.CHANNEL, channel), (Level.SOURCE, source), (Level.MEDIUM, medium),
             (Level.CAMPAIGN, campaign))  # fmt: skip
    within = tuple((name, value) for name, value in given if value)
    spec = Sources(
        scope=asked.scope(workspace.about.timezone),
        level=Level(level) if level else level_below(within),
        within=within,
        basis=Basis.LATEST if latest else Basis.ORIGINAL,
        goal=step.predicate if step else None,
        goal_title=step.title if step else "",
        window_us=parse_duration(window),
        session_gap_us=parse_duration(session_gap),
        direct_overwrites=direct_overwrites,
        own=own or own_sites(workspace),
        channels=table,
        steps=steps,
    )
    ask_and_show(asked, workspace, spec, draw_sources)
