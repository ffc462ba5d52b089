"""The lake: all events for ever, as received."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class LakeFile:
    """One data file of a snapshot."""

    path: str
    """Relative to the lake."""
    rows: int
    month: str
    size: int = 0
    """In bytes."""


Merge: TypeAlias = "tuple[str, Sequence[str]]"
"""The path of a file, and those of the files whose rows it holds."""


def present(files: Sequence[str], merges: Sequence[Merge]) -> tuple[str, ...]:
    """Return what files are called now.

    Where only some of the files that were merged are among them, the old names stay, which no lake
    has any more: what was built from those is built anew.

    Examples
    --------
    >>> present(["a", "b", "c"], [("ab", ["a", "b"]), ("abc", ["ab", "c"]), ("xy", ["x", "y"])])
    ('abc',)
    """
    held = set(files)
    for new, old in merges:
        if held.issuperset(old):
            held = held.difference(old) | {new}
    return tuple(sorted(held))


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkept:
    """What the upkeep of a lake did."""

    merged: int
    """Small files that became part of larger ones."""
    removed: int
    """Files removed that were replaced long enough ago."""
    checkpoint: bool


class Lake(Protocol):
    """A Delta Lake table with :data:`sojourn.events.schema.EVENT_SCHEMA`."""

    def version(self) -> int:
        """Return the newest version; -1 when nothing was ever written."""

    def newest(self) -> Sequence[str]:
        """Return the paths of the data files that the newest version added.

        A lake that was lost and begun again has the numbers of the old one; the paths differ.
        """

    def files(self) -> Sequence[LakeFile]:
        """Return the data files of the newest version."""

    def merges(self) -> Sequence[Merge]:
        """Return which file took the place of which smaller ones, in the order it happened."""

    def kept_links(self) -> pa.Table:
        """Return links that outlive their events, with the links' schema.

        Ids of erased people in them are replaced.
        """

    def scan(
        self, columns: Sequence[str], files: Sequence[LakeFile] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Return some columns of some files (all by default), batch by batch."""
