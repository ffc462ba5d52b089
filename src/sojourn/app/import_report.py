"""What became of the rows of an import."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from sojourn.ports.workspace import Counts, ImportStatus

if TYPE_CHECKING:
    from sojourn.base.json import JsonObject
    from sojourn.ports.reader import RoleChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why one row was no event."""

    line: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What became of the rows of one input.

    Attributes
    ----------
    counts : Counts
        Of rows. A row that gives several events is accepted if any of them was new.
    identical : int
        Events kept although an identical row stood earlier in the same input.
    repeated_ids : int
        Events left out because their own id stood earlier in the same input.
    reasons : tuple of (str, int)
        How many rows were quarantined for each code, the most common first.
    problems : tuple of Problem
        The first few of them.
    quarantine : str
        File of the quarantined rows relative to the workspace; empty when there are none.
    message : str
        Why the input could not be read (to its end); empty when it was.
    """

    name: str
    status: ImportStatus
    counts: Counts
    format: str
    roles: tuple[RoleChoice, ...]
    identical: int
    repeated_ids: int
    reasons: tuple[tuple[str, int], ...]
    problems: tuple[Problem, ...]
    quarantine: str
    message: str

    def to_json(self) -> JsonObject:
        """Return the file's part of ``sojourn import --json``."""
        return {
            "file": self.name,
            "status": self.status.value,
            **_counts(self.counts),
            "identical_kept": self.identical,
            "repeated_ids": self.repeated_ids,
            "format": self.format,
            "roles": [
                {"role": choice.role, "column": choice.column, "why": choice.why}
                for choice in self.roles
            ],
            "reasons": dict(self.reasons),
            "problems": [
                {"line": problem.line, "code": problem.code, "reason": problem.reason}
                for problem in self.problems
            ],
            "quarantine": self.quarantine or None,
            "error": self.message or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of the rows of every input."""

    files: tuple[FileReport, ...]

    @property
    def counts(self) -> Counts:
        """The rows of all inputs together."""
        return reduce(add, (file.counts for file in self.files), Counts())

    @property
    def failed(self) -> int:
        """How many inputs could not be read to their end."""
        return sum(file.status is not ImportStatus.COMPLETE for file in self.files)

    def to_json(self) -> JsonObject:
        """Return what ``sojourn import --json`` prints."""
        return {**_counts(self.counts), "files": [file.to_json() for file in self.files]}


def _counts(counts: Counts) -> JsonObject:
    return {
        "read": counts.read,
        "accepted": counts.accepted,
        "duplicate": counts.duplicate,
        "quarantined": counts.quarantined,
    }
