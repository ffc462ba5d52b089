"""Webhooks are kept as versions, and believed only when they are from who they should be."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

import pytest

from sojourn.app.collecting.webhooks import (
    Came,
    WebhookSecretError,
    WebhookSignatureError,
    add_webhook,
    check_signature,
    one_webhook,
    preset_text,
    remove_webhook,
    secret_variable,
    webhooks,
)
from sojourn.base.errors import InputError, UnknownNameError
from sojourn.compose import open_workspace
from sojourn.events.webhooks.document import read_webhook

if TYPE_CHECKING:
    from pathlib import Path

    from sojourn.ports.workspace import Documents

SECRET = "shhh"
BODY = b'{"id": 1}'
NOW_S = 1_763_600_405
NOW_US = NOW_S * 1_000_000


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    return open_workspace(tmp_path / "shop", create=True).documents


def digest(signed: bytes, secret: str = SECRET, kind: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), signed, kind).digest()


def check(text: str, header: str, value: str, *, body: bytes = BODY, secret: str = SECRET) -> None:
    webhook = read_webhook(text)
    came = Came(body=body, headers={header: value} if value else {}, received_us=NOW_US)
    check_signature(webhook, came, {secret_variable(webhook.name): secret})


def own(signature: str) -> str:
    return f"sojourn: webhook/1\nname: erp\nsignature: {signature}\nevents: [{{event: e, user: u}}]"


def test_shopify() -> None:
    good = base64.b64encode(digest(BODY)).decode()
    check(preset_text("shopify"), "x-shopify-hmac-sha256", good)
    for value, body, secret in ((good, b"{}", SECRET), (good, BODY, "other"), ("é", BODY, SECRET),
                                ("", BODY, SECRET)):  # fmt: skip
        with pytest.raises(WebhookSignatureError):
            check(preset_text("shopify"), "x-shopify-hmac-sha256", value, body=body, secret=secret)


@pytest.mark.parametrize("kind", ["sha1", "sha256", "sha512"])
def test_a_prefix_and_other_hashes(kind: str) -> None:
    text = own(f"{{proof: hmac, header: X-Sig, digest: {kind}, prefix: '{kind}='}}")
    written = hmac.new(SECRET.encode(), BODY, getattr(hashlib, kind)).hexdigest()
    check(text, "x-sig", f"{kind}={written}")
    with pytest.raises(WebhookSignatureError):
        check(text, "x-sig", written)


def test_a_token() -> None:
    text = own("{proof: token, header: X-API-Key}")
    check(text, "x-api-key", SECRET)
    with pytest.raises(WebhookSignatureError):
        check(text, "x-api-key", "guess")


def stripe(at_s: int, *signatures: str) -> None:
    value = ",".join([f"t={at_s}", *(f"v1={each}" for each in signatures)])
    check(preset_text("stripe"), "stripe-signature", value)


def test_stripe() -> None:
    def signed(at_s: int) -> str:
        return digest(f"{at_s}.".encode() + BODY).hex()

    stripe(NOW_S, signed(NOW_S))
    stripe(NOW_S - 299, "0" * 64, signed(NOW_S - 299))  # while a secret is changed there are two
    for at_s, signature in ((NOW_S - 301, signed(NOW_S - 301)), (NOW_S + 301, signed(NOW_S + 301)),
                            (NOW_S, signed(NOW_S - 1))):  # fmt: skip
        with pytest.raises(WebhookSignatureError):
            stripe(at_s, signature)
    for value in ("t=1", f"v1={signed(NOW_S)}", f"t=x,v1={signed(NOW_S)}", "t=٣,v1=a"):
        with pytest.raises(WebhookSignatureError):
            check(preset_text("stripe"), "stripe-signature", value)


def test_a_secret_that_is_not_set_refuses_everybody() -> None:
    with pytest.raises(WebhookSecretError, match="SOJOURN_WEBHOOK_ERP"):
        check(own("{proof: token, header: X-API-Key}"), "x-api-key", "", secret="")


def test_documents_are_versions(documents: Documents) -> None:
    text = preset_text("shopify")
    assert add_webhook(documents, text, source="shopify", who="kim").document.version == 1
    assert add_webhook(documents, text, source="shopify", who="kim").document.version == 1
    changed = add_webhook(documents, f"{text}\n", source="shopify", who="lee", why="blank")
    assert (changed.document.version, changed.document.who) == (2, "lee")
    add_webhook(documents, preset_text("stripe"), source="stripe", who="kim")
    assert [kept.webhook.name for kept in webhooks(documents)] == ["shopify", "stripe"]
    remove_webhook(documents, "shopify", who="kim")
    assert [kept.webhook.name for kept in webhooks(documents)] == ["stripe"]
    with pytest.raises(UnknownNameError, match="stripe"):
        one_webhook(documents, "shopify")
    assert add_webhook(documents, text, source="shopify", who="kim").document.version == 4


def test_a_bad_document_is_not_kept(documents: Documents) -> None:
    with pytest.raises(InputError, match=r"mine\.yaml"):
        add_webhook(documents, "name: x", source="mine.yaml", who="kim")
    assert webhooks(documents) == ()
