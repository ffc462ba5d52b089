"""The kinds of documents that are kept as files: where each lies, and how it is read."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sojourn.app import stage_models
from sojourn.app.collecting import webhooks
from sojourn.app.segmenting import documents as segments
from sojourn.base.errors import InputError
from sojourn.events.webhooks.document import read_webhook
from sojourn.segments.document import read_segment, write_segment
from sojourn.stages.document import read_model, write_model

if TYPE_CHECKING:
    from collections.abc import Callable

SUFFIX: Final = ".yaml"


class DocumentFileError(InputError):
    """A folder of documents cannot be applied. Remedy: name each file after its document."""

    code = "document-file"


@dataclass(frozen=True, slots=True)
class FiledKind:
    """A kind of documents, and its files.

    Attributes
    ----------
    kind : str
        As the workspace names it.
    place : str
        The folder of its files; the one file's own name, without the suffix, where the workspace
        keeps one document of the kind.
    alone : bool
        Whether it keeps one.
    read : callable of (str, str)
        From a text, and what to call it in messages, the id of its document and the body that is
        kept of it.
    same : callable of (str, str)
        Whether two bodies say the same.
    """

    kind: str
    place: str
    alone: bool
    read: Callable[[str, str], tuple[str, str]]
    same: Callable[[str, str], bool] = operator.eq

    def path(self, document_id: str) -> str:
        """Return where the file of a document lies, with ``/`` between folders."""
        return (self.place if self.alone else f"{self.place}/{document_id}") + SUFFIX


def _stages(text: str, source: str) -> tuple[str, str]:
    return stage_models.MAIN, write_model(read_model(text, source))


def _segment(text: str, source: str) -> tuple[str, str]:
    segment = read_segment(text, source)
    return segment.key, write_segment(segment)


def _webhook(text: str, source: str) -> tuple[str, str]:
    return read_webhook(text, source).name, text


STAGES: Final = FiledKind(stage_models.KIND, "stages", True, _stages)
SEGMENTS: Final = FiledKind(segments.KIND, "segments", False, _segment)
WEBHOOKS: Final = FiledKind(
    webhooks.KIND, "webhooks", False, _webhook,
    lambda one, other: read_webhook(one, "one") == read_webhook(other, "the other"),
)  # fmt: skip
KINDS: Final = (STAGES, SEGMENTS, WEBHOOKS)
"""In the order in which they are applied: segments name stages."""
REMOVED: Final = webhooks.REMOVED


def kind_of(path: str) -> FiledKind | None:
    """Return the kind of a file's document by where it lies; None for any other file."""
    folder, _, name = path.rpartition("/")
    if not name.endswith(SUFFIX) or name.startswith("."):
        return None
    for kind in KINDS:
        if (kind.alone and path == kind.path("")) or (not kind.alone and folder == kind.place):
            return kind
    return None


def read_file(path: str, text: str) -> tuple[FiledKind, str, str]:
    """Return the kind, the id and the body of a file's document.

    Raises
    ------
    DocumentFileError
        If it is not named after its document, or lies where no document does.
    DocumentError
        If it cannot be read.
    """
    kind = kind_of(path)
    if kind is None:
        allowed = ", ".join(each.path("NAME") for each in KINDS)
        raise DocumentFileError(f"{path} is the place of no document.", allowed=allowed)
    document_id, body = kind.read(text, path)
    if kind.path(document_id) != path:
        raise DocumentFileError(
            f"{path} holds {document_id!r}.", allowed=f"it in {kind.path(document_id)}"
        )
    return kind, document_id, body
