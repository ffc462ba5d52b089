"""The collector as an ASGI application."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from sojourn.app.collecting.group_commit import ClosingError, GroupCommit, OverloadedError
from sojourn.app.collecting.intake import Intake, Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.base.errors import InputError
from sojourn.server.asgi import headers_of, text_in
from sojourn.server.collector.bodies import decoded, read_body
from sojourn.server.collector.hooks import Hooks, is_hook
from sojourn.server.collector.routes import HOOK, ROUTES, Sent, browser_agent, read_request
from sojourn.server.collector.scripts import Scripts
from sojourn.server.problems import CONTENT_TYPE, Problem
from sojourn.server.process import where

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.ports.inbox import Inbox
    from sojourn.server.asgi import Receive, Scope, Send

KEYS_EVERY_S = 2.0
"""How soon a new or a revoked key takes effect."""
_CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"retry-after"),
    (b"access-control-max-age", b"86400"),
)
_PREFLIGHT = (
    *_CORS,
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type, content-encoding"),
)
_log = logging.getLogger("sojourn.collector")


@dataclass(kw_only=True)
class Counters:
    """What happened since the start."""

    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """By reason."""


@dataclass(kw_only=True)
class Collector:
    """Accepts events from client libraries over HTTP.

    Attributes
    ----------
    inbox : Inbox
    good_keys : callable
        Returns the digest of each good write key, with its name.
    now_us : callable
        Reads the clock.
    limits : Limits
    scripts : Scripts
        What sites' pages load.
    hooks : Hooks
        What other systems send of their own accord.
    """

    inbox: Inbox
    good_keys: Callable[[], Mapping[str, str]]
    now_us: Callable[[], int]
    limits: Limits = field(default_factory=Limits)
    scripts: Scripts = field(default_factory=Scripts)
    hooks: Hooks = field(default_factory=Hooks)
    counters: Counters = field(default_factory=Counters)

    def __post_init__(self) -> None:
        self._keys: Mapping[str, str] = {}
        self._commits = GroupCommit(self.inbox)
        self._watching: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection; see the ASGI specification."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._look_up()
                self._watching = asyncio.create_task(self._watch_keys())
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._watching:
                    self._watching.cancel()
                await asyncio.to_thread(self._commits.close)
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _watch_keys(self) -> None:
        while True:
            await asyncio.sleep(KEYS_EVERY_S)
            try:
                await self._look_up()
            except InputError as error:
                _log.warning("write keys cannot be read: %s", error.code)
            except Exception as error:  # noqa: BLE001 - new and revoked keys must take effect later
                _log.error("write keys cannot be read: %s", where(error))

    async def _look_up(self) -> None:
        self._keys = await asyncio.to_thread(self.good_keys)
        await self.hooks.refresh()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (script := self.scripts.answer(scope)) is not None:
            await script.send(send)
            return
        try:
            status, body = await self._guarded(scope, receive)
        except Problem as problem:
            extra = [(name.lower().encode(), value.encode()) for name, value in
                     problem.headers.items()]  # fmt: skip
            await _reply(send, problem.status, problem.body(), CONTENT_TYPE, extra)
        else:
            await _reply(send, status, body, b"application/json", [])

    async def _guarded(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        """Answer; an error of ours ends in a problem too, and is logged without its words."""
        try:
            return await self._respond(scope, receive)
        except Problem:
            raise
        except Exception as error:
            _log.error("failed: %s", where(error))
            raise Problem(500, "internal", "The collector failed; send it again.") from error

    async def _respond(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        method, path = text_in(scope, "method"), text_in(scope, "path").rstrip("/") or "/"
        if method == "GET" and path in {"/healthz", "/readyz"}:
            return await self._health(path)
        route = HOOK if is_hook(path) else ROUTES.get(path)
        if route is None:
            raise Problem(404, "unknown-path", f"There is no {path!r}; allowed: {_allowed()}.")
        if method == "OPTIONS":
            return 204, b""
        if method != "POST":
            raise Problem(
                405, "method", f"{method} is not allowed; allowed: POST.", headers={"Allow": "POST"}
            )
        headers = headers_of(scope)
        body = await read_body(receive, headers, self.limits.request_bytes)
        received_us = self.now_us()
        if route is HOOK:
            sent = self.hooks.read(scope, headers, body, received_us)
        else:
            sent = read_request(route, decoded(body), headers)
        source = self._source(sent)
        if len(sent.calls) > self.limits.calls:
            raise Problem(
                413, "too-many-calls",
                f"The request has {len(sent.calls):,} calls; allowed: {self.limits.calls:,}.",
            )  # fmt: skip
        request = Request(
            calls=sent.calls, dialect=route.dialect, source=source, sent=sent.at,
            received_us=received_us, agent=browser_agent(headers),
        )  # fmt: skip
        intake = take_in(request, self.limits, _new_id)
        await self._keep(intake)
        return _outcome(intake, may_be_empty=route is HOOK)

    async def _health(self, path: str) -> tuple[int, bytes]:
        """Say whether the process runs, and whether it can accept events."""
        if path == "/readyz":
            try:
                await asyncio.wrap_future(self._commits.submit((), ()))
            except InputError as error:
                raise _unavailable(error) from error
        return 200, b'{"status":"ok"}'

    def _source(self, sent: Sent) -> str:
        """Return the name of the key a request came with."""
        name = self._keys.get(hashlib.sha256(sent.key.encode()).hexdigest()) if sent.key else None
        if name is None:
            what = "The write key is unknown or revoked." if sent.key else "No write key is given."
            raise Problem(
                401, "write-key", f"{what} Allowed: one made with `sojourn keys add NAME`, as the"
                " user of Basic authorisation, as writeKey in the body, or as ?key= of a webhook.",
                headers={"WWW-Authenticate": 'Basic realm="sojourn"'},
            )  # fmt: skip
        return name

    async def _keep(self, intake: Intake) -> None:
        """Return when a request's calls are on disk."""
        try:
            await asyncio.wrap_future(self._commits.submit(intake.items, intake.refused))
        except OverloadedError as error:
            raise Problem(429, error.code, error.message, headers={"Retry-After": "1"}) from error
        except InputError as error:
            _log.error("events cannot be kept: %s", error.code)
            raise _unavailable(error) from error
        self.counters.accepted += len(intake.items)
        self.counters.refused.update(fault.code for fault in intake.faults)


