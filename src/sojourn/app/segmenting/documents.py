"""The segments of a workspace: kept as versioned documents, and checked against the data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from sojourn.app.stage_models import applied_model, apply_model
from sojourn.base.dates import instant_of
from sojourn.base.errors import InputError, UnknownNameError, nearest
from sojourn.segments.compiled import check_conditions, compile_segments, names_of
from sojourn.segments.document import read_segment, write_segment
from sojourn.segments.errors import SegmentError
from sojourn.segments.model import InStage, every_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.index.catalog import Catalog
    from sojourn.ports.workspace import Document, Documents
    from sojourn.segments.model import Segment
    from sojourn.stages.model import StageModel

KIND = "segment"
"""The kind under which a workspace keeps its segments, each by its key."""
READ_AT_ONCE = 4096
"""Segments that are remembered as they were read."""
_DAY = len("2025-11-30")


@dataclass(frozen=True, slots=True)
class KeptSegment:
    """A segment, and the document that says so."""

    segment: Segment
    document: Document


def kept_segments(documents: Documents) -> tuple[KeptSegment, ...]:
    """Return the newest version of every segment, by key."""
    return tuple(_kept(document) for document in documents.newest(KIND))


def kept_segment(documents: Documents, key: str, version: int | None = None) -> KeptSegment:
    """Return one segment, its newest version unless one is named.

    Raises
    ------
    UnknownNameError
        If there is none of that key, or no such version.
    """
    document = documents.get(KIND, key, version)
    if document is None:
        versions = [str(each.version) for each in documents.history(KIND, key)]
        if version is not None and versions:
            raise UnknownNameError(f"version of segment {key!r}", str(version), versions)
        raise UnknownNameError("segment", key, [each.id for each in documents.newest(KIND)])
    return _kept(document)


def keep_segment(documents: Documents, segment: Segment, *, who: str, why: str = "") -> Document:
    """Return the new version of a segment; the present one where nothing changed.

    Raises
    ------
    SegmentError
        If it is to be followed and cannot be worked out: a stage that is not there, a trait asked
        of an event.
    """
    if segment.active:  # one that is not followed stops nobody, whatever became of its stages
        compile_segments((segment,), applied_model(documents))
    return documents.put(KIND, segment.key, write_segment(segment), who=who, why=why)


def check_together(
    documents: Documents, model: StageModel | None, segments: Sequence[Segment] = ()
) -> None:
    """Check what would hold together: a stage model, some segments, and those that are followed.

    One that cannot be worked out would stop all others from being followed.

    Parameters
    ----------
    documents : Documents
    model : StageModel or None
        To be applied.
    segments : sequence of Segment
        To be kept.

    Raises
    ------
    InputError
        If a segment names a stage that is not there, or a condition cannot be asked.
    """
    if model is not None:
        check_conditions(model)
    new = {segment.key for segment in segments}
    kept = (each.segment for each in kept_segments(documents) if each.segment.active)
    others = (each for each in kept if each.key not in new and names_stages(each))
    for segment in (*segments, *others):
        if not segment.active:
            continue
        try:
            compile_segments((segment,), model)
        except SegmentError as error:
            raise SegmentError(
                f"The segment {segment.key!r}: {error.problem}", allowed=error.allowed,
                remedy=error.remedy,
            ) from error  # fmt: skip


def countable(
    documents: Documents, kept: Sequence[KeptSegment]
) -> tuple[tuple[KeptSegment, ...], dict[str, InputError]]:
    """Return the segments that can be worked out, and why the others cannot, by key.

    One that is not followed may name a stage that the stage model has no more, or a pattern that is
    none.
    """
    model = applied_model(documents)
    good: list[KeptSegment] = []
    others: dict[str, InputError] = {}
    for each in kept:
        try:
            compile_segments((each.segment,), model)
        except InputError as error:
            others[each.segment.key] = error
        else:
            good.append(each)
    return tuple(good), others


def names_stages(segment: Segment) -> bool:
    """Return whether a segment asks for the stage that somebody is in."""
    return any(isinstance(rule, InStage) for rule in every_rule(segment.who))


def apply_stages(documents: Documents, model: StageModel, *, who: str, why: str = "") -> Document:
    """Return the new version of the stage model, with which every followed segment goes.

    Raises
    ------
    InputError
        See :func:`check_together`.
    """
    check_together(documents, model)
    return apply_model(documents, model, who=who, why=why)


def set_active(documents: Documents, key: str, *, active: bool, who: str) -> Document:
    """Return the new version of a segment that is followed from now on, or is not."""
    kept = kept_segment(documents, key).segment
    why = "followed again" if active else "no longer followed"
    return keep_segment(documents, replace(kept, active=active), who=who, why=why)


def model_for(segments: Sequence[Segment], documents: Documents) -> StageModel | None:
    """Return the stage model that segments mean; None where no rule names a stage."""
    if not any(names_stages(segment) for segment in segments):
        return None
    return applied_model(documents)


def asked_at(at: str | None, timezone: str) -> int | None:
    """Return the instant that a date means, its end, or a moment; None for the newest event's.

    Raises
    ------
    DateError
        If it is neither.
    """
    if at is None:
        return None
    return instant_of(at, timezone, last=True) - (1 if len(at) <= _DAY else 0)


def doubts(segment: Segment, catalog: Catalog) -> tuple[str, ...]:
    """Return what a segment names and the data do not have yet: events and properties."""
    events, properties = names_of(segment.who)
    known = [column.name for column in catalog.columns] + list(catalog.others)
    found = [_no("event", name, catalog.events) for name in sorted(events - set(catalog.events))]
    found += [_no("property", name, known) for name in sorted(properties - set(known))]
    return tuple(found)


def _no(what: str, name: str, known: Sequence[str]) -> str:
    close = nearest(name, known)
    return f"There is no {what} {name!r} yet." + (f" Did you mean {close!r}?" if close else "")


def _kept(document: Document) -> KeptSegment:
    return KeptSegment(_read(document.body, f"segment {document.id}"), document)


@lru_cache(READ_AT_ONCE)
def _read(body: str, place: str) -> Segment:
    """Return a segment; asked for twice a second wherever segments are followed."""
    return read_segment(body, place)
