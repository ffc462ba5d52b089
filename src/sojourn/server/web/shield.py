"""What every request passes and every answer carries: host, size, pace, security headers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sojourn.app.clock import now_us
from sojourn.base.timespan import SECOND_US
from sojourn.server.asgi import headers_of, text_in
from sojourn.server.problems import CONTENT_TYPE, Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sojourn.server.asgi import Message, Receive, Scope, Send

MOST_BODY_BYTES: Final = 1024 * 1024
A_MINUTE: Final = 600
"""Requests of one address in a minute."""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)
_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
    (b"x-frame-options", b"SAMEORIGIN"),
)


@dataclass(slots=True)
class Pace:
    """How many requests each address sent this minute."""

    most: int = A_MINUTE
    minute: int = -1
    counts: dict[str, int] = field(default_factory=dict)

    def wait_s(self, address: str, now_s: float) -> int:
        """Return how long an address has to wait; 0 when it may go on."""
        minute = int(now_s // 60)
        if minute != self.minute:
            self.minute = minute
            self.counts.clear()
        count = self.counts[address] = self.counts.get(address, 0) + 1
        return 0 if count <= self.most else int(60 - now_s % 60) + 1


@dataclass(slots=True)
class Shield:
    """An ASGI application around another.

    Attributes
    ----------
    inner : ASGI application
    hosts : frozenset of str
        What the Host header may say.
    https : bool
        Tell browsers to come by TLS only.
    pace : Pace
    """

    inner: Callable[[Scope, Receive, Send], Awaitable[None]]
    hosts: frozenset[str]
    https: bool = False
    pace: Pace = field(default_factory=Pace)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection; see the ASGI specification."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return

        bounded = _Bounded(receive)

        async def guarded(message: Message) -> None:
            if bounded.is_over:
                return  # what is answered is that too much came
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._with_ours(message, text_in(scope, "path"))}
            await send(message)

        try:
            self._check(scope)
            await self.inner(scope, bounded, guarded)
            bounded.check()
        except Problem as problem:
            bounded.is_over = False
            await _reply(guarded, problem)

    def _check(self, scope: Scope) -> None:
        headers = headers_of(scope)
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if host not in self.hosts:
            raise Problem(
                421, "unknown-host", "The Host header names no host of this server; allowed: the"
                " address it was started with, or the one given with --url.",
            )  # fmt: skip
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > MOST_BODY_BYTES:
            raise _too_large()
        client = scope.get("client")
        address = str(client[0]) if isinstance(client, tuple | list) and client else ""
        if wait := self.pace.wait_s(address, now_us() / SECOND_US):
            raise Problem(
                429, "too-many-requests", f"More than {self.pace.most} requests in a minute.",
                headers={"Retry-After": str(wait)},
            )  # fmt: skip

    def _with_ours(self, message: Message, path: str) -> list[tuple[bytes, bytes]]:
        own = message.get("headers")
        headers = list(own) if isinstance(own, list | tuple) else []
        names = {name.lower() for name, _ in headers}
        added = [*_HEADERS, (b"content-security-policy", _POLICY.encode())]
        if "/static/" not in path:
            added.append((b"cache-control", b"no-store"))
        if self.https:
            added.append((b"strict-transport-security", b"max-age=31536000"))
        return [*headers, *(pair for pair in added if pair[0] not in names)]


@dataclass(slots=True)
class _Bounded:
    """A receiver that gives no more than is allowed, and knows when more came."""

    inner: Receive
    size: int = 0
    is_over: bool = False

    async def __call__(self) -> Message:
        message = await self.inner()
        body = message.get("body", b"")
        self.size += len(body) if isinstance(body, bytes) else 0
        if self.size > MOST_BODY_BYTES:
            self.is_over = True
            return {"type": "http.disconnect"}
        return message

    def check(self) -> None:
        """Raise when more came than is allowed."""
        if self.is_over:
            raise _too_large()


def _too_large() -> Problem:
    return Problem(413, "too-large", f"The body is too large; allowed: {MOST_BODY_BYTES:,} bytes.")


async def _reply(send: Send, problem: Problem) -> None:
    body = problem.body()
    headers = [(b"content-type", CONTENT_TYPE), (b"content-length", str(len(body)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
