"""Ids as arrays: sorting with ties, grouping, and the way to Arrow and back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sojourn.events.identity_keys import (
    ids_from_arrow,
    ids_to_arrow,
    no_ids,
    sort_order,
    starts_of_equal,
    take_ids,
)

HALF = st.one_of(st.integers(0, 2), st.integers(0, 2**64 - 1))
IDS = st.lists(st.tuples(HALF, HALF), max_size=60).map(
    lambda rows: np.array(rows, np.uint64).reshape(-1, 2)
)


@given(IDS)
def test_sorting_is_stable_and_by_both_halves(ids) -> None:
    plain = sorted(range(len(ids)), key=lambda row: tuple(map(int, ids[row])))
    assert sort_order(ids).tolist() == plain


@given(IDS)
def test_groups_start_where_the_id_changes(ids) -> None:
    rows = sorted(map(tuple, ids.tolist()))
    plain = [i for i, row in enumerate(rows) if i == 0 or rows[i - 1] != row]
    assert starts_of_equal(np.array(rows, np.uint64).reshape(-1, 2)).tolist() == plain


@given(IDS)
def test_arrow_round_trip(ids) -> None:
    column = ids_to_arrow(ids)
    assert column.type == pa.binary(16)
    assert ids_from_arrow(column).tolist() == ids.tolist()
    assert ids_from_arrow(column.cast(pa.binary())).tolist() == ids.tolist()
    assert ids_from_arrow(column.slice(1)).tolist() == ids[1:].tolist()


def test_bytes_are_both_halves_little_endian() -> None:
    column = ids_to_arrow(np.array([[1, 2]], np.uint64))
    assert column[0].as_py() == b"\1" + bytes(7) + b"\2" + bytes(7)


def test_taking() -> None:
    ids = np.arange(8, dtype=np.uint64).reshape(4, 2)
    assert take_ids(ids, np.array([3, 0])).tolist() == [[6, 7], [0, 1]]
    assert take_ids(no_ids(), np.zeros(0, np.int64)).shape == (0, 2)
