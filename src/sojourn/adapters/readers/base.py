"""What all readers have."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.adapters.readers.packed import Source
    from sojourn.ports.reader import EventBatch, ReadOptions, Rejected, RoleChoice


class BaseReader(ABC):
    """An opened input."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self._source = source
        self._options = options

    @property
    def name(self) -> str:
        """The input's name for people."""
        return self._source.name

    @property
    def total_bytes(self) -> int | None:
        """Size of the (packed) input."""
        return self._source.total_bytes

    @property
    def format(self) -> str:
        """What was recognised, such as ``"csv (tab), CP949, gzip"``."""
        return ", ".join(part for part in (*self._format(), self._source.packing) if part)

    @abstractmethod
    def _format(self) -> tuple[str, ...]:
        """Return the format and what else was recognised, the packing left out."""

    @property
    @abstractmethod
    def roles(self) -> tuple[RoleChoice, ...]:
        """The chosen columns."""

    @abstractmethod
    def batches(self) -> Iterator[EventBatch]:
        """Return the rows, batch by batch, with bounded memory."""

    @abstractmethod
    def write_rejected(self, rejected: tuple[Rejected, ...], path: str) -> None:
        """Append rejected rows to a file that can be mended and imported again."""
