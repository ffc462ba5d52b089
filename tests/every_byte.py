"""Every byte of a workspace, packed or not, and every row of its database: to search for values."""

from __future__ import annotations

import gzip
import sqlite3
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from sojourn.adapters.sql.backends.postgres import schema_of
from sojourn.adapters.workspace import folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from postgres import Server


class EveryByte:
    """All that a workspace holds, read once.

    Parameters
    ----------
    root : Path
    server : Server, optional
        Where its state is kept in PostgreSQL.
    """

    def __init__(self, root: Path, server: Server | None = None) -> None:
        self._contents = [
            (str(path.relative_to(root)), content)
            for path in root.rglob("*")
            if path.is_file()
            for content in _contents(path)
        ]
        self._contents += [(f"table {name}", content) for name, content in _tables(root, server)]

    def places_with(self, values: Iterable[str]) -> set[str]:
        """Return the files and tables in which any of some values stands."""
        wanted = [value.encode() for value in values]
        return {
            name for name, content in self._contents if any(value in content for value in wanted)
        }


def _contents(path: Path) -> Iterator[bytes]:
    """Yield a file as it lies there, and what is packed in it."""
    raw = path.read_bytes()
    yield raw
    yield path.name.encode()
    if raw[:2] == b"\x1f\x8b":
        yield gzip.decompress(raw)
    if raw[:4] == b"PAR1":
        yield from _parquet(path)
    if raw[:15] == b"SQLite format 3":
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            yield "\n".join(database.iterdump()).encode()
        database.close()


def _parquet(path: Path) -> Iterator[bytes]:
    """Yield what the pages hold, dictionaries with what no row refers to, and what the foot says."""
    file = pq.ParquetFile(path)
    yield repr(file.metadata.to_dict()).encode()
    texts = [f.name for f in file.schema_arrow if pa.types.is_string(f.type)]
    file.close()
    table = pq.ParquetFile(path, read_dictionary=texts).read()
    yield repr(table.to_pylist()).encode()
    for column in table.columns:
        for chunk in column.chunks:
            if isinstance(chunk, pa.DictionaryArray):
                yield repr(chunk.dictionary.to_pylist()).encode()


def _tables(root: Path, server: Server | None) -> Iterator[tuple[str, bytes]]:
    if server is None:
        return
    schema = schema_of(folder.read(root)[1].id)
    names = server.run(f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}'")
    for (name,) in names:
        for row in server.run(f'SELECT * FROM {schema}."{name}"'):
            for cell in row:
                content = cell if isinstance(cell, bytes) else repr(cell).encode()
                yield name, content
