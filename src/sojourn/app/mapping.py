"""Drafting a journey map: suggest stages, look over the data, choose steps, measure, assemble."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from sojourn.base.errors import InternalError
from sojourn.base.timespan import DAY_US, TimeRange
from sojourn.insight.compare import previous_range
from sojourn.insight.question import Scope
from sojourn.insight.sources.own import HostRow, OwnSites
from sojourn.maps.document import JourneyMap, Label
from sojourn.maps.draft.assemble import Findings, Heading, assemble
from sojourn.maps.draft.facts import FactsSpec, Measured
from sojourn.maps.draft.plan import follow_plan, with_conformance
from sojourn.maps.draft.steps import choose_steps
from sojourn.maps.draft.survey import Survey, SurveySpec
from sojourn.maps.whose import filter_notes, filters_of
from sojourn.stages.errors import NoEventsError, NoStagesError
from sojourn.stages.suggest.choose import suggest
from sojourn.stages.suggest.structure import Structured, StructureSpec

if TYPE_CHECKING:
    from sojourn.index.catalog import Catalog
    from sojourn.insight.answer import Answer
    from sojourn.insight.question import PartialT, Spec
    from sojourn.stages.model import StageModel
    from sojourn.stages.suggest.result import Suggestion

T = TypeVar("T")
LONG_US = 730 * DAY_US
SHOWN_US = 365 * DAY_US
"""Of data that cover more than ``LONG_US``, the last year is drawn unless a range is given."""
SIMULATED = "simulated"
"""Events that carry this property are simulated, and the map says so."""


class Asking(Protocol):
    """Somebody who answers questions: a workspace, or an index in a notebook."""

    @property
    def catalog(self) -> Catalog:
        """What there is to ask about."""

    def ask(self, spec: Spec[PartialT]) -> Answer[object]:
        """Return the answer to a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRequest:
    """What a map is to show.

    Attributes
    ----------
    model : StageModel, optional
        Suggested from the data when left out.
    taxonomy : str, optional
        The taxonomy of the suggestion.
    plan : JourneyMap, optional
        A drawn map, to hold lived journeys against.
    scope : Scope
        Range, people and events; without a range, all data, or the last year of long ones.
    title : str
    sources : tuple of str
        Names of the files or the workspace.
    notes : tuple of Label
        What a reader must know beside what the data tell.
    simulated : bool
        The events are simulated; so too when an event says so by the property ``simulated``.
    """

    model: StageModel | None = None
    taxonomy: str | None = None
    plan: JourneyMap | None = None
    scope: Scope = field(default_factory=Scope)
    title: str = ""
    sources: tuple[str, ...] = ()
    notes: tuple[Label, ...] = ()
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A map, and the stage model it was drawn with."""

    map: JourneyMap
    model: StageModel
    suggestion: Suggestion | None


def suggest_stages(asking: Asking, scope: Scope, taxonomy: str | None = None) -> Suggestion:
    """Return the stage model that suits the data.

    Raises
    ------
    NoEventsError
        If there are no events to suggest from.
    UnknownNameError
        If there is no such taxonomy.
    """
    structured = _structure(asking, scope)
    return suggest(structured, taxonomy)


def draft_map(asking: Asking, request: MapRequest) -> Drafted:
    """Return a map of the data.

    Raises
    ------
    NoEventsError
        If there are no events.
    NoStagesError
        If no event of the data is bound to any stage of the model given.
    """
    catalog = asking.catalog
    structured = _structure(asking, request.scope)
    suggestion = None if request.model else suggest(structured, request.taxonomy)
    model = request.model or (suggestion.model if suggestion else None)
    if model is None:
        raise InternalError("a map without a stage model")
    span, cut = _range(request.scope.range, catalog)
    scope = Scope(range=span, people=request.scope.people, events=request.scope.events)
    survey = _only(
        asking.ask(SurveySpec(model=model, scope=scope, before=_before(span, catalog))), Survey
    )
    steps = choose_steps(survey, structured, model)
    if request.plan is not None:
        steps = follow_plan(request.plan, steps, model, catalog)
    if not steps:
        raise NoStagesError(
            "No event of the data leads into any stage of the model.",
            allowed=", ".join(catalog.events[:12]),
            remedy="Name events of the data in it, or start from `sojourn stages suggest`.",
        )
    facts = FactsSpec(model=model, steps=steps, scope=scope, own=_own_sites(asking, scope))
    found = Findings(
        catalog=catalog,
        model=model,
        suggestion=suggestion,
        survey=survey,
        steps=steps,
        measured=_only(asking.ask(facts), Measured),
        days=(survey.last_us - survey.first_us) / DAY_US if catalog.timed else 0.0,
    )
    drawn = assemble(found, _heading(request, catalog, suggestion, cut=cut))
    if request.plan is not None:
        drawn = with_conformance(drawn, found)
    return Drafted(map=drawn, model=model, suggestion=suggestion)


def _own_sites(asking: Asking, scope: Scope) -> tuple[str, ...]:
    """Return the sites that events say are one's own."""
    rows = asking.ask(OwnSites(scope=Scope(events=scope.events))).rows
    return tuple(row.host for row in rows if isinstance(row, HostRow))


