"""What retention counts: whole numbers by cohort and column, that merge with ``+``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.kernels.cohorts.frame import Tally

    Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """Minor units of one currency.

    Attributes
    ----------
    currency : str
    minor : ndarray of shape (cohorts, columns), int64
    squares : ndarray of shape (cohorts, columns, 5), int64
        The squares of what each entry brought, summed; see
        :func:`sojourn.kernels.cohorts.frame.add_square`.
    """

    currency: str
    minor: Ints
    squares: Ints

    def __add__(self, other: Amounts) -> Amounts:
        minor, squares = self.minor + other.minor, self.squares + other.squares
        return Amounts(self.currency, minor, squares)

    def spread(self, cohorts: list[int], column: int) -> tuple[int, bool]:
        """Return the sum of squares over some cohorts, and whether no entry is below zero."""
        *limbs, below = (int(each) for each in self.squares[cohorts, column].sum(axis=0))
        return sum(limb << (32 * place) for place, limb in enumerate(limbs)), not below


@dataclass(frozen=True, slots=True, eq=False)
class RetentionCounts:
    """Entries and returns; parts merge with ``+``.

    Attributes
    ----------
    size : ndarray of shape (cohorts,), int64
        Entries.
    ripe : ndarray of shape (cohorts, columns + 1), int64
        Entries by how many columns are over for them.
    returned, early : ndarray of shape (cohorts, columns), int64
        Entries that returned in a column that is, or is not yet, over for them.
    money : tuple of Amounts
        What the returns in columns that are over brought; by currency, in order of its code.
    """

    size: Ints
    ripe: Ints
    returned: Ints
    early: Ints
    money: tuple[Amounts, ...] = ()

    @classmethod
    def of(cls, tally: Tally, money: tuple[Amounts, ...] = ()) -> RetentionCounts:
        """Return the counts a kernel made."""
        columns = tally.returned.shape[2] - 1
        sides = tally.returned[:, :, :columns]
        return cls(tally.size, tally.ripe, sides[0], sides[1], money)

    def __add__(self, other: RetentionCounts) -> RetentionCounts:
        return RetentionCounts(
            self.size + other.size,
            self.ripe + other.ripe,
            self.returned + other.returned,
            self.early + other.early,
            _added(self.money, other.money),
        )

    def over(self) -> Ints:
        """Return the entries for whom each column is over, shape (cohorts, columns)."""
        later = np.cumsum(self.ripe[:, ::-1], axis=1)[:, ::-1]
        return later[:, 1:]


def _added(one: tuple[Amounts, ...], two: tuple[Amounts, ...]) -> tuple[Amounts, ...]:
    sums: dict[str, Amounts] = {}
    for part in (*one, *two):
        known = sums.get(part.currency)
        sums[part.currency] = part if known is None else known + part
    return tuple(sums[currency] for currency in sorted(sums))
