"""Signing in at a provider over real HTTP, and every way in which somebody might lie."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import parse_qsl, urlsplit

import httpx2 as httpx
import pytest

from sojourn.adapters.outbound.addresses import read_allowed
from sojourn.adapters.outbound.client import OutboundClient
from sojourn.adapters.passwords.argon import Argon2Hasher
from sojourn.app.access.errors import ProviderSettingsError
from sojourn.app.access.providing import proof_of
from sojourn.app.access.roles import Role
from sojourn.app.clock import now_us
from sojourn.server.web.routes.provider import COOKIE
from webs import HOST, PASSWORD, Quick, Web, web_over

pytest.importorskip("authlib", reason="the extra oidc is not installed")
identity_provider = pytest.importorskip("identity_provider")
CLIENT, SECRET = identity_provider.CLIENT, identity_provider.SECRET
HOME = "/w/shop/"
START = "/w/shop/api/v1/sign-in"


def settings(issuer: str, more: str = "") -> str:
    return f'\n[oidc]\nname = "Acme"\nissuer = "{issuer}"\nclient_id = "{CLIENT}"\n{more}\n'


@pytest.fixture
def there():
    with identity_provider.provider() as found:
        yield found


@pytest.fixture
def open_web(tmp_path, there, monkeypatch):
    """Opens two workspaces, both with the provider; the first with what a test wants."""
    monkeypatch.setenv("SOJOURN_OUTBOUND", "127.0.0.1")
    monkeypatch.setenv("SOJOURN_OIDC_SECRET", SECRET)
    opened = []

    def opening(more: str = "") -> Web:
        manager = web_over(tmp_path / str(len(opened)))
        web = manager.__enter__()
        opened.append(manager)
        for served, extra in zip(web.site, (more, ""), strict=True):
            toml = tmp_path / str(len(opened) - 1) / served.name / "sojourn.toml"
            toml.write_text(toml.read_text("utf-8") + settings(there.issuer, extra), "utf-8")
        return web

    yield opening
    for manager in opened:
        manager.__exit__(None, None, None)


@pytest.fixture
def web(open_web) -> Web:
    found = open_web()
    accounts = found.site.served["shop"].accounts
    accounts.accept(accounts.invite(Role.EDITOR), "ann@example.com", PASSWORD)
    return found


def begun(client, **body: str) -> str:
    answer = client.post(START, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["address"]


def came_back(client, there, **wanted: str):
    """What the browser is told when it comes back from the provider."""
    return client.get(there.sign_in(begun(client), **wanted), follow_redirects=False)


def failed(answer) -> str:
    """The code of a failure; nobody is signed in by it."""
    assert answer.status_code == 303
    assert "sojourn_session" not in answer.headers.get("set-cookie", "")
    home, _, code = answer.headers["location"].partition("#failed=")
    assert home == HOME
    return code


def test_whoever_has_an_account_signs_in(web: Web, there) -> None:
    client = web.client()
    assert client.get(START).json() == {"provider": "Acme"}
    address = begun(client, next="#install")
    asked = dict(parse_qsl(urlsplit(address).query))
    assert asked["redirect_uri"] == f"http://{HOST}/w/shop/sign-in/back"
    assert asked["kept"] == "yes"  # what the provider's own address had stays
    assert len(asked["state"]) == len(asked["nonce"]) == 64
    answer = client.get(there.sign_in(address), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/w/shop/#install")
    cookies = answer.headers.get_list("set-cookie")
    (cookie,) = (each.lower() for each in cookies if each.startswith("sojourn_session"))
    assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/w/shop;"))
    session = client.get("/w/shop/api/v1/session").json()
    assert (session["email"], session["role"]) == ("ann@example.com", "editor")
    # the same session as by password: a change needs its token, it can be ended
    path = "/w/shop/api/v1/session"
    assert client.delete(path).status_code == 403
    assert client.delete(path, headers={"x-csrf-token": session["csrf"]}).status_code == 204
    newest = web.site.served["shop"].accounts.log.newest(2)
    assert [(each.who, each.action) for each in newest] == [
        (session["user"], "sign-out"), (session["user"], "sign-in"),
    ]  # fmt: skip


def test_a_session_is_of_its_workspace_only(web: Web, there) -> None:
    client = web.client()
    came_back(client, there)
    assert client.get("/w/shop/api/v1/session").status_code == 200
    cookie = client.cookies.get("sojourn_session", path="/w/shop")
    other = web.client(cookie=f"sojourn_session={cookie}")
    assert other.get("/w/other/api/v1/session").status_code == 401
    # what was begun in one workspace does not end in another
    begins = web.client()
    secret = begins.post(START, json={}).headers["set-cookie"].partition("=")[2].partition(";")[0]
    state = proof_of(secret).state
    answer = web.client(cookie=f"{COOKIE}={secret}").get(
        f"/w/other/sign-in/back?state={state}&code=x", follow_redirects=False
    )
    assert answer.headers["location"] == "/w/other/#failed=sign-in-lost"


def test_a_wrong_state_is_refused(web: Web, there) -> None:
    for state in ("guess", "0" * 64, ""):
        assert failed(came_back(web.client(), there, state=state)) == "sign-in-lost"
    assert "/token" not in there.asked  # the code is not even shown to the provider


def test_another_browser_cannot_end_what_this_one_began(web: Web, there) -> None:
    address = there.sign_in(begun(web.client()))
    assert failed(web.client().get(address, follow_redirects=False)) == "sign-in-lost"


def test_an_answer_counts_once(web: Web, there) -> None:
    client = web.client()
    first = client.post(START, json={})
    secret = first.headers["set-cookie"].partition("=")[2].partition(";")[0]
    back = there.sign_in(first.json()["address"])
    with_cookie = {"cookie": f"{COOKIE}={secret}"}
    answer = web.client(**with_cookie).get(back, follow_redirects=False)
    assert answer.headers["location"] == HOME
    again = web.client(**with_cookie).get(back, follow_redirects=False)
    assert failed(again) == "sign-in-lost"
    assert there.asked.count("/token") == 1


def test_a_code_of_another_sign_in_is_refused_by_pkce(web: Web, there) -> None:
    stolen = dict(parse_qsl(urlsplit(there.sign_in(begun(web.client()))).query))["code"]
    assert failed(came_back(web.client(), there, code=stolen)) == "provider-answer"


def test_a_sign_in_that_takes_too_long_is_refused(web: Web, there) -> None:
    client = web.client()
    address = there.sign_in(begun(client))
    accounts = web.site.served["shop"].workspace.provider().accounts
    later = now_us() + 11 * 60 * 1_000_000
    object.__setattr__(accounts, "now_us", lambda: later)
    assert failed(client.get(address, follow_redirects=False)) == "sign-in-lost"


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"}, {"nonce": None},
        {"aud": "another-client"}, {"aud": None}, {"aud": [CLIENT, "another-client"]},
        {"iss": "https://evil.example"}, {"iss": None},
        {"exp": 1_000_000_000}, {"exp": None}, {"exp": "soon"},
        {"iat": None}, {"iat": 4_000_000_000}, {"nbf": 4_000_000_000},
        {"sub": None}, {"azp": "another-client"},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)  # fmt: skip
def test_an_id_token_that_is_not_ours_is_refused(web: Web, there, lie, caplog) -> None:
    there.claims = lie
    with caplog.at_level(logging.WARNING):
        assert failed(came_back(web.client(), there)) == "provider-answer"
    assert "the provider's answer is refused" in caplog.text
    assert SECRET not in caplog.text
    assert "ann@" not in caplog.text
    newest = web.site.served["shop"].accounts.log.newest(1)[0]
    assert (newest.action, newest.what) == ("sign-in-failed", "provider: provider-answer")


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_a_signature_that_anybody_could_make_is_refused(web: Web, there, alg) -> None:
    there.alg = alg
    assert failed(came_back(web.client(), there)) == "provider-answer"


def test_a_signature_by_another_key_is_refused(web: Web, there) -> None:
    came_back(web.client(), there)
    good, real = there.keys, there.token
    there.rotate()
    own = there.keys[0].as_dict(private=True) | {"kid": good[0].kid}
    signing, there.keys = type(good[0]).import_key(own), good
    there.token = lambda asked: _signed_by(there, real, signing, asked)
    assert failed(came_back(web.client(), there)) == "provider-answer"


def _signed_by(there, real, key, asked) -> str:
    published, there.keys = there.keys, [key]
    try:
        return real(asked)
    finally:
        there.keys = published


@pytest.mark.parametrize("keep", [True, False])
def test_new_keys_of_the_provider_are_asked_for(web: Web, there, keep) -> None:
    assert came_back(web.client(), there).headers["location"] == HOME
    assert came_back(web.client(), there).headers["location"] == HOME
    assert there.asked.count("/jwks") == 1  # known by then
    there.rotate(keep=keep)
    assert came_back(web.client(), there).headers["location"] == HOME
    assert there.asked.count("/jwks") == 2


@pytest.mark.parametrize(
    "lie", [{"email_verified": False}, {"email_verified": None}, {"email_verified": "no"},
            {"email": None}, {"email": 7}],
    ids=str,
)  # fmt: skip
def test_an_address_nobody_vouches_for_is_refused(web: Web, there, lie) -> None:
    there.claims = lie
    assert failed(came_back(web.client(), there)) == "unverified-email"


def test_what_the_token_lacks_is_asked_for(web: Web, there) -> None:
    there.claims = {"email": None, "email_verified": None}
    there.info = {"sub": "subject-1", "email": "Ann@Example.com", "email_verified": "true"}
    assert came_back(web.client(), there).headers["location"] == HOME
    there.info = there.info | {"sub": "somebody-else"}
    assert failed(came_back(web.client(), there)) == "provider-answer"


@pytest.mark.parametrize(
    "page",
    ["//evil.example", "https://evil.example", "\\\\evil.example", "/\\evil.example", "/w/other/",
     "javascript:alert(1)", "../other/", "a/../../other", "%2e%2e/", "#a\r\nset-cookie: x=y",
     "@evil.example", ".evil.example", "map?next=//evil.example", "x" * 300],
)  # fmt: skip
def test_a_sign_in_leads_nowhere_else(web: Web, page) -> None:
    answer = web.client().post(START, json={"next": page})
    assert (answer.status_code, answer.json()["code"]) == (400, "next-page")


@pytest.mark.parametrize("page", ["", "#install", "map?lang=ko&theme=dark", "#segments/slipping"])
def test_a_sign_in_leads_to_pages_of_the_workspace(web: Web, there, page) -> None:
    client = web.client()
    answer = client.get(there.sign_in(begun(client, next=page)), follow_redirects=False)
    assert answer.headers["location"] == HOME + page


def test_an_error_of_the_provider_is_told(web: Web, there) -> None:
    answer = came_back(web.client(), there, code="", error="access_denied")
    assert failed(answer) == "provider-refused"


def test_an_answer_of_another_provider_is_refused(web: Web, there) -> None:
    answer = came_back(web.client(), there, iss="https://evil.example")
    assert failed(answer) == "sign-in-lost"


def test_nobody_is_let_in_without_an_invitation(web: Web, there) -> None:
    there.claims = {"email": "new@example.com", "sub": "subject-2"}
    assert failed(came_back(web.client(), there)) == "not-invited"
    assert web.site.served["shop"].accounts.users.by_email("new@example.com") is None


def test_an_invitation_makes_an_account_without_a_password(web: Web, there) -> None:
    accounts = web.site.served["shop"].accounts
    there.claims = {"email": "new@example.com", "sub": "subject-2"}
    secret = accounts.invite(Role.ANALYST)
    client = web.client()
    address = there.sign_in(begun(client, invitation=secret))
    assert client.get(address, follow_redirects=False).headers["location"] == HOME
    assert client.get("/w/shop/api/v1/session").json()["role"] == "analyst"
    there.claims = {"email": "next@example.com", "sub": "subject-3"}
    again = web.client()
    used = there.sign_in(begun(again, invitation=secret))
    assert failed(again.get(used, follow_redirects=False)) == "invitation"


def test_a_changed_address_stays_the_same_person_and_a_reused_one_is_another(
    web: Web, there
) -> None:
    came_back(web.client(), there)
    there.claims = {"email": "ann.married@example.com"}
    client = web.client()
    assert came_back(client, there).headers["location"] == HOME
    assert client.get("/w/shop/api/v1/session").json()["email"] == "ann@example.com"
    # the address is somebody else's now: the account is not
    there.claims = {"sub": "subject-2"}
    assert failed(came_back(web.client(), there)) == "other-identity"


def test_a_domain_gets_the_default_role(open_web, there) -> None:
    web = open_web('default_role = "viewer"\ndomains = ["example.com"]')
    there.claims = {"email": "new@example.com"}
    client = web.client()
    assert came_back(client, there).headers["location"] == HOME
    assert client.get("/w/shop/api/v1/session").json()["role"] == "viewer"
    for email in ("new@evil.example", "new@example.com.evil.example", "x@notexample.com"):
        there.claims = {"email": email, "sub": email}
        assert failed(came_back(web.client(), there)) == "not-invited"


def test_two_tabs_that_come_back_at_the_same_time_make_one_account(
    open_web, there, monkeypatch
) -> None:
    web = open_web('default_role = "viewer"\ndomains = ["example.com"]')
    there.claims = {"email": "new@example.com", "sub": "subject-2"}
    clients = [web.client(), web.client()]
    addresses = [there.sign_in(begun(client)) for client in clients]
    both = Barrier(2, timeout=30)

    def hash_together(_self, password: str) -> str:
        both.wait()  # both have seen that there is no account yet
        return f"h:{password}"

    monkeypatch.setattr(Quick, "hash", hash_together)
    monkeypatch.setattr(Argon2Hasher, "hash", hash_together)
    with ThreadPoolExecutor() as threads:
        answers = list(
            threads.map(
                lambda client, address: client.get(address, follow_redirects=False),
                clients, addresses,
            )
        )  # fmt: skip
    assert [answer.headers.get("location") for answer in answers] == [HOME, HOME]
    who = [client.get("/w/shop/api/v1/session").json()["user"] for client in clients]
    assert who[0] == who[1]


def test_groups_give_roles_and_take_them(open_web, there) -> None:
    web = open_web('[oidc.roles]\n"shop-people" = "viewer"\n"shop-leads" = "editor"')
    client = web.client()

    def role(*groups: str) -> str:
        there.claims = {"email": "new@example.com", "groups": list(groups)}
        assert came_back(client, there).headers["location"] == HOME
        return client.get("/w/shop/api/v1/session").json()["role"]

    assert role("shop-people") == "viewer"
    assert role("others", "shop-leads", "shop-people") == "editor"
    assert role("shop-people") == "viewer"
    there.claims = {"email": "new@example.com", "groups": ["others"]}
    assert failed(came_back(web.client(), there)) == "not-invited"
    there.claims = {"email": "new@example.com", "groups": "shop-leads"}
    assert came_back(client, there).headers["location"] == HOME


def test_groups_do_not_take_the_last_admin_away(open_web, there) -> None:
    web = open_web('[oidc.roles]\npeople = "viewer"')
    there.claims = {"email": "admin@example.com", "groups": ["people"]}
    client = web.client()
    came_back(client, there)
    assert client.get("/w/shop/api/v1/session").json()["role"] == "admin"


@pytest.mark.parametrize(
    ("more", "what"),
    [('default_role = "viewer"', "without domains"), ('domains = ["a.example"]', "default_role"),
     ('default_role = "king"\ndomains = ["*"]', "king"), ('[oidc.roles]\na = "king"', "king")],
)  # fmt: skip
def test_settings_that_would_let_anybody_in_are_refused(open_web, more, what) -> None:
    web = open_web(more)
    with pytest.raises(ProviderSettingsError, match=what):
        web.site.served["shop"].workspace.provider()


def test_a_provider_within_our_network_is_asked_only_where_it_is_named(
    open_web, there, monkeypatch, caplog
) -> None:
    monkeypatch.delenv("SOJOURN_OUTBOUND")
    web = open_web()
    answer = web.client().post(START, json={})
    assert (answer.status_code, answer.json()["code"]) == (503, "provider-unreachable")
    assert "network of our own" in caplog.text
    assert "127.0.0.1" not in answer.text
    assert there.asked == []


def test_a_provider_that_calls_itself_otherwise_is_refused(web: Web, there) -> None:
    there.says_issuer = "https://evil.example"
    answer = web.client().post(START, json={})
    assert (answer.status_code, answer.json()["code"]) == (503, "provider-unreachable")


def test_the_secret_may_lie_in_a_file_and_is_shown_nowhere(
    open_web, there, monkeypatch, tmp_path, caplog
) -> None:
    monkeypatch.delenv("SOJOURN_OIDC_SECRET")
    kept = tmp_path / "client-secret"
    kept.write_text(f"{SECRET}\n", "utf-8")
    web = open_web(f"client_secret_file = {json.dumps(str(kept))}")
    there.claims = {"email": "admin@example.com"}
    assert came_back(web.client(), there).headers["location"] == HOME
    provider = web.site.served["shop"].workspace.provider()
    assert SECRET not in repr(provider) + caplog.text
    # and a wrong one is told of, without it
    there.claims = {"email": "admin@example.com"}
    kept.write_text("wrong", "utf-8")
    other = open_web(f"client_secret_file = {json.dumps(str(kept))}")
    assert failed(came_back(other.client(), there)) == "provider-answer"
    assert "invalid_client" in caplog.text


def test_another_sites_page_cannot_begin(web: Web) -> None:
    answer = web.client(origin="http://evil.example").post(START, json={})
    assert answer.json()["code"] == "other-origin"


def test_without_a_provider_there_is_no_such_way(tmp_path) -> None:
    with web_over(tmp_path) as web:
        assert web.client().get(START).json() == {"provider": None}
        answer = web.client().post(START, json={})
        assert (answer.status_code, answer.json()["code"]) == (404, "no-provider")
        gone = web.client().get("/w/shop/sign-in/back?code=x", follow_redirects=False)
        assert gone.headers["location"] == "/w/shop/#failed=no-provider"


def test_a_provider_that_does_not_answer_keeps_nobody_else_waiting(web: Web, there) -> None:
    there.wait_s = 8.0
    provider = web.site.served["shop"].workspace.provider().provider
    provider._client = OutboundClient(read_allowed(["127.0.0.1"]), wait_s=3.0)

    async def call() -> tuple[list[int], float]:
        transport = httpx.ASGITransport(web.app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
            starts = [asyncio.create_task(client.post(START, json={})) for _ in range(60)]
            await asyncio.sleep(0.1)
            began = time.monotonic()
            assert (await client.get("/w/shop/api/v1/sign-in")).status_code == 200
            took = time.monotonic() - began
            return [answer.status_code for answer in await asyncio.gather(*starts)], took

    began = time.monotonic()
    statuses, took = asyncio.run(call())
    assert statuses == [503] * 60
    assert took < 2.0  # others are answered before the provider is given up
    assert time.monotonic() - began < 20.0  # and whoever waited is told at once, not one by one
    assert len(there.asked) == 1
    there.wait_s, provider._kept.down_until = 0.0, 0.0
    assert came_back(web.client(), there).headers["location"] == HOME


@pytest.mark.parametrize("email", ["mi\u212ae@example.com", "a\x00nn@example.com"], ids=ascii)
def test_an_address_that_only_looks_like_somebodys_is_refused(open_web, there, email) -> None:
    web = open_web('default_role = "viewer"\ndomains = ["example.com"]')
    accounts = web.site.served["shop"].accounts
    accounts.accept(accounts.invite(Role.EDITOR), "mike@example.com", PASSWORD)
    there.claims = {"email": email}
    assert failed(came_back(web.client(), there)) == "unverified-email"


@pytest.mark.parametrize("subject", ["x" * 256, "a\x00"], ids=["long", "NUL"])
def test_a_subject_that_is_none_is_refused(web: Web, there, subject) -> None:
    there.claims = {"sub": subject}
    assert failed(came_back(web.client(), there)) == "provider-answer"


@pytest.mark.parametrize(
    "said",
    [{"token_endpoint_auth_methods_supported": 5}, {"authorization_endpoint": "http://[::1"},
     {"authorization_endpoint": "javascript://x"}, {"token_endpoint": "http://[::1"},
     {"token_endpoint": 7}, {"jwks_uri": "http://[::1"}, {"jwks_uri": None}],
    ids=str,
)  # fmt: skip
def test_a_provider_that_describes_itself_badly_fails_nobody(web: Web, there, said) -> None:
    honest = there.document
    there.document = lambda: honest() | said
    begins = web.client().post(START, json={})
    assert begins.status_code in {200, 503}, begins.text
    if begins.status_code == 503:
        assert begins.json()["code"] == "provider-unreachable"
        return
    client = web.client()
    answer = client.get(there.sign_in(begun(client)), follow_redirects=False)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "keys", [5, [5], [{}], [{"kty": "RSA", "n": 5, "e": 7}], [{"kty": "EC", "crv": [], "x": {}}],
             [{"kty": "RSA", "n": "", "e": ""}]],
    ids=str,
)  # fmt: skip
def test_keys_that_are_none_are_refused(web: Web, there, keys) -> None:
    provider = web.site.served["shop"].workspace.provider().provider
    known = {"metadata": there.document(), "keys": {"keys": keys}}
    provider._known = lambda **_: known
    assert failed(came_back(web.client(), there)) == "provider-answer"
