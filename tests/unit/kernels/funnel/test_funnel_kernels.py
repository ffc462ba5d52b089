"""The kernels of funnels beside plain Python."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from sojourn.kernels.funnel.chain import BITS, STEP_COLUMNS
from sojourn.kernels.funnel.hits import collect
from sojourn.kernels.funnel.plain.bits import step_bits
from sojourn.kernels.funnel.plain.dense import count_dense
from sojourn.kernels.funnel.plain.rare import count_rare
from sojourn.kernels.funnel.plain.rules import BEST, People, PlainRules
from sojourn.kernels.funnel.plain.runs import Runs, first_from
from sojourn.kernels.funnel.plain.words import CHUNK
from sojourn.kernels.funnel.seats import new_seats, seat
from sojourn.kernels.funnel.unordered import unordered_attempts

NOBODY = np.empty(0, np.uint8)
FOREVER = 2**61


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
@pytest.mark.parametrize("rows", [0, 1, 63, 64, 65, 1000])
def test_bits_say_which_rows_fill_which_step(dtype, rows):
    rng = np.random.default_rng(rows)
    event = rng.integers(0, 6, rows).astype(dtype)
    table = np.array([0, 1, 0, 2, 7, 4], np.uint8)
    bits = step_bits(event, table, 3)
    assert bits.shape[1] * 64 >= rows + 64
    for step in range(3):
        set_rows = [
            r for r in range(64 * bits.shape[1]) if int(bits[step, r // 64]) >> (r % 64) & 1
        ]
        assert set_rows == [r for r, code in enumerate(event) if table[code] >> step & 1]


def test_the_first_place_from_somewhere_is_found_near_and_far():
    rows = np.array([2, 3, 5, 8, 13, 21, 34, 55], np.uint32)
    for at in range(len(rows) + 1):
        for until in range(at, len(rows) + 1):
            for wanted in range(60):
                expected = min(until, max(at, int(np.searchsorted(rows, wanted))))
                assert first_from(rows, at, until, wanted) == expected


def furthest(times, filled, rules):
    """The furthest step of one person and whether the earliest such attempt is mature."""
    best = (0, False)
    for at, (time, steps) in enumerate(zip(times, filled, strict=True)):
        if steps & 1 and rules.start <= time < rules.end:
            reached = 1
            for later, then in zip(times[at + 1 :], filled[at + 1 :], strict=True):
                if reached < rules.steps and then >> reached & 1 and later - time <= rules.window:
                    reached += 1
            if reached > best[0]:
                best = (reached, time <= rules.mature_until)
    return best


def counted_slowly(people, filled, rules):
    counts = np.zeros((2, rules.steps + 1), np.int64)
    for person in range(len(people.offsets) - 1):
        rows = slice(people.offsets[person], people.offsets[person + 1])
        reached, mature = furthest(people.time[rows].tolist(), filled[rows].tolist(), rules)
        if reached and not (len(people.skip) and people.skip[person]):
            counts[0, reached] += 1
            counts[1, reached] += mature
    return counts.tolist()


def crowd(rng, lengths, skip):
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    time = np.concatenate([np.sort(rng.integers(0, 1000, n)) for n in lengths]).astype(np.int64)
    left_out = (rng.random(len(lengths)) < 0.1).astype(np.uint8) if skip else NOBODY
    return People(offsets, time, left_out)


@pytest.mark.parametrize("longest", [5, 64, 200])
@pytest.mark.parametrize("steps", [1, 2, 4, 8])
@pytest.mark.parametrize("seed", range(4))
def test_plain_counts_equal_trying_every_entry(steps, longest, seed):
    rng = np.random.default_rng([steps, longest, seed])
    people = crowd(rng, rng.integers(0, longest + 1, 120), seed % 2)
    event = rng.integers(0, steps + 2, len(people.time)).astype(np.uint8)
    table = np.concatenate((1 << np.arange(steps), [0, 1 if seed == 3 else 0])).astype(np.uint8)
    ranges = (50, 900) if seed > 1 else (-FOREVER, FOREVER)
    rules = PlainRules(steps, int(rng.choice([0, 100, 500, FOREVER])), *ranges, 600)
    expected = counted_slowly(people, table[event], rules)
    assert count_dense(people, event, table, rules, BEST).tolist() == expected


@pytest.mark.parametrize("density", [0.5, 0.05, 0.001])
@pytest.mark.parametrize("steps", [1, 2, 4, 8])
@pytest.mark.parametrize("seed", range(4))
def test_rare_counts_equal_trying_every_entry(steps, density, seed):
    rng = np.random.default_rng([steps, seed, int(density * 1000)])
    people = crowd(rng, rng.integers(0, 60, 300), seed % 2)
    filled = rng.integers(0, 1 << steps, len(people.time))  # an event may fill several steps
    filled *= rng.random(len(filled)) < density
    ranges = (50, 900) if seed > 1 else (-FOREVER, FOREVER)
    rules = PlainRules(steps, int(rng.choice([0, 100, 500, FOREVER])), *ranges, 600)
    lists = [np.flatnonzero(filled >> step & 1).astype(np.uint32) for step in range(steps)]
    edges = np.cumsum([0, *map(len, lists)])
    runs = Runs(np.concatenate(lists), edges[:-1], edges[1:])
    assert count_rare(people, runs, rules).tolist() == counted_slowly(people, filled, rules)


def test_people_beyond_one_chunk_are_counted():
    people = crowd(np.random.default_rng(1), np.full(2 * CHUNK + 5, 2), skip=False)
    event = np.tile(np.array([0, 1], np.uint8), 2 * CHUNK + 5)
    rules = PlainRules(2, FOREVER, -FOREVER, FOREVER, FOREVER)
    counts = count_dense(people, event, np.array([1, 2], np.uint8), rules, BEST)
    assert counts.tolist() == [[0, 0, 2 * CHUNK + 5]] * 2


def test_nobody_is_counted_where_there_is_nobody():
    people = People(np.zeros(1, np.int64), np.empty(0, np.int64), NOBODY)
    rules = PlainRules(2, 5, 0, 9, 9)
    counts = count_dense(people, np.empty(0, np.uint8), np.ones(1, np.uint8), rules, BEST)
    assert counts.tolist() == [[0, 0, 0], [0, 0, 0]]


def test_collected_rows_meet_a_condition_or_are_all():
    offsets = np.array([0, 2, 2, 5])
    time, mask = np.arange(5), np.array([1, 4, 2, 0, 3], np.uint32)
    chosen = collect(offsets, NOBODY, time, mask, 3)
    assert (chosen.offsets.tolist(), chosen.row.tolist()) == ([0, 1, 1, 3], [0, 2, 4])
    assert chosen.events.tolist() == [[0, 2, 4], [1, 2, 3]]
    everything = collect(offsets, np.array([1, 0, 0], np.uint8), time, mask, 0)
    assert (everything.offsets.tolist(), everything.row.tolist()) == ([0, 0, 0, 3], [2, 3, 4])


def most_steps(sets, steps):
    """The longest run of steps from the first that different events fill, by trying all ways."""
    best = 0
    for order in permutations(range(len(sets)), min(len(sets), steps)):
        filled = 0
        while filled < len(order) and sets[order[filled]] >> filled & 1:
            filled += 1
        best = max(best, filled)
    return best


@pytest.mark.parametrize("seed", range(200))
def test_events_of_one_instant_are_seated_in_every_way(seed):
    rng = np.random.default_rng(seed)
    sets = rng.integers(0, 16, rng.integers(1, 6))
    steps = np.zeros((4, STEP_COLUMNS), np.int64)
    steps[:, BITS] = 1 << np.arange(4)
    events = np.stack((np.zeros(len(sets), np.int64), sets))
    seats = new_seats(len(sets))
    filled = 0
    while filled < 4 and seat(filled, 0, events, steps, seats, False):
        filled += 1
    assert filled == most_steps(sets.tolist(), 4)


def test_steps_in_any_order_move_to_make_room():
    """Events {1}, {0, 1}, {0, 2}: all three steps are filled, the second event moving to step 0."""
    kinds = np.array([2, 3, 5])
    events = np.array([[0, 1, 2], [k | 1 << 31 for k in kinds], [0, 1, 2]])
    found = unordered_attempts(np.array([0, 3]), events, kinds, 3, 10, np.empty(0, np.int64))
    assert (found.last.tolist(), found.hits.tolist()) == ([2], [[0, 1, 2]])
    short = unordered_attempts(np.array([0, 3]), events, kinds, 3, 1, np.empty(0, np.int64))
    assert (short.last.tolist(), short.hits.tolist()) == ([1], [[0, 1, -1]])
