"""The range of equal length just before another, and answers of several parts put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeAlias

from sojourn.base.calendar import Unit, day_start, local_day, next_day
from sojourn.base.errors import InputError
from sojourn.base.timespan import TimeRange
from sojourn.insight.answer import Answer, Labelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from _typeshed import DataclassInstance

    from sojourn.base.json import JsonValue
    from sojourn.index.catalog import Catalog
    from sojourn.insight.question import PartialT, Scope, Spec

    class ScopedSpec(DataclassInstance, Spec[PartialT], Protocol[PartialT]):
        """A question with a scope, as a frozen dataclass."""

        @property
        def scope(self) -> Scope:
            """Whose and which events are looked at."""


Labels: TypeAlias = tuple[tuple[str, str], ...]

PERIOD = "period"
CURRENT, PREVIOUS = "current", "previous"


class NothingBeforeError(InputError):
    """There is no earlier range to compare with. Remedy: give a range that begins later."""

    code = "nothing-before"


@dataclass(frozen=True, slots=True)
class Part:
    """The answer to one of several specs made from one, and what tells it apart."""

    labels: Labels
    answer: Answer[object]


def previous_range(span: TimeRange, catalog: Catalog) -> TimeRange:
    """Return the range of equal length just before another.

    A range of whole local days is followed back by as many whole local days, whatever their
    length in hours. An open end is as-of; a range without a start has nothing before it.

    Parameters
    ----------
    span : TimeRange
    catalog : Catalog

    Raises
    ------
    NothingBeforeError
        If the range has no start, or no event is older than it.
    """
    if span.start_us is None:
        raise NothingBeforeError(
            "A comparison needs a range, and this one has no start.",
            remedy="Give its first day with --from.",
        )
    if span.start_us <= catalog.first_us:
        first = local_day(catalog.first_us, catalog.timezone)
        raise NothingBeforeError(
            "There are no events before the range to compare with.",
            allowed=f"a range that begins after {first}, the day of the first event",
        )
    start = span.start_us
    end = catalog.as_of_us + 1 if span.end_us is None else span.end_us
    zone = catalog.timezone
    first, last = local_day(start, zone), local_day(end, zone)
    if span.end_us is not None and (day_start(first, zone), day_start(last, zone)) == (start, end):
        earlier = next_day(first, Unit.DAY, (first - last).days)
        return TimeRange(start_us=day_start(earlier, zone), end_us=start)
    return TimeRange(start_us=start - (end - start), end_us=start)


def with_scope(spec: ScopedSpec[PartialT], scope: Scope) -> ScopedSpec[PartialT]:
    """Return the same question about another scope."""
    return replace(spec, scope=scope)


def by_period(
    spec: ScopedSpec[PartialT], catalog: Catalog
) -> tuple[tuple[Labels, ScopedSpec[PartialT]], ...]:
    """Return a question about its own range and about the one before, each with its label.

    Raises
    ------
    NothingBeforeError
        See :func:`previous_range`.
    """
    before = replace(spec.scope, range=previous_range(spec.scope.range, catalog))
    return (
        (((PERIOD, CURRENT),), spec),
        (((PERIOD, PREVIOUS),), with_scope(spec, before)),
    )


def combined(spec: object, parts: Sequence[Part], notes: Iterable[str] = ()) -> Answer[object]:
    """Return several answers as one: rows carry their part's labels.

    Parameters
    ----------
    spec : object
        The question all parts were made from.
    parts : sequence of Part
        At least one.
    notes : iterable of str
        What a reader must know of the parts themselves.
    """
    first = parts[0].answer
    common = [note for note in first.notes if all(note in part.answer.notes for part in parts)]
    own = [
        f"{' · '.join(value for _, value in part.labels)}: {note}"
        for part in parts
        for note in part.answer.notes
        if note not in common and not note.startswith("Only people where")
    ]
    return Answer(
        question=first.question,
        spec=spec,
        as_of=first.as_of,
        rows=tuple(
            Labelled(labels=part.labels, row=row) for part in parts for row in part.answer.rows
        ),
        definition=first.definition,
        notes=(*notes, *common, *own),
        extra={"parts": [_beside(part) for part in parts]},
    )


def _beside(part: Part) -> JsonValue:
    return {**dict(part.labels), **(part.answer.extra or {})}
