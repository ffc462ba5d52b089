"""Each kernel of paths and process beside its slow, obvious twin."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pytest

from sojourn.insight.numbers.logbins import bin_of
from sojourn.kernels.process import (
    edges,
    grouping,
    matching,
    moves,
    sessions,
    sums,
    tallies,
    windows,
)

NOBODY = np.empty(0, np.uint8)
NONE = np.empty(0, np.int64)
pytestmark = pytest.mark.filterwarnings(
    "ignore:overflow encountered:RuntimeWarning"  # hashing wraps; numpy says so when not compiled
)


def random_log(seed: int, journeys: int = 200, kinds: int = 6, dtype: type = np.uint8):
    rng = np.random.default_rng(seed)
    lengths = rng.choice([0, 1, 2, 3, 7, 20], size=journeys)
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    event = rng.integers(0, kinds, offsets[-1]).astype(dtype)
    time = rng.integers(0, 50, offsets[-1])
    for a, b in pairwise(offsets):
        time[a:b].sort()
    return offsets, event, time.astype(np.int64)


def journeys_of(offsets, event, skip=NOBODY):
    for at in range(len(offsets) - 1):
        if offsets[at] < offsets[at + 1] and not (len(skip) and skip[at]):
            yield at, [int(e) for e in event[offsets[at] : offsets[at + 1]]]


def slow_moves(offsets, event, skip, kinds, owner=NONE):
    counts: Counter[int] = Counter()
    people: dict[int, set[int]] = defaultdict(set)
    for at, steps in journeys_of(offsets, event, skip):
        chain = [kinds, *steps, kinds]
        for source, target in pairwise(chain):
            key = source * (kinds + 1) + target
            counts[key] += 1
            people[key].add(int(owner[at]) if len(owner) else at)
    return dict(counts), {key: len(who) for key, who in people.items()}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
@pytest.mark.parametrize("skipping", [False, True])
@pytest.mark.parametrize("kinds", [6, 300])
def test_moves_equal_the_twin(dtype, skipping, kinds) -> None:
    offsets, event, _ = random_log(3, kinds=min(kinds, 200), dtype=dtype)
    skip = (np.arange(200) % 3 == 0).astype(np.uint8) if skipping else NOBODY
    owner = np.arange(200, dtype=np.int64) // 2
    expected, people = slow_moves(offsets, event, skip, kinds, owner)
    keys, counts = moves.moves(offsets, event, skip, kinds)
    assert dict(zip(keys.tolist(), counts.tolist(), strict=True)) == expected
    keys, counts, persons = moves.moves_people(offsets, event, owner, skip, kinds)
    assert dict(zip(keys.tolist(), counts.tolist(), strict=True)) == expected
    assert dict(zip(keys.tolist(), persons.tolist(), strict=True)) == people
    assert (np.diff(keys) > 0).all()


def test_sorting_and_tables_give_the_same_moves(monkeypatch) -> None:
    offsets, event, _ = random_log(4)
    owner = np.arange(200, dtype=np.int64) // 3
    dense = moves.moves_people(offsets, event, owner, NOBODY, 6)
    monkeypatch.setattr(moves, "DENSE_CELLS", 0)
    monkeypatch.setattr(moves, "_LARGEST", 49 * 7)  # seven people a portion
    offsets_two, event_two = offsets[:11], event[: offsets[10]]
    expected = slow_moves(offsets_two, event_two, NOBODY, 6, owner)
    keys, counts, people = moves.moves_people(offsets_two, event_two, owner[:10], NOBODY, 6)
    assert dict(zip(keys.tolist(), counts.tolist(), strict=True)) == expected[0]
    assert dict(zip(keys.tolist(), people.tolist(), strict=True)) == expected[1]
    monkeypatch.setattr(moves, "_dense", lambda *_: False)
    sparse = moves.moves_people(offsets, event, owner, NOBODY, 6)
    for one, other in zip(dense, sparse, strict=True):
        assert one.tolist() == other.tolist()
    counted = moves.moves(offsets, event, NOBODY, 6)
    assert counted[1].tolist() == dense[1].tolist()


@pytest.mark.parametrize("length", [3_000, 3_001, 3_007])
def test_packed_moves_equal_plain_ones(length: int) -> None:
    rng = np.random.default_rng(length)
    event = rng.integers(0, 7, length).astype(np.uint8)
    bounds = np.sort(rng.integers(0, length, 99))
    offsets = np.concatenate(([0], bounds, [length])).astype(np.int64)
    assert moves._packable(offsets, event, NOBODY, 8)
    packed = moves._packed(offsets, event, 8)
    assert packed.tolist() == edges.dense_moves(offsets, event, NOBODY, 8).tolist()


def test_packing_is_refused_where_it_would_be_wrong() -> None:
    offsets = np.array([0, 4000], np.int64)
    event = np.zeros(4001, np.uint8)
    assert moves._packable(offsets, event[:4000], NOBODY, 5)
    assert not moves._packable(offsets, event[1:], NOBODY, 5)  # not aligned
    assert not moves._packable(offsets, event, NOBODY, 5)  # rows beyond the journeys
    assert not moves._packable(offsets, event[:4000].astype(np.uint16), NOBODY, 5)
    assert not moves._packable(offsets, event[:4000], np.zeros(1, np.uint8), 5)
    assert not moves._packable(offsets, event[:4000], NOBODY, 60)
    assert not moves._packable(np.zeros(1, np.int64), event[:0], NOBODY, 5)


def test_no_journeys_make_no_moves() -> None:
    offsets, event = np.zeros(1, np.int64), np.empty(0, np.uint8)
    assert [len(part) for part in moves.moves(offsets, event, NOBODY, 3)] == [0, 0]
    assert [len(part) for part in moves.moves(offsets, event, NOBODY, 3000)] == [0, 0]
    assert [len(p) for p in moves.moves_people(offsets, event, NONE, NOBODY, 3000)] == [0, 0, 0]
    assert not edges.packed_triples(np.empty(0, np.uint64), 4).any()


def test_move_durations_equal_the_twin() -> None:
    offsets, event, time = random_log(5)
    skip = (np.arange(200) % 5 == 1).astype(np.uint8)
    keys, durations = edges.move_durations(offsets, event, time, skip, 7)
    expected = [
        (int(event[row - 1]) * 7 + int(event[row]), int(time[row] - time[row - 1]))
        for at, _ in journeys_of(offsets, event, skip)
        for row in range(offsets[at] + 1, offsets[at + 1])
    ]
    assert list(zip(keys.tolist(), durations.tolist(), strict=True)) == expected


@pytest.mark.parametrize("collide", [False, True])
def test_groups_are_exact_even_when_every_hash_collides(collide: bool) -> None:
    offsets, event, _ = random_log(6, kinds=2)
    first, last = offsets[:-1], offsets[1:]
    skip = (np.arange(200) % 7 == 0).astype(np.uint8)
    hashes = grouping.span_hashes(first, last, event)
    if collide:
        hashes = np.zeros_like(hashes)
    group, examples = grouping.group_equal(first, last, event, hashes, skip)
    expected: dict[tuple[int, ...], int] = {}
    numbers = np.full(200, -1)
    for at, steps in journeys_of(offsets, event, skip):
        numbers[at] = expected.setdefault(tuple(steps), len(expected))
    assert group.tolist() == numbers.tolist()
    kept, codes = grouping.gather_spans(first[examples], last[examples], event)
    found = [tuple(codes[a:b].tolist()) for a, b in pairwise(kept)]
    assert found == list(expected)
    assert codes.dtype == event.dtype


def test_hashes_differ_for_different_journeys() -> None:
    every = [(a, b, c) for a in range(40) for b in range(40) for c in range(40)]
    event = np.array(every, np.uint16).ravel()
    first = np.arange(0, len(event), 3)
    hashes = grouping.span_hashes(first, first + 3, event)
    assert len(set(hashes.tolist())) == len(every)
    zeros = np.zeros(50, np.uint8)
    lengths = grouping.span_hashes(np.zeros(50, np.int64), np.arange(50), zeros)
    assert len(set(lengths.tolist())) == 50


def test_group_totals_count_journeys_and_people() -> None:
    group = np.array([0, 0, 1, -1, 0, 1])
    owner = np.array([0, 0, 0, 1, 2, 2])
    counts, people = grouping.group_totals(group, NONE, owner, 2)
    assert counts.tolist() == [3, 2]
    assert people.tolist() == [2, 2]
    counts, people = grouping.group_totals(group, np.arange(6), NONE, 2)
    assert counts.tolist() == [5, 7]
    assert people.tolist() == [3, 2]


def slow_windows(offsets, event, time, skip, mask, goal, occurrence, limits):
    direction, depth, within, kinds = limits
    for at in range(len(offsets) - 1):
        rows = [r for r in range(offsets[at], offsets[at + 1]) if mask[r]]
        if (len(skip) and skip[at]) or not rows:
            continue
        chosen = {windows.FIRST: rows[:1], windows.LAST: rows[-1:], windows.EVERY: rows}[occurrence]
        for row in chosen:
            rest = (
                range(row + 1, offsets[at + 1])
                if direction > 0
                else range(row - 1, offsets[at] - 1, -1)
            )
            steps, outcome = [row], windows.ENDED
            for other in rest:
                if within >= 0 and abs(time[other] - time[row]) > within:
                    break
                if len(steps) > depth:
                    outcome = windows.GOES_ON
                    break
                steps.append(other)
                if len(goal) and goal[other]:
                    outcome = windows.REACHED
                    break
            yield (
                [int(event[s]) for s in steps] + [kinds + outcome],
                [int(abs(time[s] - time[row])) for s in steps] + [0],
            )


@pytest.mark.parametrize("occurrence", [windows.FIRST, windows.LAST, windows.EVERY])
@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("within", [-1, 0, 12])
@pytest.mark.parametrize("goals", [False, True])
def test_windows_equal_the_twin(occurrence, direction, within, goals) -> None:
    offsets, event, time = random_log(7)
    skip = (np.arange(200) % 4 == 0).astype(np.uint8)
    mask = (event == 2).astype(np.uint8)
    goal = (event == 5).astype(np.uint8) if goals else NOBODY
    limits = (direction, 3, within, 6)
    anchors = windows.find_anchors(offsets, mask, skip, occurrence)
    starts, codes, elapsed = windows.take_windows(anchors, offsets, event, time, goal, limits)
    expected = list(slow_windows(offsets, event, time, skip, mask, goal, occurrence, limits))
    spans = list(pairwise(starts))
    assert [codes[a:b].tolist() for a, b in spans] == [steps for steps, _ in expected]
    assert [elapsed[a:b].tolist() for a, b in spans] == [times for _, times in expected]


def test_sessions_equal_the_twin() -> None:
    offsets, event, time = random_log(8)
    days = time // 24
    campaign = np.where(event < 2, 0, event).astype(np.uint8)
    for use_days in (NONE, days):
        for use_campaign in (NOBODY, campaign):
            starts, parent = sessions.session_starts(offsets, time, 5, use_days, use_campaign)
            expected, parents = [], []
            for at in range(len(offsets) - 1):
                current = 0
                for row in range(offsets[at], offsets[at + 1]):
                    new = row == offsets[at] or time[row] - time[row - 1] > 5
                    new |= bool(len(use_days)) and days[row] != days[row - 1]
                    came = int(campaign[row]) if len(use_campaign) else 0
                    new |= bool(came and came != current)
                    current = came if came or new else current
                    if new:
                        expected.append(row)
                        parents.append(at)
            assert starts.tolist() == [*expected, offsets[-1]]
            assert parent.tolist() == parents


def test_tallies_equal_the_twin() -> None:
    offsets, event, time = random_log(9)
    skip = (np.arange(200) % 4 == 3).astype(np.uint8)
    found = tallies.tally_events(offsets, event, time, skip, 8)
    for kind in range(8):
        rows = [
            (at, r)
            for at, _ in journeys_of(offsets, event, skip)
            for r in range(offsets[at], offsets[at + 1])
            if event[r] == kind
        ]
        times = [int(time[r]) for _, r in rows]
        assert found[:, kind].tolist() == [
            len(rows),
            len({at for at, _ in rows}),
            min(times, default=tallies.NEVER_FIRST),
            max(times, default=tallies.NEVER_LAST),
        ]


@pytest.mark.parametrize("periods", [1, 3])
def test_session_figures_equal_the_twin(periods) -> None:
    offsets, event, time = random_log(11)
    offsets = np.concatenate((offsets[:1], offsets[1:][np.diff(offsets) > 0]))
    count = len(offsets) - 1
    skip = (np.arange(count) % 4 == 3).astype(np.uint8)
    owner = np.arange(count, dtype=np.int64) // 3
    period = np.arange(count, dtype=np.int64) % 3 if periods > 1 else NONE
    totals, edges, everybody, figures = sessions.session_figures(
        (offsets, owner, skip), (event, time), period, (periods, 8)
    )
    kept = [at for at in range(count) if not skip[at]]
    when = {at: int(period[at]) if periods > 1 else 0 for at in kept}
    steps = {at: event[offsets[at] : offsets[at + 1]].tolist() for at in kept}
    for number in range(periods):
        here = [at for at in kept if when[at] == number]
        assert totals[number].tolist() == [
            len(here),
            len({int(owner[at]) for at in here}),
            sum(len(steps[at]) for at in here),
            sum(len(steps[at]) == 1 for at in here),
        ]
    assert everybody == len({int(owner[at]) for at in kept})
    for side, place in ((0, 0), (1, -1)):
        counts = Counter(steps[at][place] for at in kept)
        assert edges[side].tolist() == [counts[kind] for kind in range(8)]
    assert figures.T.tolist() == [
        [when[at], len(steps[at]), len(set(steps[at])),
         int(time[offsets[at + 1] - 1] - time[offsets[at]])]
        for at in kept if len(steps[at]) > 1
    ]  # fmt: skip


def test_repeats_equal_the_twin() -> None:
    offsets, event, _ = random_log(10, kinds=3)
    skip = (np.arange(200) % 4 == 3).astype(np.uint8)
    owner = np.arange(200, dtype=np.int64) // 2
    found = tallies.tally_repeats(offsets, event, owner, skip, 3)
    for kind in range(3):
        journeys = [(at, s) for at, s in journeys_of(offsets, event, skip) if kind in s]
        assert found[:, kind].tolist() == [
            len(journeys),
            sum(s.count(kind) > 1 for _, s in journeys),
            len({int(owner[at]) for at, _ in journeys}),
            sum(a == b == kind for _, s in journeys for a, b in pairwise(s)),
            sum(
                a == c == kind != b
                for _, s in journeys
                for a, b, c in zip(s, s[1:], s[2:], strict=False)
            ),
        ]


def test_matching_counts_matches_that_do_not_overlap() -> None:
    # the automaton of "0 directly followed by 1", made by hand; state 2 accepts
    table = 3 * np.array([[1, 0, 0], [1, 2, 0], [1, 0, 0]], np.uint64).ravel()
    nowhere = np.zeros(9, np.uint8)
    symbols = np.array([0, 1, 2], np.uint64)
    begin = np.array([0, 0, 6], np.uint64)
    offsets = np.array([0, 4, 4, 9, 11], np.int64)
    event = np.array([0, 1, 0, 1, 0, 0, 1, 2, 0, 0, 1], np.uint8)
    skip = np.array([0, 0, 0, 1], np.uint8)
    automaton = (symbols, table, nowhere, begin)
    found = matching.count_matches(offsets, event, skip, NOBODY, automaton)
    assert found.tolist() == [2, 0, 1, 0]
    at_end = nowhere.copy()
    at_end[3] = 1  # accepts when a journey ends on 0
    automaton = (symbols, table, at_end, begin)
    found = matching.count_matches(offsets, event, NOBODY, NOBODY, automaton)
    assert found.tolist() == [2, 0, 2, 1]
    flags = np.zeros(11, np.uint8)
    flags[1] = 1  # the first 1 becomes a 2
    automaton = (symbols, table, nowhere, begin)
    found = matching.count_matches(offsets, event, skip, flags, automaton)
    assert found.tolist() == [1, 0, 1, 0]


def test_sums_by_place() -> None:
    rng = np.random.default_rng(1)
    places, weights = rng.integers(0, 9, 500), rng.integers(-5, 5, 500)
    assert sums.counts_at(places, 10).tolist() == np.bincount(places, minlength=10).tolist()
    expected = [int(weights[places == place].sum()) for place in range(10)]
    for dtype in (np.int64, np.int32, np.uint8):
        assert sums.sums_at(places.astype(dtype), weights, 10).tolist() == expected


def test_cells_hold_the_bins_of_durations() -> None:
    edges = [v for p in range(63) for v in (2**p - 1, 2**p, 2**p + 1) if 0 <= v < 2**63]
    values = np.array(sorted({*edges, 0, 255, 256, 2**63 - 1}), np.int64)
    values = np.concatenate((values, values))
    keys = np.repeat([3, 70_000], len(values) // 2).astype(np.int64)
    counts = np.arange(1, len(values) + 1)
    cells, totals = sums.bin_cells(keys, values, counts)
    expected: dict[int, int] = {}
    for key, place, count in zip(keys, bin_of(values), counts, strict=True):
        cell = (int(key) << sums.BIN_BITS) | int(place)
        expected[cell] = expected.get(cell, 0) + int(count)
    assert int(bin_of(values).max()) < 1 << sums.BIN_BITS
    assert dict(zip(cells.tolist(), totals.tolist(), strict=True)) == expected
    assert cells.tolist() == sorted(expected)
    order = np.random.default_rng(1).permutation(len(values))
    mixed = (keys[order], values[order], counts[order])
    again = sums.binned_cells(*mixed, 70_001)
    assert [part.tolist() for part in again] == [cells.tolist(), totals.tolist()]
    once = sums.binned_cells(*mixed[:2], NONE, 70_001)
    ones = sums.bin_cells(keys, values, np.ones_like(keys))
    assert [part.tolist() for part in once] == [part.tolist() for part in ones]


@pytest.mark.parametrize("sizes", [(0, 0), (0, 5), (5, 0), (40, 60)])
def test_cells_merge(sizes) -> None:
    rng = np.random.default_rng(sum(sizes))
    one, two = (np.sort(rng.choice(100, size, replace=False)) for size in sizes)
    weights = np.arange(1, 101)
    cells, counts = sums.merged_cells(one, weights[one], two, 100 * weights[two])
    expected = np.zeros(100, int)
    expected[one] += weights[one]
    expected[two] += 100 * weights[two]
    assert cells.tolist() == np.flatnonzero(expected).tolist()
    assert counts.tolist() == expected[expected > 0].tolist()
