"""How often windows go from which node to which, step by step: integers that merge with ``+``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.kernels.process.sums import merged_cells, sums_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]

OUTCOMES = 3
"""Ways in which a window closes."""


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Links of windows; parts merge with ``+``.

    Attributes
    ----------
    keys : ndarray of shape (links,), int64, ascending
        ``(step * nodes + source) * (nodes + OUTCOMES) + target``, where target ``nodes + outcome``
        stands for a window that closes there.
    counts : ndarray of shape (links,), int64
    """

    keys: Ints
    counts: Ints

    @classmethod
    def of_table(cls, table: Ints) -> Links:
        """Return links from a table of how often each key occurs."""
        keys = np.flatnonzero(table)
        return cls(keys, table[keys])

    @classmethod
    def of(cls, step: Ints, source: Ints, target: Ints, nodes: int, counts: Ints) -> Links:
        """Return links from single ones in any order.

        Parameters
        ----------
        step, source, target : ndarray of shape (n,), int64
        nodes : int
        counts : ndarray of shape (n,), int64, or shape (0,) when each counts once
        """
        joined = (step * nodes + source) * (nodes + OUTCOMES) + target
        if not len(counts):
            return cls(*np.unique(joined, return_counts=True))
        return cls(*summed(joined, counts))

    def __add__(self, other: Links) -> Links:
        return Links(*merged_cells(self.keys, self.counts, other.keys, other.counts))

    def parts(self, nodes: int) -> tuple[Ints, Ints, Ints]:
        """Return step, source and target of each link."""
        places, target = np.divmod(self.keys, nodes + OUTCOMES)
        step, source = np.divmod(places, nodes)
        return step, source, target


def summed(keys: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Return the distinct keys, ascending, and the sum of the counts of each.

    Parameters
    ----------
    keys, counts : ndarray of shape (n,), int64
    """
    distinct, places = np.unique(keys, return_inverse=True)
    return distinct, sums_at(places, counts, len(distinct))
