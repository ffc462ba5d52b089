"""The collector as an ASGI application."""

from __future__ import annotations

import asyncio
import logging
import math
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from sojourn.app.collecting.group_commit import OverloadedError
from sojourn.app.collecting.intake import Intake, Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.app.collecting.rates import Rates
from sojourn.base.errors import InputError
from sojourn.server.asgi import headers_of, text_in
from sojourn.server.collector.bodies import Room, decoded, read_body
from sojourn.server.collector.hooks import is_hook, key_in
from sojourn.server.collector.routes import HOOK, ROUTES, basic_user, browser_agent, read_request
from sojourn.server.collector.scripts import Scripts
from sojourn.server.collector.tenants import unavailable
from sojourn.server.problems import CONTENT_TYPE, Problem
from sojourn.server.process import where

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.server.asgi import Receive, Scope, Send
    from sojourn.server.collector.tenants import Tenant, Tenants

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
class Collector:
    """Accepts events from client libraries over HTTP.

    Attributes
    ----------
    tenants : Tenants
        The workspaces it serves; a call goes to the one whose write key it carries.
    now_us : callable
        Reads the clock.
    limits : Limits
    scripts : Scripts
        What sites' pages load.
    """

    tenants: Tenants
    now_us: Callable[[], int]
    limits: Limits = field(default_factory=Limits)
    scripts: Scripts = field(default_factory=Scripts)

    def __post_init__(self) -> None:
        self._rates = Rates(self.limits.per_key)
        self._room = Room()

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
                await self.tenants.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await asyncio.to_thread(self.tenants.close)
                await send({"type": "lifespan.shutdown.complete"})
                return

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
        if method == "GET" and path == "/healthz":
            return 200, b'{"status":"ok"}'
        if method == "GET" and f"{path}/".startswith("/readyz/"):
            return 200, msgspec.json.encode(await self.tenants.ready(path[len("/readyz/") :]))
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
        key = key_in(scope, headers) if route is HOOK else basic_user(headers)
        if key or route is HOOK:
            self._whose(key)  # before its body takes up room
        body = await read_body(receive, headers, self.limits.request_bytes, self._room)
        received_us = self.now_us()
        if route is HOOK:
            tenant, source = self._whose(key)
            sent = tenant.hooks.read(scope, headers, body, received_us)
        else:
            sent = read_request(route, decoded(body), headers)
            tenant, source = self._whose(sent.key)
        if len(sent.calls) > self.limits.calls:
            raise Problem(
                413, "too-many-calls",
                f"The request has {len(sent.calls):,} calls; allowed: {self.limits.calls:,}.",
            )  # fmt: skip
        self._check_rate(tenant, source, len(sent.calls), received_us)
        request = Request(
            calls=sent.calls, dialect=route.dialect, source=source, sent=sent.at,
            received_us=received_us, agent=browser_agent(headers),
        )  # fmt: skip
        intake = take_in(request, self.limits, _new_id)
        await self._keep(intake, tenant)
        return _outcome(intake, may_be_empty=route is HOOK)

    def _whose(self, key: str) -> tuple[Tenant, str]:
        """Return the workspace that a request is for, and the name of the key it came with."""
        found = self.tenants.whose(key) if key else None
        if found is None:
            what = "The write key is unknown or revoked." if key else "No write key is given."
            raise Problem(
                401, "write-key", f"{what} Allowed: one made with `sojourn keys add NAME`, as the"
                " user of Basic authorisation, as writeKey in the body, or as ?key= of a webhook.",
                headers={"WWW-Authenticate": 'Basic realm="sojourn"'},
            )  # fmt: skip
        if found[0].unanswered >= self.tenants.share:
            raise Problem(
                429, "overloaded", "Too many requests wait to be written; send it again.",
                headers={"Retry-After": "1"},
            )  # fmt: skip
        return found

    def _check_rate(self, tenant: Tenant, source: str, calls: int, now_us: int) -> None:
        """Raise a problem where a write key has sent all that it may for now."""
        wait_s = self._rates.wait_s((tenant.name, source), calls, now_us)
        if wait_s:
            tenant.put_off[source] += calls
            raise Problem(
                429, "too-many-of-key",
                f"The write key of {source!r} may send {self.limits.per_key:,} calls a second; "
                "send these again later.",
                headers={"Retry-After": str(math.ceil(wait_s))},
            )  # fmt: skip

    async def _keep(self, intake: Intake, tenant: Tenant) -> None:
        """Return when a request's calls are on disk."""
        tenant.unanswered += 1
        try:
            await asyncio.wrap_future(tenant.commits.submit(intake.items, intake.refused))
        except OverloadedError as error:
            raise Problem(429, error.code, error.message, headers={"Retry-After": "1"}) from error
        except InputError as error:
            _log.error("events of %s cannot be kept: %s", tenant.name, error.code)
            raise unavailable(error) from error
        finally:
            tenant.unanswered -= 1
        tenant.accepted += len(intake.items)
        if intake.faults:
            tenant.refused.update(fault.code for fault in intake.faults)


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
