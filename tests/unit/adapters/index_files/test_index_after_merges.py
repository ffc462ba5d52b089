"""The lake's upkeep merges files; an index built from them goes on, where it can."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lakes import Event, MemoryLake
from reading import expected_of, journeys_of
from test_index_from_lake import EVENTS

from sojourn.adapters.index_files import IndexSettings, IndexStore

OVER = IndexSettings(threads=2, overlay_from_rows=0, overlay_share=100.0)


def event(time: int, person: str = "ann") -> Event:
    return Event(time, "visit", user=person, properties={"n": time})


@pytest.fixture
def lake() -> MemoryLake:
    made = MemoryLake()
    for time in range(4):
        made.add(event(time))
    return made


def path(number: int) -> str:
    return f"part-{number}.parquet"


def test_an_index_of_merged_files_is_not_built_again(tmp_path, lake) -> None:
    index = IndexStore(tmp_path).current(lake, OVER)
    scans = lake.scans
    lake.merge(path(0), path(1), path(2))
    again = IndexStore(tmp_path).current(lake, OVER)
    assert (lake.scans, again.catalog.version) == (scans, index.catalog.version)


def test_fresh_events_lie_over_a_base_of_merged_files(tmp_path, lake) -> None:
    IndexStore(tmp_path).current(lake, OVER)
    lake.add(event(9, "bob"))
    over = IndexStore(tmp_path).current(lake, OVER)
    lake.merge(path(0), path(1), path(2))
    lake.add(event(10, "bob"))
    again = IndexStore(tmp_path).current(lake, OVER)
    assert again.buckets[0]._root == over.buckets[0]._root
    assert again.catalog.fresh_people == 1
    people, _ = expected_of(lake.events)
    assert journeys_of(again) == people


def test_a_merge_across_base_and_overlay_is_built_anew(tmp_path, lake) -> None:
    IndexStore(tmp_path).current(lake, OVER)
    lake.add(event(9, "bob"))
    IndexStore(tmp_path).current(lake, OVER)
    lake.merge(path(3), path(4))
    lake.add(event(10, "cid"))
    again = IndexStore(tmp_path).current(lake, OVER)
    assert again.catalog.fresh_people == 0
    assert journeys_of(again) == expected_of(lake.events)[0]


def test_columns_are_added_after_a_merge(tmp_path, lake) -> None:
    lake.add(Event(20, "visit", user="ann", properties={f"p{n}": n for n in range(40)}))
    lake.add(Event(21, "visit", user="ann", properties={f"p{n}": n for n in range(40)}))
    index = IndexStore(tmp_path).current(lake, OVER)
    late = next(name for name in index.catalog.others if name.startswith("p"))
    lake.merge(path(0), path(5))
    again = IndexStore(tmp_path).current(lake, OVER, [late])
    held = {row[2][late] for row in journeys_of(again)["ann"] if late in row[2]}
    assert held == {int(late[1:])}
    assert len([row for row in journeys_of(again)["ann"] if late in row[2]]) == 2


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(EVENTS, st.lists(st.tuples(st.integers(1, 6), st.booleans(), st.booleans()), max_size=8))
def test_whatever_is_merged_when_the_index_is_that_of_all_events(events, steps) -> None:
    lake = MemoryLake()
    with TemporaryDirectory() as folder:
        at = 0
        for size, merge, ask in [*steps, (len(events), False, True)]:
            if events[at : at + size]:
                lake.add(*events[at : at + size])
            at += size
            if merge and len(lake.contents) > 1:
                lake.merge(*list(lake.contents)[: 1 + size % len(lake.contents)])
            if ask and lake.contents:
                index = IndexStore(Path(folder)).current(lake, OVER)
                people, bots = expected_of(lake.events)
                assert journeys_of(index) == people
                assert journeys_of(index, bots=True) == bots
