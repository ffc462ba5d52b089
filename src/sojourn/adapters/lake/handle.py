"""The lake of an opened workspace: its version is known without loading Delta Lake."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from typing_extensions import override

from sojourn.adapters.lake.recovery import newest_entry, newest_files
from sojourn.ports.lake import Lake, LakeFile, Merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa


class LakeHandle(Lake):
    """A lake that loads what it needs when it is read.

    Most questions find their index up to date and need only the version; Delta Lake, Arrow's
    data sets and what those load take half a second.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @override
    def version(self) -> int:
        version, whole = newest_entry(self._folder)
        return version if whole else version - 1

    @override
    def newest(self) -> Sequence[str]:
        return newest_files(self._folder)

    @override
    def files(self) -> Sequence[LakeFile]:
        return self._table().files()

    @override
    def merges(self) -> Sequence[Merge]:
        return self._table().merges()

    @override
    def kept_links(self) -> pa.Table:
        return self._table().kept_links()

    @override
    def scan(
        self, columns: Sequence[str], files: Sequence[LakeFile] | None = None
    ) -> Iterator[pa.RecordBatch]:
        return self._table().scan(columns, files)

    def _table(self) -> Lake:
        table: Lake = import_module("sojourn.adapters.lake.table").DeltaLake(self._folder)
        return table
