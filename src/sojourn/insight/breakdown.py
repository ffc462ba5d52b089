"""Any question by the values of a property: one Spec becomes several, their answers one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sojourn.base.calendar import local_day
from sojourn.base.predicate import ALWAYS, AllOf, Compare, Operator, Predicate
from sojourn.base.wording import words
from sojourn.index.compare import number_text
from sojourn.insight.compare import (
    Labels,
    Part,
    by_period,
    combined,
    previous_range,
    with_scope,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sojourn.base.timespan import TimeRange
    from sojourn.index.catalog import Catalog
    from sojourn.insight.answer import Answer
    from sojourn.insight.compare import ScopedSpec
    from sojourn.insight.question import PartialT

GROUP = "group"
OTHER, MISSING = "(other)", "(missing)"


def by_values(
    spec: ScopedSpec[PartialT], name: str, values: Sequence[str | float]
) -> tuple[tuple[Labels, ScopedSpec[PartialT]], ...]:
    """Return a question about the people of each value, of all others, and of none.

    Parameters
    ----------
    spec : ScopedSpec
    name : str
        The property; its value is taken as of the entry, as the question's filter on people is.
    values : sequence of str or float
    """
    listed = tuple(values)
    given: list[tuple[str, Predicate]] = [
        (label_of(value), Compare(field=name, operator=Operator.EQ, values=(value,)))
        for value in listed
    ]
    others = (
        Compare(field=name, operator=Operator.EXISTS),
        Compare(field=name, operator=Operator.NOT_IN, values=listed),
    )
    given.append((OTHER, AllOf(others if listed else others[:1])))
    given.append((MISSING, Compare(field=name, operator=Operator.MISSING)))
    return tuple((((GROUP, label),), _among(spec, predicate)) for label, predicate in given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Into which questions one is split.

    Attributes
    ----------
    by : str
        A property; empty for no groups.
    values : tuple of str or float
        Those of its values that are groups of their own; see :class:`TopValues`.
    compare : bool
        Beside the range of equal length just before.
    """

    by: str = ""
    values: tuple[str | float, ...] = ()
    compare: bool = False


def ask_split(
    spec: ScopedSpec[PartialT],
    split: Split,
    catalog: Catalog,
    ask: Callable[[ScopedSpec[PartialT]], Answer[object]],
) -> tuple[Part, ...]:
    """Return the answers to the questions one is split into, each with its labels.

    Groups of other and of missing values are left out where nobody is in them.

    Parameters
    ----------
    spec : ScopedSpec
    split : Split
    catalog : Catalog
    ask : callable
        Answers one question.

    Raises
    ------
    InputError
        If a name is unknown, or there is no earlier range to compare with.
    """
    groups = by_values(spec, split.by, split.values) if split.by else (((), spec),)
    parts: list[Part] = []
    for labels, among in groups:
        times = by_period(among, catalog) if split.compare else (((), among),)
        found = [Part((*labels, *period), ask(one)) for period, one in times]
        rest = bool(labels) and labels[0][1] in (OTHER, MISSING)
        if not rest or any(_anybody(part.answer) for part in found):
            parts += found
    return tuple(parts)


def together(
    spec: ScopedSpec[PartialT], split: Split, parts: Sequence[Part], catalog: Catalog
) -> Answer[object]:
    """Return the answers of :func:`ask_split` as one; rows have ``group`` and ``period``.

    Parameters
    ----------
    spec : ScopedSpec
    split : Split
    parts : sequence of Part
    catalog : Catalog
    """
    notes: list[str] = []
    if spec.scope.people != ALWAYS:
        notes.append(f"Only people where {words(spec.scope.people)}, as of their entry.")
    if split.by:
        notes.append(f"By {split.by}: the value people had as of their entry.")
    if split.compare:
        now, before = spec.scope.range, previous_range(spec.scope.range, catalog)
        notes.append(f"Current is {_span(now, catalog)}, previous {_span(before, catalog)}.")
    return combined(spec, parts, notes)


_COUNTS = ("people", "active", "count")
"""Fields of rows that are 0 where nobody is."""


def _anybody(answer: Answer[object]) -> bool:
    counts = [[getattr(row, name, None) for name in _COUNTS] for row in answer.rows]
    return any(any(row) or all(count is None for count in row) for row in counts)


def _span(span: TimeRange, catalog: Catalog) -> str:
    start = catalog.first_us if span.start_us is None else span.start_us
    end = catalog.as_of_us + 1 if span.end_us is None else span.end_us
    first, last = (local_day(at, catalog.timezone) for at in (start, end - 1))
    return f"{first} to {last}"


def label_of(value: str | float) -> str:
    """Return a value as people write it."""
    return value if isinstance(value, str) else number_text(value)


def _among(spec: ScopedSpec[PartialT], predicate: Predicate) -> ScopedSpec[PartialT]:
    people = spec.scope.people
    both = predicate if people == ALWAYS else AllOf((people, predicate))
    return with_scope(spec, replace(spec.scope, people=both))
