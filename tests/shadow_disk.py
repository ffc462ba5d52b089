"""A disk as a power cut may leave it: what was synced is there, the rest may be or not.

What is assumed of a file system is only what POSIX says of fsync, and that a name changes whole:

- a file's content and size are on disk once fsync or fdatasync of the file returned; before that any
  of its writes may be, in any order, and of each write any sectors of 512 bytes;
- a folder's entries are on disk once fsync of the folder returned; syncing a file does not bring its
  name. Before that any of the changes to a folder may be, in any order, each whole: a rename never
  leaves neither or both of its names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

SECTOR = 512


@dataclass(eq=False)
class File:
    """Content as programs see it, as it is on disk for sure, and what lies between."""

    seen: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Writes at an offset; without data, the size is set to it."""

    def change(self, offset: int, data: bytes | None) -> None:
        _apply(self.seen, offset, data)
        self.pending.append((offset, data))

    def sync(self) -> None:
        for change in self.pending:
            _apply(self.kept, *change)
        self.pending.clear()

    def after_cut(self, chance: np.random.Generator | None) -> bytes:
        left = bytearray(self.kept)
        for offset, data in self.pending if chance else ():
            if data is None:
                if chance.random() < 0.5:
                    _apply(left, offset, None)
                continue
            whole = chance.random() < 0.5
            for start in range(0, len(data), SECTOR):
                if chance.random() < (0.9 if whole else 0.1):
                    _apply(left, offset + start, data[start : start + SECTOR])
        return bytes(left)


@dataclass(eq=False)
class Folder:
    """Entries as programs see them, as they are on disk for sure, and what lies between."""

    seen: dict[str, File | Folder] = field(default_factory=dict)
    kept: dict[str, File | Folder] = field(default_factory=dict)
    pending: list[dict[str, File | Folder | None]] = field(default_factory=list)

    def change(self, names: dict[str, File | Folder | None]) -> None:
        _rename(self.seen, names)
        self.pending.append(names)

    def sync(self) -> None:
        self.kept = dict(self.seen)
        self.pending.clear()

    def after_cut(self, chance: np.random.Generator | None) -> dict[str, File | Folder]:
        left = dict(self.kept)
        for names in self.pending if chance else ():
            if chance.random() < 0.5:
                _rename(left, names)
        return left


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        if len(content) > offset:
            del content[offset:]
        else:
            content.extend(bytes(offset - len(content)))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


def _rename(entries: dict[str, File | Folder], names: dict[str, File | Folder | None]) -> None:
    for name, node in names.items():
        if node is None:
            entries.pop(name, None)
        else:
            entries[name] = node


class Disk:
    """Everything below one folder, which itself is on disk and empty at first."""

    def __init__(self, root: Path) -> None:
        self.root = PurePosixPath(root)
        self.top = Folder()

    def find(self, path: str) -> File | Folder | None:
        """What is at a path, as programs see it; None for nothing, or for what is elsewhere."""
        node: File | Folder | None = self.top
        for name in self._names(path) or ():
            node = node.seen.get(name) if isinstance(node, Folder) else None
        return node if self.holds(path) else None

    def holds(self, path: str) -> bool:
        return PurePosixPath(path).is_relative_to(self.root)

    def place(self, path: str) -> tuple[Folder, str]:
        at = PurePosixPath(path)
        folder = self.find(str(at.parent))
        assert isinstance(folder, Folder), path
        return folder, at.name

    def _names(self, path: str) -> tuple[str, ...]:
        if not self.holds(path):
            return ()
        return PurePosixPath(path).relative_to(self.root).parts

    def make(self, path: str, node: File | Folder) -> None:
        folder, name = self.place(path)
        folder.change({name: node})

    def remove(self, path: str) -> None:
        folder, name = self.place(path)
        folder.change({name: None})

    def rename(self, old: str, new: str) -> None:
        node = self.find(old)
        assert node is not None, old
        (source, old_name), (target, new_name) = self.place(old), self.place(new)
        if source is target:
            source.change({old_name: None, new_name: node})
        else:
            target.change({new_name: node})
            source.change({old_name: None})

    def is_kept(self, path: str) -> bool:
        """Whether a path is on disk for sure, content and every name on the way."""
        node: File | Folder = self.top
        for name in self._names(path):
            if not isinstance(node, Folder):
                return False
            known = node.seen.get(name)
            if known is None or node.kept.get(name) is not known:
                return False
            node = known
        return not node.pending if isinstance(node, File) else True

    def write(self, target: Path, chance: np.random.Generator | None) -> None:
        """Write what is left after a power cut; without chance nothing unsynced is."""
        _write(self.top, target, chance)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file as programs see it, by its path below the root."""
        yield from _files(self.top, "")


def _write(folder: Folder, target: Path, chance: np.random.Generator | None) -> None:
    target.mkdir()
    for name, node in folder.after_cut(chance).items():
        if isinstance(node, Folder):
            _write(node, target / name, chance)
        else:
            (target / name).write_bytes(node.after_cut(chance))


def _files(folder: Folder, before: str) -> Iterator[tuple[str, bytes]]:
    for name, node in folder.seen.items():
        if isinstance(node, Folder):
            yield from _files(node, f"{before}{name}/")
        else:
            yield f"{before}{name}", bytes(node.seen)
