"""Bytes of an input: opened, unpacked, counted and bounded."""

from __future__ import annotations

import bz2
import os
import shutil
import tempfile
import weakref
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, cast

import zstandard

from sojourn.adapters.readers.errors import (
    TruncatedInputError,
    UnpackedTooLargeError,
    UnreadableFileError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READ_BYTES: Final = 1 << 20
_RATIO_FREE_BYTES: Final = 64 << 20
"""Unpacked bytes that need no excuse, however well they were packed."""
_STEP_BYTES: Final = 4 << 20


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """zlib's object with the two habits of bz2's: bounded steps that need no new input."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


class _Zstd:
    """A frame of Zstandard; its object has no bounded step, so input goes in small pieces."""

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor().decompressobj()
        self._waiting = b""

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data) + self._waiting

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        self._waiting += data
        # TRICKY: a block of 128 KiB can be packed into some bytes, so a piece is kept small.
        piece = max(64, max_length // (1 << 14))
        out = bytearray()
        while self._waiting and not self.eof and len(out) < max_length:
            head, self._waiting = self._waiting[:piece], self._waiting[piece:]
            out += self._inner.decompress(head)
        return bytes(out)


_MAGIC: Final[tuple[tuple[bytes, str, Callable[[], _Unpacker]], ...]] = (
    (b"\x1f\x8b\x08", "gzip", _Gzip),
    (b"BZh", "bzip2", bz2.BZ2Decompressor),
    (b"\x28\xb5\x2f\xfd", "zstd", _Zstd),
)


class Source:
    """An input that can be read from its start as often as needed.

    A stream that cannot be wound back is copied to a temporary file first.

    Parameters
    ----------
    given : str or binary stream
        A path, or an open stream.
    name : str, optional
        What to call it in messages.
    max_ratio : float
        How many unpacked bytes a packed one may give.
    """

    def __init__(self, given: str | BinaryIO, *, name: str | None, max_ratio: float) -> None:
        self._max_ratio = max_ratio
        self._path = given if isinstance(given, str) else None
        self._kept = None if isinstance(given, str) else self._rewindable(given)
        fallback = "standard input" if self._path is None else Path(self._path).name
        self.name = name or fallback
        with self.open() as stream:
            self.total_bytes = _size(stream)
            self.packing = _packing(stream.read(8))

    def _rewindable(self, stream: BinaryIO) -> BinaryIO:
        """Return the stream, or a temporary file of its bytes when it cannot be wound back."""
        if stream.seekable():
            return stream
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the source goes
        weakref.finalize(self, copy.close)
        shutil.copyfileobj(stream, copy, READ_BYTES)
        return cast("BinaryIO", copy)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Give the (packed) bytes from their start, for formats that seek.

        Raises
        ------
        UnreadableFileError
            If the file cannot be opened.
        """
        if self._kept is not None:
            self._kept.seek(0)
            yield self._kept
            return
        with _open(self._path or "") as stream:
            yield stream

    @contextmanager
    def open_unpacked(self) -> Iterator[BinaryIO]:
        """Give the unpacked bytes as a stream that can seek; copied to disk when packed."""
        if not self.packing:
            with self.open() as stream:
                yield stream
            return
        with tempfile.TemporaryFile() as copy:
            for block, _ in self.blocks():
                copy.write(block)
            copy.seek(0)
            yield copy

    def head(self, size: int) -> bytes:
        """Return the first unpacked bytes."""
        parts: list[bytes] = []
        for block, _ in self.blocks():
            parts.append(block)
            size -= len(block)
            if size <= 0:
                break
        whole = b"".join(parts)
        return whole[: len(whole) + size] if size < 0 else whole

    def blocks(self) -> Iterator[tuple[bytes, int]]:
        """Return unpacked blocks from the start, each with the packed bytes read so far.

        Raises
        ------
        TruncatedInputError
            If a packed input ends in the middle or is damaged.
        UnpackedTooLargeError
            If it unpacks to more than it may.
        """
        with self.open() as stream:
            if not self.packing:
                yield from _plain(stream)
                return
            make = next(maker for _, name, maker in _MAGIC if name == self.packing)
            yield from self._unpacked(stream, make)

    def _unpacked(
        self, stream: BinaryIO, make: Callable[[], _Unpacker]
    ) -> Iterator[tuple[bytes, int]]:
        unpacker, packed, unpacked = make(), 0, 0
        while data := stream.read(READ_BYTES // 4):
            packed += len(data)
            while True:
                if unpacker.eof:  # a file may be several packed parts, and be padded with zeros
                    if not data.strip(b"\0"):
                        break
                    unpacker = make()
                block = self._step(unpacker, data)
                data = unpacker.unused_data if unpacker.eof else b""
                unpacked += len(block)
                self._check(packed, unpacked)
                if block:
                    yield block, packed
                elif not data:
                    break
        if not unpacker.eof:
            raise TruncatedInputError(
                f"{self.name} ends in the middle of its {self.packing} data "
                f"({packed:,} bytes read, {unpacked:,} unpacked).",
                remedy="Copy or download it again.",
            )

    def _step(self, unpacker: _Unpacker, data: bytes) -> bytes:
        try:
            return unpacker.decompress(data, _STEP_BYTES)
        except (zlib.error, OSError, EOFError, zstandard.ZstdError) as error:
            raise TruncatedInputError(
                f"{self.name} holds damaged {self.packing} data: {error}.",
                remedy="Copy or download it again.",
            ) from error

    def _check(self, packed: int, unpacked: int) -> None:
        if unpacked > _RATIO_FREE_BYTES and unpacked > packed * self._max_ratio:
            raise UnpackedTooLargeError(
                f"{self.name}: {packed:,} packed bytes gave more than {unpacked:,}.",
                allowed=f"{self._max_ratio:g} times as much",
                remedy="If the file is what you think it is, raise the limit (--max-ratio).",
            )


def _plain(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    done = 0
    while block := stream.read(READ_BYTES):
        done += len(block)
        yield block, done


def _open(path: str) -> BinaryIO:
    if Path(path).is_dir():
        raise UnreadableFileError(
            f"{path} cannot be read: it is a folder.",
            allowed=f"files, or a pattern of them: '{Path(path) / '*.csv'}'",
        )
    try:
        return Path(path).open("rb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableFileError(f"{path} cannot be read: {reason}.") from error


def _packing(head: bytes) -> str:
    return next((name for magic, name, _ in _MAGIC if head.startswith(magic)), "")


def _size(stream: BinaryIO) -> int:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size
