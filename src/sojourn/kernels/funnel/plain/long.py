"""The plain funnel over journeys that are longer than a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.kernels.funnel.plain.words import NEVER, NONE, ONE, WORD
from sojourn.kernels.jit import kernel, trailing_zeros

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from sojourn.kernels.funnel.plain.rules import PlainRules

    Ints: TypeAlias = NDArray[np.int64]
    Words: TypeAlias = NDArray[np.uint64]


@kernel
def count_long_ones(
    some: Ints,
    skip: NDArray[np.uint8],
    time: Ints,
    bits: Words,
    rules: PlainRules,
    counts: Ints,
) -> None:
    """Count the journeys longer than a word, row by row that fills a step.

    ``some`` are offsets, shape (journeys + 1,), int64; ``skip``, shape (journeys,) or (0,), uint8,
    says whom to leave out; ``counts``, shape (2, steps + 1), int64, is added to.
    """
    newest = np.empty(len(bits), np.int64)
    for person in range(len(some) - 1):
        rows = some[person + 1] - some[person]
        if rows > WORD and (len(skip) == 0 or skip[person] == 0):
            span = some[person : person + 2]
            last, at, ripe = _reach_long(span, time, bits, rules, newest)
            if last >= 0:
                counts[0, last + 1] += 1
                counts[1, last + 1] += ripe != NEVER and ripe >= at - rules.window


@kernel
def _reach_long(
    span: Ints, time: Ints, bits: Words, rules: PlainRules, newest: Ints
) -> tuple[int, int, int]:
    """Return the furthest step, when it was reached, and the newest mature entry."""
    first, end = np.uint64(span[0]), np.uint64(span[1])
    newest[:] = NEVER
    last, at, ripe = -1, 0, NEVER
    for at_word in range(span[0] >> 6, ((span[1] - 1) >> 6) + 1):
        word = np.uint64(at_word)
        left = _any_step(word, first, end, bits)
        while left != NONE:
            place = np.uint64(trailing_zeros(left))
            left &= left - ONE
            now = time[word * np.uint64(WORD) + place]
            for step in range(min(last + 1, len(newest) - 1), 0, -1):
                if (bits[step, word] >> place) & ONE == ONE:
                    newest[step] = newest[step - 1]
                    if step > last and now - newest[step] <= rules.window:
                        last, at = step, now
            if (bits[0, word] >> place) & ONE == ONE and rules.start <= now < rules.end:
                newest[0] = now
                ripe = now if now <= rules.mature_until else ripe
                if last < 0:
                    last, at = 0, now
    return last, at, ripe


@kernel
def _any_step(word: np.uint64, first: np.uint64, end: np.uint64, bits: Words) -> np.uint64:
    """Return the rows of one word, inside a journey, that fill any step."""
    some = NONE
    for step in range(len(bits)):
        some |= bits[step, word]
    begin = word * np.uint64(WORD)
    if first > begin:
        some &= ~NONE << (first - begin)
    if end - begin < np.uint64(WORD):
        some &= (ONE << (end - begin)) - ONE
    return some
