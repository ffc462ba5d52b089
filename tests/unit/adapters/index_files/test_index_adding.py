"""Columns added on demand hold what a build with them from the start would."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lakes import Event, MemoryLake
from reading import expected_of, journeys_of
from test_index_from_lake import EVENTS, check_totals

from sojourn.adapters.index_files import IndexSettings, IndexStore, adding
from sojourn.base.errors import UnknownNameError
from sojourn.index.building.align import Values, find_rows

SETTINGS = IndexSettings(threads=2, overlay_from_rows=0, overlay_share=100.0)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40)
@given(EVENTS, st.permutations(["n", "mixed", 'ключ "k"']), st.booleans(), st.integers(0, 25))
def test_added_columns_hold_what_the_lake_does(events, names, plain, cut):
    lake = MemoryLake()
    lake.add(*events[:cut])
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sojourn.index.building.plan.COMMONEST", 0)
        patch.setattr("sojourn.index.building.base.COMMONEST", 0)
        if plain:
            for module in ("rebuild", "overlay", "adding"):
                patch.setattr(f"sojourn.adapters.index_files.{module}.plain_above", lambda _: 0)
        store = IndexStore(Path(folder))
        index = store.current(lake, SETTINGS)
        for name in names:
            if name in index.catalog.others:
                index = store.current(lake, SETTINGS, [name])
                assert name not in index.catalog.others
        people, bots = expected_of(lake.events)
        assert journeys_of(index) == people
        assert journeys_of(index, bots=True) == bots
        check_totals(index.catalog, people, bots, lake.events)
        if events[cut:]:
            lake.add(*events[cut:])
            late = store.current(lake, SETTINGS)
            for name in names:
                if name in late.catalog.others:
                    late = store.current(lake, SETTINGS, [name])
            people, bots = expected_of(lake.events)
            assert journeys_of(late) == people
            assert journeys_of(late, bots=True) == bots
            check_totals(late.catalog, people, bots, lake.events)


def test_a_bot_stays_one_when_its_columns_are_plain(tmp_path, monkeypatch):
    for module in ("rebuild", "overlay"):
        monkeypatch.setattr(f"sojourn.adapters.index_files.{module}.plain_above", lambda _: 0)
    lake = MemoryLake()
    lake.add(Event(1, "a", user="ann", properties={"bot": True, "device": "m"}))
    store = IndexStore(tmp_path)
    store.current(lake, SETTINGS)
    lake.add(Event(2, "a", user="ann"))
    index = store.current(lake, SETTINGS)
    assert journeys_of(index) == {}
    assert len(journeys_of(index, bots=True)["ann"]) == 2


def some_lake() -> MemoryLake:
    lake = MemoryLake()
    lake.add(*[Event(t, "a", user=f"u{t}", properties={"n": t, "m": t}) for t in range(4)])
    return lake


def test_the_other_columns_are_not_written_again(tmp_path, monkeypatch):
    monkeypatch.setattr("sojourn.index.building.plan.COMMONEST", 1)
    store = IndexStore(tmp_path)
    lake = some_lake()
    store.current(lake, SETTINGS)
    index = store.current(lake, SETTINGS, ["n"])
    assert sorted(p.name for p in (tmp_path / "v000002").rglob("c*.npy")) == ["c1.number.npy"]
    assert index.buckets[0].number("n").sum() == index.buckets[0].number("m").sum() == 6
    assert (tmp_path / "v000001").is_dir()


@pytest.mark.parametrize("reason", ["ids alike", "too large"])
def test_where_values_cannot_be_aligned_the_index_is_built_anew(tmp_path, monkeypatch, reason):
    monkeypatch.setattr("sojourn.index.building.plan.COMMONEST", 1)
    if reason == "ids alike":
        monkeypatch.setattr(adding, "sorted_values", lambda *_: None)
    else:
        monkeypatch.setattr(adding, "BYTES_A_VALUE", 2**40)
    store = IndexStore(tmp_path)
    lake = some_lake()
    store.current(lake, SETTINGS)
    index = store.current(lake, SETTINGS, ["n"])
    assert index.buckets[0].number("n").sum() == 6
    assert any((tmp_path / index.catalog.version).rglob("time.npy"))


def test_a_name_nobody_knows_is_refused(tmp_path):
    with pytest.raises(UnknownNameError):
        IndexStore(tmp_path).current(some_lake(), SETTINGS, ["nn"])


def test_rows_are_found_by_their_ids():
    values = Values(np.array([3, 5, 9], np.uint64), {})
    rows, at = find_rows(values, np.array([9, 4, 3, 10, 0], np.uint64))
    assert (rows.tolist(), at.tolist()) == ([0, 2], [2, 0])
    rows, at = find_rows(Values(np.empty(0, np.uint64), {}), np.array([1], np.uint64))
    assert (len(rows), len(at)) == (0, 0)