def _unavailable(error: InputError) -> Problem:
    again = "1" if isinstance(error, ClosingError) else "30"
    detail = "Events cannot be kept at the moment; send them again."
    return Problem(503, error.code, detail, headers={"Retry-After": again})


def _outcome(intake: Intake, *, may_be_empty: bool) -> tuple[int, bytes]:
    """Return the answer that says what became of each call.

    Parameters
    ----------
    intake : Intake
    may_be_empty : bool
        Whether nothing need be accepted: a system whose webhook fails sends it again, and in the
        end no more at all.

    Raises
    ------
    Problem
        If every call was refused.
    """
    errors = [
        {"index": f.index, "messageId": f.id, "code": f.code, "reason": f.reason}
        for f in intake.faults
    ]
    if errors and not intake.items and not may_be_empty:
        large = all(fault.code == "too-large" for fault in intake.faults)
        detail = errors[0]["reason"] if len(errors) == 1 else f"All {len(errors)} calls are refused"
        raise Problem(413 if large else 400, intake.faults[0].code, f"{detail}.", errors=errors)
    said = {"success": True, "accepted": len(intake.items), "refused": errors}
    return 200, msgspec.json.encode(said)


async def _reply(
    send: Send, status: int, body: bytes, kind: bytes, extra: list[tuple[bytes, bytes]]
) -> None:
    headers = [
        *(_PREFLIGHT if status == 204 else _CORS),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        *extra,
    ]
    if body:
        headers.append((b"content-type", kind))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _new_id() -> str:
    return str(uuid.uuid4())


def _allowed() -> str:
    return ", ".join(sorted(path for path in ROUTES if len(path) > 5))
