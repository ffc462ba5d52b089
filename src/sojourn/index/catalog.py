"""What the index as a whole knows: event names, columns and their dictionaries, totals."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sojourn.base.errors import UnknownNameError


class ColumnKind(StrEnum):
    """How a property's values are stored in every bucket."""

    CODES = "codes"
    """Smallest unsigned integer; 0 is missing, ``values[code - 1]`` is the text."""
    NUMBER = "number"
    """float64; NaN is missing."""
    MONEY = "money"
    """int64 minor units of the row's currency; ``MISSING_MONEY`` is missing."""
    TEXT = "text"
    """UTF-8 bytes and int64 offsets, for columns of very many distinct values."""


MISSING_MONEY = -(2**63)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One promoted property. A property of mixed types has two: ``x`` and ``x:number``."""

    name: str
    kind: ColumnKind
    values: tuple[str, ...] = ()
    rows: int = 0
    """Rows on which the property is present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Dictionaries and totals shared by all buckets of one version of the index."""

    version: str
    events: tuple[str, ...]
    event_counts: tuple[int, ...]
    columns: tuple[Column, ...]
    people: int
    rows: int
    untimed_rows: int
    """Rows of sequence files. If any, whatever is measured in time is NotEstimable."""
    first_us: int
    last_us: int
    """Earliest and newest event time among timed rows; 0 where there are none."""
    as_of_us: int
    timezone: str
    """IANA name that calendar days, weeks and months follow."""
    currency: str
    """ISO code assumed where a row names none; ``"XXX"`` when unknown."""

    def event_code(self, name: str) -> int:
        """Return the code of an event name.

        Raises
        ------
        UnknownNameError
            If no event has that name.
        """
        try:
            return self.events.index(name)
        except ValueError:
            raise UnknownNameError("event", name, self.events) from None

    def column(self, name: str) -> Column:
        """Return a promoted property's column.

        Raises
        ------
        UnknownNameError
            If the property is not in the index.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownNameError("property", name, (column.name for column in self.columns))

    @property
    def timed(self) -> bool:
        """Whether every event has a time."""
        return self.untimed_rows == 0
