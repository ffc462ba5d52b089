"""Calls that came together, packed into one row of the inbox.

A row costs a database several times what it costs to write the bytes of a call, and a key that
must be there once as much again: its place among the others is elsewhere each time.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from sojourn.ports.inbox import Item, Kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_CALLS: Final = 1_000
"""Of one row, since a batch takes rows whole."""
MOST_BYTES: Final = 4 * 1024 * 1024
PLACES: Final = 1 << 20
"""From the place of a row to that of the next one: above :data:`MOST_CALLS`, for good."""
_together = itemgetter(0, 1, 2)


class Pack(NamedTuple):
    """Neighbours that came with one key, in one dialect, at one instant."""

    source: str
    dialect: str
    received_us: int
    calls: int
    sizes: str
    """Bytes of each call, with commas between."""
    bodies: bytes
    """The calls, one after the other."""


def packs_of(items: Sequence[Item]) -> Iterator[Pack]:
    """Yield some calls in packs, in their order."""
    for (source, dialect, received_us), together in groupby(items, key=_together):
        for bodies in _pieces([item.body for item in together]):
            yield packed(source, dialect, received_us, bodies)


def packed(source: str, dialect: str, received_us: int, bodies: Sequence[bytes]) -> Pack:
    """Return the calls of one request as one pack."""
    sizes = ",".join([str(len(body)) for body in bodies])
    return Pack(source, dialect, received_us, len(bodies), sizes, b"".join(bodies))


def bodies_of(sizes: str, bodies: bytes) -> list[bytes]:
    """Return the calls of a pack."""
    ends = [0]
    for size in sizes.split(","):
        ends.append(ends[-1] + int(size))
    return [bodies[start:end] for start, end in pairwise(ends)]


def kept_of(position: int, pack: Pack) -> Iterator[Kept]:
    """Yield the calls of a pack with their places in the inbox."""
    source, dialect, received_us = _together(pack)
    for place, body in enumerate(bodies_of(pack.sizes, pack.bodies), position * PLACES):
        yield Kept(place, Item(source, dialect, received_us, body))


def _pieces(bodies: list[bytes]) -> Iterator[list[bytes]]:
    """Yield calls in pieces of bounded size, most often in one."""
    first, size = 0, 0
    for at, body in enumerate(bodies):
        size += len(body)
        if at > first and (size > MOST_BYTES or at - first == MOST_CALLS):
            yield bodies[first:at]
            first, size = at, len(body)
    yield bodies[first:]
