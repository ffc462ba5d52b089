"""Kernels of sojourn curves: spells as keys, put in order, counted by bin, turned into a curve.

A key holds an age and a code, ``age << bits | code``: the state a spell went to (0: still going
on), or one of the two codes above the states, for ages at which a spell came under observation
and for ages of those who lapsed at their last event.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from sojourn.base.estimate import Z95
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


_BELOW_HALF, _FALLEN = 0.5 - 1e-9, math.log(2.0) + 1e-9


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
def curve_points(
    keys: Ints, counts: Ints, shape: tuple[int, int, int], at_risk: int, to_half: bool
) -> Points:
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
    to_half : bool
        Stop soon after the upper limit has crossed one half, and leave the incidences out.
    """
    bits, states, _ = shape
    ages, risks = np.empty(len(keys), np.int64), np.empty(len(keys), np.int64)
    staying, greenwood = np.empty(len(keys), np.float64), np.empty(len(keys), np.float64)
    exits, one = np.zeros((states, 6), np.float64), np.zeros(states, np.int64)
    says, mask = _meanings(shape), (1 << bits) - 1
    at, points, longest, stay, spread, look = 0, 0, np.int64(0), 1.0, 0.0, _OFTEN
    while at < len(keys):
        age, code, first = keys[at] >> bits, keys[at] & mask, at
        at += 1
        left, gone, came = says[code, _LEFT], says[code, _GONE], says[code, _CAME]
        alone = len(counts) == 0 and (at == len(keys) or keys[at] >> bits != age)
        if not alone:
            at, left, gone, came = _together(keys, counts, first, bits, (says, one))
        longest = age if gone > 0 else longest
        risk = float(max(at_risk, left, 1))  # within one bin some come and leave
        if alone and not to_half:
            _leave(exits, says[code, _TO], left, (stay, risk, spread))
        elif left > 0 and not to_half:
            for state in range(1, states):
                _leave(exits, state, one[state], (stay, risk, spread))
        stay *= 1.0 - left / risk
        spread += left / (risk * (risk - left)) if risk > left else 0.0
        # TRICKY: written though nobody left, and then written over: no branch to guess wrong
        ages[points], risks[points] = age, max(at_risk, left)
        staying[points], greenwood[points] = stay, spread
        points += int(left > 0)
        at_risk += came - gone
        if to_half and points >= look:
            look += _OFTEN
            if _is_past_half(stay, spread):
                break
    return Points(
        ages[:points],
        staying[:points],
        greenwood[:points],
        risks[:points],
        exits[1:],
        int(longest),
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


_GONE, _CAME, _LEFT, _TO = 0, 1, 2, 3
"""Columns of what codes say: 1 where a spell was no longer observed after the age, came under
observation, left the stage; the state it left to, or 0."""

_OFTEN = 512
"""Points after which it is looked whether the upper limit has crossed one half."""


@kernel
def _meanings(shape: tuple[int, int, int]) -> Ints:
    """Return what each code says; shape (codes, 4)."""
    bits, states, lapsed = shape
    says = np.zeros((1 << bits, 4), np.int64)
    for code in range(len(says)):
        state = destination(code, states, lapsed)
        says[code, _GONE], says[code, _CAME] = int(state >= 0), int(state == CAME)
        says[code, _LEFT], says[code, _TO] = int(state > 0), max(state, 0)
    return says


@kernel
def _together(
    keys: Ints, counts: Ints, at: int, bits: int, tables: tuple[Ints, Ints]
) -> tuple[int, int, int, int]:
    """Count all keys of one age; return the next place and how many left, went away and came."""
    says, one = tables
    age, left, gone, came = keys[at] >> bits, 0, 0, 0
    one[:] = 0
    while at < len(keys) and keys[at] >> bits == age:
        code, count = keys[at] & ((1 << bits) - 1), counts[at] if len(counts) > 0 else 1
        one[says[code, _TO]] += count
        left += count * says[code, _LEFT]
        gone += count * says[code, _GONE]
        came += count * says[code, _CAME]
        at += 1
    return at, left, gone, came


@inlined
def _is_past_half(staying: float, greenwood: float) -> bool:
    """Return whether the upper limit of the curve is surely at most one half."""
    if staying >= _BELOW_HALF:
        return False
    if staying <= 0.0:
        return True
    fallen = -math.log(staying)
    return fallen * math.exp(-Z95 * math.sqrt(greenwood) / fallen) > _FALLEN


@inlined
def _leave(exits: Floats, state: int, count: int, now: tuple[float, float, float]) -> None:
    """Add those who left to a state to its incidence; nobody adds nothing."""
    before, risk, spread = now
    share = count / risk
    step = before * share
    exits[state, SPREAD] += step * (2.0 * exits[state, AHEAD] + step * spread)
    exits[state, AHEAD] += step * spread
    exits[state, CROSS] += step * exits[state, WEIGHT]
    exits[state, WEIGHT] += step / risk
    exits[state, OWN] += step * before * (1.0 - share) / risk
    exits[state, SHARE] += step
