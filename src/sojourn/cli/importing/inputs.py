"""From what was typed to the inputs of an import."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sojourn.app.import_file import Source

STDIN = "-"
_GLOB = set("*?[")


class NoMatchError(InputError):
    """A pattern matches no file. Remedy: check the folder and the pattern."""

    code = "no-match"


def sources_of(files: Sequence[str]) -> tuple[Source, ...]:
    """Return the inputs named: files, patterns (``**`` goes into folders), ``-`` for stdin.

    Raises
    ------
    NoMatchError
        If a pattern matches nothing.
    """
    from sojourn.app.import_file import Source

    sources = []
    for name in dict.fromkeys(path for file in files for path in _expanded(file)):
        if name == STDIN:
            sources.append(Source(name="standard input", content=sys.stdin.buffer))
        else:
            path = Path(name)
            size = path.stat().st_size if path.is_file() else None
            sources.append(Source(name=name, content=name, size=size))
    return tuple(sources)


def _expanded(file: str) -> Iterator[str]:
    if file == STDIN or Path(file).exists() or not _GLOB & set(file):
        yield file
        return
    pattern = Path(file)
    root = Path(pattern.anchor) if pattern.anchor else Path()
    inside = pattern.relative_to(pattern.anchor) if pattern.anchor else pattern
    found = sorted(str(path) for path in root.glob(str(inside)) if path.is_file())
    if not found:
        raise NoMatchError(f"No file matches {file!r}.", allowed="a path, or a pattern of files")
    yield from found
