"""People who are hidden are in no answer, whether the index is built anew or goes on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lakes import Event, MemoryLake
from reading import journeys_of

from sojourn.adapters.index_files import IndexSettings, IndexStore

SETTINGS = IndexSettings(threads=2, overlay_from_rows=0, overlay_share=100.0)
EVENTS = [
    Event(1, "visit", anonymous="x", properties={"city": "Seoul"}),
    Event(2, "buy", user="ann", anonymous="x", properties={"city": "Busan"}),
    Event(3, "visit", user="bob", properties={"city": "Seoul"}),
    Event(4, "visit", anonymous="y"),
]


def test_hiding_needs_no_new_base_and_totals_are_those_of_the_others(tmp_path) -> None:
    lake = MemoryLake()
    lake.add(*EVENTS)
    store = IndexStore(tmp_path)
    before = store.current(lake, SETTINGS)
    hidden = store.current(lake, replace(SETTINGS, hidden=frozenset(["ann"])))
    assert journeys_of(hidden) == {k: v for k, v in journeys_of(before).items() if k != "ann"}
    assert hidden.buckets[0].skip.sum() == 1
    catalog = hidden.catalog
    assert (catalog.people, catalog.rows) == (2, 2)
    assert dict(zip(catalog.events, catalog.event_counts, strict=True)) == {"visit": 2, "buy": 0}
    assert {c.name: c.rows for c in catalog.columns} == {"city": 1}
    assert (catalog.first_us, catalog.last_us) == (1, 4)  # of the base: bounds, not values


def test_a_new_base_holds_nothing_of_them(tmp_path) -> None:
    lake = MemoryLake()
    lake.add(*EVENTS)
    index = IndexStore(tmp_path).current(lake, replace(SETTINGS, hidden=frozenset(["ann"])))
    assert set(journeys_of(index)) == {"bob", "anon:y"}
    (city,) = index.catalog.columns
    assert list(city.values) == ["Seoul"]
    assert list(index.catalog.events) == ["visit"]


@pytest.mark.parametrize("first", [False, True], ids=["login-after", "login-before"])
def test_fresh_events_of_hidden_people_stay_hidden(tmp_path, first) -> None:
    lake = MemoryLake()
    store = IndexStore(tmp_path)
    login = Event(9, "login", user="ann", anonymous="y")
    lake.add(*EVENTS, *([login] if first else []))
    store.current(lake, SETTINGS)
    lake.add(*([] if first else [login]), Event(10, "visit", user="ann"), Event(11, "a", user="b"))
    hidden = replace(SETTINGS, hidden=frozenset(["ann"]))
    assert set(journeys_of(store.current(lake, hidden))) == {"bob", "b"}
    assert set(journeys_of(store.current(lake, SETTINGS))) == {"bob", "b"}, "nothing comes back"


def test_whom_everybody_else_is_hidden_beside(tmp_path) -> None:
    lake = MemoryLake()
    lake.add(*EVENTS)
    hidden = replace(SETTINGS, hidden=frozenset(["ann", "bob", "anon:y"]))
    assert journeys_of(IndexStore(tmp_path).current(lake, hidden)) == {}
