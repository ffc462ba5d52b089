"""One step of following segments: people changed by time, by events, by who they turn out to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np

from sojourn.app.segmenting.arriving import (
    Rehomed,
    arrivals,
    batches_of,
    learn_links,
)
from sojourn.app.segmenting.state import packed, unpacked
from sojourn.ports.segments import Change, Position
from sojourn.segments.bulk import facts_at
from sojourn.segments.facts import Facts, join, table_of, take, wake
from sojourn.segments.packing import Person
from sojourn.segments.table import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sojourn.index.bucket import Bucket, Index
    from sojourn.index.catalog import Catalog
    from sojourn.ports.lake import Lake, LakeFile
    from sojourn.ports.segments import SegmentStep
    from sojourn.segments.bulk import StoredBucket
    from sojourn.segments.compiled import RuleSet
    from sojourn.segments.holds import Listener

AT_ONCE = 5_000
"""People judged and kept together."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The segments that are followed.

    Attributes
    ----------
    told : str
        Equal exactly where the same is followed.
    versions : tuple of (str, int)
        Key and version of each.
    compiled : RuleSet
    listener : Listener
    """

    told: str
    versions: tuple[tuple[str, int], ...]
    compiled: RuleSet
    listener: Listener


@dataclass(kw_only=True)
class Moving:
    """The people of one step, and what became of them.

    Attributes
    ----------
    step : SegmentStep
    rules : Rules
    now : int
    merged : dict of str to str
        Who counts as whom.
    index : callable
        Returns the index of everything that is in the lake.
    currency : str
    hidden : frozenset of str
        People of whom nothing is kept: they are to be erased.
    sizes : list of int
        People in each segment.
    counts : callable
        Whether somebody of whom something is kept is among those in ``sizes``.
    """

    step: SegmentStep
    rules: Rules
    now: int
    merged: dict[str, str]
    index: Callable[[], Index]
    currency: str
    hidden: frozenset[str]
    sizes: list[int] = field(default_factory=list)
    events: int = 0
    people: int = 0
    changes: int = 0
    late_us: int = 0
    counts: Callable[[str], bool] = lambda _: True

    def position(self, told: str, files: tuple[str, ...]) -> Position:
        """Return how far this step brings us."""
        return Position(
            rules=told, files=files, clock_us=self.now, sizes=tuple(self.sizes),
            merged=tuple(sorted(self.merged.items())),
        )  # fmt: skip

    def wake(self) -> None:
        """Make every change by time up to now, each at its own instant."""
        while due := self.step.due(self.now, AT_ONCE):
            people = {kept.person: unpacked(kept) for kept in due}
            at = {kept.person: kept.due_us or self.now for kept in due}
            lost = {
                person
                for person, known in people.items()
                if not wake(known.facts, self.rules.compiled, at[person])
            }
            for person in lost:
                at[person] = self.now
            self._from_journeys(lost, people)
            self.late_us = max(self.late_us, self.now - min(at.values()))
            self._settle(people, at, by_time=True)

    def arrive(self, lake: Lake, files: Sequence[LakeFile], merged: Mapping[str, str]) -> None:
        """Take in the events of some files, and who turns out to be whom.

        Parameters
        ----------
        lake : Lake
        files : sequence of LakeFile
        merged : mapping of str to str
            Who counted as whom until now.
        """
        batches = list(batches_of(lake, files))
        owned, rehomed = learn_links(batches, self.step)
        self._follow_merges(rehomed, merged)
        came = [
            one for batch in batches for one in arrivals(batch, owned, self.merged, self.currency)
        ]
        named = {one.person for one in came} | rehomed.anew
        named |= {who for pair in rehomed.joined.items() for who in pair}
        people = {p: unpacked(kept) for p, kept in self.step.people(sorted(named)).items()}
        self._join(rehomed, people)
        for one in came:
            facts = people.setdefault(one.person, Person()).facts
            facts.bot |= self.rules.listener.is_bot(one.event)
            hits = self.rules.listener.hits(one.event)
            if not take(facts, self.rules.compiled, one.key, hits, self.now):
                rehomed.anew.add(one.person)
        self.events += len(came)
        stage = self.rules.compiled.stage
        if stage is not None and not stage.alone:
            rehomed.anew |= people.keys()
        self._from_journeys(rehomed.anew, people)
        self._settle(people, dict.fromkeys(people, self.now), by_time=False)

    def _follow_merges(self, rehomed: Rehomed, before: Mapping[str, str]) -> None:
        """Add people whose merges changed; joins then are of those they count as."""
        for gone in {*before, *self.merged}:
            old, new = before.get(gone, gone), self.merged.get(gone, gone)
            if old != new:
                rehomed.anew |= {gone, old, new}
        for nobody, owner in rehomed.joined.items():
            rehomed.joined[nobody] = self.merged.get(owner, owner)

    def _join(self, rehomed: Rehomed, people: dict[str, Person]) -> None:
        for nobody, owner in rehomed.joined.items():
            was = people.pop(nobody, None)
            if was is None:
                continue
            known = people.setdefault(owner, Person())
            both = join(known.facts, was.facts, self.rules.compiled)
            if both is None:
                rehomed.anew.add(owner)
            else:
                known.facts = both
            self._forget([nobody], {nobody: was})

    def _forget(self, persons: Sequence[str], known: Mapping[str, Person]) -> None:
        for person in persons:
            for number in known[person].inside if person in known else ():
                self.sizes[number] -= 1
        self.step.drop(persons)

    def _from_journeys(self, persons: Iterable[str], people: dict[str, Person]) -> None:
        """Work some people out from their whole journeys; whoever has none is forgotten."""
        wanted = set(persons)
        if not wanted:
            return
        index = self.index()
        for bucket in reversed(index.buckets):  # fresh people lie in the last, which are small
            places = {bucket.find_person(person): person for person in wanted}
            places.pop(None, None)
            here = {p: who for p, who in places.items() if p is not None and _is_here(bucket, p)}
            if here:
                ordinals = np.array(sorted(here), np.int64)
                known = facts_at(self.rules.compiled, _known(bucket, index), self.now, ordinals)
                for place, facts in zip(ordinals.tolist(), known, strict=True):
                    people.setdefault(here[place], Person()).facts = facts
                wanted.difference_update(here.values())
        bots = {p for p in wanted if any(b.find_person(p) is not None for b in index.bots)}
        for person in bots:
            people.setdefault(person, Person()).facts = Facts(seen=True, bot=True)
        nobody = sorted(wanted - bots)
        self._forget(nobody, people)
        for person in nobody:
            people.pop(person, None)

    def _settle(self, people: dict[str, Person], at: Mapping[str, int], *, by_time: bool) -> None:
        """Judge people, note who entered and left, and keep them."""
        self._forget(sorted(self.hidden & people.keys()), people)
        everyone = [each for each in people.items() if each[0] not in self.hidden]
        for first in range(0, len(everyone), AT_ONCE):
            some = everyone[first : first + AT_ONCE]
            instants = np.array([at[person] for person, _ in some], np.int64)
            table = table_of([known.facts for _, known in some], self.rules.compiled)
            verdict = judge(self.rules.compiled, table, instants)
            changes: list[Change] = []
            due = verdict.due.tolist()
            for place, (person, known) in enumerate(some):
                inside = np.flatnonzero(verdict.inside[:, place]).tolist()
                if inside != known.inside:
                    changes += self._changed(person, known.inside, inside, (at[person], by_time))
                known.inside, known.due_us = inside, due[place]
            self.step.note(changes)
            self.changes += len(changes)
            self.step.put([packed(person, known) for person, known in some])
        self.people += len(everyone)

    def _changed(
        self, person: str, before: list[int], now: list[int], how: tuple[int, bool]
    ) -> list[Change]:
        found = []
        counted = self.counts(person)
        for number in sorted(set(before) ^ set(now)):
            entered = number in now
            if counted:
                self.sizes[number] += 1 if entered else -1
            key, version = self.rules.versions[number]
            found.append(Change(person, key, version, entered, *how))
        return found


def _known(bucket: Bucket, index: Index) -> tuple[Bucket, Catalog, StoredBucket]:
    return bucket, index.catalog, cast("StoredBucket", bucket)


def _is_here(bucket: Bucket, place: int) -> bool:
    return not (len(bucket.skip) and bucket.skip[place])
