"""What follows the segments, put together; loaded where it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from sojourn.app.clock import now_us

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from sojourn.adapters.sql.backends.postgres import PostgresSchema
    from sojourn.app.segmenting.follow import Following
    from sojourn.index.bucket import Index
    from sojourn.ports.inbox import Inbox
    from sojourn.ports.lake import Lake
    from sojourn.ports.workspace import Documents


@dataclass(frozen=True, kw_only=True)
class FollowedParts:
    """What the segments of a workspace are followed in; see ``Following``."""

    documents: Documents
    lake: Lake
    index: Callable[[Sequence[str]], Index]
    inbox: Inbox
    merged: Callable[[], Mapping[str, str]]
    hidden: Callable[[], frozenset[str]]
    currency: str
    timezone: str


def following_of(where: PostgresSchema | Path, parts: FollowedParts) -> Following:
    """Return what follows the segments.

    Parameters
    ----------
    where : PostgresSchema or Path
        The workspace's schema, or a file of its own.
    parts : FollowedParts
    """
    state = import_module("sojourn.adapters.sql.state")
    schema = import_module("sojourn.adapters.sql.segments.schema")
    database = state.StateDatabase(where, schema.SEGMENTS, kept_open=True)
    store = import_module("sojourn.adapters.sql.segments.store").SqlSegmentStore(database)
    follow = import_module("sojourn.app.segmenting.follow")
    found: Following = follow.Following(
        store=store, documents=parts.documents, lake=parts.lake, index=parts.index,
        inbox=parts.inbox, merged=parts.merged, hidden=parts.hidden, currency=parts.currency,
        now_us=now_us, timezone=parts.timezone,
    )  # fmt: skip
    return found
