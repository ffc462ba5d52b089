"""The short form of what ``python -m benchmarks.fuzz`` does: no request makes the server fail or hang."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import numpy as np
import pytest
import uvicorn

from fuzz_collector import KINDS, Fuzzer, left_open, rss_bytes, slow_ones
from fuzz_web import fuzz
from serving import served
from sojourn.app.access.roles import Role
from sojourn.server import connections
from sojourn.server.connections import BoundedConnection

if TYPE_CHECKING:
    from webs import Web

MOST_GROWTH_BYTES = 64 * 1024 * 1024


def test_the_collector_answers_whatever_comes(tmp_path) -> None:
    with served(tmp_path / "shop") as server:
        fuzzer = Fuzzer(server.port, server.key, np.random.default_rng(7))
        pid = server.children()["collector"]
        for kind in KINDS:
            fuzzer.run(kind)
        before = rss_bytes(pid)
        for kind in KINDS:
            for _ in range(2):
                fuzzer.run(kind)
        assert fuzzer.bad == []
        assert fuzzer.told["good 200"] == 3
        assert fuzzer.told["header_flood 431"] >= 1
        assert server.children()["collector"] == pid  # it was never started anew
        assert rss_bytes(pid) - before < MOST_GROWTH_BYTES


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of schemathesis' own
def test_the_web_process_answers_whatever_fits_its_document_or_not(web: Web) -> None:
    told = fuzz(web, {"admin": web.token("shop", Role.ADMIN)}, each=1)
    assert told.bad == []
    assert told.operations >= 39
    assert told.statuses["200"]
    assert told.statuses["422"]


@pytest.mark.parametrize(("name", "content"), list(slow_ones()), ids=lambda each: str(each)[:12])
def test_a_request_that_never_ends_ends(monkeypatch, name, content) -> None:
    """Whoever sends slowly holds a connection for a bounded time, not for ever."""
    monkeypatch.setattr(connections, "HEAD_S", 0.2)
    monkeypatch.setattr(connections, "REQUEST_S", 0.4)

    async def application(_scope, receive, send) -> None:
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def held() -> float:
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(application, http=BoundedConnection, lifespan="off", ws="none",
                                log_config=None, timeout_keep_alive=1)  # fmt: skip
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            return await asyncio.to_thread(left_open, listening.getsockname()[1], content, 30)
        finally:
            server.should_exit = True
            await running

    assert asyncio.run(held()) < 20, name
