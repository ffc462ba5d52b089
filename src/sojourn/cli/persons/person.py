"""``sojourn person``: one person's journey, event by event."""

from __future__ import annotations

from functools import partial

import click

from sojourn.cli.options import Asked, options_but
from sojourn.cli.viewing.options import SESSION_GAP


@click.command("person")
@click.argument("person", help="A user id, or the anonymous id of somebody never identified.")
@click.option("--limit", default=100, show_default=True, help="The newest events shown at most.")
@SESSION_GAP
@options_but("people", "by", "compare")
def command(asked: Asked, person: str, limit: int, session_gap: str) -> None:
    """Show one person's journey, event by event.

    PERSON is a user id as it stands in the data; of somebody never identified the anonymous id,
    with or without anon: before it. Session by session, with the properties of each event, and the
    segments they are in, entered and left.
    """
    from sojourn.app.segmenting.shown import with_segments
    from sojourn.base.timespan import parse_duration
    from sojourn.cli.show import show
    from sojourn.cli.viewing.timeline import draw_person
    from sojourn.insight.overview.person import Person

    workspace = asked.open()
    zone = workspace.about.timezone
    spec = Person(
        person=person,
        scope=asked.scope(zone),
        limit=limit,
        session_gap_us=parse_duration(session_gap),
    )
    answer = with_segments(workspace.ask(spec), workspace)
    show(answer, asked.output, partial(draw_person, timezone=zone))
