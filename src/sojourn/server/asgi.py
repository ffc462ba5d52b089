"""What an ASGI server hands to an application, as types."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TypeAlias

Message: TypeAlias = MutableMapping[str, object]
Scope: TypeAlias = MutableMapping[str, object]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers: TypeAlias = dict[bytes, bytes]


def headers_of(scope: Scope) -> Headers:
    """Return a request's headers by name in small letters; of repeated ones the last."""
    pairs = scope.get("headers")
    return dict(pairs) if isinstance(pairs, list) else {}


def text_in(scope: Scope, key: str) -> str:
    """Return a text of the scope, such as its method or path."""
    value = scope.get(key)
    return value if isinstance(value, str) else ""
