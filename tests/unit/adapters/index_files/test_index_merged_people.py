"""An index whose people were merged and told apart again holds what a new one would."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lakes import Event, MemoryLake
from reading import expected_of, journeys_of
from test_index_from_lake import EVENTS, check_totals
from test_index_overlay import ALWAYS_OVER

from sojourn.adapters.index_files import IndexSettings, IndexStore
from sojourn.identity.merging import merged_by

PEOPLE = ("ann", "bob", "cid", "anon:x", "anon:x#1", "anon:y", "user:anon:x", "nobody")
STANDING = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), max_size=4).filter(
    lambda arrows: not circle(arrows)
)
STEPS = st.lists(st.tuples(st.integers(0, 12), STANDING), min_size=1, max_size=4)


def circle(arrows):
    for start in arrows:
        person = start
        for _ in arrows:
            person = arrows.get(person)
            if person == start:
                return True
    return False


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=120)
@given(EVENTS, STEPS, st.sampled_from([1, 4]))
def test_people_merged_and_told_apart_over_a_base_are_as_in_a_new_one(events, steps, buckets):
    lake, at = MemoryLake(), 0
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for module in ("rebuild", "overlay"):
            name = f"sojourn.adapters.index_files.{module}.bucket_count"
            patch.setattr(name, lambda _rows, _memory: buckets)
        store = IndexStore(Path(folder))
        for count, standing in steps:
            if events[at : at + count]:
                lake.add(*events[at : at + count])
            at = min(at + count, len(events))
            merged = merged_by(standing)
            index = store.current(lake, replace(ALWAYS_OVER, merged=merged))
            people, bots = expected_of(events[:at], merged=merged)
            assert journeys_of(index) == people
            assert journeys_of(index, bots=True) == bots
            check_totals(index.catalog, people, bots, events[:at])
            assert index.catalog.merged == merged


def lake_of_three():
    lake = MemoryLake()
    lake.add(
        Event(1, "visit", anonymous="x"),
        Event(2, "buy", user="ann"),
        Event(3, "visit", user="bob"),
        Event(4, "visit", user="cid"),
    )
    return lake


@pytest.mark.parametrize("kind", [ALWAYS_OVER, IndexSettings(threads=1)])
def test_a_merge_is_seen_at_once_and_so_is_its_undoing(tmp_path, kind):
    lake, store = lake_of_three(), IndexStore(tmp_path)
    before = store.current(lake, kind)
    told = journeys_of(before)
    merged = store.current(lake, replace(kind, merged=merged_by({"bob": "ann", "anon:x": "bob"})))
    assert journeys_of(merged) == {
        "ann": [(1, "visit", {}), (2, "buy", {}), (3, "visit", {})],
        "cid": [(4, "visit", {})],
    }
    assert merged.catalog.people == 2
    assert merged.catalog.fresh_people == (1 if kind is ALWAYS_OVER else 0)
    after = store.current(lake, kind)
    assert journeys_of(after) == told
    assert replace(after.catalog, version="") == replace(before.catalog, version="")


def test_a_base_built_of_merged_people_tells_them_apart_again(tmp_path):
    lake, store = lake_of_three(), IndexStore(tmp_path)
    merged = replace(ALWAYS_OVER, merged=merged_by({"ann": "bob", "anon:x": "cid"}))
    assert set(journeys_of(store.current(lake, merged))) == {"bob", "cid"}
    after = store.current(lake, replace(ALWAYS_OVER, merged=merged_by({"ann": "bob"})))
    assert after.catalog.fresh_people == 2, "only whom the undone merge touched"
    assert set(journeys_of(after)) == {"bob", "cid", "anon:x"}
    lake.add(Event(9, "login", user="ann", anonymous="x"))
    assert journeys_of(store.current(lake, ALWAYS_OVER))["ann"] == [
        (1, "visit", {}),
        (2, "buy", {}),
        (9, "login", {}),
    ]


def test_columns_added_to_a_base_of_merged_people_keep_who_was_who(tmp_path):
    lake, store = MemoryLake(), IndexStore(tmp_path)
    many = {f"p{n:02}": n for n in range(60)}
    lake.add(*[Event(t, "a", user=f"u{t % 4}", properties=many) for t in range(8)])
    merged = replace(ALWAYS_OVER, merged=merged_by({"u1": "u2"}))
    first = store.current(lake, merged)
    wanted = first.catalog.others[0]
    assert first.catalog.find(wanted) is None
    added = store.current(lake, merged, [wanted])
    assert added.catalog.find(wanted) is not None
    assert set(journeys_of(added)) == {"u0", "u2", "u3"}
    apart = store.current(lake, ALWAYS_OVER, [wanted])
    assert {who: len(rows) for who, rows in journeys_of(apart).items()} == {
        f"u{n}": 2 for n in range(4)
    }
