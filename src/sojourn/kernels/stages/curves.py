"""Kernels of sojourn curves: spells as keys, put in order, counted by bin, turned into a curve.

A key holds an age and a code, ``age << bits | code``: the state a spell went to (0: still going
on), or one of the two codes above the states, for ages at which a spell came under observation
and for ages of those who lapsed at their last event.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from sojourn.kernels.jit import inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]

DIGIT = 11
"""Bits sorted by at once: as many runs as the processor's nearest memory can be written to."""

BIN_BITS = 13
"""Bits that hold any bin of :mod:`sojourn.insight.numbers.logbins`."""

SHARE, SPREAD, AHEAD, OWN, WEIGHT, CROSS = 0, 1, 2, 3, 4, 5
"""Columns of ``Points.exits``: the cumulative incidence; sums over the points so far, with s their
part of Greenwood's sum, w = one before / at_risk² and a how far the incidence has come since:
Σ a² s, Σ a s, Σ before² one (at_risk - one) / at_risk³, Σ w, Σ a w."""


class Points(NamedTuple):
    """A Kaplan-Meier curve at the ages where somebody left.

    Attributes
    ----------
    ages : ndarray of shape (points,), int64
        Ages as in the keys: microseconds, or bins.
    staying : ndarray of shape (points,), float64
    greenwood : ndarray of shape (points,), float64
        Greenwood's sum up to and with the age.
    at_risk : ndarray of shape (points,), int64
    exits : ndarray of shape (destinations, 6), float64
        Columns ``SHARE`` to ``CROSS`` at the last age.
    longest : int
        The longest age anybody was observed to, as in the keys.
    """

    ages: Ints
    staying: Floats
    greenwood: Floats
    at_risk: Ints
    exits: Floats
    longest: int


@kernel
def in_order(keys: Ints, bits: int) -> Ints:
    """Return keys ascending by age; keys of one age in any order.

    Parameters
    ----------
    keys : ndarray of shape (n,), int64, none negative
        Overwritten.
    bits : int
        Bits of the code.

    Notes
    -----
    Two passes over the highest bits leave natural ages so nearly in order that stepping each key
    back a little finishes the work. Where that takes too many steps, ages are crowded in a small
    part of their range, and all their bits are sorted by.
    """
    widest = np.int64(0)
    for key in keys:
        widest |= key
    top = bits
    while widest >> top:
        top += 1
    nearly = _sorted_by(keys, max(bits, top - 2 * DIGIT), top)
    if _settle(nearly, bits, 8 * len(keys)):
        return nearly
    return _sorted_by(nearly, bits, top)


@kernel
def _sorted_by(keys: Ints, low: int, top: int) -> Ints:
    """Return keys ascending by their bits from ``low`` to below ``top``; overwrites them."""
    digits = (top - low + DIGIT - 1) // DIGIT
    mask = np.int64((1 << DIGIT) - 1)
    places = np.zeros((digits, 1 << DIGIT), np.int64)
    for digit in range(digits):
        at, shift = places[digit], low + digit * DIGIT
        for key in keys:
            at[(key >> shift) & mask] += 1
    one, two = keys, np.empty_like(keys)
    for digit in range(digits):
        at, total, shift = places[digit], np.int64(0), low + digit * DIGIT
        for value in range(len(at)):
            count = at[value]
            at[value] = total
            total += count
        for key in one:
            value = (key >> shift) & mask
            two[at[value]] = key
            at[value] += 1
        one, two = two, one
    return one


@kernel
def _settle(keys: Ints, bits: int, most: int) -> bool:
    """Step keys back to their places; return whether that took no more than ``most`` steps."""
    steps = 0
    for at in range(1, len(keys)):
        key = keys[at]
        back = at
        while back > 0 and keys[back - 1] >> bits > key >> bits:
            keys[back] = keys[back - 1]
            back -= 1
        keys[back] = key
        steps += at - back
        if steps > most:
            return False
    return True


