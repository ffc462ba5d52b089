"""Requests that other systems send of their own accord, read by the workspace's documents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl

from sojourn.app.collecting.webhooks import (
    PATH,
    Came,
    WebhookSecretError,
    WebhookSignatureError,
    check_signature,
)
from sojourn.base.errors import nearest
from sojourn.events.webhooks.paths import Payload
from sojourn.events.webhooks.reading import read_payload
from sojourn.server.asgi import text_in
from sojourn.server.collector.bodies import decoded
from sojourn.server.collector.routes import Sent, basic_user
from sojourn.server.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.base.json import JsonValue
    from sojourn.events.webhooks.model import Webhook
    from sojourn.server.asgi import Headers, Scope

_FORM = b"application/x-www-form-urlencoded"
_MOST_FIELDS = 1_000


@dataclass(kw_only=True)
class Hooks:
    """Reads the requests of a workspace's webhooks.

    Attributes
    ----------
    known : callable
        Returns the webhooks by name; called again and again, so that new ones take effect.
    environment : mapping of str to str
        Holds the secrets.
    """

    known: Callable[[], Mapping[str, Webhook]] = dict
    environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._webhooks: Mapping[str, Webhook] | None = None
        """None until they could be read for the first time."""

    def refresh(self) -> None:
        """Take up what was added, changed or removed; on an error it stays as it was.

        Raises
        ------
        InputError
            If the documents cannot be read.
        """
        self._webhooks = self.known()

    def read(self, scope: Scope, headers: Headers, body: bytes, received_us: int) -> Sent:
        """Return the calls that a request becomes.

        Raises
        ------
        Problem
            If there is no such webhook, the request is not from its sender, or it cannot be read.
        """
        name = text_in(scope, "path").removeprefix(PATH).rstrip("/")
        if self._webhooks is None:
            raise Problem(
                503, "webhooks-unread", "Webhooks cannot be read at the moment; send it again.",
                headers={"Retry-After": "5"},
            )  # fmt: skip
        webhook = self._webhooks.get(name)
        if webhook is None:
            close = nearest(name, tuple(self._webhooks))
            hint = f" Did you mean {close!r}?" if close else ""
            raise Problem(404, "unknown-webhook", f"There is no webhook {name[:64]!r}.{hint}")
        plain = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in
                 headers.items()}  # fmt: skip
        _check(webhook, Came(body=body, headers=plain, received_us=received_us), self.environment)
        payload = Payload(
            body=_body(body, headers),
            headers=plain,
            digest=hashlib.blake2b(body, digest_size=16).hexdigest(),
        )
        return Sent(read_payload(webhook, payload), key_in(scope, headers), None)


def is_hook(path: str) -> bool:
    """Return whether a path is a webhook's."""
    return path.startswith(PATH)


def _check(webhook: Webhook, came: Came, environment: Mapping[str, str]) -> None:
    try:
        check_signature(webhook, came, environment)
    except WebhookSecretError as error:
        raise Problem(503, error.code, error.message, headers={"Retry-After": "60"}) from error
    except WebhookSignatureError as error:
        raise Problem(401, error.code, error.message) from error


def _body(body: bytes, headers: Headers) -> JsonValue:
    """Return what a body says: JSON, or the fields of a form."""
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind != _FORM:
        return decoded(body)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise Problem(
            400, "bad-form", f"The body is no form; allowed: {_MOST_FIELDS:,} fields in UTF-8."
        ) from None


def key_in(scope: Scope, headers: Headers) -> str:
    """Return the write key a request comes with; empty when it comes with none."""
    return _asked_key(scope) or basic_user(headers)


def _asked_key(scope: Scope) -> str:
    """Return the write key of an address's question mark: some systems can send no header."""
    query = scope.get("query_string", b"")
    if not isinstance(query, bytes):
        return ""
    try:
        return parse_qs(query.decode("latin-1"), max_num_fields=20).get("key", [""])[0]
    except ValueError:
        return ""
