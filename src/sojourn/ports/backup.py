"""Copies of a workspace: what is copied, and where copies lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

Told: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how many bytes of it, and of how many."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a part of a backup says of itself, for people."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class SavedFile:
    """One file of a backup."""

    path: str
    """Relative to the backup, with ``/``."""
    size: int
    sha256: str
    """In hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup says of itself."""

    workspace: str
    """The workspace's id."""
    made_us: int
    """When it was begun: what was acknowledged by then is in it."""
    facts: Sequence[Fact]
    files: Sequence[SavedFile]

    @property
    def size(self) -> int:
        """Return the bytes of all files."""
        return sum(file.size for file in self.files)

    def has(self, path: str) -> bool:
        """Return whether a file of this name is in it."""
        return any(file.path == path for file in self.files)


class Part(Protocol):
    """Something of a workspace that can be copied while it is in use."""

    def save(self, folder: str, told: Told) -> Sequence[Fact]:
        """Copy it into a folder as it is at one instant, everything on disk by now included."""


class Tables(Part, Protocol):
    """The tables of a workspace, which may lie in a database of another kind when restored."""

    def load(self, folder: str) -> None:
        """Bring the tables of an unpacked backup where the workspace keeps them.

        Raises
        ------
        InputError
            If there is a workspace already.
        """


class Filling(Protocol):
    """A backup that is being made."""

    @property
    def folder(self) -> str:
        """Where its files go."""

    def seal(self, workspace: str, made_us: int, facts: Sequence[Fact], told: Told) -> Contents:
        """Force everything to disk with a list of it, and let it appear under its name."""


class Vault(Protocol):
    """Where backups lie."""

    def begin(self, target: str) -> AbstractContextManager[Filling]:
        """Return a new backup; nothing is left of it where the block ends before it is sealed.

        Raises
        ------
        InputError
            If something is there already, or it cannot be written.
        """

    def check(self, backup: str, told: Told) -> Contents:
        """Read every byte of a backup and return what it holds.

        Raises
        ------
        InputError
            If it is none, or a file of it is not as it was.
        """

    def unpack(
        self, backup: str, target: str, told: Told
    ) -> AbstractContextManager[tuple[str, Contents]]:
        """Return a folder with a backup's files, each checked, and what they are.

        When the block has ended it appears as the target; where it fails, nothing is left.

        Raises
        ------
        InputError
            As :meth:`check`, and if something is at the target already.
        """
