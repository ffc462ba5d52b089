"""Kernels of the time from one event to another, with those who still wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from sojourn.kernels.cohorts.frame import ALLOWED, RETURN, START, RoleRows, first_start
from sojourn.kernels.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]

STARTED, ENDED, WAITING, BEFORE = 0, 1, 2, 3
"""People who began a wait, whose wait ended, who still wait, and whose end came first."""


class Span(NamedTuple):
    """Limits of waits: they begin in ``[start, end)``; nothing after ``as_of`` counts (µs)."""

    start: int
    end: int
    as_of: int


class Waits(NamedTuple):
    """Waits found.

    Attributes
    ----------
    ended : ndarray of shape (pairs,), int64
        Microseconds from each beginning to its end.
    waiting : ndarray of shape (open,), int64
        Microseconds from each beginning without an end to as-of.
    people : ndarray of shape (4,), int64
        See ``STARTED``.
    """

    ended: Ints
    waiting: Ints
    people: Ints


@kernel
def first_waits(rows: RoleRows, span: Span, ever: bool) -> Waits:
    """Return one wait a journey, from its first beginning.

    Parameters
    ----------
    rows : RoleRows
        ``START`` begins, ``RETURN`` ends, ``ALLOWED`` is looked at where the wait begins.
    span : Span
    ever : bool
        To the first end ever, which may lie before the beginning; else to the next end after it.
    """
    offsets, time, codes, roles, skip = rows
    ended = np.empty(len(offsets) - 1, np.int64)
    waiting = np.empty(len(offsets) - 1, np.int64)
    pairs, still = 0, 0
    people = np.zeros(4, np.int64)
    for journey in range(len(offsets) - 1):
        last = offsets[journey + 1]
        first = np.int64(first_start(codes, roles, np.uint64(offsets[journey]), np.uint64(last)))
        if first == last or (len(skip) > 0 and skip[journey]) or not roles[codes[first]] & ALLOWED:
            continue
        began = time[first]
        if began < span.start or began >= span.end or began > span.as_of:
            continue
        people[STARTED] += 1
        row = offsets[journey] if ever else first + 1
        while row < last and (row == first or not roles[codes[row]] & RETURN):
            row += 1
        if row < first:
            people[BEFORE] += 1
        elif row < last and time[row] <= span.as_of:
            people[ENDED] += 1
            ended[pairs] = time[row] - began
            pairs += 1
        else:
            people[WAITING] += 1
            waiting[still] = span.as_of - began
            still += 1
    return Waits(ended[:pairs].copy(), waiting[:still].copy(), people)


@kernel
def every_wait(rows: RoleRows, span: Span) -> Waits:
    """Return every wait: each beginning that nobody waits at yet, to the next end.

    Parameters
    ----------
    rows : RoleRows
        An event that both ends and begins does so in this order.
    span : Span
    """
    offsets, time, codes, roles, skip = rows
    ended = np.empty(len(time), np.int64)
    waiting = np.empty(len(offsets) - 1, np.int64)
    pairs, still = 0, 0
    people = np.zeros(4, np.int64)
    for journey in range(len(offsets) - 1):
        if len(skip) > 0 and skip[journey]:
            continue
        waits, started, over = False, False, False
        began = np.int64(0)
        for row in range(offsets[journey], offsets[journey + 1]):
            role, instant = roles[codes[row]], time[row]
            if instant > span.as_of:
                break
            if waits and role & RETURN:
                ended[pairs] = instant - began
                pairs += 1
                waits, over = False, True
            begins = role & START and role & ALLOWED and not waits
            if begins and span.start <= instant < span.end:
                waits, started, began = True, True, instant
        people[STARTED] += np.int64(started)
        people[ENDED] += np.int64(over)
        if waits:
            people[WAITING] += 1
            waiting[still] = span.as_of - began
            still += 1
    return Waits(ended[:pairs].copy(), waiting[:still].copy(), people)
