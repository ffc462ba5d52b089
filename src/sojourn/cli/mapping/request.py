"""From the options of ``sojourn map`` to a drafted map."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.cli.mapping.files import read_text
from sojourn.cli.options import Asked, Output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.app.mapping import Drafted
    from sojourn.app.workspace import Workspace
    from sojourn.maps.document import JourneyMap, Label
    from sojourn.stages.model import StageModel

_DOCUMENTS = (".yaml", ".yml", ".json")
_HEAD = 4096
"""A map document names its format in the first lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the options said."""

    title: str
    stages_file: Path | None
    taxonomy: str | None
    plan_file: Path | None
    where: str | None
    people: str | None
    start: str | None
    end: str | None


def saved_map(files: Sequence[str]) -> JourneyMap | None:
    """Return the map document that is the only file given; None where the files hold events."""
    from sojourn.maps.formats.document import FORMAT, read_map

    path = Path(files[0]) if len(files) == 1 else Path()
    if path.suffix.lower() not in _DOCUMENTS or not path.is_file():
        return None
    with path.open(encoding="utf-8", errors="replace") as file:
        if FORMAT.partition("/")[0] not in file.read(_HEAD):
            return None
    return read_map(read_text(path), str(path))


def draft(
    workspace: Workspace, wanted: Wanted, notes: tuple[Label, ...], files: Sequence[str]
) -> Drafted:
    """Return the map that was asked for."""
    from sojourn.app.mapping import MapRequest, draft_map
    from sojourn.maps.formats.document import read_map

    asked = Asked(
        workspace=Path(workspace.path), output=Output(), where=wanted.where, people=wanted.people,
        start=wanted.start, end=wanted.end,
    )  # fmt: skip
    plan = wanted.plan_file
    request = MapRequest(
        model=_model(workspace, wanted),
        taxonomy=wanted.taxonomy,
        plan=None if plan is None else read_map(read_text(plan), str(plan)),
        scope=asked.scope(workspace.about.timezone),
        title=wanted.title,
        sources=_sources(workspace, files),
        notes=notes,
    )
    return draft_map(workspace, request)


def _model(workspace: Workspace, wanted: Wanted) -> StageModel | None:
    """Return the model named or applied; None where one is to be suggested."""
    from sojourn.app.stage_models import applied_model
    from sojourn.stages.document import read_model

    if wanted.stages_file is not None:
        return read_model(read_text(wanted.stages_file), str(wanted.stages_file))
    return None if wanted.taxonomy else applied_model(workspace.documents)


def _sources(workspace: Workspace, files: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the files, without their folders; for a workspace, those imported."""
    names = files or [entry.name for entry in workspace.ledger.entries()]
    return tuple(dict.fromkeys(Path(name).name for name in names))[:12]
