"""Groups and periods: every person in one group, ranges of equal length, rows with labels."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slow_cohorts import DAY, HOUR, START, asker, index_of
from sojourn.base.calendar import day_start
from sojourn.base.errors import UnknownNameError
from sojourn.base.predicate import Compare, Operator, event_is
from sojourn.base.timespan import TimeRange
from sojourn.insight.answer import to_json
from sojourn.insight.breakdown import GROUP, MISSING, OTHER, Split, ask_split, by_values, together
from sojourn.insight.compare import NothingBeforeError, previous_range
from sojourn.insight.flat import flat_rows
from sojourn.insight.question import Scope
from sojourn.insight.retention.question import Retention
from sojourn.insight.rhythm.lifecycle import Lifecycle
from sojourn.insight.top_values import NoGroupsError, TopValues

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cid", "dee", "eve"]),
        st.integers(0, 40).map(lambda d: START + d * DAY),
        st.sampled_from(["a", "b"]),
        st.fixed_dictionaries(
            {},
            optional={
                "device": st.sampled_from(["mobile", "desktop", "tv", "watch"]),
                "size": st.sampled_from([1.0, 2.0, 2.5]),
                "mixed": st.sampled_from(["x", 1.0, 2.0]),
            },
        ),
    ),
    min_size=1,
    max_size=30,
)


def known(rows):
    last = START + 60 * DAY
    every = {"device": "tv", "size": 2.5, "mixed": "x"}
    return [*rows, ("zoe", last, "a", every), ("zoe", last, "b", {"mixed": 1.0})]


def first_of(rows, person, entry):
    mine = sorted((r for r in rows if r[0] == person), key=lambda r: r[1])
    return next((r for r in mine if entry is None or r[2] == entry), None)


def carried(rows, person, row, name):
    mine = sorted((r for r in rows if r[0] == person), key=lambda r: r[1])
    before = [r for r in mine[: mine.index(row) + 1] if name in r[3]]
    return before[-1][3][name] if before else None


@settings(max_examples=120)
@given(
    ROWS,
    st.sampled_from(["device", "size", "mixed", "trait.device", "trait.size"]),
    st.sampled_from([None, "b"]),
    st.integers(1, 3),
)
def test_top_values_are_those_at_the_entry(rows, name, entry, buckets) -> None:
    rows = [(*row[:3], row[3]) for row in known(rows)]
    spec = TopValues(property=name, limit=99, **({"entry": event_is(entry)} if entry else {}))
    answer = asker(index_of(rows, buckets))(spec)
    wanted: Counter = Counter()
    for person in {row[0] for row in rows}:
        row = first_of(rows, person, entry)
        if row is None:
            continue
        bare = name.removeprefix("trait.")
        value = carried(rows, person, row, bare) if bare != name else row[3].get(bare)
        if value is not None:
            wanted[value] += 1
    assert {row.value: row.people for row in answer.rows} == dict(wanted)
    ranked = [(-row.people, str(row.value)) for row in answer.rows]
    assert ranked == sorted(ranked)


@settings(max_examples=60)
@given(ROWS, st.sampled_from(["device", "size", "mixed"]), st.integers(0, 2), st.booleans())
def test_everybody_is_in_one_group(rows, name, shown, compare) -> None:
    index = index_of(known(rows), 2)
    ask = asker(index)
    span = TimeRange(start_us=START + 20 * DAY) if compare else TimeRange()
    spec = Retention(scope=Scope(range=span), periods=2)
    values = tuple(
        row.value for row in ask(TopValues(property=name, limit=shown or 1)).rows[:shown]
    )
    split = Split(by=name, values=values, compare=compare)
    if compare and index.catalog.first_us >= span.start_us:
        with pytest.raises(NothingBeforeError):
            ask_split(spec, split, index.catalog, ask)
        return
    parts = ask_split(spec, split, index.catalog, ask)
    answer = together(spec, split, parts, index.catalog)
    for period in ("current", "previous") if compare else (None,):
        mine = [r for r in answer.rows if period is None or ("period", period) in r.labels]
        people = sum(r.row.people for r in mine if r.row.cohort is None and r.row.age == 0)
        if period == "previous":
            before = Scope(range=previous_range(span, index.catalog))
            assert people == ask(Retention(scope=before, periods=2)).rows[0].people
        else:
            assert people == ask(spec).rows[0].people


def test_rows_carry_group_and_period() -> None:
    rows = [
        (f"p{n}", START + n * DAY, "a", {"device": "mobile" if n % 2 else "desktop"})
        for n in range(20)
    ]
    index = index_of(rows)
    ask = asker(index)
    spec = Retention(scope=Scope(range=TimeRange(start_us=START + 10 * DAY)), periods=1)
    split = Split(by="device", values=("mobile",), compare=True)
    answer = together(spec, split, ask_split(spec, split, index.catalog, ask), index.catalog)
    row = to_json(answer.rows[0])
    assert list(row)[:3] == ["group", "period", "cohort"]
    assert {(r["group"], r["period"]) for r in flat_rows(answer)} == {
        (g, p) for g in ("mobile", OTHER) for p in ("current", "previous")
    }
    assert any(note.startswith("Current is 2024-03-08 to 2024-03-17") for note in answer.notes)
    assert not any(note.startswith("Only people") for note in answer.notes)
    assert [part["group"] for part in answer.extra["parts"]] == ["mobile", "mobile", OTHER, OTHER]


def test_groups_come_on_top_of_a_filter_on_people() -> None:
    rows = [
        ("ann", START, "a", {"device": "tv", "plan": "paid"}),
        ("bob", START, "a", {"device": "tv", "plan": "free"}),
    ]
    index = index_of(rows)
    paid = Compare(field="plan", operator=Operator.EQ, values=("paid",))
    spec = Lifecycle(scope=Scope(people=paid))
    split = Split(by="device", values=("tv",))
    parts = ask_split(spec, split, index.catalog, asker(index))
    assert [
        (part.labels, part.answer.rows[0].new) for part in parts if part.answer.rows[0].new
    ] == [(((GROUP, "tv"),), 1)]
    answer = together(spec, split, parts, index.catalog)
    assert answer.notes[0] == "Only people where plan = paid, as of their entry."


def test_no_values_leave_other_and_missing() -> None:
    labels = [dict(labels)[GROUP] for labels, _ in by_values(Retention(), "device", ())]
    assert labels == [OTHER, MISSING]


@pytest.mark.parametrize(
    ("timezone", "first", "last", "before"),
    [
        ("UTC", date(2024, 3, 8), date(2024, 3, 15), date(2024, 3, 1)),
        ("America/New_York", date(2024, 3, 11), date(2024, 3, 18), date(2024, 3, 4)),  # 167 hours
        ("Europe/London", date(2024, 4, 1), date(2024, 4, 2), date(2024, 3, 31)),  # 23 hours
    ],
)
def test_whole_days_are_compared_with_whole_days(timezone, first, last, before) -> None:
    catalog = index_of(
        [("ann", START, "a"), ("ann", START + 90 * DAY, "a")], timezone=timezone
    ).catalog
    span = TimeRange(start_us=day_start(first, timezone), end_us=day_start(last, timezone))
    assert previous_range(span, catalog) == TimeRange(
        start_us=day_start(before, timezone), end_us=span.start_us
    )


def test_other_ranges_are_compared_by_length_and_an_open_end_is_as_of() -> None:
    catalog = index_of([("ann", START, "a"), ("ann", START + 90 * DAY, "a")]).catalog
    span = TimeRange(start_us=START + 9 * HOUR, end_us=START + 12 * HOUR)
    assert previous_range(span, catalog) == TimeRange(
        start_us=START + 6 * HOUR, end_us=span.start_us
    )
    open_end = previous_range(TimeRange(start_us=START + 60 * DAY), catalog)
    assert open_end == TimeRange(start_us=START + 30 * DAY - 1, end_us=START + 60 * DAY)


def test_nothing_before_is_said_with_a_remedy() -> None:
    catalog = index_of([("ann", START, "a")]).catalog
    with pytest.raises(NothingBeforeError, match="--from"):
        previous_range(TimeRange(), catalog)
    with pytest.raises(NothingBeforeError, match="2024-02-27"):
        previous_range(TimeRange(start_us=START), catalog)


def test_properties_that_make_no_groups() -> None:
    catalog = index_of([("ann", START, "a", {"value": 3.0, "device": "tv"})]).catalog
    with pytest.raises(NoGroupsError, match="money"):
        TopValues(property="value").plan(catalog)
    with pytest.raises(UnknownNameError, match="device"):
        TopValues(property="devise").plan(catalog)
