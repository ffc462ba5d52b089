"""MurmurHash3 x64 128, checked against the ``mmh3`` package (itself A. Appleby's C++)."""

from __future__ import annotations

import struct

import mmh3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.kernels.murmur import hash_records, murmur_words, number_digests, put_texts


def words_of(data: bytes) -> np.ndarray:
    return np.frombuffer(data + bytes(-len(data) % 16 + 16), "<u8").copy()


def digest(halves) -> bytes:
    return struct.pack("<QQ", *(int(half) for half in halves))


@pytest.mark.parametrize("length", range(50))
def test_every_tail_length(length: int) -> None:
    data = bytes((37 * i + 11) % 256 for i in range(length))
    assert digest(murmur_words(words_of(data), length)) == mmh3.mmh3_x64_128_digest(data)


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    assert digest(murmur_words(words_of(data), len(data))) == mmh3.mmh3_x64_128_digest(data)


def test_a_published_value() -> None:
    """``mmh3.hash128(b"foo", 0)`` in the package's README: 168394135621993849475852668931176482145."""
    halves = murmur_words(words_of(b"foo"), 3)
    value = int.from_bytes(digest(halves), "little")
    assert value == 168394135621993849475852668931176482145


def test_fields_are_prefixed_with_their_length_and_null_is_not_empty() -> None:
    texts = ["ab", "", None, "한글"]
    raw = [(text or "").encode() for text in texts]
    offsets = np.cumsum([0, *map(len, raw)]).astype(np.int64)
    data = np.frombuffer(b"".join(raw), np.uint8)
    present = np.array([text is not None for text in texts], np.uint8)
    scratch = np.zeros(16 * len(texts), np.uint8)
    at = np.arange(len(texts), dtype=np.int64) * 16
    put_texts(offsets, data, present, at, scratch)
    rows = [scratch[16 * i : end].tobytes() for i, end in enumerate(at.tolist())]
    assert rows == [
        b"\x02\0\0\0ab",
        b"\0\0\0\0",
        b"\xff\xff\xff\xff",
        b"\x06\0\0\0" + "한글".encode(),
    ]


def test_records_are_hashed_each_for_itself() -> None:
    records = [b"", b"one", b"x" * 16, b"y" * 33]
    padded = [record + bytes(-len(record) % 16) for record in records]
    starts = np.cumsum([0, *map(len, padded)])[:-1].astype(np.int64)
    words = np.frombuffer(b"".join(padded) + bytes(16), "<u8").copy()
    found = np.zeros((len(records), 2), np.uint64)
    hash_records(words, starts, np.array(list(map(len, records)), np.int64), found)
    assert [digest(row) for row in found] == [mmh3.mmh3_x64_128_digest(r) for r in records]


def test_numbering_changes_all_but_the_negative() -> None:
    before = np.array([[1, 2], [3, 4], [5, 2**64 - 1]], np.uint64)
    after = before.copy()
    number_digests(3, np.array([-1, 0, 7], np.int64), after)
    assert after[0].tolist() == before[0].tolist()
    for row, occurrence in ((1, 0), (2, 7)):
        source = b"\x03" + digest(before[row]) + struct.pack("<q", occurrence)
        assert digest(after[row]) == mmh3.mmh3_x64_128_digest(source)
