"""Reading a request's body: bounded in size, unpacked and in time."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from sojourn.server.problems import Problem

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue
    from sojourn.server.asgi import Headers, Receive

BODY_S = 30.0
"""How long a client may take to send a request."""
SMALL: Final = 64 * 1024
"""Bytes of each request that there is always room for, whatever others send."""
MOST_HELD: Final = 256 * 1024 * 1024
"""Bytes beyond those that requests which have not ended yet may take up together."""
_GZIP_WBITS = 31


@dataclass(slots=True)
class Room:
    """What large requests take up until they have come to their end, all together.

    A write key may stand at the end of a body, so anybody can make us hold one.

    Attributes
    ----------
    most, held : int
        Bytes.
    """

    most: int = MOST_HELD
    held: int = 0


async def read_body(receive: Receive, headers: Headers, most: int, room: Room) -> bytes:
    """Return a body, unpacked.

    Parameters
    ----------
    receive : callable
    headers : dict of bytes to bytes
    most : int
        Bytes allowed, as sent and unpacked.
    room : Room

    Raises
    ------
    Problem
        408 when it does not come to its end, 413 when it is too large, 400 or 415 when it is
        packed in a way that cannot be undone, 429 when too many large ones come at once.
    """
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced) > most:
        raise too_large(int(announced), most)
    try:
        async with asyncio.timeout(BODY_S):
            raw = await _gather(receive, most, room)
    except TimeoutError:
        raise Problem(
            408, "slow-request", f"The request did not end; allowed: {BODY_S:.0f} seconds."
        ) from None
    packing = headers.get(b"content-encoding", b"identity").strip().lower()
    if packing in {b"gzip", b"x-gzip"}:
        return _unpacked(raw, most)
    if packing not in {b"identity", b""}:
        shown = packing[:40].decode("latin-1")
        raise Problem(
            415, "unknown-encoding", f"Content-Encoding is {shown!r}; allowed: gzip, identity."
        )
    return raw


def too_large(size: int, most: int) -> Problem:
    """Return the answer to a request that is too large."""
    return Problem(413, "too-large", f"The request has {size:,} bytes or more; allowed: {most:,}.")


def decoded(body: bytes) -> JsonValue:
    """Return what a body says.

    Raises
    ------
    Problem
        If it is no JSON.
    """
    try:
        value: JsonValue = msgspec.json.decode(body)
    except RecursionError:
        why = "it is nested too deeply"
    except UnicodeDecodeError:
        why = "it is not UTF-8"
    except msgspec.MsgspecError as error:
        why = str(error)
    else:
        return value
    raise Problem(400, "bad-json", f"The body is no JSON: {why}.")


async def _gather(receive: Receive, most: int, room: Room) -> bytes:
    parts: list[bytes] = []
    size = taken = 0
    try:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Problem(400, "gone", "The client went away within its request.")
            part = message.get("body", b"")
            if isinstance(part, bytes) and part:
                size += len(part)
                if size > most:
                    raise too_large(size, most)
                more = max(0, size - SMALL) - taken
                taken += more
                room.held += more
                if more and room.held > room.most:
                    raise Problem(
                        429, "overloaded", "Too many large requests come at once; send it again.",
                        headers={"Retry-After": "1"},
                    )  # fmt: skip
                parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)
    finally:
        room.held -= taken


def _unpacked(raw: bytes, most: int) -> bytes:
    """Return what was packed with gzip; never more than allowed is unpacked."""
    machine = zlib.decompressobj(_GZIP_WBITS)
    try:
        body = machine.decompress(raw, most + 1)
    except zlib.error:
        raise Problem(400, "bad-gzip", "The body is no gzip, as its headers say.") from None
    if len(body) > most:
        raise too_large(len(body), most)
    if not machine.eof:
        raise Problem(400, "bad-gzip", "The gzip is cut off; send it whole.")
    return body
