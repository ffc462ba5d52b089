"""The stage model of a workspace: applied, and checked against the data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError, nearest
from sojourn.base.predicate import TRAIT_PREFIX, fields
from sojourn.stages.document import read_model, write_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.index.catalog import Catalog
    from sojourn.ports.workspace import Document, Documents
    from sojourn.stages.model import Evidence, StageModel

KIND, MAIN = "stages", "main"
"""The kind and id under which a workspace keeps its stage model."""


def applied_model(documents: Documents) -> StageModel | None:
    """Return the stage model applied to a workspace; None when there is none."""
    applied = documents.get(KIND, MAIN)
    return None if applied is None else _read(applied.body)


@lru_cache(64)
def _read(body: str) -> StageModel:
    """Return a stage model; asked for twice a second wherever segments are followed."""
    return read_model(body, "the applied stage model")


class StageVersionError(InputError):
    """A version of the stage model cannot be had. Remedy: name one that is kept, alone."""

    code = "no-such-version"


def model_versions(documents: Documents) -> Sequence[Document]:
    """Return every stage model that was applied to a workspace, the earliest first."""
    return documents.history(KIND, MAIN)


def model_of_version(documents: Documents, version: int) -> tuple[StageModel, Document]:
    """Return an earlier stage model of a workspace, and who applied it when.

    Raises
    ------
    StageVersionError
        If the workspace keeps no such version.
    """
    kept = documents.get(KIND, MAIN, version)
    if kept is None:
        numbers = [each.version for each in model_versions(documents)]
        raise StageVersionError(
            f"There is no version {version} of the stage model.",
            allowed=f"1 to {max(numbers)}" if numbers else "none yet: no stage model was applied",
        )
    return read_model(kept.body, f"version {version} of the stage model"), kept


def apply_model(documents: Documents, model: StageModel, *, who: str, why: str = "") -> Document:
    """Return the new version of the workspace's stage model; nothing is overwritten."""
    return documents.put(KIND, MAIN, write_model(model), who=who, why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Something in a stage model that the data do not bear out.

    Attributes
    ----------
    grave : bool
        The stage cannot work as written, rather than only in part.
    """

    stage: str
    problem: str
    grave: bool


def complaints(model: StageModel, catalog: Catalog) -> tuple[Complaint, ...]:
    """Return what in a stage model the data do not bear out: unknown events and properties."""
    found: list[Complaint] = []
    for stage in model.stages:
        if not stage.enter:
            found.append(Complaint(stage=stage.key, problem="No event leads here.", grave=False))
        for rule in stage.enter:
            found += _evidence(stage.key, rule.evidence, catalog)
        for evidence in (*stage.lapse.on, *stage.lapse.keep):
            found += _evidence(stage.key, evidence, catalog)
        if not catalog.timed and stage.lapse.quiet_us is not None:
            problem = "The events carry no times, so no quiet time passes."
            found.append(Complaint(stage=stage.key, problem=problem, grave=False))
    return tuple(found)


def _evidence(stage: str, evidence: Evidence, catalog: Catalog) -> list[Complaint]:
    known = set(catalog.events)
    missing = [name for name in evidence.events if name not in known]
    alone = len(missing) == len(evidence.events)
    found = [
        Complaint(stage=stage, problem=_no(f"event {name!r}", name, catalog.events), grave=alone)
        for name in missing
    ]
    names = [column.name for column in catalog.columns]
    for name in sorted(fields(evidence.where) - {"event"}):
        plain = name.removeprefix(TRAIT_PREFIX)
        if plain not in names and plain not in catalog.others:
            problem = _no(f"property {plain!r}", plain, (*names, *catalog.others))
            found.append(Complaint(stage=stage, problem=problem, grave=True))
    return found


def _no(what: str, name: str, known: tuple[str, ...]) -> str:
    close = nearest(name, known)
    return f"There is no {what}." + (f" Did you mean {close!r}?" if close else "")
