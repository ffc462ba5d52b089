"""One step of following segments: people changed by time, by events, by who they turn out to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, cast

import numpy as np

from sojourn.app.segmenting.arriving import (
    Rehomed,
    arrivals,
    batches_of,
    learn_links,
)
from sojourn.app.segmenting.state import packed, unpacked
from sojourn.ports.segments import Change, KeptPerson, Position
from sojourn.segments.bulk import facts_at
from sojourn.segments.facts import Facts, join, table_of, take, wake
from sojourn.segments.laying import Coming, laid_beside
from sojourn.segments.packing import Person
from sojourn.segments.table import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from sojourn.app.segmenting.arriving import Arrival
    from sojourn.index.bucket import Bucket, Index
    from sojourn.index.catalog import Catalog
    from sojourn.ports.lake import Lake, LakeFile
    from sojourn.ports.segments import SegmentStep
    from sojourn.segments.bulk import StoredBucket
    from sojourn.segments.compiled import RuleSet
    from sojourn.segments.holds import Listener
    from sojourn.segments.laying import Laid

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
    everyone : int
        People who were worked out at once.
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
    everyone: int = 0
    events: int = 0
    people: int = 0
    changes: int = 0
    late_us: int = 0
    counts: Callable[[str], bool] = lambda _: True

    def position(self, told: str, files: tuple[str, ...]) -> Position:
        """Return how far this step brings us."""
        return Position(
            rules=told, files=files, clock_us=self.now, sizes=tuple(self.sizes),
            merged=tuple(sorted(self.merged.items())), people=self.everyone,
        )  # fmt: skip

    def wake(self) -> None:
        """Make every change by time up to now, each at its own instant."""
        while due := self.step.due(self.now, AT_ONCE):
            known = {kept.person: kept for kept in due}
            at = {kept.person: kept.due_us or self.now for kept in due}
            self.late_us = max(self.late_us, self.now - min(at.values()))
            hard = self._lay(list(known), known, {}, at)
            self._wake_one_by_one({person: unpacked(known[person]) for person in hard}, at)

    def _wake_one_by_one(self, people: dict[str, Person], at: dict[str, int]) -> None:
        lost = {
            person
            for person, known in people.items()
            if not wake(known.facts, self.rules.compiled, at[person])
        }
        for person in lost:
            at[person] = self.now
        self._from_journeys(lost, people)
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
            one
            for batch in batches
            for one in arrivals(batch, owned, self.merged, self.currency, self.rules.listener)
        ]
        by_person: dict[str, list[Arrival]] = {}
        for one in came:
            by_person.setdefault(one.person, []).append(one)
        special = rehomed.anew | {who for pair in rehomed.joined.items() for who in pair}
        known = self.step.people(sorted(by_person.keys() | special))
        quick = sorted(by_person.keys() - special)
        special |= self._lay(quick, known, by_person, dict.fromkeys(quick, self.now))
        self.events += len(came)
        people = {person: unpacked(known[person]) for person in sorted(special) if person in known}
        alone = [one for person in sorted(special) for one in by_person.get(person, ())]
        self._arrive_one_by_one(rehomed, people, alone)

    def _arrive_one_by_one(
        self, rehomed: Rehomed, people: dict[str, Person], came: Sequence[Arrival]
    ) -> None:
        """Take in the events of people of whom more is kept than events, or who are others now."""
        self._join(rehomed, people)
        for one in came:
            facts = people.setdefault(one.person, Person()).facts
            facts.bot |= one.bot
            if not take(facts, self.rules.compiled, one.key, one.hits, self.now):
                rehomed.anew.add(one.person)
        stage = self.rules.compiled.stage
        if stage is not None and not stage.alone:
            rehomed.anew |= people.keys()
        self._from_journeys(rehomed.anew, people)
        self._settle(people, dict.fromkeys(people, self.now), by_time=False)

    def _lay(
        self, persons: Sequence[str], known: Mapping[str, KeptPerson],
        came: Mapping[str, Sequence[Arrival]], at: Mapping[str, int],
    ) -> set[str]:  # fmt: skip
        """Lay what came beside what is known of people; return who is to be taken by themselves.

        Nobody came where time alone makes the changes.
        """
        hard = set(self.hidden.intersection(persons))
        for first in range(0, len(persons), AT_ONCE):
            some = persons[first : first + AT_ONCE]
            place = {person: number for number, person in enumerate(some)}
            coming = Coming()
            for number, person in enumerate(some):
                for one in came.get(person, ()):
                    coming.add(number, one.key, one.hits, bot=one.bot)
            bodies = [known[person].body if person in known else b"" for person in some]
            instants = np.array([at[person] for person in some], np.int64)
            laid = laid_beside(self.rules.compiled, bodies, coming, instants)
            alone = laid.hard.copy()
            alone[[place[person] for person in hard.intersection(some)]] = True
            self._keep(some, laid, ~alone, (instants.tolist(), not came))
            hard |= {some[number] for number in np.flatnonzero(alone).tolist()}
        return hard

    def _keep(
        self, persons: Sequence[str], laid: Laid, right: NDArray[np.bool_],
        how: tuple[list[int], bool],
    ) -> None:  # fmt: skip
        """Note who entered and left of those for whom it is right, and keep them."""
        instants, by_time = how
        changed = (laid.before != laid.kept.inside) & right[:, None]
        place, number = np.nonzero(changed)
        entered = laid.kept.inside[changed]
        versions = self.rules.versions
        changes = [
            Change(persons[who], *versions[which], enters, instants[who], by_time)
            for who, which, enters in zip(
                place.tolist(), number.tolist(), entered.tolist(), strict=True
            )
        ]
        counted = np.array([self.counts(person) for person in persons], np.bool_)[place]
        moves = np.where(entered, 1, -1) * counted
        for which, by in enumerate(np.bincount(number, moves, len(versions)).tolist()):
            self.sizes[which] += int(by)
        rows = zip(persons, laid.kept.bodies, laid.kept.due, strict=True)
        self.step.note(changes)
        self.step.put([KeptPerson(*row) for row in compress(rows, right.tolist())])
        self.changes += len(changes)
        self.people += int(right.sum())

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
        return [
            self._change(person, number, number in now, how)
            for number in sorted(set(before) ^ set(now))
        ]

    def _change(self, person: str, number: int, entered: bool, how: tuple[int, bool]) -> Change:
        if self.counts(person):
            self.sizes[number] += 1 if entered else -1
        return Change(person, *self.rules.versions[number], entered, *how)


def _known(bucket: Bucket, index: Index) -> tuple[Bucket, Catalog, StoredBucket]:
    return bucket, index.catalog, cast("StoredBucket", bucket)


def _is_here(bucket: Bucket, place: int) -> bool:
    return not (len(bucket.skip) and bucket.skip[place])
