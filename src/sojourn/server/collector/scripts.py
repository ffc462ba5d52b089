"""Answering for the files of the browser snippet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sojourn.server.asgi import headers_of, text_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.ports.scripts import Script
    from sojourn.server.asgi import Headers, Scope, Send

_SEALED: Final = b"public, max-age=31536000, immutable"
_CURRENT: Final = b"public, max-age=600"
"""A page without integrity hash has a new version ten minutes after an upgrade."""
_ALWAYS: Final = (
    (b"content-type", b"text/javascript; charset=utf-8"),
    (b"access-control-allow-origin", b"*"),  # integrity is checked only where CORS allows reading
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"accept-encoding"),
)


@dataclass(frozen=True, slots=True)
class ScriptReply:
    """The answer to who asks for a file."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    async def send(self, send: Send) -> None:
        """Send it as the ASGI specification says."""
        headers = list(self.headers)
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class Scripts:
    """Finds the file that a path asks for.

    Parameters
    ----------
    scripts : sequence of Script
        Each is found under its name, and for ever under its own path.
    """

    def __init__(self, scripts: Sequence[Script] = ()) -> None:
        self._current = {f"/{script.name}": script for script in scripts}
        self._sealed = {script.path: script for script in scripts}

    def answer(self, scope: Scope) -> ScriptReply | None:
        """Return the answer to a request; None where it asks for none of the files."""
        method, path = text_in(scope, "method"), text_in(scope, "path")
        script = self._sealed.get(path) or self._current.get(path)
        if script is None or method not in {"GET", "HEAD"}:
            return None
        reply = _reply(script, headers_of(scope), sealed=path in self._sealed)
        return ScriptReply(reply.status, reply.headers, b"") if method == "HEAD" else reply


def _reply(script: Script, headers: Headers, *, sealed: bool) -> ScriptReply:
    tag = f'W/"{script.digest}"'.encode()
    fixed = (*_ALWAYS, (b"etag", tag), (b"cache-control", _SEALED if sealed else _CURRENT))
    if script.digest.encode() in headers.get(b"if-none-match", b""):
        return ScriptReply(304, fixed, b"")
    packs = b"gzip" in headers.get(b"accept-encoding", b"")
    body = script.packed if packs else script.content
    packing = ((b"content-encoding", b"gzip"),) if packs else ()
    return ScriptReply(200, (*fixed, *packing, (b"content-length", b"%d" % len(body))), body)
