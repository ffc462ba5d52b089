"""Fresh events beside a base give the same index as building it anew."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lakes import Event, MemoryLake
from reading import expected_of, journeys_of
from test_index_from_lake import EVENTS, check_totals

from sojourn.adapters.index_files import IndexSettings, IndexStore
from sojourn.index.building.base import Base, names_over
from sojourn.index.building.people import find_people

ALWAYS_OVER = IndexSettings(threads=2, overlay_from_rows=0, overlay_share=100.0)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=80)
@given(EVENTS, st.lists(st.integers(0, 25), min_size=1, max_size=3), st.sampled_from([1, 4]))
def test_an_overlay_shows_what_a_new_base_would(events, cuts, buckets):
    lake = MemoryLake()
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for module in ("rebuild", "overlay"):
            name = f"sojourn.adapters.index_files.{module}.bucket_count"
            patch.setattr(name, lambda _rows, _memory: buckets)
        index_store = IndexStore(Path(folder))
        edges = sorted({0, *cuts, 25})
        for low, high in pairwise(edges):
            if not events[low:high]:
                continue
            lake.add(*events[low:high])
            index = index_store.current(lake, ALWAYS_OVER)
        if not events:
            return
        people, bots = expected_of(events)
        assert journeys_of(index) == people
        assert journeys_of(index, bots=True) == bots
        check_totals(index.catalog, people, bots, events)


def test_a_late_identify_moves_events_and_both_people_are_fresh(tmp_path):
    lake = MemoryLake()
    store_ = IndexStore(tmp_path)
    lake.add(
        Event(1, "visit", anonymous="x"),
        Event(2, "visit", anonymous="y"),
        Event(3, "buy", user="ann", anonymous="y"),
        Event(4, "visit", anonymous="y"),
        Event(5, "visit", user="cid"),
    )
    base = store_.current(lake, ALWAYS_OVER)
    assert set(journeys_of(base)) == {"anon:x", "ann", "cid"}
    lake.add(
        Event(0, "login", user="bob", anonymous="y"), Event(9, "login", user="bob", anonymous="x")
    )
    fresh = store_.current(lake, ALWAYS_OVER)
    assert journeys_of(fresh) == {
        "bob": [(0, "login", {}), (1, "visit", {}), (2, "visit", {}), (9, "login", {})],
        "ann": [(3, "buy", {})],
        "anon:y#1": [(4, "visit", {})],
        "cid": [(5, "visit", {})],
    }
    assert fresh.catalog.fresh_people == 3
    assert len(fresh.buckets) == len(base.buckets) + 1
    assert fresh.buckets[0].skip.sum() == 2
    assert fresh.catalog.people == 4


def test_base_buckets_are_not_written_again_and_serve_new_columns(tmp_path):
    lake = MemoryLake()
    store_ = IndexStore(tmp_path)
    lake.add(Event(1, "a", user="ann", properties={"n": 1.5}), Event(2, "a", user="bob"))
    base = store_.current(lake, ALWAYS_OVER)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.glob("v000001/**/*") if p.is_file()}
    lake.add(Event(3, "b", user="ann", properties={"n": "many", "city": "Seoul"}))
    fresh = store_.current(lake, ALWAYS_OVER)
    assert {p: p.stat().st_mtime_ns for p in tmp_path.glob("v000001/**/*") if p.is_file()} == before
    assert fresh.catalog.version == "v000002"
    assert [c.name for c in fresh.catalog.columns] == ["city", "n", "n:number"]
    assert fresh.buckets[0].codes("city").tolist() == [0, 0]
    assert journeys_of(fresh) == {
        "ann": [(1, "a", {"n:number": 1.5}), (3, "b", {"n": "many", "city": "Seoul"})],
        "bob": [(2, "a", {})],
    }
    assert journeys_of(base) == {"ann": [(1, "a", {"n": 1.5})], "bob": [(2, "a", {})]}
    postings = fresh.buckets[0].postings()
    assert len(postings.starts) == len(fresh.catalog.events) + 1
    assert postings.rows[postings.starts[0] : postings.starts[1]].tolist() == [0, 1]


def test_an_overlay_that_grew_large_is_merged(tmp_path):
    lake = MemoryLake()
    lake.add(*[Event(t, "a", user=f"u{t}") for t in range(100)])
    settings_ = IndexSettings(threads=1, overlay_from_rows=0, overlay_share=0.1)
    store_ = IndexStore(tmp_path)
    versions = []
    for number in range(4):
        versions.append(store_.current(lake, settings_))
        lake.add(*[Event(200 + t, "b", user=f"w{number}-{t}") for t in range(6)])
    fresh = [index.catalog.fresh_people for index in versions]
    assert fresh == [0, 6, 0, 6]  # 6 of 100, then 12 of 100 is merged, then 6 of 112
    assert versions[-1].catalog.people == 118


def test_a_lake_whose_files_were_rewritten_is_built_anew(tmp_path):
    lake = MemoryLake()
    lake.add(Event(1, "a", user="ann"))
    lake.add(Event(2, "a", user="ann"))
    store_ = IndexStore(tmp_path)
    store_.current(lake, ALWAYS_OVER)
    lake.contents = {"compacted.parquet": lake.events}
    lake.number += 1
    index = store_.current(lake, ALWAYS_OVER)
    assert index.catalog.fresh_people == 0
    assert journeys_of(index) == {"ann": [(1, "a", {}), (2, "a", {})]}


def test_find_people_tells_equal_first_halves_apart():
    keys = np.array([[1, 5], [1, 7], [2, 2], [9, 1]], np.uint64)
    wanted = np.array([[1, 7], [1, 8], [9, 1], [9, 2]], np.uint64)
    assert find_people(keys, wanted).tolist() == [1, 3]
    assert find_people(keys, wanted[:0]).tolist() == []
    assert find_people(keys[:0], wanted).tolist() == []


def test_new_properties_get_columns_while_there_is_room():
    import pyarrow as pa

    base = Base(events=pa.array([]), names=frozenset({"a", "device"}), others=frozenset({"old"}))
    counts = {"new": 2, "old": 9, "value": 1, "a": 4, "$event_id": 50}
    assert names_over(base, counts) == {"a", "device", "new", "value"}


def test_damage_is_noticed_and_mended(tmp_path):
    lake = MemoryLake()
    lake.add(Event(1, "a", user="ann"))
    IndexStore(tmp_path).current(lake, ALWAYS_OVER)
    for damage in ("v000001/manifest.json", "CURRENT"):
        (tmp_path / damage).write_text("{", encoding="utf-8")
        index = IndexStore(tmp_path).current(lake, ALWAYS_OVER)
        assert journeys_of(index) == {"ann": [(1, "a", {})]}
