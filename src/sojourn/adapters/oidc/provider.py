"""A provider that speaks OpenID Connect: the authorization code flow with PKCE."""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from typing_extensions import override

from sojourn.adapters.oidc.errors import ProviderAnswerError, ProviderUnreachableError
from sojourn.adapters.oidc.libraries import loaded
from sojourn.adapters.outbound.errors import OutboundFailedError, OutboundRefusedError
from sojourn.base.timespan import HOUR_US, SECOND_US
from sojourn.ports.providers import Identity, IdentityProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.adapters.oidc.libraries import Libraries
    from sojourn.adapters.outbound.client import OutboundClient
    from sojourn.ports.providers import Proof, ProviderSettings

ALGORITHMS: Final = tuple(
    f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)
)
"""Of signatures that are believed: by keys that only the provider has; not none, not HS256."""
LEEWAY_S: Final = 60
"""How far the provider's clock and ours may be apart."""
KEPT_US: Final = HOUR_US
DOWN_S: Final = 5.0
"""How long a provider that did not answer is not asked again: whoever waits is told at once."""
_LONGEST_SUBJECT: Final = 255
_FORM: Final = "application/x-www-form-urlencoded"
_METADATA: Final = "/.well-known/openid-configuration"
_log = logging.getLogger("sojourn.web.provider")


