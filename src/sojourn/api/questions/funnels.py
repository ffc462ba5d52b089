"""Questions about steps: funnels, and why another tool counts them otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from sojourn.api.asking import About, Asking, Period, When, result_of
from sojourn.base.timespan import parse_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.api.result import Result
    from sojourn.insight.funnel.compatible.explain import ProfileRow
    from sojourn.insight.funnel.values import FunnelRow

OrderName: TypeAlias = Literal["ordered", "strict", "any"]
EntryName: TypeAlias = Literal["best", "first", "all"]
UnitName: TypeAlias = Literal["person", "session"]
TiesName: TypeAlias = Literal["kept", "simultaneous", "second"]
ProfileName: TypeAlias = Literal["", "posthog", "amplitude", "mixpanel", "clickhouse"]


class FunnelQuestions(Asking):
    """Funnels."""

    def funnel(
        self, *steps: str, window: str | None = "", order: OrderName = "ordered",
        entry: EntryName = "best", gaps: Sequence[str] = (), exclude: Sequence[str] = (),
        drop_excluded: bool = False, optional: Sequence[int] = (), unit: UnitName = "person",
        session_gap: str = "30m", hold: str = "", ties: TiesName = "kept", by: str = "",
        at: int | Literal["first", "last"] = "first", groups: int = 12,
        trend: Period | None = None, times: bool = False, people_at: int = 0, lost_at: int = 0,
        limit: int = 20, profile: ProfileName = "", where: str = "", people: str = "",
        start: When = None, end: When = None, compare: bool = False,
    ) -> Result[FunnelRow]:  # fmt: skip
        """Return how many people go through steps.

        Parameters
        ----------
        *steps : str
            ``"view"``, ``"cart | wish list"``, ``"order where value > 10 as Paid"``.
        window : str or None
            Time from the entry, inclusive, such as ``"14d"``; None for any; left out: 14 days, or
            the profile's own.
        order : {"ordered", "strict", "any"}
        entry : {"best", "first", "all"}
            Which events of the first step may begin an attempt.
        gaps : sequence of str
            Time between steps: ``"2..3 <= 2h"``, ``"2..3 >= 10m"``, ``"2..3 10m..2h"``.
        exclude : sequence of str
            ``"refund between 2 and 3"``: such an event there spoils the attempt.
        drop_excluded : bool
            An excluded event takes the person out altogether.
        optional : sequence of int
            Numbers of steps that never block.
        unit : {"person", "session"}
            What is counted; ``session_gap`` ends a session.
        hold : str
            A property that stays the same; pairs of person and value are counted.
        ties : {"kept", "simultaneous", "second"}
            The order of events at one time: kept; none; none within a second.
        by : str
            A property whose value at the step ``at`` tells ``groups`` apart.
        trend : {"day", "week", "month"}, optional
            Also by the interval of the entry.
        times : bool
            Also how long it took.
        people_at, lost_at : int
            List at most ``limit`` people who reached that step, or were lost before it.
        profile : str
            Count as this tool does.
        where, people : str
            Conditions on events, and on people as of their entry.
        start, end : str, date or datetime, optional
            Range of entries, both days included.
        compare : bool
            Beside the range of equal length just before.
        """
        from sojourn.base.calendar import Unit as Interval
        from sojourn.insight.funnel import values, written
        from sojourn.insight.funnel.compatible.profiles import Profile, as_profile
        from sojourn.insight.funnel.question import Funnel

        about = About(where=where, people=people, start=start, end=end, compare=compare)
        spec = Funnel(
            steps=written.steps(steps, gaps=gaps, optional=optional),
            scope=self._scope(about),
            window_us=values.DEFAULT_WINDOW_US if window == "" else written.window_us(window),
            order=values.Order(order), entry=values.Entry(entry), unit=values.Unit(unit),
            exclusions=tuple(written.exclusion(text, len(steps)) for text in exclude),
            drop_excluded=drop_excluded, session_gap_us=parse_duration(session_gap), hold=hold,
            simultaneous_us=written.TIES_US[ties], by=by, at=written.place(str(at)),
            groups=groups, trend=Interval(trend) if trend else None, times=times,
            people_at=people_at, lost_at=lost_at, limit=limit,
        )  # fmt: skip
        if profile:
            spec = as_profile(spec, Profile(profile), own_window=window == "")
        return self._typed(spec, values.FunnelRow, about)

    def explain_profiles(
        self, funnel: Result[FunnelRow], *, own_windows: bool = False
    ) -> Result[ProfileRow]:
        """Return the same funnel counted as each known tool does, and why they differ.

        Parameters
        ----------
        funnel : Result of FunnelRow
            What :meth:`funnel` returned.
        own_windows : bool
            Whether each tool takes its own window in place of the funnel's.
        """
        from sojourn.insight.funnel.compatible.explain import ExplainProfiles, ProfileRow
        from sojourn.insight.funnel.question import Funnel

        spec = funnel.spec
        if not isinstance(spec, Funnel):
            raise TypeError(f"{type(spec).__name__} is no funnel")
        explained = ExplainProfiles(funnel=spec, own_windows=own_windows)
        return result_of(self._workspace.ask(explained), ProfileRow)
