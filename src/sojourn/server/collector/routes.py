"""Which path takes what: the calls in a request, and the write key it came with."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sojourn.events.calls.intake import POSTHOG, SEGMENT, Dialect
from sojourn.server.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.server.asgi import Headers

_CALL_PATHS: Final = {
    "identify": ("identify", "i"), "track": ("track", "t"), "page": ("page", "p"),
    "screen": ("screen", "s"), "group": ("group", "g"), "alias": ("alias", "a"),
}  # fmt: skip
"""Each call and its names in a path: whole, and as Segment's browser library shortens it."""
_BATCH_KEYS: Final = ("batch", "data")
_LONGEST_AGENT: Final = 512


@dataclass(frozen=True, slots=True)
class Route:
    """What comes to a path."""

    dialect: Dialect
    call: str = ""
    """The type of the one call, where the path says it; empty where the body has the calls."""


ROUTES: Final = {
    **{
        f"/v1/{name}": Route(SEGMENT, call) for call, names in _CALL_PATHS.items() for name in names
    },
    **dict.fromkeys(("/v1/batch", "/v1/import", "/v1/b"), Route(SEGMENT)),
    **dict.fromkeys(("/batch", "/capture", "/e", "/i/v0/e"), Route(POSTHOG)),
}
HOOK: Final = Route(SEGMENT)
"""What other systems send, once their documents have made calls of it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request holds."""

    calls: Sequence[JsonValue]
    key: str
    """The write key; empty when none is given."""
    at: JsonValue
    """When the request says it was sent."""


def read_request(route: Route, body: JsonValue, headers: Headers) -> Sent:
    """Return the calls of a request.

    Raises
    ------
    Problem
        If the body has not the shape of one.
    """
    if route.dialect is POSTHOG and isinstance(body, list):
        body = {"batch": body}
    if not isinstance(body, dict):
        raise Problem(400, "bad-shape", "The body is no object; allowed: a call, or a batch.")
    key = basic_user(headers) or _text(body, "writeKey") or _text(body, "api_key")
    at = body.get("sentAt", body.get("sent_at"))
    if route.call:
        return Sent([{**body, "type": route.call}], key, at)
    for name in _BATCH_KEYS:
        calls = body.get(name)
        if isinstance(calls, list):
            own = key or _key_of(calls)
            return Sent([_with_context(call, body) for call in calls], own, at)
    if route.dialect is POSTHOG:
        return Sent([body], key or _key_of([body]), at)
    raise Problem(400, "bad-shape", "The body has no list of calls; allowed: it under 'batch'.")


def browser_agent(headers: Headers) -> str:
    """Return the user agent of a browser's page; empty for any other client, who is no visitor."""
    if b"origin" not in headers:
        return ""
    return headers.get(b"user-agent", b"")[:_LONGEST_AGENT].decode("latin-1")


def _with_context(call: JsonValue, batch: JsonObject) -> JsonValue:
    """Return a call with the context that its batch gives to all."""
    context = batch.get("context")
    if not isinstance(call, dict) or not isinstance(context, dict):
        return call
    own = call.get("context")
    return {**call, "context": {**context, **own} if isinstance(own, dict) else context}


def _key_of(calls: Sequence[JsonValue]) -> str:
    """Return the key in the first of PostHog's events, where its older libraries put it."""
    first = calls[0] if calls else None
    if not isinstance(first, dict):
        return ""
    inner = first.get("properties")
    own = _text(first, "api_key") or _text(first, "token")
    return own or (_text(inner, "token") if isinstance(inner, dict) else "")


def _text(body: JsonObject, key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def basic_user(headers: Headers) -> str:
    """Return the user of a Basic authorisation, or a bearer's token."""
    scheme, _, rest = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() == b"bearer":
        return rest.strip().decode("latin-1")
    if scheme.lower() != b"basic":
        return ""
    try:
        user, _, _ = base64.b64decode(rest.strip(), validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return ""
    return user.decode("latin-1")
