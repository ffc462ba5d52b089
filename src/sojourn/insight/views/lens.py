"""How journeys are looked at: whose, cut to what range, split how, with which nodes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.errors import InputError
from sojourn.base.predicate import ALWAYS
from sojourn.base.timespan import MINUTE_US, TimeRange
from sojourn.index.errors import UntimedRangeError
from sojourn.index.journeys import (
    Journeys,
    at_start,
    by_session,
    cut,
    keep_events,
    keep_people,
    scoped,
)
from sojourn.index.masks import row_mask
from sojourn.insight.phrases import scope_notes
from sojourn.insight.roles import check
from sojourn.insight.views.automaton import Automaton
from sojourn.insight.views.nodes import NodeRule, Nodes
from sojourn.insight.views.pattern_text import parse_pattern
from sojourn.kernels.journeys import first_of_repeats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.question import Scope

DEFAULT_GAP_US = 30 * MINUTE_US


class UntimedSessionError(InputError):
    """Sessions were asked of events without times. Remedy: count whole journeys instead."""

    code = "untimed-session"

    def __init__(self) -> None:
        super().__init__(
            "These events carry no times, so they cannot be split into sessions.",
            remedy="Leave the session unit out: each journey is then taken whole.",
        )


class Unit(StrEnum):
    """What one journey is."""

    PERSON = "person"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How journeys are looked at; a field of every question about paths.

    Attributes
    ----------
    unit : Unit
        A person's whole journey, or each session.
    session_gap_us : int
        A new session begins when more than this lies between two events.
    nodes : NodeRule
    collapse : bool
        Take several equal nodes in a row as one.
    matching : str
        Look only at journeys that a path pattern matches; empty for all.
    """

    unit: Unit = Unit.PERSON
    session_gap_us: int = DEFAULT_GAP_US
    nodes: NodeRule = field(default_factory=NodeRule)
    collapse: bool = False
    matching: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The journeys of one bucket as a question looks at them, and the nodes, shape (rows,)."""

    journeys: Journeys
    codes: Codes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lens:
    """A scope and a view compiled against one catalog."""

    catalog: Catalog
    scope: Scope
    view: View
    nodes: Nodes
    pattern: Automaton | None
    cut_range: bool

    @classmethod
    def compile(cls, catalog: Catalog, scope: Scope, view: View, *, cut_range: bool = True) -> Lens:
        """Return the lens, every name checked.

        Parameters
        ----------
        catalog : Catalog
        scope : Scope
        view : View
        cut_range : bool
            Whether the range cuts journeys, and people are filtered at the first event left.
            Otherwise the question itself chooses entries by range and by person.

        Raises
        ------
        InputError
            If a name is unknown or the pattern cannot be read.
        UntimedSessionError, UntimedRangeError
            If sessions or a range are asked of events without times.
        """
        if view.unit is Unit.SESSION and not catalog.timed:
            raise UntimedSessionError
        if scope.range != TimeRange() and not catalog.timed:
            raise UntimedRangeError
        check((scope.events, scope.people), catalog)
        nodes = view.nodes.compile(catalog)
        pattern = None
        if view.matching:
            pattern = Automaton.compile(parse_pattern(view.matching), nodes, catalog)
        return cls(
            catalog=catalog, scope=scope, view=view, nodes=nodes, pattern=pattern,
            cut_range=cut_range,
        )  # fmt: skip

    def see(self, bucket: Bucket, *, collapse: bool = True) -> Seen:
        """Return the journeys of one bucket: filtered, split, cut, chosen, collapsed.

        Parameters
        ----------
        bucket : Bucket
        collapse : bool
            False leaves repeats in, even if the view collapses them.
        """
        events = replace(self.scope, people=ALWAYS)
        if self.view.unit is Unit.PERSON:
            journeys = scoped(bucket, self.catalog, events, cut_range=self.cut_range)
        else:
            journeys = scoped(bucket, self.catalog, events, cut_range=False)
            journeys = by_session(journeys, self.view.session_gap_us)
            if self.cut_range:
                journeys = cut(journeys, self.scope.range)
        if self.cut_range and self.scope.people != ALWAYS:
            marks = row_mask(self.scope.people, bucket, self.catalog)
            journeys = keep_people(journeys, at_start(journeys, marks))
        codes = self.nodes.codes(bucket, journeys)
        if self.pattern is not None:
            matches = self.pattern.count(bucket, journeys, codes)
            journeys = keep_people(journeys, (matches > 0).astype(np.uint8))
        if not (self.view.collapse and collapse):
            return Seen(journeys, codes)
        first = first_of_repeats(journeys.offsets, codes)
        return Seen(keep_events(journeys, first), codes[first.astype(np.bool_)])

    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know about how journeys were looked at."""
        found = list(scope_notes(self.scope, self.catalog, "their first event here"))
        if self.view.collapse:
            found.append("Several equal steps in a row are counted as one.")
        if self.view.matching:
            found.append(f"Only journeys that match {self.view.matching}")
        if self.nodes.property is not None:
            found.append(f"A step is the value of {self.nodes.property}, or the event's name.")
        for label, count in self.nodes.grouped:
            found.append(f"{label} joins {count:,} names.")
        if self.nodes.other is not None:
            found.append(f"Other joins the {self.nodes.other_kinds:,} rarest kinds of event.")
        return tuple(found)


def journey_phrase(view: View) -> str:
    """Return what one journey is, in words."""
    match view.unit:
        case Unit.PERSON:
            return "a person's journey"
        case Unit.SESSION:
            minutes = view.session_gap_us / MINUTE_US
            return f"a session (a gap of more than {minutes:g} min begins a new one)"


def in_range(time: NDArray[np.int64], span: TimeRange) -> NDArray[np.uint8]:
    """Return 1 for each instant inside a half-open range.

    Parameters
    ----------
    time : ndarray of shape (rows,), int64
    span : TimeRange

    Returns
    -------
    ndarray of shape (rows,), uint8
    """
    marks = np.ones(len(time), np.uint8)
    if span.start_us is not None:
        marks &= time >= span.start_us
    if span.end_us is not None:
        marks &= time < span.end_us
    return marks
