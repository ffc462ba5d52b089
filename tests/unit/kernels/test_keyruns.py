"""Counting and merging sorted 128-bit keys, each beside a plain twin."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sojourn.kernels.keyruns import count_keys, merge_keys

HALVES = st.one_of(st.integers(0, 3), st.integers(2**64 - 3, 2**64 - 1), st.integers(0, 2**64 - 1))
KEYS = st.lists(st.tuples(HALVES, HALVES), max_size=40)


def run(keys) -> np.ndarray:
    return np.array(sorted(keys), np.uint64).reshape(-1, 2)


@given(KEYS, KEYS)
def test_counts_are_those_of_a_counter(held, asked) -> None:
    distinct = run(set(asked) | set(held[::3]))
    counts = np.ones(len(distinct), np.int64)
    count_keys(distinct, run(held), counts)
    plain = Counter(held)
    assert counts.tolist() == [1 + plain[tuple(map(int, key))] for key in distinct]


@given(KEYS, KEYS)
def test_merging_keeps_every_key_in_order(left, right) -> None:
    merged = np.zeros((len(left) + len(right), 2), np.uint64)
    a, b = run(left), run(right)
    i, j = merge_keys(a, b, merged)
    assert i == len(a) or j == len(b)
    together = [*merged[: i + j].tolist(), *a[i:].tolist(), *b[j:].tolist()]
    assert together == run(left + right).tolist()
