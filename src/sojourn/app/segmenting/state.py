"""What is kept of a person, as bytes and back; and what a change is told as."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from sojourn.base.timespan import to_datetime
from sojourn.events.schema import OWN_SOURCE, SEGMENT_ENTERED, SEGMENT_LEFT
from sojourn.identity.ownership import AFTER, ANONYMOUS, USER
from sojourn.ports.inbox import Item
from sojourn.ports.segments import KeptPerson
from sojourn.segments import packing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.ports.segments import Change, Position, SegmentStore
    from sojourn.segments.packing import Person


FORMAT = 2
"""Of what is kept of a person; what another one left is not read, and worked out anew."""
_JSON: Final = msgspec.json.Encoder()


def packed(person_id: str, person: Person) -> KeptPerson:
    """Return a person as it is kept."""
    return KeptPerson(person_id, packing.packed(person), person.next_us())


def unpacked(kept: KeptPerson) -> Person:
    """Return a person from what is kept."""
    return packing.unpacked(kept.body)


def is_read(position: Position) -> bool:
    """Return whether what is kept of people is in the present format."""
    return bool(json.loads(position.rules)[2:] == [FORMAT])


def segments_of(store: SegmentStore, persons: Iterable[str]) -> list[str]:
    """Return the keys of the segments that people are in, as far as they were followed."""
    position = store.position()
    if position is None or not is_read(position):
        return []
    versions = json.loads(position.rules)[0]
    kept = (store.person(person) for person in persons)
    inside = {number for one in kept if one is not None for number in unpacked(one).inside}
    return [str(versions[number][0]) for number in sorted(inside)]


def as_item(change: Change, received_us: int) -> Item:
    """Return a change as a call in the inbox, whose id is the same however often it is made."""
    told = f"{change.segment}\0{change.version}\0{change.person}\0{change.at_us}\0{change.entered}"
    message_id = f"segment-{hashlib.blake2b(told.encode(), digest_size=16).hexdigest()}"
    call = {
        "type": "track",
        "event": SEGMENT_ENTERED if change.entered else SEGMENT_LEFT,
        "messageId": message_id,
        "timestamp": _moment(change.at_us),
        "properties": {
            "segment": change.segment,
            "version": change.version,
            "cause": "time" if change.by_time else "event",
        },
        **_ids_of(change.person),
    }
    return Item(OWN_SOURCE, "segment", received_us, _JSON.encode(call))


@lru_cache(1024)
def _moment(at_us: int) -> str:
    """Return an instant as text; all changes by the events of a batch have the same."""
    return to_datetime(at_us).isoformat()


def _ids_of(person: str) -> dict[str, str]:
    if person.startswith(ANONYMOUS):
        return {"anonymousId": person.removeprefix(ANONYMOUS).removesuffix(AFTER)}
    return {"userId": person.removeprefix(USER)}