def _only(answer: Answer[object], kind: type[T]) -> T:
    row = answer.rows[0]
    if not isinstance(row, kind):
        raise InternalError(f"{answer.question} gave a {type(row).__name__}")
    return row


def _structure(asking: Asking, scope: Scope) -> Structured:
    open_ended = Scope(people=scope.people, events=scope.events)
    found = _only(asking.ask(StructureSpec(scope=open_ended)), Structured)
    if not found.people:
        raise NoEventsError(
            "There are no events to draw a map from.",
            remedy="Import a file first, or loosen the conditions on events and people.",
        )
    return found


def _range(span: TimeRange, catalog: Catalog) -> tuple[TimeRange, bool]:
    """Return the range to draw, and whether long data were cut."""
    given = span.start_us is not None or span.end_us is not None
    if given or not catalog.timed or catalog.last_us - catalog.first_us <= LONG_US:
        return span, False
    return TimeRange(start_us=catalog.as_of_us + 1 - SHOWN_US, end_us=None), True


def _before(span: TimeRange, catalog: Catalog) -> TimeRange | None:
    """Return the range of equal length just before, if the data reach back that far."""
    if span.start_us is None or not catalog.timed:
        return None
    before = previous_range(span, catalog)
    return before if (before.start_us or 0) >= catalog.first_us else None


def _heading(
    request: MapRequest, catalog: Catalog, suggestion: Suggestion | None, *, cut: bool
) -> Heading:
    filters = filters_of(request.scope)
    notes = [*request.notes, *filter_notes(filters)]
    if suggestion is not None:
        notes += [Label(en=note.en, ko=note.ko) for note in suggestion.notes]
    if cut:
        notes.append(
            Label(
                en="The data are long, so the last 365 days are drawn; --from shows more.",
                ko="데이터가 길어 최근 365일만 그렸어요. --from으로 범위를 넓힐 수 있어요.",
            )
        )
    if catalog.bot_people:
        notes.append(
            Label(
                en=f"{catalog.bot_people:,} known bots with {catalog.bot_rows:,} events are left"
                " out.",
                ko=f"알려진 봇 {catalog.bot_people:,}개의 이벤트 {catalog.bot_rows:,}건을 뺐어요.",
            )
        )
    if 0 < catalog.untimed_rows < catalog.rows:
        notes.append(
            Label(
                en=f"{catalog.untimed_rows:,} events carry no time, so only the order of all is"
                " used.",
                ko=f"이벤트 {catalog.untimed_rows:,}건에 시각이 없어 모두 순서만 써요.",
            )
        )
    title = request.title or (request.sources[0] if request.sources else "")
    return Heading(
        id="-".join(title.lower().split())[:60] or "map",
        title=Label(en=title or "Journey map", ko=title or "여정 지도"),
        sources=request.sources,
        notes=tuple(notes),
        simulated=request.simulated or _simulated(catalog),
        filters=filters,
    )


def _simulated(catalog: Catalog) -> bool:
    column = catalog.find(SIMULATED)
    return column is not None and column.rows > 0
