"""Everybody worked out from the index, some people at a time, each time in a transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from sojourn.app.segmenting.arriving import all_links
from sojourn.app.segmenting.state import packed
from sojourn.ports.segments import Change, KeptPerson, Position
from sojourn.segments.facts import Facts
from sojourn.segments.keeping import Kept, kept_at
from sojourn.segments.packing import Person, inside_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sojourn.app.segmenting.moving import Rules
    from sojourn.index.bucket import Bucket, Index
    from sojourn.ports.lake import Lake, LakeFile
    from sojourn.ports.segments import SegmentStep
    from sojourn.segments.bulk import StoredBucket

AT_ONCE = 10_000
"""People worked out in one transaction: well under a second, after which others have their turn."""
UNTOLD, TOLD = "untold", "told"
"""What a position says while everybody is being worked out: whether changes are told."""


@dataclass(frozen=True, slots=True)
class Some:
    """Some people of a bucket.

    Attributes
    ----------
    bucket : Bucket
    people : ndarray of shape (people,), int64
        Ordinals.
    bots : bool
    """

    bucket: Bucket
    people: NDArray[np.int64]
    bots: bool = False


@dataclass(kw_only=True)
class Anew:
    """Everybody, as the lake was when this began.

    Attributes
    ----------
    rules : Rules
    index : Index
    files : sequence of LakeFile
        The lake's files; what comes later is taken in afterwards, as it always is.
    merged : dict of str to str
        Who counts as whom.
    hidden : frozenset of str
        Who is left out.
    announced : bool
        Whether those who thereby enter or leave are told of: not where a rule is new.
    sizes : list of int
        People in each segment.
    done, people, changes : int
        People worked out so far, of how many; who entered or left.
    """

    rules: Rules
    index: Index
    files: Sequence[LakeFile]
    merged: dict[str, str]
    hidden: frozenset[str]
    announced: bool
    sizes: list[int] = field(default_factory=list)
    done: int = 0
    people: int = 0
    changes: int = 0
    _seen: set[str] = field(default_factory=set)
    _parts: Iterator[Some] = field(init=False)

    def __post_init__(self) -> None:
        self.sizes = [0] * len(self.rules.versions)
        parts = _parts(self.index)
        self.people = sum(len(part.people) for part in parts)
        self._parts = iter(parts)

    def counts(self, person: str) -> bool:
        """Return whether somebody of whom something is kept was worked out already."""
        return not self.announced or person in self._seen

    def work(self, step: SegmentStep, now: int) -> bool:
        """Work some people out as of now; return whether there were any left."""
        part = next(self._parts, None)
        if part is None:
            return False
        ids = part.bucket.person_ids(part.people)
        if part.bots:
            found = _bots(len(ids), len(self.sizes))
        else:
            known = (part.bucket, self.index.catalog, cast("StoredBucket", part.bucket))
            found = kept_at(self.rules.compiled, known, now, part.people)
        kept = [KeptPerson(*one) for one in zip(ids, found.bodies, found.due, strict=True)]
        if self.announced:
            self._tell(step, ids, found, now)
            self._seen.update(ids)
            step.put(kept)
        else:
            step.add(kept)
        for number, count in enumerate(found.inside.sum(axis=0).tolist()):
            self.sizes[number] += count
        self.done += len(ids)
        return True

    def finish(self, step: SegmentStep, lake: Lake, now: int) -> None:
        """Forget whoever is not there any more, and note that this is done."""
        if self.announced:
            step.drop([person for person in step.everyone() if person not in self._seen])
        step.clear_links()
        step.put_links([], all_links(lake, self.files))
        step.move_to(self.position(now))

    def position(self, now: int, unfinished: str = "") -> Position:
        """Return how far this brings us."""
        return Position(
            rules=self.rules.told, files=tuple(file.path for file in self.files), clock_us=now,
            sizes=tuple(self.sizes), merged=tuple(sorted(self.merged.items())),
            people=self.people, unfinished=unfinished,
        )  # fmt: skip

    def _tell(self, step: SegmentStep, ids: Sequence[str], found: Kept, now: int) -> None:
        before = np.zeros_like(found.inside)
        kept = step.people(ids)
        for place, person in enumerate(ids):
            if person in kept:
                before[place, inside_of(kept[person].body)] = True
        changes = []
        for place, number in np.argwhere(before != found.inside).tolist():
            key, version = self.rules.versions[number]
            entered = bool(found.inside[place, number])
            changes.append(Change(ids[place], key, version, entered, now, by_time=False))
        step.note(changes)
        self.changes += len(changes)


def _parts(index: Index) -> list[Some]:
    """Return everybody, fresh people once."""
    found = []
    for bots, buckets in ((False, index.buckets), (True, index.bots)):
        for bucket in buckets:
            kept = np.ones(len(bucket.offsets) - 1, np.bool_)
            if len(bucket.skip):
                kept = bucket.skip == 0
            people = np.flatnonzero(kept)
            starts = range(0, len(people), AT_ONCE)
            found += [Some(bucket, people[first : first + AT_ONCE], bots) for first in starts]
    return found


def _bots(people: int, segments: int) -> Kept:
    body = packed("", Person(Facts(seen=True, bot=True))).body
    return Kept([body] * people, [None] * people, np.zeros((people, segments), np.bool_))
