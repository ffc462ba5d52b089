"""Windows laid side by side: how many are where at each step, and where they go next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.insight.process.links import OUTCOMES
from sojourn.kernels.process.sums import sums_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.insight.process.links import Links

    Ints: TypeAlias = NDArray[np.int64]


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
    def of(cls, links: Links, *, depth: int, nodes: int, min_share: float) -> Sankey:
        """Return the columns of windows.

        Parameters
        ----------
        links : Links
            Of all windows.
        depth : int
        nodes : int
        min_share : float
            Nodes of a column with a smaller share of all windows are joined, if there are two
            or more of them.
        """
        step, source, target = links.parts(nodes)
        columns = np.searchsorted(step, np.arange(depth + 2))
        inside = [slice(columns[at], columns[at + 1]) for at in range(depth + 1)]
        sizes = [sums_at(source[here], links.counts[here], nodes) for here in inside]
        total = int(sizes[0].sum())
        shown = [_shown(size, total * min_share) for size in sizes]
        counted = [_nodes(shown[at], sizes[at]) for at in range(depth + 1)]
        moves = []
        for at, here in enumerate(inside):
            following = np.append(shown[min(at + 1, depth)], nodes + 1 + np.arange(OUTCOMES))
            ends = (shown[at][source[here]], following[target[here]])
            moves.append(_moves(ends, links.counts[here], counted[at], nodes))
        closing = target >= nodes
        closed = sums_at(target[closing] - nodes, links.counts[closing], OUTCOMES)
        return cls(
            depth=depth,
            width=nodes,
            total=total,
            shown=tuple(shown),
            nodes=tuple(counted),
            moves=tuple(moves),
            closed=tuple(closed.tolist()),
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


def _nodes(shown: Ints, sizes: Ints) -> dict[int, int]:
    width = len(sizes)
    joined = sums_at(shown, sizes, width + 1)
    order = np.lexsort((np.arange(width), -joined[:width])).tolist()
    return {node: int(joined[node]) for node in [*order, width] if joined[node]}


def _moves(
    ends: tuple[Ints, Ints], counts: Ints, nodes: dict[int, int], width: int
) -> tuple[tuple[int, int, int], ...]:
    side = width + 1 + OUTCOMES
    keys, places = np.unique(ends[0] * side + ends[1], return_inverse=True)
    sums = sums_at(places, counts, len(keys))
    rank = {node: at for at, node in enumerate(nodes)}
    found = [
        (key // side, key % side, count)
        for key, count in zip(keys.tolist(), sums.tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda m: (rank[m[0]], m[1] >= width, -m[2], m[1])))
