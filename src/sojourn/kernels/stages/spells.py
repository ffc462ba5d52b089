"""The kernel that reads the spells in stages off timelines, as keys of ages."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.jit import kernel
from sojourn.kernels.stages.rules import AT, ROW, STATE

Table: TypeAlias = NDArray[np.int64]


class SpellKeys(NamedTuple):
    """Spells of every stage as keys; see :mod:`sojourn.kernels.stages.curves`.

    Attributes
    ----------
    keys : ndarray of shape (keys,), int64
    bounds : ndarray of shape (stages + 1,), int64
        Stage s (from 0) owns keys ``bounds[s]`` to ``bounds[s + 1] - 1``.
    counts : ndarray of shape (stages, 2), int64
        Spells; those that were already going on when they came under observation.
    widest : int
        No age has a bit that this lacks.
    owners : ndarray of shape (keys,), or (0,) unless every spell was asked for
        The journey of each key.
    """

    keys: Table
    bounds: Table
    counts: Table
    widest: int
    owners: Table


@kernel
def spell_keys(
    lines: tuple[Table, Table], time: Table, shape: tuple[int, int], span: Table, every: bool
) -> SpellKeys:
    """Return the spells in stages that lie at least partly in a range.

    Parameters
    ----------
    lines : tuple of ndarray
        Offsets and moves of timelines.
    time : ndarray of shape (rows,), int64
    shape : tuple of int
        Number of stages; bits of a key that hold its code.
    span : ndarray of shape (4,), int64
        As of :func:`sojourn.kernels.stages.tally.tally`.
    every : bool
        Every spell, or only each person's first in each stage.

    Notes
    -----
    A key each for: how long a spell lasted, with the state it went to (0: it still goes on); its
    age at the range's start, if it had begun; of those who lapsed, its age at their last event
    before, 0 if that was before the spell.
    """
    (offsets, moves), (stages, bits) = lines, shape
    start, end = span[0], min(span[1], span[2] + 1)
    at, bounds = _room(moves, stages)
    keys = np.empty(bounds[-1], np.int64)
    owners = np.empty(bounds[-1] if every else 0, np.int64)
    counts, seen = np.zeros((stages, 2), np.int64), np.full(stages + 2, -1, np.int64)
    widest = np.int64(0)
    for journey in range(len(offsets) - 1):
        last = offsets[journey + 1] - 1
        for move in range(offsets[journey], last + 1):
            state, begun = moves[move, STATE], moves[move, AT]
            left_out = state > stages or begun >= end or (seen[state] == journey and not every)
            seen[state] = journey
            if left_out:
                continue
            ended = move < last and moves[move + 1, AT] < end
            until = moves[move + 1, AT] if ended else end - 1
            if ended and until <= start:
                continue
            stage, to = state - 1, moves[move + 1, STATE] if ended else np.int64(0)
            place, age = at[stage], until - begun
            keys[place] = (age << bits) | to
            counts[stage, 0] += 1
            widest |= age
            if begun < start:
                place += 1
                keys[place] = ((start - begun) << bits) | (stages + 2)
                counts[stage, 1] += 1
            if to > stages:
                place += 1
                active = max(0, time[moves[move + 1, ROW]] - begun)
                keys[place] = (active << bits) | (stages + 3)
            if every:
                owners[at[stage] : place + 1] = journey
            at[stage] = place + 1
    tight = _tight(at, bounds)
    if every:
        owners = _packed(owners, at, bounds, tight)
    return SpellKeys(_packed(keys, at, bounds, tight), tight, counts, int(widest), owners)


@kernel
def _room(moves: Table, stages: int) -> tuple[Table, Table]:
    """Return where each stage's keys begin, with room for all it can have."""
    bounds = np.zeros(stages + 2, np.int64)
    for move in range(len(moves)):
        bounds[moves[move, STATE]] += 1  # the last, lapsed, is dropped below
    bounds = 3 * bounds[: stages + 1]
    for stage in range(stages):
        bounds[stage + 1] += bounds[stage]
    return bounds[:stages].copy(), bounds


@kernel
def _tight(at: Table, bounds: Table) -> Table:
    """Return where each stage's keys begin once they lie side by side."""
    tight = np.zeros(len(bounds), np.int64)
    for stage in range(len(at)):
        tight[stage + 1] = tight[stage] + at[stage] - bounds[stage]
    return tight


@kernel
def _packed(values: Table, at: Table, bounds: Table, tight: Table) -> Table:
    """Return the values that were written, side by side."""
    packed = np.empty(tight[-1], np.int64)
    for stage in range(len(at)):
        packed[tight[stage] : tight[stage + 1]] = values[bounds[stage] : at[stage]]
    return packed
