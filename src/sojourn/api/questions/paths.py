"""Questions about what follows what: graph, variants, paths, patterns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sojourn.api.asking import About, Asking, When, condition, title
from sojourn.base.predicate import ALWAYS
from sojourn.base.timespan import parse_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.api.result import Result
    from sojourn.insight.process.graph_answer import GraphRow
    from sojourn.insight.process.matches import MatchRow
    from sojourn.insight.process.paths_answer import PathLink
    from sojourn.insight.process.variants import VariantRow
    from sojourn.insight.views.lens import View


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """How journeys are looked at."""

    session: bool
    session_gap: str
    node: str | None
    group: Sequence[str]
    keep: int | None
    collapse: bool
    matching: str

    def view(self) -> View:
        from sojourn.insight.views.lens import Unit, View
        from sojourn.insight.views.nodes import NodeRule

        return View(
            unit=Unit.SESSION if self.session else Unit.PERSON,
            session_gap_us=parse_duration(self.session_gap),
            nodes=NodeRule(property=self.node, groups=tuple(self.group), keep=self.keep),
            collapse=self.collapse,
            matching=self.matching,
        )


class PathQuestions(Asking):
    """Paths. All of them look at journeys in the same ways.

    ``session``: a journey is one session, ended by a pause of ``session_gap``, not a whole life.
    ``node``: a step is this property's value, not the event. ``group``: names joined as one,
    ``"Shop=/product/*"``. ``keep``: all but so many of the commonest are joined as Other.
    ``collapse``: equal steps in a row are one. ``matching``: only journeys a path pattern matches.
    """

    def graph(
        self, *, times: bool = True, count_people: bool = True, loops: bool = False,
        session: bool = False, session_gap: str = "30m", node: str | None = None,
        group: Sequence[str] = (), keep: int | None = None, collapse: bool = False,
        matching: str = "", where: str = "", people: str = "", start: When = None,
        end: When = None, by: str = "", compare: bool = False,
    ) -> Result[GraphRow]:  # fmt: skip
        """Return which event directly follows which; the virtual ends are None.

        Parameters
        ----------
        times, count_people : bool
            Also how long moves took, and how many people moved (quicker without).
        loops : bool
            Also who came back to an event, and how.
        session, session_gap, node, group, keep, collapse, matching
            See :class:`PathQuestions`.
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`; a range cuts journeys.
        """
        from sojourn.insight.process.graph import Graph
        from sojourn.insight.process.graph_answer import GraphRow

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        seen = _Seen(session=session, session_gap=session_gap, node=node, group=group, keep=keep,
                     collapse=collapse, matching=matching)  # fmt: skip
        spec = Graph(
            scope=self._scope(about), view=seen.view(), people=count_people,
            times=times and self.catalog.timed, loops=loops,
        )  # fmt: skip
        return self._typed(spec, GraphRow, about)

    def variants(
        self, *, top: int | None = 50, first: int | None = None, times: bool = True,
        session: bool = False, session_gap: str = "30m", node: str | None = None,
        group: Sequence[str] = (), keep: int | None = None, collapse: bool = False,
        matching: str = "", where: str = "", people: str = "", start: When = None,
        end: When = None, by: str = "", compare: bool = False,
    ) -> Result[VariantRow]:  # fmt: skip
        """Return whole journeys, the most common first.

        Parameters
        ----------
        top : int or None
            How many paths; None for every one.
        first : int, optional
            Look only at the first so many events of each.
        times : bool
            Also how long paths took.
        session, session_gap, node, group, keep, collapse, matching
            See :class:`PathQuestions`.
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`; a range cuts journeys.
        """
        from sojourn.insight.process.variants import VariantRow, Variants

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        seen = _Seen(session=session, session_gap=session_gap, node=node, group=group, keep=keep,
                     collapse=collapse, matching=matching)  # fmt: skip
        spec = Variants(
            scope=self._scope(about), view=seen.view(), first=first, top=top, times=times
        )
        return self._typed(spec, VariantRow, about)

    def paths(
        self, after: str = "", *, before: str = "", until: str = "",
        which: Literal["first", "last", "every"] = "first", depth: int = 4,
        within: str | None = "14d", min_share: float = 0.03, top: int = 10, times: bool = True,
        session: bool = False, session_gap: str = "30m", node: str | None = None,
        group: Sequence[str] = (), keep: int | None = None, collapse: bool = False,
        matching: str = "", where: str = "", people: str = "", start: When = None,
        end: When = None, by: str = "", compare: bool = False,
    ) -> Result[PathLink]:  # fmt: skip
        """Return paths step by step, from an event on or back from one.

        Parameters
        ----------
        after : str
            What came after this event; left out: after the start of the journey.
        before : str
            What came before this event instead, or before the ``"end"``.
        until : str
            A path that comes to this event has reached its goal.
        which : {"first", "last", "every"}
            Which of a journey's events of that kind.
        depth : int
            Steps, 1 to 50.
        within : str or None
            Steps further away do not count.
        min_share : float
            Rarer events of a step are joined as Other; from 0 to 1.
        top : int
            Whole paths beside the rows.
        times : bool
            Also how long steps took.
        session, session_gap, node, group, keep, collapse, matching
            See :class:`PathQuestions`.
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`; a range selects anchors.
        """
        from sojourn.insight.process.path_words import Direction, Occurrence
        from sojourn.insight.process.paths import Paths, one_anchor
        from sojourn.insight.process.paths_answer import PathLink

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        seen = _Seen(session=session, session_gap=session_gap, node=node, group=group, keep=keep,
                     collapse=collapse, matching=matching)  # fmt: skip
        anchor = one_anchor(after, before)
        spec = Paths(
            scope=self._scope(about), view=seen.view(),
            anchor=condition(anchor) if anchor else None, anchor_title=title(anchor),
            direction=Direction.BEFORE if before else Direction.AFTER,
            occurrence=Occurrence(which), depth=depth,
            within_us=parse_duration(within) if within else None,
            until=condition(until) if until else None, until_title=title(until),
            min_share=min_share, times=times, top=top,
        )  # fmt: skip
        return self._typed(spec, PathLink, about, spec.anchor or ALWAYS)

    def matches(
        self, *patterns: str, session: bool = False, session_gap: str = "30m",
        node: str | None = None, group: Sequence[str] = (), keep: int | None = None,
        collapse: bool = False, where: str = "", people: str = "", start: When = None,
        end: When = None, by: str = "", compare: bool = False,
    ) -> Result[MatchRow]:  # fmt: skip
        """Return how many journeys match path patterns.

        Parameters
        ----------
        *patterns : str
            Such as ``"cart -> [^pay]* -> end"``.
        session, session_gap, node, group, keep, collapse
            See :class:`PathQuestions`.
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`; a range cuts journeys.
        """
        from sojourn.insight.process.matches import Matches, MatchRow

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        seen = _Seen(session=session, session_gap=session_gap, node=node, group=group, keep=keep,
                     collapse=collapse, matching="")  # fmt: skip
        spec = Matches(patterns=patterns, scope=self._scope(about), view=seen.view())
        return self._typed(spec, MatchRow, about)
