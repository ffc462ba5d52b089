"""Questions about what there is: events, properties, sessions, sources, one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from sojourn.api.asking import About, Asking, Period, When, condition, result_of, title
from sojourn.base.timespan import parse_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.api.result import Result
    from sojourn.insight.overview.events import EventRow
    from sojourn.insight.overview.person import PersonEvent
    from sojourn.insight.overview.properties import PropertyRow
    from sojourn.insight.overview.sessions_answer import SessionRow
    from sojourn.insight.sources.values import SourceRow

LevelName: TypeAlias = Literal["", "channel", "source", "medium", "campaign", "content", "term"]


class OverviewQuestions(Asking):
    """What is in the data, and where it came from."""

    def events(
        self, *, node: str | None = None, group: Sequence[str] = (), where: str = "",
        people: str = "", start: When = None, end: When = None, by: str = "",
        compare: bool = False,
    ) -> Result[EventRow]:  # fmt: skip
        """Return how often each event happened, and to how many people.

        Parameters
        ----------
        node : str, optional
            Count this property's values instead.
        group : sequence of str
            Names joined as one: ``"/product/*"``, ``"Shop=/product/*"``.
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`; a range chooses events.
        """
        from sojourn.insight.overview.events import EventRow, Events
        from sojourn.insight.views.nodes import NodeRule

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        nodes = NodeRule(property=node, groups=tuple(group))
        return self._typed(Events(scope=self._scope(about), nodes=nodes), EventRow, about)

    def properties(
        self, *, where: str = "", people: str = "", start: When = None, end: When = None,
        by: str = "", compare: bool = False,
    ) -> Result[PropertyRow]:  # fmt: skip
        """Return which properties events have, how often, and with what.

        Parameters
        ----------
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`; a range chooses events.
        """
        from sojourn.insight.overview.properties import Properties, PropertyRow

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        return self._typed(Properties(scope=self._scope(about)), PropertyRow, about)

    def sessions(
        self, *, session_gap: str = "30m", at_midnight: bool = False, on_campaign: bool = False,
        every: Period | None = None, node: str | None = None, group: Sequence[str] = (),
        where: str = "", people: str = "", start: When = None, end: When = None, by: str = "",
        compare: bool = False,
    ) -> Result[SessionRow]:  # fmt: skip
        """Return sessions: how many, how long, how deep.

        Parameters
        ----------
        session_gap : str
            Pause that ends a session.
        at_midnight, on_campaign : bool
            A new day, another campaign begins a new session, too.
        every : {"day", "week", "month"}, optional
            Also a row for each.
        node, group
            As in :meth:`events`.
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`; a range chooses sessions by their first event.
        """
        from sojourn.base.calendar import Unit
        from sojourn.insight.overview.sessions import Sessions
        from sojourn.insight.overview.sessions_answer import SessionRow
        from sojourn.insight.views.nodes import NodeRule

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        spec = Sessions(
            scope=self._scope(about), session_gap_us=parse_duration(session_gap),
            at_midnight=at_midnight, on_campaign=on_campaign,
            interval=Unit(every) if every else None,
            nodes=NodeRule(property=node, groups=tuple(group)),
        )  # fmt: skip
        return self._typed(spec, SessionRow, about)

    def sources(
        self, goal: str = "", *, window: str = "30d", latest: bool = False,
        level: LevelName = "", channel: str = "", source: str = "", medium: str = "",
        campaign: str = "", direct_overwrites: bool = False, own: Sequence[str] = (),
        session_gap: str = "30m", steps: int = 3, channels: str = "ga4", where: str = "",
        people: str = "", start: When = None, end: When = None, by: str = "",
        compare: bool = False,
    ) -> Result[SourceRow]:  # fmt: skip
        """Return where people came from; with a goal, what became of them.

        Parameters
        ----------
        goal : str
            The event that counts as conversion, within ``window`` of a person's first event.
        latest : bool
            By the latest source instead of the original.
        level : str
            How far sources are told apart; left out: just below what is named.
        channel, source, medium, campaign : str
            Only this one.
        direct_overwrites : bool
            A direct visit replaces a known source.
        own : sequence of str
            Sites of your own; left out: found.
        session_gap : str
            Pause that ends a visit.
        steps : int
            First steps of converters beside the rows.
        channels : str
            ``"ga4"``, ``"korea"``, or a YAML file with a table of rules.
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`; a range selects people by their first event.
        """
        from sojourn.api.origins import channel_table, level_below, own_sites
        from sojourn.insight.sources import values
        from sojourn.insight.sources.question import Sources

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        named = zip(values.LEVELS, (channel, source, medium, campaign), strict=False)
        within = tuple((each, value) for each, value in named if value)
        spec = Sources(
            scope=self._scope(about), within=within,
            level=values.Level(level) if level else level_below(within),
            basis=values.Basis.LATEST if latest else values.Basis.ORIGINAL,
            goal=condition(goal) if goal else None, goal_title=title(goal),
            window_us=parse_duration(window), session_gap_us=parse_duration(session_gap),
            direct_overwrites=direct_overwrites,
            own=tuple(own) or own_sites(self._workspace), channels=channel_table(channels),
            steps=steps,
        )  # fmt: skip
        return self._typed(spec, values.SourceRow, about)

    def person(
        self, person: str, *, limit: int = 200, session_gap: str = "30m", where: str = "",
        start: When = None, end: When = None,
    ) -> Result[PersonEvent]:  # fmt: skip
        """Return one person's events in order, and in ``beside`` the segments they are in.

        Parameters
        ----------
        person : str
            A user id, or the anonymous id of somebody never identified.
        limit : int
            The newest events at most.
        session_gap : str
            Pause that ends a session.
        where, start, end
            Only these events.
        """
        from sojourn.app.segmenting.shown import with_segments
        from sojourn.insight.overview.person import Person, PersonEvent

        scope = self._scope(About(where=where, start=start, end=end))
        spec = Person(
            person=person, scope=scope, limit=limit, session_gap_us=parse_duration(session_gap)
        )
        answer = with_segments(self._workspace.ask(spec), self._workspace)
        return result_of(answer, PersonEvent)
