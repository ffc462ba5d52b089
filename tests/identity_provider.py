"""A provider of identities that speaks OpenID Connect over real HTTP, honest until told otherwise."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwk, jwt

from sojourn.app.clock import now_us

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT, SECRET = "sojourn-client", "s3cret of the client"


@dataclass
class Provider:
    """What it says of whoever signs in; tests change it to lie."""

    claims: dict[str, object] = field(default_factory=dict)
    """Put over those of an honest ID token; None takes one out."""
    info: dict[str, object] | None = None
    """What its userinfo says; it has none without."""
    alg: str = "RS256"
    says_issuer: str = ""
    wait_s: float = 0.0
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    issuer: str = ""
    keys: list[jwk.RSAKey] = field(default_factory=list)

    def rotate(self, *, keep: bool = False) -> None:
        """Sign with a new key from now on; forget the former ones."""
        made = jwk.RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})
        self.keys = [made, *(self.keys if keep else ())]

    def sign_in(self, address: str, **wanted: str) -> str:
        """Return where the browser is sent, once somebody has signed in at an address of ours."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert set(asked["scope"].split()) >= {"openid", "email"}
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        given = {"code": code, "state": asked["state"], "iss": self.issuer} | wanted
        return f"{asked['redirect_uri']}?{urlencode({k: v for k, v in given.items() if v})}"

    def token(self, asked: dict[str, str]) -> str:
        now = now_us() // 1_000_000
        honest = {
            "iss": self.issuer, "sub": "subject-1", "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "email": "ann@example.com", "email_verified": True,
        }  # fmt: skip
        claims = {k: v for k, v in (honest | self.claims).items() if v is not None}
        if self.alg == "none":
            parts = ({"alg": "none", "typ": "JWT"}, claims)
            return ".".join(_packed(json.dumps(part).encode()) for part in parts) + "."
        if self.alg == "HS256":  # signed with what everybody knows: the public key
            public = self.keys[0].as_pem(private=False)
            head = _packed(json.dumps({"alg": "HS256", "kid": self.keys[0].kid}).encode())
            body = _packed(json.dumps(claims).encode())
            mark = hmac.new(public, f"{head}.{body}".encode(), hashlib.sha256).digest()
            return f"{head}.{body}.{_packed(mark)}"
        return jwt.encode({"alg": self.alg, "kid": self.keys[0].kid}, claims, self.keys[0])

    def exchange(self, body: dict[str, str], authorization: str) -> tuple[int, dict[str, object]]:
        """Give an ID token for a code, once, to the client that asked, with its verifier."""
        asked = self.codes.pop(body.get("code", ""), None)
        digest = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != f"Basic {known}":
            return 401, {"error": "invalid_client"}
        if (
            asked is None
            or asked["redirect_uri"] != body.get("redirect_uri")
            or asked["code_challenge"] != _packed(digest)
        ):
            return 400, {"error": "invalid_grant"}
        token = self.token(asked)
        return 200, {"id_token": token, "access_token": "access", "token_type": "Bearer"}

    def document(self) -> dict[str, object]:
        more = {"userinfo_endpoint": f"{self.issuer}/userinfo"} if self.info is not None else {}
        return more | {
            "issuer": self.says_issuer or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?kept=yes",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks",
        }  # fmt: skip


def _packed(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers on a port of its own."""
    known = Provider()
    known.rotate()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.asked.append(self.path)
            time.sleep(known.wait_s)
            if self.path == "/.well-known/openid-configuration":
                self._say(200, known.document())
            elif self.path == "/jwks":
                self._say(200, {"keys": [key.as_dict(private=False) for key in known.keys]})
            elif self.path == "/userinfo" and self.headers["authorization"] == "Bearer access":
                self._say(200, known.info or {})
            elif self.path.startswith("/authorize"):  # a browser: nobody asks for a password here
                self.send_response(302)
                self.send_header("location", known.sign_in(self.path))
                self.end_headers()
            else:
                self._say(404, {})

        def do_POST(self) -> None:
            known.asked.append(self.path)
            sent = self.rfile.read(int(self.headers["content-length"])).decode()
            body = {name: values[0] for name, values in parse_qs(sent).items()}
            self._say(*known.exchange(body, self.headers["authorization"] or ""))

        def _say(self, status: int, said: dict[str, object]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