@kernel
def add_bins(cells: Ints, keys: Ints, bits: int) -> None:
    """Count keys by code and bin.

    Parameters
    ----------
    cells : ndarray of shape (codes, 2**BIN_BITS), int64
        Added to in place.
    keys : ndarray of shape (n,), int64, none negative
    bits : int
    """
    mask = np.int64((1 << bits) - 1)
    for key in keys:
        age = key >> bits
        if age >= 256:
            power = np.int64(math.frexp(float(age))[1] - 1)
            if (age >> power) == 0:  # TRICKY: above 2**53 the conversion may round up
                power -= 1
            shift = power - 7
            age = (shift << 7) + (age >> shift)
        cells[key & mask, age] += 1


@kernel
def curve_points(keys: Ints, counts: Ints, shape: tuple[int, int, int], at_risk: int) -> Points:
    """Return the Kaplan-Meier curve of spells, with cumulative incidences.

    Parameters
    ----------
    keys : ndarray of shape (n,), int64, ascending by age
    counts : ndarray of shape (n,), int64
        How often each was seen; shape (0,) when each was seen once.
    shape : tuple of int
        Bits of the code; number of states; the code that says lapsed: the last state's, or the
        one for last events.
    at_risk : int
        Spells under observation from their start.
    """
    bits, states, lapsed = shape
    ages, risks = np.empty(len(keys), np.int64), np.empty(len(keys), np.int64)
    staying, greenwood = np.empty(len(keys), np.float64), np.empty(len(keys), np.float64)
    exits, one = np.zeros((states - 1, 6), np.float64), np.zeros(states, np.int64)
    at, points, longest, stay, spread = 0, 0, np.int64(0), 1.0, 0.0
    while at < len(keys):
        age, left, gone, came, least, most = keys[at] >> bits, 0, 0, 0, states, 0
        while at < len(keys) and keys[at] >> bits == age:
            count = counts[at] if len(counts) > 0 else 1
            state = destination(keys[at] & ((1 << bits) - 1), states, lapsed)
            at += 1
            gone += count if state >= 0 else 0
            came += count if state == CAME else 0
            if state > 0:
                left += count
                one[state] += count
                least, most = min(least, state), max(most, state)
        longest = age if gone > 0 else longest
        if left > 0:
            risk = float(max(at_risk, left))  # within one bin some come and leave
            for state in range(least, most + 1):
                _leave(exits, one, state, (stay, risk, spread))
            stay *= 1.0 - left / risk
            spread += left / (risk * (risk - left)) if risk > left else 0.0
            ages[points], risks[points] = age, max(at_risk, left)
            staying[points], greenwood[points] = stay, spread
            points += 1
        at_risk += came - gone
    return Points(
        ages[:points], staying[:points], greenwood[:points], risks[:points], exits, int(longest)
    )


CAME, _NOTHING = -1, -2
"""What a code says that is no destination: a spell came under observation, or nothing here."""


@inlined
def destination(code: int, states: int, lapsed: int) -> int:
    """Return the state a spell went to; or that it came under observation, or says nothing here."""
    if code == lapsed:
        return states - 1
    if code == states:
        return CAME
    return code if code < states - 1 else _NOTHING


@inlined
def _leave(exits: Floats, one: Ints, state: int, now: tuple[float, float, float]) -> None:
    """Add those who left to one state to its incidence, and forget them."""
    before, risk, spread = now
    count = one[state]
    if count > 0:
        share, mine = count / risk, state - 1
        step = before * share
        exits[mine, SPREAD] += step * (2.0 * exits[mine, AHEAD] + step * spread)
        exits[mine, AHEAD] += step * spread
        exits[mine, CROSS] += step * exits[mine, WEIGHT]
        exits[mine, WEIGHT] += step / risk
        exits[mine, OWN] += step * before * (1.0 - share) / risk
        exits[mine, SHARE] += step
        one[state] = 0
