"""Taking people out of the segments at once: before the next step, and before the daily batch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sojourn.app.segmenting.state import is_read, unpacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.ports.segments import SegmentStore


def forget_people(store: SegmentStore, persons: Sequence[str]) -> None:
    """Forget people, their changes and what time would do to them; segments count without them.

    Parameters
    ----------
    store : SegmentStore
    persons : sequence of str
    """
    with store.step() as step:
        position = step.position()
        kept = step.people(persons)
        if position is not None and not position.unfinished and is_read(position) and kept:
            sizes = list(position.sizes)
            for person in kept.values():
                for number in unpacked(person).inside:
                    sizes[number] -= 1
            step.drop(persons)
            step.move_to(replace(position, sizes=tuple(sizes)))
    store.forget(persons)
