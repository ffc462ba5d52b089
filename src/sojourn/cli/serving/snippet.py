"""``sojourn snippet``: the tag for a site's pages."""

from __future__ import annotations

import click

from sojourn.cli.serving.options import WORKSPACE


@click.command("snippet")
@WORKSPACE
@click.option("--url", required=True, metavar="URL",
              help="The collector's address as browsers reach it.")  # fmt: skip
@click.option("--key", metavar="KEY",
              help="The write key to put in; checked against those of the workspace.")  # fmt: skip
@click.option("--consent", type=click.Choice(("none", "cookieless", "full")), default="none",
              show_default=True,
              help="What a visitor allows who has not been asked.")  # fmt: skip
@click.option("--follow", is_flag=True,
              help="Without integrity hash: the newest version after an upgrade.")  # fmt: skip
def command(workspace: str, url: str, key: str | None, consent: str, follow: bool) -> None:
    """Print the tag that makes a site's pages tell what happens on them.

    Put it into the head of every page. With its integrity hash a browser runs this version and no
    other: print the tag again after an upgrade of sojourn.
    """
    from sojourn.app.collecting.tag import NO_KEY, check_write_key, snippet_tag
    from sojourn.compose import open_workspace
    from sojourn.compose.pages import browser_scripts

    opened = open_workspace(workspace)
    if key:
        check_write_key(key, opened.write_keys.good())
    first = browser_scripts()[0]
    click.echo(snippet_tag(first, url, key or NO_KEY, consent, sealed=not follow), nl=False)
    if not key:
        click.echo(f"Put a write key in: sojourn keys add website -w {workspace}", err=True)
    if consent == "none":
        click.echo(
            'Nothing is stored or sent until the page calls sojourn.consent("full") or '
            'sojourn.consent("cookieless").',
            err=True,
        )
