"""The plain funnel counted by the interval of the entry: a journey once for each it enters in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.calendar import place_of
from sojourn.kernels.funnel.plain.bits import step_bits
from sojourn.kernels.funnel.plain.rules import FIRST
from sojourn.kernels.funnel.plain.words import (
    CHUNK,
    LAST,
    NONE,
    ONE,
    PLACE,
    WORD,
    has_range,
    is_ripe,
    keep_entries,
    lowest,
    reach,
    take_out,
)
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.kernels.funnel.plain.rules import Calendar, People, PlainRules

    Ints: TypeAlias = NDArray[np.int64]
    Words: TypeAlias = NDArray[np.uint64]


@kernel
def count_by_interval(
    people: People,
    event: Codes,
    table: NDArray[np.uint8],
    rules: PlainRules,
    policy: int,
    calendar: Calendar,
) -> Ints:
    """Return how many people got how far with the entries of each interval.

    Parameters
    ----------
    people, event, table, rules
        As for :func:`sojourn.kernels.funnel.plain.dense.count_dense`.
    policy : int
        ``BEST`` or ``FIRST``; journeys of more rows than a word holds are left out.
    calendar : Calendar

    Returns
    -------
    ndarray of shape (intervals, 2, steps + 1), int64
    """
    offsets, time, skip = people
    bits = step_bits(event, table, rules.steps)
    counts = np.zeros((len(calendar.edges) - 1, 2, rules.steps + 1), np.int64)
    words = np.zeros((CHUNK, rules.steps), np.uint64)
    parts = np.empty((CHUNK * WORD, rules.steps), np.uint64)
    part_of = np.empty((2, CHUNK * WORD), np.int64)
    found = np.empty((4, CHUNK * WORD), np.int64)
    for begin in range(0, len(offsets) - 1, CHUNK):
        some = offsets[begin : begin + CHUNK + 1]
        take_out(some, skip[begin : begin + CHUNK], bits, words)
        if has_range(rules):
            keep_entries(some[:-1], time, words, rules)
        if policy == FIRST:
            words[:, 0] &= ~words[:, 0] + ONE
        made = _split_entries(some[:-1], time, words, calendar, parts, part_of)
        firsts = part_of[0, :made]
        reach(firsts, time, parts, rules.window, found)
        _count_parts(part_of[:, :made], time, parts, found, rules, counts)
    return counts


@kernel
def _split_entries(
    firsts: Ints,
    time: Ints,
    words: Words,
    calendar: Calendar,
    parts: Words,
    part_of: Ints,
) -> int:
    """Write each journey once for every interval it has entries in; return how many that made."""
    edges, cells = calendar
    made, steps = 0, words.shape[1]
    for person in range(len(firsts)):
        first, entries = np.uint64(firsts[person]), words[person, 0]
        while entries != NONE:
            instant = time[first + lowest(entries)]
            interval = place_of(instant - edges[0], instant, edges, cells)
            until = edges[interval + ONE]
            mine = NONE
            while entries != NONE and time[first + lowest(entries)] < until:
                mine |= entries & (~entries + ONE)
                entries &= entries - ONE
            parts[made, 0] = mine
            for step in range(1, steps):
                parts[made, step] = words[person, step]
            part_of[0, made], part_of[1, made] = firsts[person], np.int64(interval)
            made += 1
    return made


@kernel
def _count_parts(
    part_of: Ints, time: Ints, parts: Words, found: Ints, rules: PlainRules, counts: Ints
) -> None:
    for part in range(part_of.shape[1]):
        last, first = found[LAST, part], np.uint64(part_of[0, part])
        place = np.uint64(found[PLACE, part])
        interval = part_of[1, part]
        counts[interval, 0, last + 1] += 1
        at = time[first + place]
        if at <= rules.mature_until or is_ripe(at, first, place, parts[part, 0], time, rules):
            counts[interval, 1, last + 1] += 1
