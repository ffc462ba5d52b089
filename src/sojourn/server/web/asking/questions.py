"""Which questions there are: the method each asks, its path, an example."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sojourn.api.journeys import Journeys
from sojourn.api.questions.stages import Stages
from sojourn.app.access.roles import Action
from sojourn.server.web.asking.bodies import body_of, called

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel, JsonValue

    from sojourn.api.result import Result
    from sojourn.app.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    Attributes
    ----------
    path : str
        After ``…/questions/``.
    method : callable
        Of :class:`Journeys`, or of :class:`Stages`: then the body also names the stage model.
    example : dict
        A body.
    action : Action
        What the caller must be allowed.
    body : type of BaseModel
    """

    path: str
    method: Callable[..., Result[object]]
    example: dict[str, JsonValue]
    action: Action = Action.ASK
    body: type[BaseModel] = field(init=False)

    def __post_init__(self) -> None:
        methods = (Journeys.stages, self.method) if self.is_of_stages else (self.method,)
        name = self.path.title().replace("-", "") + "Question"
        object.__setattr__(self, "body", body_of(name, self.example, *methods))

    @property
    def is_of_stages(self) -> bool:
        """Whether a stage model is asked."""
        return self.method.__qualname__.startswith("Stages.")

    def ask(self, workspace: Workspace, body: BaseModel) -> Result[object]:
        """Return the answer of a workspace."""
        asking: Journeys | Stages = Journeys(workspace)
        if self.is_of_stages:
            asking = called(Journeys(workspace).stages, body)
        bound: Callable[..., Result[object]] = self.method.__get__(asking)
        return called(bound, body)


QUESTIONS: Final = (
    Question(path="events", method=Journeys.events, example={"where": "device = mobile"}),
    Question(path="properties", method=Journeys.properties, example={"start": "2026-01-01"}),
    Question(path="funnel", method=Journeys.funnel,
             example={"steps": ["Viewed Home Page", "Order Completed"], "window": "7d"}),
    Question(path="graph", method=Journeys.graph, example={"session": True}),
    Question(path="variants", method=Journeys.variants, example={"top": 10}),
    Question(path="paths", method=Journeys.paths,
             example={"after": "Viewed Home Page", "until": "Order Completed", "depth": 3}),
    Question(path="matches", method=Journeys.matches,
             example={"patterns": ["Viewed Home Page -> [^Order Completed]* -> end"]}),
    Question(path="retention", method=Journeys.retention,
             example={"begin": "Viewed Home Page", "back": "Order Completed", "every": "week"}),
    Question(path="revenue-retention", method=Journeys.revenue_retention,
             example={"money": "value", "back": "Order Completed", "every": "month"}),
    Question(path="lifecycle", method=Journeys.lifecycle, example={"every": "week"}),
    Question(path="between", method=Journeys.between,
             example={"first": "Viewed Home Page", "then": "Order Completed"}),
    Question(path="sources", method=Journeys.sources,
             example={"goal": "Order Completed", "window": "30d"}),
    Question(path="sessions", method=Journeys.sessions, example={"every": "day"}),
    Question(path="person", method=Journeys.person, example={"person": "ann"},
             action=Action.SEE_PEOPLE),
    Question(path="stages", method=Stages.measure, example={"taxonomy": "five"}),
    Question(path="stages-on", method=Stages.on, example={"date": "2026-01-31"}),
    Question(path="person-stages", method=Stages.person, example={"person": "ann"},
             action=Action.SEE_PEOPLE),
)  # fmt: skip
