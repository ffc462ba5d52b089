"""Reading a request's body: bounded in size, unpacked and in time."""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING

import msgspec

from sojourn.server.problems import Problem

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue
    from sojourn.server.asgi import Headers, Receive

BODY_S = 30.0
"""How long a client may take to send a request."""
_GZIP_WBITS = 31


async def read_body(receive: Receive, headers: Headers, most: int) -> bytes:
    """Return a body, unpacked.

    Parameters
    ----------
    receive : callable
    headers : dict of bytes to bytes
    most : int
        Bytes allowed, as sent and unpacked.

    Raises
    ------
    Problem
        408 when it does not come to its end, 413 when it is too large, 400 or 415 when it is
        packed in a way that cannot be undone.
    """
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced) > most:
        raise too_large(int(announced), most)
    try:
        async with asyncio.timeout(BODY_S):
            raw = await _gather(receive, most)
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


async def _gather(receive: Receive, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "gone", "The client went away within its request.")
        part = message.get("body", b"")
        if isinstance(part, bytes) and part:
            size += len(part)
            if size > most:
                raise too_large(size, most)
            parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


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
