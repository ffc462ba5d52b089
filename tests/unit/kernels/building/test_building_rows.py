"""Scanning, coding, grouping and sorting rows against plain Python."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.errors import InternalError
from sojourn.index.building.properties import PropertyScanner
from sojourn.index.building.words import WordTable
from sojourn.kernels.building.order import Places, grouped, sort_people
from sojourn.kernels.building.people import Moments, distinct_keys, earliest_rows
from sojourn.kernels.building.tables import Spans
from sojourn.kernels.building.texts import TextRows
from sojourn.kernels.rows import carried_marks, marks_of_codes, rows_of_codes

JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=12)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=5,
)  # fmt: skip
OBJECTS = st.lists(
    st.none()
    | st.dictionaries(st.sampled_from(["a", "b", "long name", "é", 'q"', ""]), JSON_VALUES),
    max_size=12,
)


def canonical(value) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def rows_of(objects):
    raw = [b"" if o is None else canonical(o).encode() for o in objects]
    offsets = np.concatenate(([0], np.cumsum([len(r) for r in raw]))).astype(np.int64)
    data = np.frombuffer(b"".join(raw) or b" ", np.uint8)
    return TextRows(offsets, data, np.array([o is not None for o in objects], np.uint8))


def scanner(**more) -> PropertyScanner:
    return PropertyScanner(currency="XXX", plain_above=1000, **more)


@given(OBJECTS, OBJECTS)
def test_a_scan_finds_what_json_holds(first, second):
    reader = scanner()
    counts = {}
    for objects in (first, second):
        parts = reader.read(rows_of(objects))
        for at, one in enumerate(objects):
            for name, value in (one or {}).items():
                counts[name] = counts.get(name, 0) + 1
                check(reader.series[name], parts[name], at, value)
    assert {n: c for n, c in reader.counts.items() if c} == counts


def check(series, part, at, value):
    if isinstance(value, int) and not isinstance(value, bool):
        assert part.numbers[at] == value
    elif value is None:
        assert part.codes is None or part.codes[at] == 0
    else:
        text = value if isinstance(value, str) else canonical(value)
        assert series.words.texts().to_pylist()[part.codes[at] - 1] == text


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"a"}', '{"a":1', '{"a":1,}x', '{"a" :1}', '{"a":1, "b":2}', "x", "{a:1}"]
)
def test_what_is_not_canonical_is_refused(text):
    raw = text.encode()
    rows = TextRows(
        np.array([0, len(raw)], np.int64), np.frombuffer(raw, np.uint8), np.ones(1, np.uint8)
    )
    with pytest.raises(InternalError, match="row 0 are not canonical"):
        scanner().read(rows)


@given(st.lists(st.text(max_size=6), max_size=60), st.sampled_from([1, 2, 1024]))
def test_words_are_numbered_as_they_come(texts, room):
    tokens = [json.dumps(t, ensure_ascii=False).encode() for t in texts]
    offsets = np.concatenate(([0], np.cumsum([len(t) for t in tokens]))).astype(np.int64)
    spans = Spans(
        np.arange(len(tokens), dtype=np.int32), offsets[:-1], np.diff(offsets).astype(np.int32)
    )
    table = WordTable(room)
    codes = np.zeros(len(tokens), np.uint32)
    data = np.frombuffer(b"".join(tokens) or b" ", np.uint8)
    assert table.code(spans, data, codes, 2**31) == len(tokens)
    first = list(dict.fromkeys(texts))
    assert codes.tolist() == [first.index(t) + 1 for t in texts]
    assert table.texts().to_pylist() == first


def test_a_full_table_stops_at_its_limit():
    table = WordTable(4)
    for number in range(3):
        assert table.add(f"w{number}".encode()) == number
    data = np.frombuffer(b'"new one""w1"', np.uint8)
    spans = Spans(np.arange(2, dtype=np.int32), np.array([0, 9]), np.array([9, 4], np.int32))
    codes = np.zeros(2, np.uint32)
    table.add(b"w3")
    assert table.code(spans, data, codes, 3) == 0
    assert table.code(spans, data, codes, 4) == 2
    assert codes.tolist() == [5, 2]


@given(st.lists(st.integers(-1, 4), max_size=30))
def test_grouping_keeps_the_order_within_a_group(groups):
    starts, rows = grouped(np.array(groups, np.int32), 5)
    expected = [[r for r, g in enumerate(groups) if g == n] for n in range(5)]
    assert [rows[starts[n] : starts[n + 1]].tolist() for n in range(5)] == expected


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2**64 - 1)
        ),
        max_size=400,
    )
)
def test_people_are_sorted_by_time_position_and_event(rows):
    person, time, position, ident = (list(c) for c in zip(*rows, strict=True)) if rows else [[]] * 4
    places = Places(
        np.array(time, np.int64), np.array(position, np.int64), np.array(ident, np.uint64)
    )
    starts, order = grouped(np.array(person, np.int32), 3)
    sort_people(starts, order, places)
    expected = sorted(range(len(rows)), key=lambda r: (*rows[r], r))
    assert [rows[r] for r in order] == [rows[r] for r in expected]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.booleans()), max_size=30))
def test_distinct_keys_are_numbered_as_they_come(rows):
    keys = np.array([[a, b] for a, b, _ in rows], np.uint64).reshape(-1, 2)
    used = np.array([u for *_, u in rows], np.uint8)
    number, first = distinct_keys(keys, used)
    seen = list(dict.fromkeys((a, b) for a, b, u in rows if u))
    assert number.tolist() == [seen.index((a, b)) if u else -1 for a, b, u in rows]
    assert [tuple(keys[f].tolist()) for f in first] == seen


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_the_earliest_row_of_each_number(rows):
    number = np.array([n for n, *_ in rows], np.int32)
    moments = Moments(
        np.array([t for _, t, _ in rows], np.int64), np.array([i for *_, i in rows], np.uint64)
    )
    best = earliest_rows(number, 4, moments)
    for one in range(4):
        mine = [(t, i) for n, t, i in rows if n == one]
        assert (best[one] >= 0) == bool(mine)
        if mine:
            assert rows[best[one]][1:] == min(mine)


@given(st.lists(st.integers(0, 5), max_size=30))
def test_rows_of_codes_and_marks(codes):
    array = np.array(codes, np.uint8)
    starts, rows = rows_of_codes(array, 6)
    assert [rows[starts[c] : starts[c + 1]].tolist() for c in range(6)] == [
        [r for r, code in enumerate(codes) if code == c] for c in range(6)
    ]
    table = np.array([0, 1, 0, 1, 1, 0], np.uint8)
    assert marks_of_codes(table, array).tolist() == [int(table[c]) for c in codes]


@given(
    st.lists(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=5), max_size=4),
    st.booleans(),
)
def test_marks_are_carried_within_a_person_only(people, missing):
    offsets = np.concatenate(([0], np.cumsum([len(p) for p in people]))).astype(np.int64)
    flat = [row for person in people for row in person]
    present = np.array([p for p, _ in flat], np.uint8)
    mask = np.array([m for _, m in flat], np.uint8)
    expected = []
    for person in people:
        current = missing
        for held, mark in person:
            current = mark if held else current
            expected.append(int(current))
    assert carried_marks(offsets, present, mask, int(missing)).tolist() == expected
