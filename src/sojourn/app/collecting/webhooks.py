"""The webhooks of a workspace: their documents, and whether a request is from who it should be."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

from sojourn.base.errors import InputError, UnknownNameError
from sojourn.base.timespan import SECOND_US
from sojourn.events.webhooks.document import read_webhook
from sojourn.events.webhooks.model import Encoding, Proof, Signature

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.events.webhooks.model import Webhook
    from sojourn.ports.workspace import Document, Documents

KIND: Final = "webhook"
SECRET_PREFIX: Final = "SOJOURN_WEBHOOK_"  # noqa: S105 - a name, no secret
"""Begins the name of the environment variable that holds a webhook's secret."""
PATH: Final = "/v1/webhooks/"
OLDEST_US: Final = 300 * SECOND_US
"""How far a signed time may lie from our own: what is older may be a copy sent again."""
REMOVED: Final = ""
"""The body of a document that is there no more."""


class WebhookSecretError(InputError):
    """A webhook's secret is not known. Remedy: set the environment variable that is named."""

    code = "webhook-secret"


class WebhookSignatureError(InputError):
    """A request is not signed as its sender would. Remedy: use the same secret on both sides."""

    code = "webhook-signature"


@dataclass(frozen=True, slots=True)
class Kept:
    """A webhook and the version of the document it was read from."""

    webhook: Webhook
    document: Document


def presets() -> tuple[str, ...]:
    """Return the names of the documents that come with the package."""
    folder = resources.files("sojourn.events.webhooks.presets")
    names = (each.name for each in folder.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def preset_text(name: str) -> str:
    """Return a document that comes with the package.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    """
    if name not in presets():
        raise UnknownNameError("webhook preset", name, presets())
    return (resources.files("sojourn.events.webhooks.presets") / f"{name}.yaml").read_text("utf-8")


def add_webhook(documents: Documents, text: str, *, source: str, who: str, why: str = "") -> Kept:
    """Keep a webhook's document as its newest version; a running server takes it up by itself.

    Raises
    ------
    DocumentError
        If it cannot be read.
    """
    webhook = read_webhook(text, source)
    return Kept(webhook, documents.put(KIND, webhook.name, text, who=who, why=why))


def remove_webhook(documents: Documents, name: str, *, who: str, why: str = "") -> None:
    """Take no more of a webhook's requests; its documents stay.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    """
    one_webhook(documents, name)
    documents.put(KIND, name, REMOVED, who=who, why=why)


def webhooks(documents: Documents) -> tuple[Kept, ...]:
    """Return the webhooks of a workspace, by name."""
    return tuple(
        Kept(read_webhook(each.body, f"the webhook {each.id}"), each)
        for each in documents.newest(KIND)
        if each.body != REMOVED
    )


def one_webhook(documents: Documents, name: str) -> Kept:
    """Return one webhook of a workspace.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    """
    known = {kept.webhook.name: kept for kept in webhooks(documents)}
    if name not in known:
        raise UnknownNameError("webhook", name, known)
    return known[name]


def secret_variable(name: str) -> str:
    """Return the environment variable that holds a webhook's secret.

    Examples
    --------
    >>> secret_variable("my-shop").removeprefix(SECRET_PREFIX)
    'MY_SHOP'
    """
    return SECRET_PREFIX + name.upper().replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A request as it came.

    Attributes
    ----------
    headers : mapping of str to str
        Names in small letters.
    received_us : int
        Microseconds since 1970, UTC.
    """

    body: bytes
    headers: Mapping[str, str]
    received_us: int


def check_signature(webhook: Webhook, came: Came, environment: Mapping[str, str]) -> None:
    """Return when a request is from who it should be, or when its document asks for no proof.

    Raises
    ------
    WebhookSecretError
        If the document asks for a proof, and no secret is known.
    WebhookSignatureError
        If the proof is missing, wrong or too old.
    """
    signature = webhook.signature
    if signature is None:
        return
    variable = secret_variable(webhook.name)
    secret = environment.get(variable, "")
    if not secret:
        raise WebhookSecretError(
            f"The secret of the webhook {webhook.name!r} is not known.",
            remedy=f"Set {variable} where the server is started.",
        )
    given = came.headers.get(signature.header, "")
    if not given:
        raise WebhookSignatureError(
            f"The header {signature.header} is missing.", allowed="a request with the signature"
        )
    if not _is_good(signature, given, secret.encode(), came):
        raise WebhookSignatureError(
            f"The signature in {signature.header} is wrong, or too old.",
            remedy=f"Compare the secret with {variable}, and the clocks.",
        )


def _is_good(signature: Signature, given: str, secret: bytes, came: Came) -> bool:
    if signature.proof is Proof.TOKEN:
        return _same(given.removeprefix(signature.prefix), secret)
    if signature.proof is Proof.STRIPE:
        return _is_good_stripe(signature, given, secret, came)
    if not given.startswith(signature.prefix):
        return False
    wanted = _written(signature, secret, came.body)
    return _same(given.removeprefix(signature.prefix), wanted)


def _is_good_stripe(signature: Signature, given: str, secret: bytes, came: Came) -> bool:
    """Return whether one of several signatures over time and body is ours.

    References
    ----------
    Stripe, *Verify webhook signatures manually* (docs.stripe.com/webhooks).
    """
    parts = [part.strip().partition("=") for part in given.split(",")]
    times = [value for key, _, value in parts if key == "t"]
    if len(times) != 1 or not times[0].isascii() or not times[0].isdigit() or len(times[0]) > 12:
        return False
    if abs(int(times[0]) * SECOND_US - came.received_us) > OLDEST_US:
        return False
    wanted = _written(signature, secret, times[0].encode() + b"." + came.body)
    return any(_same(value, wanted) for key, _, value in parts if key == "v1")


def _written(signature: Signature, secret: bytes, signed: bytes) -> bytes:
    digest = hmac.new(secret, signed, getattr(hashlib, signature.digest.value)).digest()
    if signature.encoding is Encoding.BASE64:
        return base64.b64encode(digest)
    return digest.hex().encode()


def _same(given: str, wanted: bytes) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted)
