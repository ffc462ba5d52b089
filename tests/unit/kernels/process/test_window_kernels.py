"""The kernels of packed windows, and of counting them, beside their slow, obvious twins."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from sojourn.insight.process.links import Links
from sojourn.insight.process.packed import Packed
from sojourn.kernels.process.counting import add_counts, count_keys
from sojourn.kernels.process.packed import (
    EVER,
    INSIDE,
    LATE,
    anchor_rows,
    first_anchors,
    packed_windows,
    window_marks,
)
from sojourn.kernels.process.windows import FIRST

NOBODY = np.empty(0, np.uint8)
pytestmark = pytest.mark.filterwarnings(
    "ignore:overflow encountered:RuntimeWarning"  # hashing wraps; numpy says so when not compiled
)


def random_log(seed: int, rows: int, kinds: int):
    rng = np.random.default_rng(seed)
    bounds = np.sort(rng.integers(0, rows + 1, rows // 6))
    offsets = np.concatenate(([0], bounds, [rows])).astype(np.int64)
    time = rng.integers(0, 40, rows)
    for a, b in pairwise(offsets):
        time[a:b].sort()
    return offsets, rng.integers(0, kinds, rows).astype(np.uint8), time


@pytest.mark.parametrize("rows", [0, 5, 8, 15, 16, 17, 1000, 1003])
@pytest.mark.parametrize("skipping", [False, True])
def test_anchors_found_eight_at_a_time_are_those_found_one_by_one(rows, skipping) -> None:
    offsets, event, time = random_log(rows, rows, 9)
    skip = (np.arange(len(offsets) - 1) % 3 == 0).astype(np.uint8) if skipping else NOBODY
    holders = (offsets[:-1], offsets[1:], skip)
    for code in (0, 8, 200):
        table = np.zeros(256, np.uint8)
        table[code] = 1
        words = event[: rows // 8 * 8].view("<u8")
        found = first_anchors(holders, event, words, code)
        expected = anchor_rows(holders, (event, time), table, NOBODY, EVER, FIRST)
        assert [part.tolist() for part in found] == [part.tolist() for part in expected]
        firsts = [
            (a + event[a:b].tolist().index(code), at)
            for at, (a, b) in enumerate(pairwise(offsets.tolist()))
            if code in event[a:b] and not (skipping and skip[at])
        ]
        assert list(zip(*(part.tolist() for part in found), strict=True)) == firsts


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("within", [-1, 0, 6])
def test_windows_links_and_young_ones_equal_the_twin(direction: int, within: int) -> None:
    offsets, event, time = random_log(3, 900, 4)
    depth, late, kinds, bits = 3, 20, 4, 3
    rows = np.flatnonzero(event == 1)
    journeys = np.searchsorted(offsets, rows, side="right") - 1
    bounds, anchors = (offsets[:-1], offsets[1:]), (rows, journeys)
    marks = NOBODY
    if within >= 0:
        marks = window_marks(anchors, bounds, time, (direction, depth, within, late))
    links = np.zeros((depth + 1) * kinds * (kinds + 3), np.int64)
    found, young = packed_windows(
        (*anchors, marks), bounds, (event, event, time), (NOBODY, NOBODY),
        (direction, depth, within, bits, kinds), links,
    )  # fmt: skip
    expected, links_expected, young_expected = [], Counter(), 0
    for at, (row, journey) in enumerate(zip(rows.tolist(), journeys.tolist(), strict=True)):
        a, b = offsets[journey], offsets[journey + 1]
        following = range(row, b) if direction > 0 else range(row, a - 1, -1)
        near = [r for r in following if within < 0 or abs(time[r] - time[row]) <= within]
        codes = [int(event[r]) for r in near[: depth + 1]]
        outcome = 2 if len(near) > depth + 1 else 0
        codes.append(kinds + outcome)
        for step, (source, target) in enumerate(pairwise(codes)):
            links_expected[(step * kinds + source) * (kinds + 3) + target] += 1
        padded = [code + 1 for code in codes] + [0] * (depth + 2 - len(codes))
        expected.append(sum(code << bits * (depth + 1 - at) for at, code in enumerate(padded)))
        if within >= 0:
            inside = len(near) >= min(len(following), depth + 2)
            assert bool(marks[at] & INSIDE) == inside
            assert bool(marks[at] & LATE) == (time[row] > late)
            young_expected += outcome == 0 and time[row] > late
    assert found.tolist() == expected
    assert young == young_expected
    table = Links.of_table(links)
    assert dict(zip(table.keys.tolist(), table.counts.tolist(), strict=True)) == links_expected
    again = Packed.of(found, bits, depth + 2).links(kinds)
    assert (again.keys.tolist(), again.counts.tolist()) == (
        table.keys.tolist(), table.counts.tolist(),
    )  # fmt: skip


@pytest.mark.parametrize("n", [0, 1, 5000])
def test_keys_are_counted_exactly(n: int) -> None:
    keys = np.random.default_rng(n).integers(0, 300, n) << 40
    distinct, counts = count_keys(keys)
    assert dict(zip(distinct.tolist(), counts.tolist(), strict=True)) == Counter(keys.tolist())
    wanted = np.array([7, 3, 1000, 250], np.int64) << 40
    totals = np.zeros(4, np.int64)
    for _ in range(2):
        add_counts(wanted, totals, distinct, counts)
    assert totals.tolist() == [2 * np.count_nonzero(keys == key) for key in wanted]


@pytest.mark.parametrize("limit", [1, 3, 10, 400])
def test_the_commonest_of_all_parts_are_found(limit: int) -> None:
    rng = np.random.default_rng(limit)
    windows = [rng.zipf(1.4, 800).clip(1, 500) * 8 + 1 for _ in range(5)]
    parts = [Packed.of(part, 3, 5) for part in windows]
    found = (parts[0] + parts[1] + parts[2] + parts[3] + parts[4]).top(limit)

    def steps(key: int) -> int:
        return sum(((key >> 3 * place) & 7) != 0 for place in range(5))

    counts = Counter(np.concatenate(windows).tolist())
    expected = sorted(counts.items(), key=lambda item: (-item[1], steps(item[0]), item[0]))
    assert list(zip(found.keys.tolist(), found.counts.tolist(), strict=True)) == expected[:limit]
