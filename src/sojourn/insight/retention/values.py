"""The choices of a question of retention, and the rows of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sojourn.base.calendar import Unit
from sojourn.base.errors import InputError
from sojourn.index.catalog import ColumnKind

if TYPE_CHECKING:
    from sojourn.base.estimate import MaybeEstimate, NotEstimable
    from sojourn.index.catalog import Catalog

MAX_PERIODS = 1000
DEFAULT_PERIODS = {Unit.DAY: 14, Unit.WEEK: 12, Unit.MONTH: 12}


class PeriodsError(InputError):
    """The periods asked for cannot be used. Remedy: the message says what can."""

    code = "periods"


class NoMoneyError(InputError):
    """A property is no amount of money. Remedy: name one that is."""

    code = "no-money"

    def __init__(self, name: str, catalog: Catalog) -> None:
        known = [column.name for column in catalog.columns if column.kind is ColumnKind.MONEY]
        super().__init__(
            f"The property {name!r} is not an amount of money.",
            allowed=", ".join(known) or "none of the properties is one",
        )


class Kind(StrEnum):
    """When a person counts as retained in period k."""

    ON = "on"
    """They returned in period k itself (N-day retention)."""
    ON_OR_AFTER = "on-or-after"
    """They returned in period k or later (unbounded retention)."""
    BRACKET = "bracket"
    """They returned in any period of a bracket."""


class Clock(StrEnum):
    """How periods are counted."""

    CALENDAR = "calendar"
    """Days, weeks or months of the workspace's zone; period 0 is that of the entry."""
    ROLLING = "rolling"
    """Multiples of 24 hours (a week is 7, a month 30 of them) from the entry."""


class Entering(StrEnum):
    """How often one person enters a cohort."""

    FIRST = "first"
    """Once: with the first starting event ever."""
    RECURRING = "recurring"
    """With the first starting event of every day, week or month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionCell:
    """One cohort in one period, or bracket of periods.

    Attributes
    ----------
    cohort : str or None
        First day of the cohort's day, week or month; None: all cohorts together.
    age : int
        Periods since the cohort's own, which is 0; the first of a bracket.
    until : int or None
        Last period of the bracket; None: every later one.
    people : int
        Size of the cohort: entries.
    n : int
        Those for whom the period is over; the denominator.
    returned : int
        Of them, those who returned.
    share : Estimate or NotEstimable
        returned ÷ n, Wilson 95 %.
    complete : bool
        Whether the period is over for the whole cohort.
    early : int
        Those who returned though the period is not over for them; in no rate.
    """

    cohort: str | None
    age: int
    until: int | None
    people: int
    n: int
    returned: int
    share: MaybeEstimate
    complete: bool
    early: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueCell:
    """What the returns of one cohort brought in one period, in one currency.

    Attributes
    ----------
    cohort, age, until, people, n, returned, complete
        As in :class:`RetentionCell`.
    currency : str
    amount_minor : int
        What returns of those n people brought, in minor units.
    per_person_minor : Estimate or NotEstimable
        amount_minor ÷ n, with Student's 95 % interval over people.
    of_first : float or NotEstimable
        amount_minor ÷ that of the first column, over cohorts for whom both are over.
    """

    cohort: str | None
    age: int
    until: int | None
    people: int
    n: int
    returned: int
    complete: bool
    currency: str
    amount_minor: int
    per_person_minor: MaybeEstimate
    of_first: float | NotEstimable
