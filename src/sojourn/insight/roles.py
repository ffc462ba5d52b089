"""Several conditions on the rows of journeys as the bits of one look-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.index.masks import code_table, columns_read, row_mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.base.predicate import Predicate
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys


_EVERY_CODE = np.arange(256, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Roles:
    """Bit i of ``table[codes[row]]`` says whether condition i holds for the row.

    Attributes
    ----------
    codes : ndarray of shape (rows,), unsigned
        The event codes themselves where every condition reads only the event's name.
    table : ndarray of shape (distinct codes,), uint8
    """

    codes: Codes
    table: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Up to eight conditions compiled against one catalog.

    Attributes
    ----------
    predicates : tuple of Predicate
    catalog : Catalog
    table : ndarray of shape (event names,), uint8, or None
        The look-up by event code, where every condition reads only the event's name.
    """

    predicates: tuple[Predicate, ...]
    catalog: Catalog
    table: NDArray[np.uint8] | None

    @classmethod
    def compile(cls, predicates: Sequence[Predicate], catalog: Catalog) -> Conditions:
        """Return the conditions, every event name and property checked.

        Raises
        ------
        InputError
            If one does not exist.
        """
        check(predicates, catalog)
        tables = [code_table(predicate, catalog) for predicate in predicates]
        named = [table for table in tables if table is not None]
        whole = len(named) == len(tables)
        return cls(tuple(predicates), catalog, _bits(named) if whole else None)

    def over(self, journeys: Journeys, bucket: Bucket) -> Roles:
        """Return which conditions hold for each row of journeys of a bucket."""
        if self.table is not None:
            return Roles(journeys.event, self.table)
        masks = [row_mask(predicate, bucket, self.catalog) for predicate in self.predicates]
        return Roles(_bits([journeys.take(mask) for mask in masks]), _EVERY_CODE)


def check(predicates: Sequence[Predicate], catalog: Catalog) -> None:
    """Check that every event name and property that conditions name exists.

    Raises
    ------
    InputError
        If one does not.
    """
    for predicate in predicates:
        columns_read(predicate, catalog)
        code_table(predicate, catalog)


def _bits(marks: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    bits = np.zeros(len(marks[0]), np.uint8)
    for place, mark in enumerate(marks):
        bits |= mark << np.uint8(place)
    return bits
