"""The stage model in a notebook: which one holds, and what it says about people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.api.asking import About, Asking, When
from sojourn.base.dates import instant_of

if TYPE_CHECKING:
    from sojourn.api.result import Result
    from sojourn.app.stage_models import Complaint
    from sojourn.app.workspace import Workspace
    from sojourn.ports.workspace import Document
    from sojourn.stages.ask.on_date import StateRow
    from sojourn.stages.ask.overview import StageRow
    from sojourn.stages.ask.person import MoveRow
    from sojourn.stages.model import StageModel


class Stages(Asking):
    """A stage model over opened data.

    Attributes
    ----------
    model : StageModel
    """

    def __init__(self, workspace: Workspace, model: StageModel) -> None:
        super().__init__(workspace)
        self.model = model

    @property
    def document(self) -> str:
        """The stage model as YAML text."""
        from sojourn.stages.document import write_model

        return write_model(self.model)

    def check(self) -> tuple[Complaint, ...]:
        """Return what in the stage model the data do not bear out."""
        from sojourn.app.stage_models import complaints

        return complaints(self.model, self.catalog)

    def apply(self, *, who: str = "notebook", why: str = "") -> int:
        """Make it the workspace's stage model, and return its version; earlier ones are kept."""
        from sojourn.app.segmenting.documents import apply_stages

        return apply_stages(self._workspace.documents, self.model, who=who, why=why).version

    def versions(self) -> tuple[Document, ...]:
        """Return every stage model that was applied, with who, when and why; earliest first."""
        from sojourn.app.stage_models import model_versions

        return tuple(model_versions(self._workspace.documents))

    def measure(
        self, *, all_spells: bool = False, where: str = "", people: str = "", start: When = None,
        end: When = None, by: str = "", compare: bool = False,
    ) -> Result[StageRow]:  # fmt: skip
        """Return people, moves, conversion and sojourn of every stage.

        Parameters
        ----------
        all_spells : bool
            Sojourn over every spell, not each person's first; intervals are then over people.
        where, people, start, end, by, compare
            See :class:`sojourn.Journeys`.
        """
        from sojourn.stages.ask import overview

        about = About(where=where, people=people, start=start, end=end, by=by, compare=compare)
        scope = self._scope(about)
        spec = overview.Stages(model=self.model, scope=scope, all_spells=all_spells)
        return self._typed(spec, overview.StageRow, about)

    def on(
        self, date: When, *, where: str = "", people: str = "", by: str = ""
    ) -> Result[StateRow]:
        """Return how many people were in which state at the end of a date, or at a moment."""
        from datetime import datetime

        from sojourn.stages.ask.on_date import StagesOn, StateRow

        zone = self._workspace.about.timezone
        at = self.catalog.as_of_us if date is None else instant_of(date, zone, last=True)
        whole = len(date) <= 10 if isinstance(date, str) else not isinstance(date, datetime)
        about = About(where=where, people=people, by=by)
        spec = StagesOn(model=self.model, instant_us=at - int(whole), scope=self._scope(about))
        return self._typed(spec, StateRow, about)

    def person(self, person: str, *, where: str = "") -> Result[MoveRow]:
        """Return every move of one person between the states."""
        from sojourn.stages.ask.person import MoveRow, PersonStages

        spec = PersonStages(model=self.model, person=person, scope=self._scope(About(where=where)))
        return self._typed(spec, MoveRow)


def stages_of(
    workspace: Workspace, model: str, taxonomy: str, version: int | None = None
) -> Stages:
    """Return the stages of a workspace: by the given YAML, else as applied, else as suggested."""
    from sojourn.app.mapping import suggest_stages
    from sojourn.app.stage_models import StageVersionError, applied_model, model_of_version
    from sojourn.insight.question import Scope
    from sojourn.stages.document import read_model

    if version is not None:
        if model or taxonomy:
            raise StageVersionError("A version names a stage model already.", allowed="it alone")
        return Stages(workspace, model_of_version(workspace.documents, version)[0])
    if model:
        return Stages(workspace, read_model(model))
    applied = None if taxonomy else applied_model(workspace.documents)
    found = applied or suggest_stages(workspace, Scope(), taxonomy or None).model
    return Stages(workspace, found)
