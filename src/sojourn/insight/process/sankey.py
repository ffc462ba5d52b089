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
    steps : ndarray of shape (windows, depth + 2), int32
        The shown nodes of each distinct window, its closing, then -1.
    counts : ndarray of shape (windows,), int64
    """

    depth: int
    width: int
    total: int
    shown: tuple[Ints, ...]
    steps: NDArray[np.int32]
    counts: Ints

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
        return cls(
            depth=depth,
            width=nodes,
            total=total,
            shown=tuple(shown),
            steps=steps,
            counts=found.counts,
        )

    def kinds(self, step: int) -> int:
        """Return how many kinds of event *Other* joins at a step."""
        return int(np.count_nonzero(self.shown[step] == self.width))

    def columns(self) -> list[int]:
        """Return how many windows have each step."""
        return [sum(self.node_counts(step).values()) for step in range(self.depth + 1)]

    def outcomes(self) -> list[int]:
        """Return how many windows ended, reached the goal, and go on."""
        closing = self.steps.max(axis=1, initial=-1) - self.width - 1
        return [int(count) for count in sums_at(closing, self.counts, _OUTCOMES)]

    def node_counts(self, step: int) -> dict[int, int]:
        """Return the windows at each node of a step, the most first; *Other* last."""
        column = self.steps[:, step]
        real = (column >= 0) & (column <= self.width)
        sizes = sums_at(column[real], self.counts[real], self.width + 1)
        order = np.lexsort((np.arange(self.width), -sizes[: self.width])).tolist()
        return {node: int(sizes[node]) for node in [*order, self.width] if sizes[node]}

    def links(self, step: int) -> list[tuple[int, int, int]]:
        """Return source, target and windows of each link from a step, node by node.

        Targets that are events come first, the widest first; then how windows closed.
        """
        source, target = self.steps[:, step].astype(np.int64), self.steps[:, step + 1]
        real = (source >= 0) & (source <= self.width)
        side = self.width + 1 + _OUTCOMES
        keys, places = np.unique(source[real] * side + target[real], return_inverse=True)
        sums = sums_at(places, self.counts[real], len(keys))
        rank = {node: at for at, node in enumerate(self.node_counts(step))}
        found = [(int(k // side), int(k % side), int(n)) for k, n in zip(keys, sums, strict=True)]
        return sorted(
            found, key=lambda link: (rank[link[0]], link[1] >= self.width, -link[2], link[1])
        )

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
