"""What every question of the Python API shares: whose events, which groups, which rows."""

from __future__ import annotations

import shutil
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from sojourn.api.result import Result
from sojourn.base.dates import instant_of
from sojourn.base.grammar import parse_predicate, parse_step
from sojourn.base.predicate import ALWAYS, Predicate
from sojourn.base.timespan import TimeRange
from sojourn.insight.answer import Labelled
from sojourn.insight.question import Scope

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from sojourn.app.workspace import Workspace
    from sojourn.index.catalog import Catalog
    from sojourn.insight.answer import Answer
    from sojourn.insight.compare import ScopedSpec
    from sojourn.insight.question import PartialT, Spec

RowT = TypeVar("RowT")
When: TypeAlias = "str | date | datetime | None"
"""``"2025-11-30"`` or a date is a whole day, a datetime a moment; without a zone it is local."""
Every: TypeAlias = Literal["auto", "day", "week", "month"]
Period: TypeAlias = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whose and which events, and into which groups and ranges the question is split."""

    where: str = ""
    people: str = ""
    start: When = None
    end: When = None
    by: str = ""
    compare: bool = False


class Asking:
    """Opened data that can be asked; the questions are in the classes made of it.

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
        return result_of(self._workspace.ask(spec), object)

    def _scope(self, about: About) -> Scope:
        zone = self._workspace.about.timezone
        ends = [
            None if given is None else instant_of(given, zone, last=last)
            for given, last in ((about.start, False), (about.end, True))
        ]
        return Scope(
            range=TimeRange(start_us=ends[0], end_us=ends[1]),
            events=parse_predicate(about.where) if about.where else ALWAYS,
            people=parse_predicate(about.people) if about.people else ALWAYS,
        )

    def _typed(
        self,
        spec: ScopedSpec[PartialT],
        row: type[RowT],
        about: About | None = None,
        entry: Predicate = ALWAYS,
    ) -> Result[RowT]:
        """Return the answer to a question, split as said, with rows of one type."""
        if about is None or not (about.by or about.compare):
            return result_of(self._workspace.ask(spec), row)
        from sojourn.app.splitting import Ways, ask_parts

        ways = Ways(by=about.by, compare=about.compare, entry=entry)
        return result_of(ask_parts(self._workspace, spec, ways)[1], row)


def result_of(answer: Answer[object], row: type[RowT]) -> Result[RowT]:
    """Return an answer as a result whose rows are checked to be of one type."""
    plain = [each.row if isinstance(each, Labelled) else each for each in answer.rows]
    rows = tuple(each for each in plain if isinstance(each, row))
    if len(rows) < len(plain):
        wrong = next(type(each).__name__ for each in plain if not isinstance(each, row))
        raise TypeError(f"{answer.question} gave rows of {wrong}, not {row.__name__}")
    return Result(answer, rows)


def condition(step: str) -> Predicate:
    """Return the condition of a step; any event where none is given."""
    return parse_step(step).predicate if step else ALWAYS


def title(step: str) -> str:
    """Return the name of a step; empty where none is given."""
    return parse_step(step).title if step else ""
