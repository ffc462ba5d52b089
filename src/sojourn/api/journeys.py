"""Journeys in a notebook: one method a question, typed rows back."""

from __future__ import annotations

import shutil
import weakref
from typing import TYPE_CHECKING, TypeVar, cast

from sojourn.api.result import Result
from sojourn.base.grammar import parse_predicate, parse_step
from sojourn.base.predicate import ALWAYS
from sojourn.base.timespan import TimeRange, from_datetime, parse_duration
from sojourn.insight.question import Scope

RowT = TypeVar("RowT")

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sojourn.api.map import MapResult
    from sojourn.app.workspace import Workspace
    from sojourn.base.predicate import Predicate
    from sojourn.index.catalog import Catalog
    from sojourn.insight.answer import Answer
    from sojourn.insight.funnel.values import FunnelRow
    from sojourn.insight.overview.events import EventRow
    from sojourn.insight.overview.person import PersonEvent
    from sojourn.insight.process.graph_answer import GraphRow
    from sojourn.insight.process.paths_answer import PathLink
    from sojourn.insight.process.variants import VariantRow
    from sojourn.insight.question import PartialT, Spec
    from sojourn.insight.rhythm.between import BetweenRow
    from sojourn.insight.rhythm.lifecycle import LifecycleRow


class Journeys:
    """Opened data. Every method asks one question; ``ask`` takes any Spec.

    Conditions (``where`` for events, ``people`` for people at entry) and steps are written as on
    the command line: ``"device = mobile and value > 10"``, ``"order_paid where value > 10"``.

    Attributes
    ----------
    catalog : Catalog
        Event names, properties and totals.
    """

    def __init__(self, workspace: Workspace, folder: Path | None = None) -> None:
        self._workspace = workspace
        if folder is not None:  # data that live only as long as this object
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    @property
    def catalog(self) -> Catalog:
        """What there is to ask about."""
        return self._workspace.catalog

    def ask(self, spec: Spec[PartialT]) -> Result[object]:
        """Return the answer to any question."""
        return Result(self._workspace.ask(spec))

    def events(self, *, where: str = "", people: str = "") -> Result[EventRow]:
        """Return how often each event happened, and to how many people."""
        from sojourn.insight.overview.events import EventRow, Events

        return self._typed(Events(scope=_scope(where, people)), EventRow)

    def funnel(
        self,
        *steps: str,
        window: str | None = "14d",
        by: str = "",
        where: str = "",
        people: str = "",
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Result[FunnelRow]:
        """Return how many people go through some steps in order.

        Parameters
        ----------
        *steps : str
        window : str or None
            Time from the first step to the last, such as ``"14d"``; None for any.
        by : str
            Property whose value at the first step tells groups apart.
        where, people : str
            Conditions on events and on people.
        start, end : aware datetime, optional
            Range of entries.
        """
        from sojourn.insight.funnel.question import Funnel
        from sojourn.insight.funnel.values import FunnelRow, Step

        read = [parse_step(text) for text in steps]
        spec = Funnel(
            steps=tuple(Step(title=step.title, predicate=step.predicate) for step in read),
            scope=_scope(where, people, start, end),
            window_us=parse_duration(window) if window else None,
            by=by,
        )
        return self._typed(spec, FunnelRow)

    def graph(self, *, where: str = "", people: str = "") -> Result[GraphRow]:
        """Return which event directly follows which; the virtual ends are None."""
        from sojourn.insight.process.graph import Graph
        from sojourn.insight.process.graph_answer import GraphRow

        return self._typed(Graph(scope=_scope(where, people)), GraphRow)

    def variants(
        self, *, top: int | None = 50, where: str = "", people: str = ""
    ) -> Result[VariantRow]:
        """Return whole journeys, the most common first."""
        from sojourn.insight.process.variants import VariantRow, Variants

        return self._typed(Variants(scope=_scope(where, people), top=top), VariantRow)

    def paths(
        self, anchor: str = "", *, depth: int = 4, where: str = "", people: str = ""
    ) -> Result[PathLink]:
        """Return the paths from an event on (from the start where none is named), step by step."""
        from sojourn.insight.process.paths import Paths
        from sojourn.insight.process.paths_answer import PathLink

        step = parse_step(anchor) if anchor else None
        spec = Paths(
            scope=_scope(where, people),
            anchor=step.predicate if step else None,
            anchor_title=step.title if step else "",
            depth=depth,
        )
        return self._typed(spec, PathLink)

    def retention(
        self, start: str = "", back: str = "", *, where: str = "", people: str = ""
    ) -> Result[object]:
        """Return how many of each day's newcomers came back, by days since."""
        from sojourn.insight.retention.question import Retention

        first, then = _optional(start), _optional(back)
        spec = Retention(
            scope=_scope(where, people), start=first, returning=then,
            start_title=start, return_title=back,
        )  # fmt: skip
        return self.ask(spec)

    def lifecycle(self, *, where: str = "", people: str = "") -> Result[LifecycleRow]:
        """Return new, returning, resurrecting and dormant people of each week."""
        from sojourn.insight.rhythm.lifecycle import Lifecycle, LifecycleRow

        return self._typed(Lifecycle(scope=_scope(where, people)), LifecycleRow)

    def between(
        self, start: str, end: str, *, where: str = "", people: str = ""
    ) -> Result[BetweenRow]:
        """Return the time from a person's first event of one kind to the next of another."""
        from sojourn.insight.rhythm.between import Between, BetweenRow

        first, then = parse_step(start), parse_step(end)
        spec = Between(
            scope=_scope(where, people), start=first.predicate, end=then.predicate,
            start_title=first.title, end_title=then.title,
        )  # fmt: skip
        return self._typed(spec, BetweenRow)

    def sources(self, goal: str = "", *, window: str = "30d") -> Result[object]:
        """Return where people came from; with a goal, what became of them."""
        from sojourn.insight.sources.question import Sources

        step = parse_step(goal) if goal else None
        spec = Sources(
            goal=step.predicate if step else None,
            goal_title=step.title if step else "",
            window_us=parse_duration(window),
        )
        return self.ask(spec)

    def sessions(self, *, gap: str = "30m", where: str = "", people: str = "") -> Result[object]:
        """Return sessions: how many, how long, how deep."""
        from sojourn.insight.overview.sessions import Sessions

        return self.ask(Sessions(scope=_scope(where, people), gap_us=parse_duration(gap)))

    def person(self, person: str, *, limit: int = 200) -> Result[PersonEvent]:
        """Return one person's events in order."""
        from sojourn.insight.overview.person import Person, PersonEvent

        return self._typed(Person(person=person, limit=limit), PersonEvent)

    def map(self, *, title: str = "", stages: str = "") -> MapResult:
        """Return a journey map drafted from the data.

        Parameters
        ----------
        title : str
        stages : str
            A stage model as YAML text; suggested from the events when left out.
        """
        from sojourn.api.map import draw_map

        return draw_map(self._workspace, title=title, stages=stages)

    def _typed(self, spec: Spec[PartialT], row: type[RowT]) -> Result[RowT]:
        answer = self._workspace.ask(spec)
        wrong = [type(each).__name__ for each in answer.rows if not isinstance(each, row)]
        if wrong:
            raise TypeError(f"{answer.question} gave rows of {wrong[0]}, not {row.__name__}")
        return Result(cast("Answer[RowT]", answer))


def _optional(step: str) -> Predicate:
    return parse_step(step).predicate if step else ALWAYS


def _scope(
    where: str, people: str, start: datetime | None = None, end: datetime | None = None
) -> Scope:
    return Scope(
        range=TimeRange(
            start_us=from_datetime(start) if start else None,
            end_us=from_datetime(end) if end else None,
        ),
        events=parse_predicate(where) if where else ALWAYS,
        people=parse_predicate(people) if people else ALWAYS,
    )
