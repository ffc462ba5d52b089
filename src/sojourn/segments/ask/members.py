"""Who is in a segment, as a question; and how many are in each of several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from sojourn.base.errors import InputError
from sojourn.base.estimate import MaybeEstimate, wilson
from sojourn.base.timespan import to_datetime
from sojourn.index.errors import UntimedRangeError
from sojourn.insight.answer import Answer
from sojourn.insight.question import Partial, Plan, Spec
from sojourn.segments.bulk import table_at
from sojourn.segments.compiled import RuleSet, compile_segments
from sojourn.segments.rows import check_columns
from sojourn.segments.table import Verdict, judge

if TYPE_CHECKING:
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.segments.model import Segment
    from sojourn.stages.model import StageModel

DEFAULT_LIMIT = 100
MOST_LISTED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside(Partial):
    """People inside each segment; parts merge with ``+``.

    Attributes
    ----------
    counts : tuple of int
    everyone : int
        Everybody seen by then.
    people : tuple of str
        Of the one segment whose members are listed, the first by id.
    limit : int
    """

    counts: tuple[int, ...]
    everyone: int
    people: tuple[str, ...] = ()
    limit: int = 0

    @override
    def __add__(self, other: Inside) -> Inside:
        both = tuple(a + b for a, b in zip(self.counts, other.counts, strict=True))
        people = tuple(sorted((*self.people, *other.people))[: self.limit])
        everyone = self.everyone + other.everyone
        return Inside(counts=both, everyone=everyone, people=people, limit=self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes(Spec[Inside]):
    """How many people are in each segment at an instant.

    Attributes
    ----------
    segments : tuple of Segment
    at_us : int or None
        As-of when None.
    model : StageModel or None
    """

    segments: tuple[Segment, ...]
    at_us: int | None = None
    model: StageModel | None = None

    @override
    def plan(self, catalog: Catalog) -> SizesPlan:
        return SizesPlan(self, *compiled(self.segments, self.model, self.at_us, catalog), catalog)


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRow:
    """One segment."""

    segment: str
    title: str
    people: int
    share: MaybeEstimate


@dataclass(frozen=True, slots=True)
class SizesPlan(Plan[Inside]):
    """The question against one catalog."""

    spec: Sizes
    rules: RuleSet
    at: int
    catalog: Catalog

    @override
    def over(self, bucket: Bucket) -> Inside:
        verdict, everyone = judged(self.rules, bucket, self.catalog, self.at)
        counts = tuple(int(np.count_nonzero(row)) for row in verdict.inside)
        return Inside(counts=counts, everyone=everyone)

    @override
    def answer(self, total: Inside) -> Answer[SizeRow]:
        rows = tuple(
            SizeRow(
                segment=segment.key, title=segment.title.en, people=count,
                share=wilson(count, total.everyone),
            )
            for segment, count in zip(self.spec.segments, total.counts, strict=True)
        )  # fmt: skip
        return Answer(
            question="segments-sizes",
            spec=self.spec,
            as_of=to_datetime(self.catalog.as_of_us),
            rows=rows,
            definition=f"People for whom each segment's rule held at {moment(self.at)}, out of"
            f" {total.everyone:,} seen by then, bots left out.",
            notes=notes_of(self.at, self.catalog),
            extra={"at": to_datetime(self.at).isoformat(), "n": total.everyone},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Members(Spec[Inside]):
    """Who is in one segment at an instant; see :class:`Sizes`.

    Attributes
    ----------
    limit : int
        People listed at most.
    after : str
        Only those whose id comes after this one, for the next page.
    """

    segment: Segment
    at_us: int | None = None
    model: StageModel | None = None
    limit: int = DEFAULT_LIMIT
    after: str = ""

    @override
    def plan(self, catalog: Catalog) -> MembersPlan:
        if not 1 <= self.limit <= MOST_LISTED:
            raise InputError(
                f"{self.limit} people cannot be listed.", allowed=f"1 to {MOST_LISTED:,}"
            )
        found = compiled((self.segment,), self.model, self.at_us, catalog)
        return MembersPlan(self, *found, catalog)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One person inside."""

    person: str


@dataclass(frozen=True, slots=True)
class MembersPlan(Plan[Inside]):
    """The question against one catalog."""

    spec: Members
    rules: RuleSet
    at: int
    catalog: Catalog

    @override
    def over(self, bucket: Bucket) -> Inside:
        verdict, everyone = judged(self.rules, bucket, self.catalog, self.at)
        inside = np.flatnonzero(verdict.inside[0])
        after = self.spec.after
        people = sorted(id_ for id_ in bucket.person_ids(inside) if id_ > after)[: self.spec.limit]
        return Inside(
            counts=(len(inside),), everyone=everyone, people=tuple(people), limit=self.spec.limit
        )

    @override
    def answer(self, total: Inside) -> Answer[MemberRow]:
        count = total.counts[0]
        notes = notes_of(self.at, self.catalog)
        if count > len(total.people):
            notes = (*notes, f"{len(total.people):,} of {count:,} are listed, by id.")
        return Answer(
            question="segments-members",
            spec=self.spec,
            as_of=to_datetime(self.catalog.as_of_us),
            rows=tuple(MemberRow(person=person) for person in total.people),
            definition=f"People for whom the rule of {self.spec.segment.key!r} held at"
            f" {moment(self.at)}: {count:,} of {total.everyone:,} seen by then, bots left out.",
            notes=notes,
            extra={
                "at": to_datetime(self.at).isoformat(),
                "people": count,
                "n": total.everyone,
            },
        )


def compiled(
    segments: tuple[Segment, ...], model: StageModel | None, at_us: int | None, catalog: Catalog
) -> tuple[RuleSet, int]:
    """Return the rules of segments, and the instant meant.

    Raises
    ------
    UntimedRangeError
        If events carry no times.
    SegmentError
        If a rule names a stage that is not there.
    """
    if not catalog.timed:
        raise UntimedRangeError
    rules = compile_segments(segments, model)
    check_columns(rules, catalog)
    return rules, catalog.as_of_us if at_us is None else at_us


def judged(rules: RuleSet, bucket: Bucket, catalog: Catalog, at: int) -> tuple[Verdict, int]:
    """Return who of a bucket is inside at an instant, and how many were seen by then."""
    table = table_at(rules, bucket, catalog, at)
    verdict = judge(rules, table, np.full(len(table.seen), at, np.int64))
    return verdict, int(np.count_nonzero(table.seen))


def moment(at: int) -> str:
    """Return an instant as text."""
    return f"{to_datetime(at):%Y-%m-%d %H:%M:%S} UTC"


def notes_of(at: int, catalog: Catalog) -> tuple[str, ...]:
    """Return what a reader must know of an instant that the data do not reach."""
    if at <= catalog.as_of_us:
        return ()
    newest = f"{to_datetime(catalog.as_of_us):%Y-%m-%d %H:%M:%S}"
    return (f"The newest event is of {newest} UTC; since then only time has passed.",)
