"""What the use cases need of a workspace: who it is, its one writer, its ledger, its documents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from sojourn.events.identity_keys import Ids
    from sojourn.ports.lake import Upkept


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What ``sojourn.toml`` says."""

    id: str
    timezone: str
    """IANA name that calendar days follow."""
    currency: str
    """ISO 4217 code assumed where an amount names none; ``XXX`` when unknown."""
    database: str = ""
    """Address of the PostgreSQL database that holds state and inbox; empty for files beside it."""


class KeyCounter(Protocol):
    """A multiset of 128-bit keys with bounded memory."""

    def count(self, keys: Ids) -> NDArray[np.int64]:
        """Return how often each of some ascending, distinct keys was added before."""

    def add(self, keys: Ids) -> None:
        """Add ascending keys, repeated ones included."""

    def clear(self) -> None:
        """Forget every key."""


class EventWriter(Protocol):
    """The one writer of a lake; what it holds uncommitted is bounded."""

    def fresh_counter(self) -> KeyCounter:
        """Return an empty counter for the rows of one input."""

    def admit(self, ids: Ids) -> NDArray[np.bool_]:
        """Return which of some ids are new, and know them from now on.

        Of equal ids the first is new. The events of those admitted are to be added before the
        next are asked for.
        """

    def add(self, events: pa.Table) -> None:
        """Take admitted events, commit when enough have gathered."""

    def has(self, batch: tuple[str, int]) -> bool:
        """Return whether a batch (whose, and its number) or a later one of its own is in."""

    def keep_up(self, now_us: int) -> Upkept:
        """Merge small files and shorten the log where that is due; nothing may be uncommitted."""

    def commit(self, batch: tuple[str, int] | None = None) -> None:
        """Put everything taken so far on disk, as part of the lake and as a batch once for all."""


class Store(Protocol):
    """The workspace's events as something to write to."""

    def writer(
        self, *, wait: bool, waiting: Callable[[str], None]
    ) -> AbstractContextManager[EventWriter]:
        """Return the writer once no other process writes; ``waiting`` is told whom we wait for."""

    def quarantine_path(self, entry: int, name: str) -> str:
        """Return where the rows of an input go that were no events."""

    def keep(self, path: str) -> str:
        """Force a quarantine file to disk; return its name relative to the workspace."""

    def write_error(self, path: str, error: OSError) -> InputError:
        """Return what to tell the user about an error met while writing."""

    def secret(self) -> bytes:
        """Return the key that hashes addresses."""


class ImportStatus(StrEnum):
    """How an import of one file ended."""

    RUNNING = "running"
    COMPLETE = "complete"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Rows of an input: ``read = accepted + duplicate + quarantined``."""

    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Return the rows of both."""
        return Counts(
            read=self.read + other.read,
            accepted=self.accepted + other.accepted,
            duplicate=self.duplicate + other.duplicate,
            quarantined=self.quarantined + other.quarantined,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One file of one import."""

    id: int
    name: str
    size: int | None
    """Bytes as they lay on disk; None for a stream."""
    options: str
    """Hash of the options it was read with."""
    started: datetime
    finished: datetime | None
    status: ImportStatus
    counts: Counts
    fingerprint: str
    """Hash of the content, whatever the file's name, order or packing; empty until complete."""
    message: str
    quarantine: str
    """File of the rows that were no events, relative to the workspace; empty when none."""


class Ledger(Protocol):
    """What was imported, when, and how it ended."""

    def interrupt_running(self) -> None:
        """Mark whatever still says "running": with the lock held, its process is gone."""

    def begin(self, name: str, *, size: int | None, options: str) -> int:
        """Return the number of a new entry, running."""

    def end(self, entries: Sequence[LedgerEnd]) -> None:
        """Say how entries ended."""

    def entries(self) -> Sequence[LedgerEntry]:
        """Return every entry, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEnd:
    """How one entry of the ledger ended."""

    id: int
    status: ImportStatus
    counts: Counts
    fingerprint: str = ""
    message: str = ""
    quarantine: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of a document: a stage model, a map, a persona."""

    kind: str
    id: str
    version: int
    body: str
    who: str
    when: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """What a document is to say from now on.

    Attributes
    ----------
    kind, id, body : str
    after : int
        The version it follows; 0 where there is none.
    """

    kind: str
    id: str
    body: str
    after: int


class OvertakenError(InputError):
    """Somebody else changed a document meanwhile. Remedy: look at it, and do it again."""

    code = "overtaken"

    def __init__(self, kind: str, document_id: str) -> None:
        super().__init__(
            f"Somebody else changed {kind} {document_id!r} meanwhile; nothing was kept.",
            remedy="Look at what they changed, and do it again.",
        )


class Documents(Protocol):
    """Versioned documents; nothing is overwritten."""

    def get(self, kind: str, document_id: str, version: int | None = None) -> Document | None:
        """Return a document, its newest version unless one is named."""

    def put(self, kind: str, document_id: str, body: str, *, who: str, why: str = "") -> Document:
        """Return the new version of a document; the present one when the body is the same."""

    def put_all(self, new: Sequence[NewVersion], *, who: str, why: str = "") -> Sequence[Document]:
        """Return the new versions of some documents: all are kept, or none.

        Raises
        ------
        OvertakenError
            If one has a version by now that is newer than the one it is to follow.
        """

    def history(self, kind: str, document_id: str) -> Sequence[Document]:
        """Return every version, oldest first."""

    def newest(self, kind: str) -> Sequence[Document]:
        """Return the newest version of each document of a kind, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteKey:
    """A key with which events may be sent, without its secret."""

    name: str
    made: datetime
    revoked: datetime | None


class WriteKeys(Protocol):
    """Who may send events: keys that can do nothing else."""

    def add(self, name: str, digest: str) -> None:
        """Keep a new key by the SHA-256 of its secret, in hexadecimal.

        Raises
        ------
        InputError
            If there is one of this name.
        """

    def revoke(self, name: str) -> None:
        """Make a key worthless.

        Raises
        ------
        UnknownNameError
            If there is none of this name.
        """

    def all(self) -> Sequence[WriteKey]:
        """Return every key, by name."""

    def good(self) -> Mapping[str, str]:
        """Return the digest of every key that is not revoked, with its name."""
