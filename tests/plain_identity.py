"""Who an event belongs to, in the plainest form: the slow twin of the index's rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.events.ids import is_placeholder
from sojourn.identity.ownership import AFTER, ANONYMOUS, user_person

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Sighting:
    """The ids, time and event id of one event."""

    anonymous_id: str | None
    user_id: str | None
    time: int
    ident: int


def person_of(sighting: Sighting, owned: pa.Table) -> str | None:
    """Return the person an event belongs to; None when both ids stand for nobody.

    Parameters
    ----------
    sighting : Sighting
    owned : pyarrow.Table
        From :func:`sojourn.identity.ownership.owners`.
    """
    user, anonymous = _known(sighting.user_id), _known(sighting.anonymous_id)
    if user is not None:
        return user_person(user)
    if anonymous is None:
        return None
    for row in owned.to_pylist():
        if row["anonymous_id"] == anonymous:
            before = (sighting.time, sighting.ident) < (row["taken_time"], row["taken_ident"])
            return user_person(row["user_id"]) if before else ANONYMOUS + anonymous + AFTER
    return ANONYMOUS + anonymous


def _known(text: str | None) -> str | None:
    return None if text is None or is_placeholder(text) else text
