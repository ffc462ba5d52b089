"""Attempts at a funnel, however they were found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Attempts that reached the first step and were not dropped.

    Attributes
    ----------
    journey : ndarray of shape (attempts,), int64
    reached : ndarray of shape (attempts,), int64
        How many required steps.
    beside : ndarray of shape (attempts,), int64
        A bit for each optional step reached, or for each step filled in some window.
    rows : ndarray of shape (attempts, required steps), int64
        Row of the journeys of each required step reached, -1 beyond.
    entry_us : ndarray of shape (attempts,), int64
    mature : ndarray of shape (attempts,), bool
    dropped : int
        How many were.
    """

    journey: NDArray[np.int64]
    reached: NDArray[np.int64]
    beside: NDArray[np.int64]
    rows: NDArray[np.int64]
    entry_us: NDArray[np.int64]
    mature: NDArray[np.bool_]
    dropped: int

    def __len__(self) -> int:
        """Return the number of attempts."""
        return len(self.journey)

    def last_rows(self) -> NDArray[np.int64]:
        """Return the row of the furthest step of each attempt, shape (attempts,)."""
        return self.rows[np.arange(len(self)), self.reached - 1]

    def joined(self, other: Found) -> Found:
        """Return the attempts of both, in order of journeys, of which each has some only in one."""
        order = np.argsort(np.concatenate((self.journey, other.journey)), kind="stable")
        return Found(
            journey=np.concatenate((self.journey, other.journey))[order],
            reached=np.concatenate((self.reached, other.reached))[order],
            beside=np.concatenate((self.beside, other.beside))[order],
            rows=np.concatenate((self.rows, other.rows))[order],
            entry_us=np.concatenate((self.entry_us, other.entry_us))[order],
            mature=np.concatenate((self.mature, other.mature))[order],
            dropped=self.dropped + other.dropped,
        )