@dataclass(slots=True)
class _Kept:
    """What the provider says of itself, asked for again from time to time."""

    metadata: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=dict)
    until_us: int = 0
    down_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class OidcProvider(IdentityProvider):
    """See :class:`sojourn.ports.providers.IdentityProvider`.

    Parameters
    ----------
    settings : ProviderSettings
    secret : str
        The client's; empty for one that has none and is known by PKCE alone.
    client : OutboundClient
    now_us : callable
        Reads the clock.
    """

    def __init__(
        self,
        settings: ProviderSettings,
        secret: str,
        client: OutboundClient,
        now_us: Callable[[], int],
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._client = client
        self._now_us = now_us
        self._kept = _Kept()
        self._libraries: Libraries = loaded()  # not installed: told when the server starts

    @property
    @override
    def name(self) -> str:
        return self._settings.name

    @property
    @override
    def issuer(self) -> str:
        return self._settings.issuer

    @override
    def address(self, proof: Proof, back: str) -> str:
        scope = " ".join(("openid", "email", *self._settings.scopes))
        challenge = self._libraries.pkce.create_s256_code_challenge(proof.verifier)
        url: str = self._libraries.requests.prepare_grant_uri(
            self._endpoint("authorization_endpoint"), self._settings.client_id, "code",
            redirect_uri=back, scope=scope, state=proof.state, nonce=proof.nonce,
            code_challenge=challenge, code_challenge_method="S256",
        )  # fmt: skip
        return url

    @override
    def identify(self, code: str, proof: Proof, back: str) -> Identity:
        answer = self._exchange(code, proof, back)
        access, token = answer.get("access_token"), answer.get("id_token")
        if not isinstance(token, str):
            raise _untrusted("no ID token came")
        claims = self._claims(token, proof, access if isinstance(access, str) else "")
        if not claims.get("email") and isinstance(access, str):
            claims = {**self._more(access, claims["sub"]), **claims}
        return self._identity(claims)

    def _exchange(self, code: str, proof: Proof, back: str) -> dict[str, Any]:
        """Return what the provider gives for a code."""
        body = self._libraries.requests.prepare_token_request(
            "authorization_code", code=code, redirect_uri=back, code_verifier=proof.verifier
        )
        auth = self._libraries.oauth2.ClientAuth(
            self._settings.client_id, self._secret, self._way_to_show_the_secret()
        )
        url, headers, sent = auth.prepare(
            "POST", self._endpoint("token_endpoint"), {"Content-Type": _FORM}, body
        )
        return self._json("POST", url, headers, sent.encode())

    def _way_to_show_the_secret(self) -> str:
        if not self._secret:
            return "none"
        offered = self._known()["metadata"].get("token_endpoint_auth_methods_supported")
        good = ("client_secret_basic", "client_secret_post")
        listed = offered if isinstance(offered, list) else good
        return next((way for way in good if way in listed), good[0])

    def _claims(self, token: str, proof: Proof, access: str) -> dict[str, Any]:
        """Return what an ID token says; every check of OpenID Connect Core 3.1.3.7 is passed."""
        errors = self._libraries.errors
        try:
            said, header = self._decoded(token)
            claims = self._libraries.tokens.CodeIDToken(
                said, header,
                {
                    "iss": {"essential": True, "value": self._settings.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                    "sub": {"essential": True},
                },
                {"nonce": proof.nonce, "client_id": self._settings.client_id,
                 "access_token": access},
            )  # fmt: skip
            claims.validate(self._now_us() // SECOND_US, LEEWAY_S)
        except (
            errors.JoseError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            ArithmeticError,
        ) as error:
            raise _untrusted(f"the ID token: {type(error).__name__} {error}") from error
        return dict(claims)

    def _decoded(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return claims and header of a token whose signature is good.

        Keys may have been changed since they came: they are then asked for again.
        """
        errors = self._libraries.errors
        try:
            found = self._verified(token, self._known()["keys"])
        except (errors.InvalidKeyIdError, errors.BadSignatureError, errors.MissingKeyError,
                errors.InvalidKeyTypeError, errors.UnsupportedKeyAlgorithmError):  # fmt: skip
            found = self._verified(token, self._known(anew=True)["keys"])
        return found

    def _verified(
        self, token: str, keys: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        listed = keys.get("keys")
        usable = [
            key
            for key in (listed if isinstance(listed, list) else ())
            if isinstance(key, dict)
            and key.get("kty") in {"RSA", "EC"}
            and key.get("use", "sig") == "sig"
        ]
        known = self._libraries.jwk.KeySet.import_key_set({"keys": usable})
        found = self._libraries.jwt.decode(token, known, ALGORITHMS)
        return found.claims, found.header

    def _more(self, access: str, subject: object) -> dict[str, Any]:
        """Return what the provider tells of somebody beside the ID token."""
        url = self._known()["metadata"].get("userinfo_endpoint")
        if not isinstance(url, str):
            return {}
        said = self._json("GET", url, {"Authorization": f"Bearer {access}"})
        if said.get("sub") != subject:
            raise _untrusted("userinfo is about somebody else")
        return said

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        email, verified = claims.get("email"), claims.get(self._settings.verified_claim)
        groups = claims.get(self._settings.groups_claim)
        listed = [groups] if isinstance(groups, str) else groups
        subject = str(claims["sub"])
        if len(subject) > _LONGEST_SUBJECT or not subject.isprintable():
            raise _untrusted("its subject is none")
        return Identity(
            issuer=self._settings.issuer,
            subject=subject,
            email=email if isinstance(email, str) else "",
            is_verified=verified is True or str(verified).lower() in {"true", "1"},
            groups=tuple(map(str, listed)) if isinstance(listed, list) else (),
        )

    def _endpoint(self, name: str) -> str:
        url = self._known()["metadata"].get(name)
        try:
            scheme = urlsplit(url).scheme if isinstance(url, str) else ""
        except ValueError:
            scheme = ""
        if scheme not in {"https", urlsplit(self._settings.issuer).scheme}:
            raise _unreachable(f"its {name} is {url!r}")
        return str(url)

    def _known(self, *, anew: bool = False) -> dict[str, dict[str, Any]]:
        """Return what the provider says of itself: its metadata and its keys."""
        kept = self._kept
        with kept.lock:
            if anew or self._now_us() >= kept.until_us:
                metadata = self._json("GET", self._settings.issuer.rstrip("/") + _METADATA, {})
                if metadata.get("issuer") != self._settings.issuer:
                    raise _unreachable(f"it calls itself {metadata.get('issuer')!r}")
                kept.keys = self._json("GET", str(metadata.get("jwks_uri")), {})
                kept.metadata, kept.until_us = metadata, self._now_us() + KEPT_US
            return {"metadata": kept.metadata, "keys": kept.keys}

    def _json(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> dict[str, Any]:
        if time.monotonic() < self._kept.down_until:
            raise ProviderUnreachableError
        try:
            reply = self._client.ask(method, url, headers, body)
        except OutboundRefusedError as error:
            raise _unreachable(error.message) from error
        except OutboundFailedError as error:
            self._kept.down_until = time.monotonic() + DOWN_S
            raise _unreachable(error.message) from error
        try:
            said = json.loads(reply.body)
        except (ValueError, RecursionError):
            said = None
        if reply.status >= 500 or (method == "GET" and reply.status != 200):
            raise _unreachable(f"{urlsplit(url).path} answers {reply.status}")
        if reply.status != 200 or not isinstance(said, dict):
            named = said.get("error") if isinstance(said, dict) else ""
            raise _untrusted(f"{urlsplit(url).path} answers {reply.status} {named}")
        return said


def _unreachable(why: str) -> ProviderUnreachableError:
    _log.warning("the provider cannot be asked: %s", why.replace("\n", " "))
    return ProviderUnreachableError()


def _untrusted(why: str) -> ProviderAnswerError:
    _log.warning("the provider's answer is refused: %s", why.replace("\n", " "))
    return ProviderAnswerError()
