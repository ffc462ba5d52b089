"""Windows laid side by side: how many are where at each step, and where they go next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.kernels.process.sums import sums_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]

_OUTCOMES = 3
_DENSE = 1 << 20
"""A table of moves up to this size is quicker than sorting them."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Distinct windows one after the other.

    Attributes
    ----------
    offsets : ndarray of shape (windows + 1,), int64
    event : ndarray of shape (offsets[-1],), int64
        Each window's nodes and, last, ``nodes + outcome``.
    counts : ndarray of shape (windows,), int64
    """

    offsets: Ints
    event: Ints
    counts: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sankey:
    """Columns of nodes; small ones of a column are joined.

    Nodes are numbered as in the windows; ``width`` (the number of nodes) is *Other*, and
    ``width + 1 + outcome`` stands for a window that closed.

    Attributes
    ----------
    depth, width, total : int
    shown : tuple of ndarray of shape (width,), int64
        For each column, the node each node is shown as: itself, or ``width``.
    nodes : tuple of dict of int to int
        For each column, the windows at each shown node: the most first, *Other* last.
    moves : tuple of tuple of (source, target, windows)
        For each column, node by node: targets that are events first, the widest first; then how
        windows closed.
    closed : tuple of int
        How many windows ended, reached the goal, and go on.
    """

    depth: int
    width: int
    total: int
    shown: tuple[Ints, ...]
    nodes: tuple[dict[int, int], ...]
    moves: tuple[tuple[tuple[int, int, int], ...], ...]
    closed: tuple[int, ...]

    @classmethod
    def of(cls, found: Windows, *, depth: int, nodes: int, min_share: float) -> Sankey:
        """Return the columns of distinct windows.

        Parameters
        ----------
        found : Windows
        depth : int
        nodes : int
        min_share : float
            Nodes of a column with a smaller share of all windows are joined, if there are two
            or more of them.
        """
        lengths = np.diff(found.offsets)
        steps = np.full((len(found.counts), depth + 2), -1, np.int32)
        place = np.arange(len(found.event)) - np.repeat(found.offsets[:-1], lengths)
        codes = found.event.astype(np.int32)
        codes[codes >= nodes] += 1  # room for Other
        steps[np.repeat(np.arange(len(found.counts)), lengths), place] = codes
        total = int(found.counts.sum())
        shown: list[Ints] = []
        for column in range(depth + 1):
            there = steps[:, column] >= 0
            side = nodes + 1 + _OUTCOMES
            sizes = sums_at(steps[there, column], found.counts[there], side)
            shown.append(_shown(sizes[:nodes], total * min_share))
            real = (steps[:, column] >= 0) & (steps[:, column] < nodes)
            steps[real, column] = shown[-1][steps[real, column]]
        counted = [_nodes(steps[:, at], found.counts, nodes) for at in range(depth + 1)]
        closing = steps.max(axis=1, initial=-1) - nodes - 1
        return cls(
            depth=depth,
            width=nodes,
            total=total,
            shown=tuple(shown),
            nodes=tuple(counted),
            moves=tuple(
                _moves(steps[:, at : at + 2], found.counts, counted[at], nodes)
                for at in range(depth + 1)
            ),
            closed=tuple(sums_at(closing, found.counts, _OUTCOMES).tolist()),
        )

    def kinds(self, step: int) -> int:
        """Return how many kinds of event *Other* joins at a step."""
        return int(np.count_nonzero(self.shown[step] == self.width))

    def columns(self) -> list[int]:
        """Return how many windows have each step."""
        return [sum(nodes.values()) for nodes in self.nodes]

    def folded_keys(self, keys: Ints, nodes: int) -> Ints:
        """Return keys of links between nodes as keys of links between shown nodes.

        Parameters
        ----------
        keys : ndarray of shape (n,), int64
            ``(step * nodes + source) * nodes + target``.
        nodes : int

        Returns
        -------
        ndarray of shape (n,), int64
            ``(step * (nodes + 1) + source) * (nodes + 1) + target``.
        """
        pairs, target = np.divmod(keys, nodes)
        step, source = np.divmod(pairs, nodes)
        table = np.array(self.shown).reshape(self.depth + 1, nodes)
        one, other = table[step, source], table[step + 1, target]
        folded: Ints = (step * (nodes + 1) + one) * (nodes + 1) + other
        return folded


def _shown(sizes: Ints, least: float) -> Ints:
    small = (sizes > 0) & (sizes < least)
    shown = np.arange(len(sizes))
    if np.count_nonzero(small) > 1:
        shown[small] = len(sizes)
    return shown


def _nodes(column: NDArray[np.int32], counts: Ints, width: int) -> dict[int, int]:
    real = (column >= 0) & (column <= width)
    sizes = sums_at(column[real], counts[real], width + 1)
    order = np.lexsort((np.arange(width), -sizes[:width])).tolist()
    return {node: int(sizes[node]) for node in [*order, width] if sizes[node]}


def _moves(
    pair: NDArray[np.int32], counts: Ints, nodes: dict[int, int], width: int
) -> tuple[tuple[int, int, int], ...]:
    real = (pair[:, 0] >= 0) & (pair[:, 0] <= width)
    side = width + 1 + _OUTCOMES
    keys = pair[real, 0].astype(np.int64) * side + pair[real, 1]
    if (width + 1) * side <= _DENSE:
        table = sums_at(keys, counts[real], (width + 1) * side)
        keys = np.flatnonzero(table)
        sums = table[keys]
    else:
        keys, places = np.unique(keys, return_inverse=True)
        sums = sums_at(places, counts[real], len(keys))
    rank = {node: at for at, node in enumerate(nodes)}
    found = [
        (key // side, key % side, count)
        for key, count in zip(keys.tolist(), sums.tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda m: (rank[m[0]], m[1] >= width, -m[2], m[1])))
