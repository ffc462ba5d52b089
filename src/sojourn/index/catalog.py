"""What the index as a whole knows: event names, columns and their dictionaries, totals."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from sojourn.base.errors import UnknownNameError
from sojourn.identity.merging import NOBODY_MERGED, Merged
from sojourn.identity.ownership import ids_meant
from sojourn.index.errors import NotInIndexError

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    values: Sequence[str] = ()
    """The dictionary of a ``CODES`` column; read from disk when first looked at."""
    rows: int = 0
    """Rows on which the property is present, bots included."""


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
    bot_people: int = 0
    """People known to be bots; neither they nor their rows count in any other figure here."""
    bot_rows: int = 0
    fresh_people: int = 0
    """People held in the overlay of fresh events."""
    unowned_rows: int = 0
    """Rows whose ids all stand for nobody; they are in the lake only."""
    others: tuple[str, ...] = ()
    """Properties that the lake holds and the index does not, yet."""
    told: Column | None = None
    """What events tell of their people, as JSON; it is no property to ask about."""
    merged: Merged = NOBODY_MERGED
    """Who counts as whom."""
    _codes: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)
    _columns: dict[str, Column] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._codes.update((name, code) for code, name in enumerate(self.events))
        self._columns.update((column.name, column) for column in self.columns)

    def event_code(self, name: str) -> int:
        """Return the code of an event name.

        Raises
        ------
        UnknownNameError
            If no event has that name.
        """
        code = self._codes.get(name)
        if code is None:
            raise UnknownNameError("event", name, self.events)
        return code

    def column(self, name: str) -> Column:
        """Return a promoted property's column.

        Raises
        ------
        UnknownNameError
            If no event has the property.
        NotInIndexError
            If events have it, but the index must be given a column for it first.
        """
        column = self._columns.get(name)
        if column is not None:
            return column
        if name in self.others:
            raise NotInIndexError(name)
        raise UnknownNameError("property", name, [*self._columns, *self.others])

    def find(self, name: str) -> Column | None:
        """Return a promoted property's column, or None when the index has none of that name."""
        return self._columns.get(name)

    def ids_meant(self, given: str) -> tuple[str, ...]:
        """Return the ids under which a person may be held whom somebody names by an id."""
        return tuple(dict.fromkeys(map(self.merged.person, ids_meant(given))))

    @property
    def timed(self) -> bool:
        """Whether every event has a time."""
        return self.untimed_rows == 0
