"""Connections that are bounded before a request is there: heads in size, requests in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sojourn.server.problems import CONTENT_TYPE, Problem

if TYPE_CHECKING:
    import asyncio

HEAD_S: Final = 20.0
"""How long a client may take to send the head of a request, or its first byte."""
REQUEST_S: Final = 60.0
"""How long it may take to send all of it; whoever reads the body gives up before."""
MOST_HEAD_BYTES: Final = 64 * 1024


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's own, which waits for ever for a head and keeps however long a one."""

    _timer: asyncio.TimerHandle | None = None
    _head_bytes: int = 0
    _in_head: bool = True

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._end_after(HEAD_S)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._end_after(None)
        super().connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data) if self._in_head else 0
        super().data_received(data)
        if self._in_head and self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self._refuse()

    @override
    def on_message_begin(self) -> None:
        self._in_head = True
        self._end_after(HEAD_S)
        super().on_message_begin()

    @override
    def on_headers_complete(self) -> None:
        self._in_head, self._head_bytes = False, 0
        self._end_after(REQUEST_S)
        super().on_headers_complete()

    @override
    def on_message_complete(self) -> None:
        self._end_after(None)
        super().on_message_complete()

    def _end_after(self, seconds: float | None) -> None:
        """Close the connection after a while, in place of any time set before; never for None."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = (
            None if seconds is None else self.loop.call_later(seconds, self.transport.abort)
        )

    def _refuse(self) -> None:
        problem = Problem(
            431, "head-too-large", f"The head is too large; allowed: {MOST_HEAD_BYTES:,} bytes."
        )
        body = problem.body()
        self.transport.write(
            b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: %b\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n%b" % (CONTENT_TYPE, len(body), body)
        )
        self.transport.close()
