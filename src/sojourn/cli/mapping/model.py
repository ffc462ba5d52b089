"""Which stage model holds, and what a suggestion says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from sojourn.app.workspace import Workspace
    from sojourn.base.json import JsonObject
    from sojourn.stages.model import StageModel
    from sojourn.stages.suggest.result import Suggestion

_BASIS = {
    "words": "told from the event names and from how events lie in people's lives",
    "order": "milestones in their usual order, since the names tell too little",
    "depth": "how far people go, since the events come in no stable order",
}


def model_of(workspace: Workspace, file: Path | None) -> tuple[StageModel, str]:
    """Return the stage model that holds, and in words where it comes from."""
    from sojourn.app.mapping import suggest_stages
    from sojourn.app.stage_models import applied_model
    from sojourn.cli.mapping.files import read_text
    from sojourn.insight.question import Scope
    from sojourn.stages.document import read_model

    if file is not None:
        return read_model(read_text(file), str(file)), f"from {file}"
    applied = applied_model(workspace.documents)
    if applied is not None:
        return applied, "applied to this workspace"
    suggestion = suggest_stages(workspace, Scope())
    return suggestion.model, f"suggested: {_BASIS[suggestion.basis]}"


def kept_model(workspace: Workspace, version: int) -> tuple[StageModel, str]:
    """Return an earlier stage model of the workspace, and in words who applied it when."""
    from sojourn.app.stage_models import model_of_version

    model, kept = model_of_version(workspace.documents, version)
    who, why = (" ".join(text.split()) for text in (kept.who, kept.why))
    origin = f"version {version}, applied {kept.when:%Y-%m-%d %H:%M} UTC by {who}"
    return model, f"{origin}: {why}" if why else origin


def versions_of(workspace: Workspace) -> list[JsonObject]:
    """Return for each stage model that was applied who did it, when and why."""
    from sojourn.app.stage_models import model_versions

    return [
        {"version": each.version, "when": each.when.isoformat(), "who": each.who, "why": each.why}
        for each in model_versions(workspace.documents)
    ]


def say_suggestion(found: Suggestion) -> None:
    """Say on standard error what was bound and why, and what was not."""
    lines = [f"Stages {_BASIS[found.basis]}."]
    lines += [f"  {bound.stage}: {bound.why}" for bound in found.bound]
    lines += [
        f"  {unbound.stage}: nothing bound. {unbound.question.en}" for unbound in found.unbound
    ]
    if found.left_over:
        rest = ", ".join(found.left_over[:12]) + (" …" if len(found.left_over) > 12 else "")
        lines.append(f"  in no stage: {rest}")
    lines += [f"· {note.en}" for note in found.notes]
    for line in lines:
        click.echo(line, err=True)
