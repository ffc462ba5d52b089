"""``sojourn demo``: the simulated meal-kit shop, from events to its map."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sojourn.app.workspace import Workspace

MAP_FILE = "meal-kit-map.html"


@click.command("demo")
@click.option(
    "-w", "--workspace", type=click.Path(path_type=Path), default=Path("sojourn-demo"),
    show_default=True, help="The folder to make.",
)  # fmt: skip
@click.option("--people", type=click.IntRange(100, 2_000_000), default=24_000, show_default=True,
              help="How many people find the shop by themselves.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True,
              help="The same seed gives the same shop.")  # fmt: skip
@click.option("--lang", type=click.Choice(["en", "ko"]), default="en", show_default=True,
              help="The language the map opens in.")  # fmt: skip
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True,
              help="The colours the map opens in.")  # fmt: skip
@click.option("--open/--no-open", "show", default=None,
              help="Open the map in the browser [when run in a terminal].")  # fmt: skip
def command(
    workspace: Path, people: int, seed: int, lang: str, theme: str, show: bool | None
) -> None:
    """Make the simulated meal-kit workspace and open its map.

    A subscription shop with known truth: channels, households, what lessons before a discount do,
    what a slow mobile checkout does, friends who invite friends. Everything in it is simulated and
    says so. Running it again opens the same workspace.
    """
    from sojourn.app.demo.make import CURRENCY, TIMEZONE, demo_map
    from sojourn.cli.importing.progress import building
    from sojourn.compose import open_workspace
    from sojourn.compose.pages import page_of

    opened = open_workspace(
        workspace, create=True, timezone=TIMEZONE, currency=CURRENCY, progress=building()
    )
    _fill(opened, people, seed)
    drafted = demo_map(opened)
    target = workspace / MAP_FILE
    target.write_text(page_of(drafted.map, lang=lang, theme=theme), encoding="utf-8")
    click.echo(f"Map        {target}")
    click.echo(_NEXT.format(workspace=workspace))
    if sys.stdout.isatty() if show is None else show:
        webbrowser.open(target.resolve().as_uri())


_NEXT = """
Ask it anything:
  sojourn funnel -w {workspace} landing_viewed recipes_browsed box_built order_paid --window 60d
  sojourn sources -w {workspace} --goal order_paid --window 60d
  sojourn retention -w {workspace} --begin order_paid --return order_renewed --every week
  sojourn map -w {workspace} -o map.html --lang ko"""


def _fill(workspace: Workspace, people: int, seed: int) -> None:
    """Simulate and import, and say what came of it."""
    from dataclasses import replace

    from sojourn.app.demo.make import make_demo
    from sojourn.app.demo.truth import Truth

    made = make_demo(workspace, replace(Truth(), people=people), seed)
    counts = made.report.counts
    click.echo(f"Simulated  {made.events:,} events of {made.people:,} people ({made.file})")
    click.echo(f"Imported   {counts.accepted:,} new, {counts.duplicate:,} already there")
