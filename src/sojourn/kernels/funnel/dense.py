"""The plain funnel over every row: a journey as a few 64-bit words, a bit a row, a word a step.

The next event of a step is then the lowest bit above a place, the one before the highest bit below
it. From the first event that completes the steps the newest chain is followed backwards to its
entry; if that is too old, the next entry after it begins the next chain worth looking at. Times are
read only where a chain begins and ends.

TRICKY: each pass goes over many people, because handing an array to a function counts references,
which for one person would cost more than what is to be done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.jit import kernel, leading_zeros, trailing_zeros

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.kernels.funnel.plain import People, PlainRules

    Ints: TypeAlias = NDArray[np.int64]
    Words: TypeAlias = NDArray[np.uint64]

_ONES = np.uint64(0x0101010101010101)
_GATHER = np.uint64(0x0102040810204080)
_ONE, _NONE, _WORD = np.uint64(1), np.uint64(0), np.uint64(64)
_NEVER = -(2**62)
CHUNK = 4096
"""People looked at together: their words stay in a near cache."""


@kernel
def step_bits(event: Codes, table: NDArray[np.uint8], steps: int) -> Words:
    """Return a bit for each row and step: whether the row's event fills the step.

    Parameters
    ----------
    event : ndarray of shape (rows,), unsigned
    table : ndarray of shape (event names,), uint8
        A bit for each step.
    steps : int

    Returns
    -------
    ndarray of shape (steps, words), uint64
        Row r is bit ``r % 64`` of word ``r // 64``; at least one word more than rows need.
    """
    octets = (len(event) + 63) // 64 * 8 + 16
    marks = np.zeros(octets * 8, np.uint8)
    for row in range(len(event)):
        marks[row] = table[event[row]]
    packed = marks.view(np.uint64)
    bits = np.empty((steps, octets), np.uint8)
    for step in range(steps):
        line, shift = bits[step], np.uint64(step)
        for i in range(octets):
            # TRICKY: eight rows lie in the eight bytes of a word; the product gathers their bits
            line[i] = np.uint8((((packed[i] >> shift) & _ONES) * _GATHER) >> np.uint64(56))
    return bits.view(np.uint64)


@kernel
def count_dense(people: People, event: Codes, table: NDArray[np.uint8], rules: PlainRules) -> Ints:
    """Return how many people got how far.

    Parameters
    ----------
    people : People
    event : ndarray of shape (rows,), unsigned
    table : ndarray of shape (event names,), uint8
        A bit for each step that an event fills.
    rules : PlainRules

    Returns
    -------
    ndarray of shape (2, steps + 1), int64
        People by the furthest step reached: all, and those whose counted entry is mature.
        Column 0 is empty.
    """
    offsets, time, skip = people
    bits = step_bits(event, table, rules.steps)
    counts = np.zeros((2, rules.steps + 1), np.int64)
    words = np.zeros((CHUNK, rules.steps), np.uint64)
    reached = np.zeros((2, CHUNK), np.int64)
    for begin in range(0, len(offsets) - 1, CHUNK):
        some = offsets[begin : begin + CHUNK + 1]
        left_out = skip[begin : begin + CHUNK]
        if _take_out(some, left_out, bits, words) > 0:
            _count_long_ones(some, left_out, time, bits, rules, counts)
        if rules.start > _NEVER // 2 or rules.end < -_NEVER // 2:
            _keep_entries(some, time, words, rules)
        _reach(some, time, words, rules.window, reached)
        _count(some, time, words, reached, rules, counts)
    return counts


@kernel
def _take_out(some: Ints, skip: NDArray[np.uint8], bits: Words, words: Words) -> int:
    """Write a word a person and step, the first row as bit 0; return how many are too long."""
    long = 0
    for person in range(len(some) - 1):
        first, end = np.uint64(some[person]), np.uint64(some[person + 1])
        rows = end - first
        if rows - _ONE >= _WORD or (len(skip) > 0 and skip[person] != 0):
            words[person, 0] = _NONE
            long += int(rows > _WORD)
            continue
        word, shift = first >> np.uint64(6), first & np.uint64(63)
        keep = ~_NONE >> (_WORD - rows)
        for step in range(len(bits)):
            above = (bits[step, word + _ONE] << _ONE) << (np.uint64(63) - shift)
            words[person, step] = ((bits[step, word] >> shift) | above) & keep
    return long


@kernel
def _keep_entries(some: Ints, time: Ints, words: Words, rules: PlainRules) -> None:
    """Strike out entries outside the range: they are the lowest and the highest bits."""
    for person in range(len(some) - 1):
        first, entries = np.uint64(some[person]), words[person, 0]
        while entries != _NONE and time[first + np.uint64(trailing_zeros(entries))] < rules.start:
            entries &= entries - _ONE
        while entries != _NONE and time[first + _highest(entries)] >= rules.end:
            entries ^= _ONE << _highest(entries)
        words[person, 0] = entries


@kernel
def _highest(word: np.uint64) -> np.uint64:
    return np.uint64(63) - np.uint64(leading_zeros(word))


@kernel
def _reach(some: Ints, time: Ints, words: Words, window: int, reached: Ints) -> None:
    """Write the furthest step of each person, from 0, and the place of the event that reached it.

    -1 where there is no entry.
    """
    for person in range(len(some) - 1):
        first, entries = np.uint64(some[person]), words[person, 0]
        reached[0, person] = -1
        if entries == _NONE:
            continue
        begin = np.uint64(trailing_zeros(entries))
        last, entry, place = words.shape[1] - 1, begin, begin
        while last > 0:
            place, depth = entry, 0
            while depth < last:
                left = (words[person, depth + 1] >> place) >> _ONE
                if left == _NONE:
                    break
                place += _ONE + np.uint64(trailing_zeros(left))
                depth += 1
            if depth == last:
                newest = place
                for step in range(last - 1, -1, -1):
                    newest = _highest(words[person, step] & ((_ONE << newest) - _ONE))
                if time[first + place] - time[first + newest] <= window:
                    break
                left = (entries >> newest) >> _ONE
                if left != _NONE:
                    entry = newest + _ONE + np.uint64(trailing_zeros(left))
                    continue
            # the first entry gets as far as any, window or no window
            last = min(last - 1, depth) if entry == begin else last - 1
            entry = place = begin
        reached[0, person], reached[1, person] = last, place


@kernel
def _count(
    some: Ints, time: Ints, words: Words, reached: Ints, rules: PlainRules, counts: Ints
) -> None:
    """Count people, and those of whom the first entry not too old for what they reached is mature.

    It is if any such entry is, and the newest mature entry is one if any is.
    """
    for person in range(len(some) - 1):
        last, place = reached[0, person], np.uint64(reached[1, person])
        if last < 0:
            continue
        counts[0, last + 1] += 1
        first = np.uint64(some[person])
        at = time[first + place]
        if at <= rules.mature_until:
            counts[1, last + 1] += 1
            continue
        left = words[person, 0] & (((_ONE << place) - _ONE) | (_ONE << place))
        while left != _NONE and time[first + _highest(left)] > rules.mature_until:
            left ^= _ONE << _highest(left)
        if left != _NONE:
            counts[1, last + 1] += time[first + _highest(left)] >= at - rules.window


@kernel
def _count_long_ones(
    some: Ints,
    skip: NDArray[np.uint8],
    time: Ints,
    bits: Words,
    rules: PlainRules,
    counts: Ints,
) -> None:
    """Count the journeys longer than a word, row by row that fills a step."""
    newest = np.empty(len(bits), np.int64)
    for person in range(len(some) - 1):
        rows = some[person + 1] - some[person]
        if rows > 64 and (len(skip) == 0 or skip[person] == 0):
            span = some[person : person + 2]
            last, at, ripe = _reach_long(span, time, bits, rules, newest)
            if last >= 0:
                counts[0, last + 1] += 1
                counts[1, last + 1] += ripe != _NEVER and ripe >= at - rules.window


@kernel
def _reach_long(
    span: Ints, time: Ints, bits: Words, rules: PlainRules, newest: Ints
) -> tuple[int, int, int]:
    """Return the furthest step, when it was reached, and the newest mature entry."""
    first, end = np.uint64(span[0]), np.uint64(span[1])
    newest[:] = _NEVER
    last, at, ripe = -1, 0, _NEVER
    for at_word in range(span[0] >> 6, ((span[1] - 1) >> 6) + 1):
        word = np.uint64(at_word)
        left = _any_step(word, first, end, bits)
        while left != _NONE:
            place = np.uint64(trailing_zeros(left))
            left &= left - _ONE
            now = time[word * _WORD + place]
            for step in range(min(last + 1, len(newest) - 1), 0, -1):
                if (bits[step, word] >> place) & _ONE == _ONE:
                    newest[step] = newest[step - 1]
                    if step > last and now - newest[step] <= rules.window:
                        last, at = step, now
            if (bits[0, word] >> place) & _ONE == _ONE and rules.start <= now < rules.end:
                newest[0] = now
                ripe = now if now <= rules.mature_until else ripe
                if last < 0:
                    last, at = 0, now
    return last, at, ripe


@kernel
def _any_step(word: np.uint64, first: np.uint64, end: np.uint64, bits: Words) -> np.uint64:
    """Return the rows of one word, inside a journey, that fill any step."""
    some = _NONE
    for step in range(len(bits)):
        some |= bits[step, word]
    begin = word * _WORD
    if first > begin:
        some &= ~_NONE << (first - begin)
    if end - begin < _WORD:
        some &= (_ONE << (end - begin)) - _ONE
    return some
