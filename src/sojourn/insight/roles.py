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


def roles_of(
    journeys: Journeys, bucket: Bucket, catalog: Catalog, predicates: Sequence[Predicate]
) -> Roles:
    """Return which of up to eight conditions hold for each row of journeys.

    Parameters
    ----------
    journeys : Journeys
        Of the bucket.
    bucket : Bucket
    catalog : Catalog
    predicates : sequence of Predicate
    """
    tables = [code_table(predicate, catalog) for predicate in predicates]
    named = [table for table in tables if table is not None]
    if len(named) == len(tables):
        return Roles(journeys.event, _bits(named))
    masks = [journeys.take(row_mask(predicate, bucket, catalog)) for predicate in predicates]
    return Roles(_bits(masks), np.arange(256, dtype=np.uint8))


def _bits(marks: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    bits = np.zeros(len(marks[0]), np.uint8)
    for place, mark in enumerate(marks):
        bits |= mark << np.uint8(place)
    return bits
