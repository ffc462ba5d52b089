"""The files that pages load: found by name and by content, with what browsers need to trust them."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
from dataclasses import dataclass

import pytest

from sojourn.adapters.html.errors import SnippetMissingError
from sojourn.ports.scripts import Script
from sojourn.server.collector import run
from sojourn.server.collector.app import Collector
from sojourn.server.collector.scripts import Scripts
from sojourn.server.collector.tenants import Tenant, Tenants

FIRST = Script(name="sojourn.js", content=b"first();" * 100)
LATER = Script(name="sojourn-vitals.js", content=b"later();")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def collector():
    made = Collector(
        tenants=Tenants([Tenant(name="shop", inbox=None, good_keys=dict)]),
        now_us=lambda: 0,
        scripts=Scripts((FIRST, LATER)),
    )
    yield made
    made.tenants.close()


def ask(collector, path: str, method: str = "GET", **headers: str) -> Answer:
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    asyncio.run(collector(scope, receive, send))
    start, end = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], found, end["body"])


@pytest.mark.parametrize("script", [FIRST, LATER])
def test_a_file_is_found_by_name_and_by_content(collector, script) -> None:
    for path in (f"/{script.name}", script.path):
        got = ask(collector, path)
        assert (got.status, got.body) == (200, script.content)
        assert got.headers["content-type"].startswith("text/javascript")
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["access-control-allow-origin"] == "*"
        assert got.headers["content-length"] == str(len(script.content))


def test_what_is_found_by_its_content_is_kept_for_ever_and_by_its_name_for_minutes(
    collector,
) -> None:
    assert "immutable" in ask(collector, FIRST.path).headers["cache-control"]
    assert ask(collector, "/sojourn.js").headers["cache-control"] == "public, max-age=600"


def test_a_browser_that_has_it_gets_no_body(collector) -> None:
    tag = ask(collector, "/sojourn.js").headers["etag"]
    again = ask(collector, "/sojourn.js", if_none_match=f'"other", {tag}')
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert ask(collector, "/sojourn.js", if_none_match='"other"').status == 200


def test_it_is_packed_for_who_can_unpack_it(collector) -> None:
    got = ask(collector, "/sojourn.js", accept_encoding="br, gzip")
    assert got.headers["content-encoding"] == "gzip"
    assert gzip.decompress(got.body) == FIRST.content
    assert len(got.body) < len(FIRST.content)
    assert "content-encoding" not in ask(collector, "/sojourn.js", accept_encoding="br").headers
    assert got.headers["vary"] == "accept-encoding"


def test_head_is_get_without_the_body(collector) -> None:
    got = ask(collector, "/sojourn.js", "HEAD")
    assert (got.status, got.body, got.headers["content-length"]) == (200, b"", "800")


def test_another_version_and_other_methods_are_not_there(collector) -> None:
    assert ask(collector, "/sojourn/0123456789abcdef/sojourn.js").status == 404
    assert ask(collector, f"/sojourn/{FIRST.digest}/sojourn-vitals.js").status == 404
    assert ask(collector, "/sojourn.js", "POST").status == 404


def test_a_collector_accepts_events_where_the_snippet_was_not_built(monkeypatch) -> None:
    def missing():
        raise SnippetMissingError("sojourn.js")

    monkeypatch.setattr(run, "browser_scripts", missing)
    assert run._scripts() == ()


def test_the_seal_is_that_of_subresource_integrity() -> None:
    kind, _, told = LATER.integrity.partition("-")
    assert base64.b64decode(told) == hashlib.new(kind, LATER.content).digest()
