"""A webhook's document as values: which payload becomes which call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sojourn.events.webhooks.values import Constant

if TYPE_CHECKING:
    from sojourn.events.webhooks.paths import Value

FORMAT: Final = "webhook/1"
ANY: Final = "*"
"""Written where a value must be there, whatever it is."""


class Proof(StrEnum):
    """How a sender shows that it knows the secret."""

    HMAC = "hmac"
    """A keyed hash of the body, in a header."""
    STRIPE = "stripe"
    """A keyed hash of time and body, in one header with the time."""
    TOKEN = "token"  # noqa: S105 - the word of the document, no secret
    """The secret itself, in a header."""


class Digest(StrEnum):
    """The hash of a signature."""

    SHA256 = "sha256"
    SHA512 = "sha512"
    SHA1 = "sha1"


class Encoding(StrEnum):
    """How a signature is written."""

    HEX = "hex"
    BASE64 = "base64"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What proves that a request comes from who it should.

    Attributes
    ----------
    header : str
        In small letters.
    prefix : str
        Stands before the signature: ``sha256=``.
    """

    proof: Proof
    header: str
    digest: Digest = Digest.SHA256
    encoding: Encoding = Encoding.HEX
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A value that must be one of some texts, or that must be there."""

    value: Value
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of payload and the call that it becomes.

    Attributes
    ----------
    each : Value, optional
        A list in the payload: one call for each entry.
    id : Value, optional
        The same for the same happening however often it is sent; made of the whole payload where
        it is left out.
    when : tuple of Condition
        All must hold.
    """

    when: tuple[Condition, ...]
    event: Value
    each: Value | None = None
    id: Value | None = None
    user: Value | None = None
    anonymous: Value | None = None
    time: Value | None = None
    properties: tuple[tuple[str, Value], ...] = ()
    traits: tuple[tuple[str, Value], ...] = ()
    """Given where the call says who somebody is, rather than what they did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """How to read what one system sends."""

    name: str
    rules: tuple[Rule, ...]
    signature: Signature | None = None
    note: str = ""


def event_names(webhook: Webhook) -> tuple[str, ...]:
    """Return the events that a webhook can bring, each once; ``…`` for those a payload names."""
    names = [
        str(rule.event.value) if isinstance(rule.event, Constant) else "…" for rule in webhook.rules
    ]
    return tuple(dict.fromkeys(names))
