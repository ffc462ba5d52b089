"""The index built from a lake against the plainest reading of the same events."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lakes import Event, MemoryLake
from reading import expected_of, journeys_of

from sojourn.adapters.index_files import IndexSettings, IndexStore, build
from sojourn.base.errors import UnknownNameError
from sojourn.index.building import plan, properties
from sojourn.index.catalog import ColumnKind
from sojourn.index.encode import ALWAYS_CODED

TEXTS = st.sampled_from(["", "a", "b", 'é\n"q"', "back\\slash", "true", "10", "😀", "[1]"])
NUMBERS = st.one_of(
    st.integers(-5, 5),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([1e22, 1e23, 0.1, 123456789012345678901, -2.5e-8, 9007199254740993]),
)
PROPERTIES = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "device": TEXTS,
        "n": NUMBERS,
        "mixed": st.one_of(TEXTS, NUMBERS, st.booleans(), st.none()),
        "value": st.one_of(
            st.decimals(-(10**6), 10**6, places=3).map(float), st.just("12.345"), st.just("?")
        ),
        "currency": st.sampled_from(["USD", "KRW", "KWD"]),
        "bot": st.sampled_from([False, False, False, True]),
        'ключ "k"': TEXTS,
    },
)
EVENTS = st.lists(
    st.builds(
        Event,
        time=st.integers(0, 6),
        event=st.sampled_from(["visit", "buy", 'odd "name\\', "방문"]),
        user=st.sampled_from([None, "ann", "bob", "anon:x", "null", "user:z"]),
        anonymous=st.sampled_from([None, "x", "y", "undefined"]),
        position=st.integers(0, 3),
        properties=PROPERTIES,
        key=st.integers(0, 10**9).map(str),
    ),
    max_size=25,
    unique_by=lambda e: e.key,
)  # fmt: skip


def built(events, folder, *, files=1, **more):
    lake = MemoryLake()
    for number in range(files):
        lake.add(*events[number::files])
    return IndexStore(Path(folder)).current(lake, IndexSettings(threads=2, **more))


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(EVENTS, st.integers(1, 3), st.sampled_from([1, 4]))
def test_the_index_is_the_plain_reading_of_the_lake(events, files, buckets):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "bucket_count", lambda _rows, _memory: buckets)
        patch.setattr("sojourn.adapters.index_files.rebuild.bucket_count", lambda _r, _m: buckets)
        index = built(events, folder, files=files)
        people, bots = expected_of(events)
        assert journeys_of(index) == people
        assert journeys_of(index, bots=True) == bots
        check_totals(index.catalog, people, bots, events)


def check_totals(catalog, people, bots, events):
    rows = [row for own in people.values() for row in own]
    assert (catalog.people, catalog.rows) == (len(people), len(rows))
    assert (catalog.bot_people, catalog.bot_rows) == (len(bots), sum(map(len, bots.values())))
    assert catalog.unowned_rows == len(events) - catalog.rows - catalog.bot_rows
    counts = dict(zip(catalog.events, catalog.event_counts, strict=True))
    assert {n: c for n, c in counts.items() if c} == {
        name: sum(row[1] == name for row in rows) for name in {row[1] for row in rows}
    }
    times = [row[0] for row in rows]
    assert (catalog.first_us, catalog.last_us) == (min(times, default=0), max(times, default=0))
    for column in catalog.columns:
        held = sum(
            column.name in row[2] for own in (people, bots) for p in own.values() for row in p
        )
        assert column.rows == held, column.name


@settings(max_examples=15)
@given(EVENTS)
def test_columns_of_many_values_are_plain_and_hold_the_same(events):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sojourn.adapters.index_files.rebuild.plain_above", lambda _rows: 1)
        patch.setattr("sojourn.index.building.words.FIRST_ROOM", 2)
        patch.setattr(properties.WordTable.__init__, "__defaults__", (2,))
        index = built(events, folder, files=2)
        people, bots = expected_of(events)
        assert journeys_of(index) == people
        assert journeys_of(index, bots=True) == bots
        for column in index.catalog.columns:
            assert (
                column.kind is not ColumnKind.CODES
                or len(column.values) <= 1
                or column.name in ALWAYS_CODED
            )


def test_little_memory_gives_the_same_index(tmp_path):
    chance = np.random.default_rng(7)
    events = [
        Event(
            time=int(chance.integers(50)),
            event=str(chance.choice(list("abc"))),
            user=f"u{chance.integers(30)}",
            key=str(number),
            properties={
                "n": number,
                "device": str(chance.choice(list("xy"))),
                "title": f"title {number} é",
            },
        )
        for number in range(3000)
    ]
    wide = built(events, tmp_path / "wide")
    spilled = built(events, tmp_path / "narrow", memory_bytes=10_000)
    assert journeys_of(wide) == journeys_of(spilled) == expected_of(events)[0]
    assert len(spilled.buckets) == 1


def test_the_order_of_files_and_of_arrival_does_not_matter(tmp_path):
    chance = np.random.default_rng(3)
    events = [
        Event(
            time=int(chance.integers(9)), event="e", user=chance.choice([None, "a", "b", "c"]),
            anonymous=str(chance.choice(["x", "y", "z"])), position=int(chance.integers(3)), key=str(number),
            properties={"number": number},
        )
        for number in range(400)
    ]  # fmt: skip
    first = built(events, tmp_path / "first", files=3)
    chance.shuffle(events)
    second = built(events, tmp_path / "second", files=5)
    assert journeys_of(first) == journeys_of(second)
    for name in ("time", "event", "offsets", "ident", "position"):
        for one, other in zip(first.buckets, second.buckets, strict=True):
            assert (one.array(name) == other.array(name)).all()


def test_the_commonest_properties_get_columns_and_others_on_demand(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "COMMONEST", 3)
    monkeypatch.setattr(properties, "TRACKED", 2)
    events = [
        Event(time=t, event="e", user="a", key=str(t), properties={f"p{k}": t for k in range(t, 8)})
        for t in range(8)
    ]
    lake = MemoryLake()
    lake.add(*events)
    store = IndexStore(tmp_path)
    settings = IndexSettings(threads=2)
    index = store.current(lake, settings)
    assert [c.name for c in index.catalog.columns] == ["p5", "p6", "p7"]
    assert set(index.catalog.others) == {"p0", "p1", "p2", "p3", "p4"}
    assert journeys_of(index)["a"][2] == (2, "e", {"p5": 2.0, "p6": 2.0, "p7": 2.0})

    told = []
    more = store.current(lake, IndexSettings(threads=2, progress=lambda *a: told.append(a)), ["p1"])
    assert "p1" in [c.name for c in more.catalog.columns]
    assert journeys_of(more)["a"][1] == (1, "e", {"p1": 1.0, "p5": 1.0, "p6": 1.0, "p7": 1.0})
    assert told
    assert store.current(lake, settings).catalog.version == more.catalog.version
    with pytest.raises(UnknownNameError, match="property 'q1'"):
        store.current(lake, settings, ["q1"])


def test_untimed_events_are_ordered_by_position_and_said_to_be(tmp_path):
    events = [Event(None, name, user="a", position=p) for p, name in enumerate("cab")]
    index = built(events, tmp_path)
    assert [row[1] for row in journeys_of(index)["a"]] == ["c", "a", "b"]
    assert (index.catalog.untimed_rows, index.catalog.timed) == (3, False)
    assert (index.catalog.first_us, index.catalog.last_us) == (0, 0)


def test_an_empty_lake_has_an_index(tmp_path):
    index = IndexStore(tmp_path).current(MemoryLake(), IndexSettings())
    assert (index.catalog.people, index.catalog.rows, index.catalog.events) == (0, 0, ())
    assert len(index.buckets) == 1
    assert len(index.buckets[0].offsets) == 1


def test_very_many_names_of_events_and_properties(tmp_path):
    events = [
        Event(time=n, event=f"name {n}", user="a", key=str(n), properties={f"prop {n}": n})
        for n in range(5000)
    ]
    index = built(events, tmp_path)
    assert len(index.catalog.events) == 5000
    assert index.catalog.events[index.catalog.event_code("name 4321")] == "name 4321"
    assert len(index.catalog.columns) == plan.COMMONEST
    assert len(index.catalog.others) == 5000 - plan.COMMONEST
