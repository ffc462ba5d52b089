"""The transforms of journeys against slow, obvious twins over plain lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.predicate import ALWAYS, Compare, Not, Operator, Predicate, event_is
from sojourn.base.timespan import TimeRange
from sojourn.index.errors import UntimedRangeError
from sojourn.index.journeys import (
    at_start,
    by_session,
    by_value,
    cut,
    keep_events,
    keep_people,
    scoped,
    whole,
)
from sojourn.index.memory import memory_index


@dataclass(frozen=True)
class Asked:
    range: TimeRange = field(default_factory=TimeRange)
    people: Predicate = ALWAYS
    events: Predicate = ALWAYS


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cid", "dee"]),
        st.integers(0, 30),
        st.sampled_from(["a", "b", "c"]),
        st.fixed_dictionaries({}, optional={"k": st.sampled_from(["x", "y", "z"])}),
    ),
    max_size=30,
)


def one_bucket(rows):
    index = memory_index(rows)
    return index.buckets[0], index.catalog


def people_of(rows):
    """Each person's rows in order, persons in the order of the bucket."""
    bucket, _ = one_bucket(rows)
    count = len(bucket.offsets) - 1
    ids = bucket.person_ids(np.arange(count))
    return [sorted((r for r in rows if r[0] == i), key=lambda r: r[1]) for i in ids]


def listed(journeys, names):
    """Journeys as lists of (time, event name)."""
    return [
        [
            (int(journeys.time[row]), names[journeys.event[row]])
            for row in range(journeys.offsets[j], journeys.offsets[j + 1])
        ]
        for j in range(len(journeys))
    ]


def short(rows):
    return [(time, event) for _, time, event, _ in rows]


@given(ROWS)
def test_whole_is_every_person_in_order(rows):
    bucket, catalog = one_bucket(rows)
    assert listed(whole(bucket), catalog.events) == [short(p) for p in people_of(rows)]
    if rows:
        assert whole(bucket).take(bucket.time) is bucket.time


@given(ROWS, st.sampled_from(["a", "b"]))
def test_keep_events_keeps_the_marked_and_knows_their_rows(rows, name):
    bucket, catalog = one_bucket(rows)
    mask = (np.array(catalog.events)[bucket.event] == name).astype(np.uint8)
    kept = keep_events(whole(bucket), mask)
    expected = [[e for e in short(p) if e[1] == name] for p in people_of(rows)]
    assert listed(kept, catalog.events) == expected
    assert (kept.take(bucket.time) == kept.time).all()
    again = keep_events(kept, np.ones(len(kept.time), np.uint8))
    assert (again.rows == kept.rows).all()


@given(ROWS, st.none() | st.integers(0, 30), st.none() | st.integers(0, 30))
def test_cut_keeps_the_range_and_marks_what_it_cut(rows, start, end):
    bucket, catalog = one_bucket(rows)
    parts = cut(whole(bucket), TimeRange(start_us=start, end_us=end))
    low, high = -1 if start is None else start, 99 if end is None else end
    people = [short(p) for p in people_of(rows)]
    assert listed(parts, catalog.events) == [[e for e in p if low <= e[0] < high] for p in people]
    if start is not None or end is not None:
        assert [bool(x) for x in parts.began_before] == [any(e[0] < low for e in p) for p in people]
        after = [any(e[0] >= max(low, high) for e in p) for p in people]
        assert [bool(x) for x in parts.goes_on] == after


def sessions(events, gap):
    parts, last = [], None
    for event in events:
        if last is None or event[0] - last > gap:
            parts.append([])
        parts[-1].append(event)
        last = event[0]
    return parts


