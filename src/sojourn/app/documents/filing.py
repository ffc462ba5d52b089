"""Documents to files and back: what an export writes, and what applying files would change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sojourn.app.documents.kinds import (
    KINDS,
    REMOVED,
    SEGMENTS,
    STAGES,
    FiledKind,
    kind_of,
    read_file,
)
from sojourn.app.segmenting.documents import check_together
from sojourn.app.stage_models import MAIN, applied_model
from sojourn.base.errors import InputError
from sojourn.ports.workspace import NewVersion
from sojourn.segments.document import read_segment
from sojourn.stages.document import read_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sojourn.ports.workspace import Document, Documents


class Change(StrEnum):
    """What becomes of a file or of a document."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT = "left"
    """It is on one side alone, and stays there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One document, and its file.

    Attributes
    ----------
    path : str
        Where the file lies, with ``/`` between folders.
    change : Change
        What the other side makes of it.
    kind : FiledKind
    id : str
        Empty where a file has no document.
    body : str
        What is to be written or kept.
    version : int
        The document's newest version; 0 where there is none.
    """

    path: str
    change: Change
    kind: FiledKind
    id: str
    body: str
    version: int = 0


def export(documents: Documents, present: Mapping[str, str]) -> tuple[Filed, ...]:
    """Return what becomes of each file where a workspace's documents are written to files.

    A file that says the same in other words, with comments of its own, stays as it is.

    Parameters
    ----------
    documents : Documents
    present : mapping of str to str
        The files that are there: text by path.
    """
    found: list[Filed] = []
    for kind in KINDS:
        for document in _kept(documents, kind):
            path = kind.path(document.id)
            if path not in present:
                change = Change.NEW
            else:
                change = Change.SAME if _says(path, present[path], document) else Change.CHANGED
            found.append(
                Filed(path=path, change=change, kind=kind, id=document.id, body=document.body)
            )
    written = {each.path for each in found}
    left = [(path, kind_of(path)) for path in sorted(present.keys() - written)]
    found += [
        Filed(path=path, change=Change.LEFT, kind=kind, id="", body=present[path])
        for path, kind in left
        if kind is not None
    ]
    return tuple(found)


def plan(documents: Documents, files: Mapping[str, str]) -> tuple[Filed, ...]:
    """Return what applying files would change; every file is checked, alone and with the others.

    Parameters
    ----------
    documents : Documents
    files : mapping of str to str
        Text by path.

    Raises
    ------
    InputError
        If one cannot be read or kept, or some do not go together.
    """
    found: list[Filed] = []
    for path, text in files.items():
        kind, document_id, body = read_file(path, text)
        before = documents.get(kind.kind, document_id)
        change = Change.NEW
        if before is not None and before.body != REMOVED:
            same = body == before.body or kind.same(body, before.body)
            change = Change.SAME if same else Change.CHANGED
        found.append(
            Filed(path=path, change=change, kind=kind, id=document_id, body=body,
                  version=0 if before is None else before.version)
        )  # fmt: skip
    _check(documents, found)
    found += _without_file(documents, found)
    return tuple(sorted(found, key=lambda each: (KINDS.index(each.kind), each.path)))


def apply(documents: Documents, planned: Iterable[Filed], *, who: str, why: str = "") -> None:
    """Keep what a plan changes, each as a new version: all, or none.

    Raises
    ------
    OvertakenError
        If somebody else changed one of them since it was planned.
    """
    new = [
        NewVersion(kind=each.kind.kind, id=each.id, body=each.body, after=each.version)
        for each in planned
        if each.change in {Change.NEW, Change.CHANGED}
    ]
    documents.put_all(new, who=who, why=why)


def _kept(documents: Documents, kind: FiledKind) -> Sequence[Document]:
    return [each for each in documents.newest(kind.kind) if each.body != REMOVED]


def _without_file(documents: Documents, filed: Sequence[Filed]) -> list[Filed]:
    known = {(each.kind.kind, each.id) for each in filed}
    return [
        Filed(path=kind.path(document.id), change=Change.LEFT, kind=kind, id=document.id,
              body=document.body)
        for kind in KINDS
        for document in _kept(documents, kind)
        if (kind.kind, document.id) not in known
    ]  # fmt: skip


def _says(path: str, text: str, document: Document) -> bool:
    """Return whether a file says what a document does, however it is written."""
    if text == document.body:
        return True
    try:
        kind, document_id, body = read_file(path, text)
    except InputError:
        return False
    if document_id != document.id:
        return False
    return body == document.body or kind.same(body, document.body)


def _check(documents: Documents, found: Sequence[Filed]) -> None:
    """Check segments and stages as they would stand together."""
    new = [read_segment(each.body, each.path) for each in found if each.kind is SEGMENTS]
    model = applied_model(documents)
    for each in found:
        if each.kind is STAGES and each.id == MAIN:
            model = read_model(each.body, each.path)
    check_together(documents, model, new)
