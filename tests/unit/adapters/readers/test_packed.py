from __future__ import annotations

import bz2
import gzip
import io
import os

import pytest
import zstandard

from sojourn.adapters.readers.errors import (
    TruncatedInputError,
    UnpackedTooLargeError,
    UnreadableFileError,
)
from sojourn.adapters.readers.packed import Source

DATA = b"user_id,event,time\n" + bytes(range(32, 127)) * 3000 + b"\n"
PACKERS = {"gzip": gzip.compress, "bzip2": bz2.compress,
           "zstd": zstandard.ZstdCompressor(write_checksum=True).compress, "": bytes}  # fmt: skip


def source(raw, ratio=1000.0):
    return Source(io.BytesIO(raw), name="x", max_ratio=ratio)


@pytest.mark.parametrize("packing", PACKERS)
def test_what_was_packed_comes_out(packing) -> None:
    opened = source(PACKERS[packing](DATA))
    assert opened.packing == packing
    for _ in range(2):  # as often as needed
        assert b"".join(block for block, _ in opened.blocks()) == DATA
    assert opened.head(10) == DATA[:10]
    with opened.open_unpacked() as stream:
        assert stream.read() == DATA
        assert stream.seek(0) == 0
    assert [done for _, done in opened.blocks()][-1] == opened.total_bytes


@pytest.mark.parametrize("packing", ["gzip", "bzip2", "zstd"])
def test_parts_one_after_another(packing) -> None:
    pack = PACKERS[packing]
    opened = source(pack(b"a" * 1000) + pack(b"b" * 1000) + (b"\0" * 512))
    assert b"".join(block for block, _ in opened.blocks()) == b"a" * 1000 + b"b" * 1000


@pytest.mark.parametrize("packing", ["gzip", "bzip2", "zstd"])
@pytest.mark.parametrize("keep", [0.5, 0.99])
def test_truncated(packing, keep) -> None:
    raw = PACKERS[packing](os.urandom(300_000))
    with pytest.raises(TruncatedInputError, match="Copy or download"):
        list(source(raw[: int(len(raw) * keep)]).blocks())


@pytest.mark.parametrize("packing", ["gzip", "bzip2", "zstd"])
def test_damaged(packing) -> None:
    raw = bytearray(PACKERS[packing](os.urandom(300_000)))
    raw[len(raw) // 2] ^= 0xFF
    raw[-20:] = b"x" * 20
    with pytest.raises(TruncatedInputError):
        list(source(bytes(raw)).blocks())


@pytest.mark.parametrize("packing", ["gzip", "bzip2", "zstd"])
def test_a_bomb_stops_early(packing) -> None:
    raw = PACKERS[packing](b"\0" * (200 << 20))
    sizes: list[int] = []
    with pytest.raises(UnpackedTooLargeError, match="10 times"):
        sizes.extend(len(block) for block, _ in source(raw, ratio=10).blocks())
    assert max(sizes) <= 32 << 20
    assert sum(sizes) <= 96 << 20


def test_a_stream_that_cannot_be_wound_back() -> None:
    read, write = os.pipe()
    os.write(write, DATA[:60_000])
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        opened = Source(stream, name=None, max_ratio=1000)
        assert opened.name == "standard input"
        assert opened.head(20) == DATA[:20]
        assert b"".join(block for block, _ in opened.blocks()) == DATA[:60_000]


def test_what_cannot_be_opened(tmp_path) -> None:
    for path in (tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(UnreadableFileError, match="cannot be read"):
            Source(str(path), name=None, max_ratio=1000)
