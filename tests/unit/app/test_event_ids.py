"""Event ids follow their written definition, whatever the batches."""

from __future__ import annotations

import struct
from collections import Counter
from typing import TYPE_CHECKING

import mmh3
import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sojourn.app import event_ids
from sojourn.app.event_ids import identify
from sojourn.ports.reader import READ_SCHEMA

if TYPE_CHECKING:
    import pytest


class PlainCounter:
    """The slow, obvious twin of the key set."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[int, int]] = Counter()

    def count(self, keys):
        return np.array([self.seen[tuple(map(int, key))] for key in keys], np.int64)

    def add(self, keys) -> None:
        self.seen.update(tuple(map(int, key)) for key in keys)

    def clear(self) -> None:
        self.seen.clear()


TEXT = st.one_of(st.none(), st.sampled_from(["", "a", "b", "한글"]))
ROWS = st.lists(
    st.tuples(TEXT, TEXT, TEXT, st.sampled_from([None, 0, 5, -1]), st.sampled_from(["x", "y"]), TEXT),
    max_size=25,
)  # fmt: skip


def table(rows) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [[]] * 6
    names = ("own_id", "anonymous_id", "user_id", "time", "event", "properties")
    data = dict(zip(names, map(list, columns), strict=True)) | {
        "position": list(range(1, len(rows) + 1))
    }
    return pa.table(
        [pa.array(data[field.name], field.type) for field in READ_SCHEMA], schema=READ_SCHEMA
    )


def field_bytes(value) -> bytes:
    if value is None:
        return b"\xff\xff\xff\xff"
    data = struct.pack("<q", value) if isinstance(value, int) else value.encode()
    return struct.pack("<I", len(data)) + data


def plain_ids(rows) -> list[bytes]:
    """The definition in docs/workspace.md, one row at a time."""
    seen: Counter[bytes] = Counter()
    ids = []
    for own, anonymous, user, time, event, properties in rows:
        if own:
            ids.append(mmh3.mmh3_x64_128_digest(b"\x01" + field_bytes(own)))
            continue
        content = b"".join(map(field_bytes, (anonymous, user, time, event, properties)))
        digest = mmh3.mmh3_x64_128_digest(b"\x02" + content)
        ids.append(mmh3.mmh3_x64_128_digest(b"\x03" + digest + struct.pack("<Q", seen[digest])))
        seen[digest] += 1
    return ids


def as_bytes(ids) -> list[bytes]:
    return [row.astype("<u8").tobytes() for row in ids]


@given(ROWS, st.integers(1, 9))
def test_ids_are_as_defined_whatever_the_batches(rows, size) -> None:
    whole, seen, found = table(rows), PlainCounter(), []
    for start in range(0, len(rows), size):
        found += as_bytes(identify(whole.slice(start, size), seen).ids)
    assert found == plain_ids(rows)


@given(ROWS)
def test_occurrences_are_numbered_in_order(rows) -> None:
    result = identify(table(rows), PlainCounter())
    seen: Counter[object] = Counter()
    for row, occurrence, own in zip(
        rows, result.occurrence.tolist(), result.own.tolist(), strict=True
    ):
        key = ("own", row[0]) if row[0] else row[1:]
        assert own is bool(row[0])
        assert occurrence == seen[key]
        seen[key] += 1


def test_what_a_row_tells_of_its_person_is_no_part_of_its_identity() -> None:
    """A file from before traits were kept has the ids it had, and adds nothing twice."""
    told = '{"set":{"a":"},{\\"$traits\\":{","b":[{"c":1}]},"unset":["x"]}'
    pairs = [
        (f'{{"$traits":{told}}}', None),
        (f'{{"$traits":{told},"plan":"pro"}}', '{"plan":"pro"}'),
        (f'{{"$os":"x","$traits":{told},"plan":"pro"}}', '{"$os":"x","plan":"pro"}'),
        (f'{{"$os":"x","$traits":{told}}}', '{"$os":"x"}'),
        ('{"$traits":"of a table","plan":"pro"}', '{"$traits":"of a table","plan":"pro"}'),
        (None, None),
    ]
    for telling, bare in pairs:
        rows = [(None, "a", "ann", 1, "identify", text) for text in (telling, "{}", telling)]
        twins = [(None, "a", "ann", 1, "identify", text) for text in (bare, "{}", bare)]
        assert as_bytes(identify(table(rows), PlainCounter()).ids) == plain_ids(twins)
    own = [("m1", "a", "ann", 1, "identify", pairs[1][0])]
    assert as_bytes(identify(table(own), PlainCounter()).ids) == plain_ids(own)


def test_null_and_empty_differ_and_fields_do_not_run_together() -> None:
    rows = [
        (None, None, "ab", 1, "x", None),
        (None, "", "ab", 1, "x", None),
        (None, "a", "b", 1, "x", None),
        (None, None, "ab", None, "x", None),
        (None, None, "ab", 0, "x", None),
        (None, None, "ab", 1, "x", ""),
    ]
    assert len(set(as_bytes(identify(table(rows), PlainCounter()).ids))) == len(rows)


def test_chunked_columns_large_strings_and_slices_give_the_same_ids() -> None:
    rows = [(None, f"a{i}", None if i % 3 else "u", i, "x", '{"k":1}') for i in range(20)]
    expected = plain_ids(rows)
    chunked = pa.concat_tables([table(rows[:7]), table(rows[7:])])
    assert as_bytes(identify(chunked, PlainCounter()).ids) == expected
    large = table(rows).cast(
        pa.schema(
            [f.with_type(pa.large_string()) if f.type == pa.string() else f for f in READ_SCHEMA]
        )
    )
    assert as_bytes(identify(large, PlainCounter()).ids) == expected
    padded = table([(None, "zz", "zz", 9, "zz", "zz"), *rows]).slice(1)
    assert as_bytes(identify(padded, PlainCounter()).ids) == expected


def test_long_records_are_hashed_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(None, "a" * (i * 37 % 500), "u", i, "x", None) for i in range(60)]
    expected = plain_ids(rows)
    for limit in (1, 100, 3000):
        monkeypatch.setattr(event_ids, "_CHUNK_BYTES", limit)
        assert as_bytes(identify(table(rows), PlainCounter()).ids) == expected