@given(ROWS, st.integers(0, 10), st.integers(0, 30), st.integers(0, 30))
def test_sessions_break_after_the_gap_and_inherit_marks(rows, gap, start, end):
    bucket, catalog = one_bucket(rows)
    people = [short(p) for p in people_of(rows)]
    expected = [(i, s) for i, p in enumerate(people) for s in sessions(p, gap)]
    found = by_session(whole(bucket), gap)
    assert (
        list(zip(found.owners().tolist(), listed(found, catalog.events), strict=True)) == expected
    )

    inside = by_session(cut(whole(bucket), TimeRange(start_us=start, end_us=end)), gap)
    owners = inside.owners().tolist()
    for at, owner in enumerate(owners):
        first = at == 0 or owners[at - 1] != owner
        last = at == len(owners) - 1 or owners[at + 1] != owner
        cut_before = any(e[0] < start for e in people[owner])
        cut_after = any(e[0] >= end for e in people[owner])
        assert inside.began_before[at] == (first and cut_before)
        assert inside.goes_on[at] == (last and cut_after)


@given(ROWS)
def test_by_value_gives_one_journey_per_person_and_value(rows):
    bucket, catalog = one_bucket([*rows, ("zoe", 1, "a", {"k": "x"})])
    people = people_of([*rows, ("zoe", 1, "a", {"k": "x"})])
    parts = by_value(whole(bucket), bucket.codes("k"))
    expected = []
    for i, person in enumerate(people):
        with_value = sorted((r for r in person if "k" in r[3]), key=lambda r: r[3]["k"])
        expected += [(i, short(g)) for _, g in groupby(with_value, key=lambda r: r[3]["k"])]
    assert (
        list(zip(parts.owners().tolist(), listed(parts, catalog.events), strict=True)) == expected
    )
    assert (parts.take(bucket.time) == parts.time).all()
    sliced = by_session(parts, 5)
    assert (np.diff(sliced.owners()) >= 0).all()


def test_keep_people_skips_the_others_and_adds_up():
    bucket, _ = one_bucket([("ann", 1, "a"), ("bob", 1, "a"), ("cid", 1, "b")])
    one = keep_people(whole(bucket), np.array([1, 0, 1], np.uint8))
    two = keep_people(one, np.array([0, 1, 1], np.uint8))
    assert one.skip.tolist() == [0, 1, 0]
    assert two.skip.tolist() == [1, 1, 0]
    assert by_session(two, 9).skip.tolist() == [1, 1, 0]


def test_scoped_filters_events_then_range_then_people():
    rows = [
        ("ann", 1, "noise", {"device": "tv"}),
        ("ann", 2, "a", {"device": "mobile"}),
        ("ann", 9, "b", {}),
        ("bob", 2, "a", {"device": "tv"}),
        ("cid", 50, "a", {"device": "mobile"}),
    ]
    bucket, catalog = one_bucket(rows)
    asked = Asked(
        range=TimeRange(start_us=2, end_us=10),
        people=Compare(field="device", operator=Operator.EQ, values=("mobile",)),
        events=Not(event_is("noise")),
    )
    found = scoped(bucket, catalog, asked, cut_range=True)
    ids = bucket.person_ids(np.arange(3))
    kept = [i for i, s in zip(ids, found.skip, strict=True) if not s]
    assert kept == ["ann"]
    assert listed(found, catalog.events)[ids.index("ann")] == [(2, "a"), (9, "b")]
    assert not found.began_before.any()  # the event before the range was filtered out first
    uncut = scoped(bucket, catalog, asked, cut_range=False)
    kept = [i for i, s in zip(ids, uncut.skip, strict=True) if not s]
    assert sorted(kept) == ["ann", "cid"]
    assert not len(uncut.began_before)


def test_scoped_refuses_a_range_over_events_without_times():
    bucket, catalog = one_bucket([("ann", None, "a"), ("ann", None, "b")])
    assert not catalog.timed
    scoped(bucket, catalog, Asked(), cut_range=True)
    with pytest.raises(UntimedRangeError, match="no times"):
        scoped(bucket, catalog, Asked(range=TimeRange(start_us=0)), cut_range=True)


def test_at_start_marks_only_journeys_with_rows():
    bucket, _ = one_bucket([("ann", 1, "a"), ("bob", 9, "a")])
    late = cut(whole(bucket), TimeRange(start_us=5))
    marks = at_start(late, np.ones(2, np.uint8))
    ids = bucket.person_ids(np.arange(2))
    assert dict(zip(ids, marks.tolist(), strict=True)) == {"ann": 0, "bob": 1}
