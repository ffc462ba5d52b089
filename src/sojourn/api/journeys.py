"""Journeys in a notebook: one method a question, typed rows back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.api.asking import About
from sojourn.api.questions.cohorts import CohortQuestions
from sojourn.api.questions.funnels import FunnelQuestions
from sojourn.api.questions.overview import OverviewQuestions
from sojourn.api.questions.paths import PathQuestions

if TYPE_CHECKING:
    import pyarrow as pa

    from sojourn.api.asking import When
    from sojourn.api.map import MapResult
    from sojourn.api.questions.stages import Stages


class Journeys(OverviewQuestions, FunnelQuestions, PathQuestions, CohortQuestions):
    """Opened data. Every method asks one question; ``ask`` takes any Spec.

    Conditions and steps are written as on the command line: ``"device = mobile and value > 10"``,
    ``"order_paid where value > 10"``. Every question takes

    where : str
        Only events that meet this; the others are as if absent.
    people : str
        Only people who meet this as of their entry.
    start, end : str, date or datetime
        A range: ``"2025-11-30"`` or a date is a whole day, the last one included; a datetime is a
        moment. Without a zone it is in the workspace's.
    by : str
        A property; the answer is given for each of its commonest values. ``labels`` of the result
        then say whose a row is.
    compare : bool
        Beside the range of equal length just before.

    Attributes
    ----------
    catalog : Catalog
        Event names, properties and totals.
    """

    def stages(self, model: str = "", *, taxonomy: str = "", version: int | None = None) -> Stages:
        """Return the stage model that holds, to be shown, measured and applied.

        Parameters
        ----------
        model : str
            A stage model as YAML text; left out: the applied one, else one suggested.
        taxonomy : {"five", "aarrr", "lead", "purchase"}
            Suggest one of this kind.
        version : int, optional
            An earlier one that was applied to the workspace.
        """
        from sojourn.api.questions.stages import stages_of

        return stages_of(self._workspace, model, taxonomy, version)

    def sql(self, query: str) -> pa.Table:
        """Return the rows of a query over the view ``events``, all events as received."""
        return self._workspace.sql(query).read_all()

    def map(
        self, *, title: str = "", stages: str = "", taxonomy: str = "", plan: str = "",
        where: str = "", people: str = "", start: When = None, end: When = None,
    ) -> MapResult:  # fmt: skip
        """Return a journey map drafted from the data.

        Parameters
        ----------
        title : str
        stages : str
            A stage model as YAML text; left out: the applied one, else one suggested.
        taxonomy : {"five", "aarrr", "lead", "purchase"}
            Suggest a stage model of this kind.
        plan : str
            A drawn map as YAML text, to hold lived journeys against.
        where, people, start, end
            As for every question.
        """
        from sojourn.api.map import draw_map
        from sojourn.app.mapping import MapRequest
        from sojourn.maps.formats.document import read_map

        request = MapRequest(
            title=title, taxonomy=taxonomy or None, plan=read_map(plan) if plan else None,
            scope=self._scope(About(where=where, people=people, start=start, end=end)),
        )  # fmt: skip
        return draw_map(self._workspace, request, stages)
