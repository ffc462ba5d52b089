"""Laws of reading: chunks do not matter, lines are exact, nothing is lost, JSON is JSON."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sojourn.adapters.readers import open_reader
from sojourn.adapters.readers.text.parsed import Parser
from sojourn.adapters.readers.text.records import Dialect, chunks, places, record_ends
from sojourn.events.properties import NUMBER, PropertyColumn, PropertyKind, escaped, object_texts
from sojourn.events.property_objects import object_column, object_text
from sojourn.ports.reader import ReadOptions

COMMA = Dialect(delimiter=",")
PLAIN_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ANY_TEXT = st.text(max_size=12)  # lone surrogates too
CELLS = st.text(st.sampled_from('a,"\n\r é'), max_size=6)
RAW = st.text(st.sampled_from('ab,"\n\r'), max_size=40)


@given(st.lists(PLAIN_TEXT | st.none(), max_size=8))
def test_escaped_texts_are_json(values) -> None:
    done = escaped(pa.array(values, pa.string())).to_pylist()
    assert [None if t is None else json.loads(f'"{t}"') for t in done] == values


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["a", "b", 'k"1', "가", "z\n"]), PLAIN_TEXT, max_size=4),
        max_size=6,
    ),
    st.sampled_from(PropertyKind),
)
def test_columns_give_the_objects_they_hold(rows, kind) -> None:
    keys = sorted({key for row in rows for key in row})
    if kind is PropertyKind.JSON:
        rows = [{key: json.dumps(value) for key, value in row.items()} for row in rows]
    columns = [
        (
            PropertyColumn(key=key, column=key, kind=kind),
            pa.array([row.get(key) for row in rows], pa.string()),
        )
        for key in reversed(keys)
    ]
    texts = object_texts(columns).to_pylist() if keys else [None] * len(rows)
    for row, text in zip(rows, texts, strict=True):
        found = {} if text is None else json.loads(text)
        assert list(found) == sorted(row)
        assert (text is None) == (not row)
        for key, value in row.items():
            match kind:
                case PropertyKind.TEXT:
                    assert found[key] == value
                case PropertyKind.JSON:
                    assert found[key] == json.loads(value)
                case PropertyKind.NUMBER:
                    assert found[key] == value or str(value) in text
                case PropertyKind.BOOLEAN:
                    assert found[key] == value or value.lower() in {"true", "false"}


JSON_VALUES = st.recursive(
    ANY_TEXT | st.integers() | st.floats() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(ANY_TEXT, JSON_VALUES, max_size=4), max_size=5))
def test_objects_by_columns_are_objects_one_by_one(objects) -> None:
    texts = object_column(objects).to_pylist()
    assert texts == [object_text(found) for found in objects]
    for found, text in zip(objects, texts, strict=True):
        text and text.encode()
        again = {} if text is None else json.loads(text, parse_constant=lambda _: 1 / 0)
        assert set(again) == set(found)


@given(st.from_regex(NUMBER.replace("^", r"\A").replace("$", r"\Z")))
def test_what_is_taken_for_a_number_is_one_in_json(text) -> None:
    assert isinstance(json.loads(text), int | float)


@given(RAW)
@example('a","\n')  # Python 3.11.0 to 3.11.4 match possessive quantifiers wrongly
def test_records_end_where_a_slow_reader_ends_them(text) -> None:
    """The twin walks character by character: a quote opens at the start of a field only."""
    ends, at_start, quoted, i = [], True, False, 0
    while i < len(text):
        c = text[i]
        if quoted:
            if c == '"' and text[i + 1 : i + 2] == '"':
                i += 1
            elif c == '"':
                quoted = False
        elif c == '"' and at_start:
            quoted, at_start = True, False
        elif c == "\n" or (c == "\r" and i + 1 < len(text) and text[i + 1] != "\n"):
            ends.append(i + 1)
            at_start = True
        else:
            at_start = c == ","
        i += 1
    assert record_ends(text.encode(), COMMA).tolist() == ends


@settings(max_examples=500)
@given(RAW)
def test_arrow_sees_the_same_records(text) -> None:
    chunk = next(chunks([(text.encode(), 0)], COMMA, target=1, limit=1 << 20), None)
    if chunk is None or chunk.unclosed:
        return
    parser = Parser(names=("x", "y"), dialect=COMMA, longest_field=1 << 20)
    parsed = parser.parse(chunk, 0)
    where = places(chunk, COMMA)
    assert parsed.records == len(where.starts)
    for row, x in zip(parsed.rows.tolist(), parsed.column("x").to_pylist(), strict=True):
        raw = where.raw(chunk.data, row).decode()
        (fields,) = csv.reader(io.StringIO(raw, newline=""))
        assert (x or "") == fields[0]


def table(rows, newline):
    text = io.StringIO()
    csv.writer(text, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


ROWS = st.lists(st.tuples(st.sampled_from(["u1", "u2", "null"]), CELLS, CELLS), min_size=1)


@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.integers(1, 50))
def test_cutting_changes_nothing_and_lines_are_exact(rows, newline, size) -> None:
    data = table(rows, newline).encode()
    blocks = [(data[i : i + size], i) for i in range(0, len(data), size)]
    cut = list(chunks(blocks, COMMA, target=size, limit=1 << 20))
    assert b"".join(chunk.data for chunk in cut) == data
    found = []
    for chunk in cut:
        where = places(chunk, COMMA)
        raws = [where.raw(chunk.data, row) for row in range(len(where.starts))]
        found += list(zip(where.lines.tolist(), raws, strict=True))
    offset = 0
    for line, raw in found:
        offset = data.index(raw, offset)
        before = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        assert line == 1 + before.count(b"\n")
        offset += len(raw)
    assert len(found) == len(rows)


@settings(max_examples=50)
@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.integers(1, 5))
def test_batches_do_not_matter(rows, newline, batch_rows) -> None:
    body = [("user_id", "time", "event", "note"), *((u, "2025-01-02", n, v) for u, n, v in rows)]
    data = table([body[0], ("u0", "2025-01-02", "open", ""), *body[1:]], newline).encode()

    def read(size):
        reader = open_reader(io.BytesIO(data), ReadOptions(batch_rows=size))
        batches = list(reader.batches())
        events = pa.concat_tables([batch.events for batch in batches]).to_pylist()
        rejected = [row for batch in batches for row in batch.rejected]
        assert sum(batch.rows for batch in batches) == len(events) + len(rejected)
        return events, rejected

    assert read(batch_rows) == read(1_000_000)
    events, rejected = read(batch_rows)
    assert len(events) + len(rejected) == len(rows) + 1
    notes = [
        None if e["properties"] is None else json.loads(e["properties"])["note"] for e in events
    ]
    kept = [v for u, n, v in [("u0", "open", ""), *rows] if u != "null" and n.strip()]
    assert notes == kept
