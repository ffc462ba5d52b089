"""Paths step by step from, or to, an event as a question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError
from sojourn.base.timespan import DAY_US
from sojourn.insight.process.path_counts import Finder, PathCounts, Tables
from sojourn.insight.process.path_words import Direction, Occurrence
from sojourn.insight.process.paths_answer import PathLink, answer_of
from sojourn.insight.question import Scope
from sojourn.insight.roles import check
from sojourn.insight.views.lens import Lens, View

if TYPE_CHECKING:
    from sojourn.base.predicate import Predicate
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.answer import Answer

MAX_DEPTH = 50
DEFAULT_WITHIN_US = 14 * DAY_US


class PathsError(InputError):
    """A number of steps, a share or a window cannot be used. Remedy: the message says what can."""

    code = "paths"


class AnchorError(InputError):
    """Paths cannot run both ways at once. Remedy: name what came after or before, not both."""

    code = "anchor"


def one_anchor(after: str, before: str) -> str:
    """Return the event that paths run from or to; empty for the start, or the end, of journeys.

    Raises
    ------
    AnchorError
        If both are given.
    """
    if after and before:
        raise AnchorError("Both --after and --before were given.", allowed="one of them")
    return after if before in ("", "end") else before


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """What came after, or before, an event, step by step.

    Attributes
    ----------
    scope : Scope
        The range selects anchors; what follows may lie after it. The filter on people is taken
        at the anchor.
    view : View
    anchor : Predicate or None
        The event paths begin with; None: the start of a journey, or its end for what came before.
    anchor_title : str
        Its name; empty: from the condition.
    direction : Direction
    occurrence : Occurrence
    depth : int
        Steps after, or before, the anchor: 1 to 50.
    within_us : int or None
        Steps further from the anchor than this do not count; None for no limit.
    until : Predicate or None
        A path that comes to such an event has reached its goal, and ends.
    until_title : str
    min_share : float
        Events of a smaller share of all anchors are joined as *Other*, step by step.
    times : bool
        Measure also how long steps and whole paths took.
    top : int
        Whole paths shown.
    """

    scope: Scope = field(default_factory=Scope)
    view: View = field(default_factory=View)
    anchor: Predicate | None = None
    anchor_title: str = ""
    direction: Direction = Direction.AFTER
    occurrence: Occurrence = Occurrence.FIRST
    depth: int = 4
    within_us: int | None = DEFAULT_WITHIN_US
    until: Predicate | None = None
    until_title: str = ""
    min_share: float = 0.03
    times: bool = False
    top: int = 10

    def plan(self, catalog: Catalog) -> PathsPlan:
        """Return the plan, with every name checked.

        Raises
        ------
        PathsError
            If depth, share or window cannot be used.
        InputError
            If a name is unknown.
        """
        if not 1 <= self.depth <= MAX_DEPTH:
            raise PathsError(f"{self.depth} steps cannot be shown.", allowed=f"1 to {MAX_DEPTH}")
        if not 0 <= self.min_share < 1:
            raise PathsError(f"{self.min_share} is no share.", allowed="0 up to, not with, 1")
        if self.within_us is not None and self.within_us < 0:
            raise PathsError("A window cannot be negative.", allowed="a duration such as 14d")
        check([p for p in (self.anchor, self.until) if p is not None], catalog)
        lens = Lens.compile(catalog, self.scope, self.view, cut_range=False)
        return PathsPlan(spec=self, lens=lens, tables=Tables.of(self, catalog))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PathsPlan:
    """Paths compiled against one catalog."""

    spec: Paths
    lens: Lens
    tables: Tables

    def over(self, bucket: Bucket) -> PathCounts:
        """Return the windows of one bucket."""
        seen = self.lens.see(bucket)
        finder = Finder(
            spec=self.spec, lens=self.lens, tables=self.tables, bucket=bucket, seen=seen
        )
        return finder.found()

    def answer(self, total: PathCounts) -> Answer[PathLink]:
        """Return the answer: step by step, the widest link first."""
        return answer_of(self.spec, self.lens, total)
