"""What large requests may take up before they have come to their end."""

from __future__ import annotations

import asyncio

import pytest

from sojourn.app.collecting.limits import Limits
from sojourn.server.collector.app import Collector
from sojourn.server.collector.bodies import SMALL, Room, read_body
from sojourn.server.collector.tenants import Tenant, Tenants
from sojourn.server.problems import Problem

MOST = 4 * SMALL


class Client:
    """Sends a body bit by bit, and the next bit only when it is told to."""

    def __init__(self, *parts: int) -> None:
        self.parts = list(parts)
        self.may = asyncio.Event()
        self.asked = 0

    async def receive(self) -> dict[str, object]:
        self.asked += 1
        if self.asked > 1:
            await self.may.wait()
        part = b"x" * self.parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(self.parts)}

    def read(self, room: Room) -> asyncio.Task[bytes]:
        return asyncio.ensure_future(read_body(self.receive, {}, MOST, room))


class Empty:
    """An inbox in which nothing waits."""

    def waiting(self) -> int:
        return 0


async def reading(*clients: Client, room: Room) -> list[asyncio.Task[bytes]]:
    """Let clients send their first part."""
    tasks = [client.read(room) for client in clients]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


def test_large_requests_share_what_there_is_and_small_ones_always_find_room() -> None:
    async def run() -> None:
        room = Room(most=2 * SMALL)
        first, second, small = Client(3 * SMALL - 1, 1), Client(SMALL + 2, 1), Client(SMALL - 1, 1)
        tasks = await reading(first, second, small, room=room)
        with pytest.raises(Problem, match="at once") as told:
            await tasks[1]
        assert (told.value.status, told.value.headers["Retry-After"]) == (429, "1")
        assert room.held == 2 * SMALL - 1  # the second took up too much, and gave it back
        for client in (first, small):
            client.may.set()
        assert [len(body) for body in await asyncio.gather(tasks[0], tasks[2])] == [
            3 * SMALL, SMALL,
        ]  # fmt: skip
        assert room.held == 0
        (again,) = await reading(Client(3 * SMALL), room=room)
        assert len(await again) == 3 * SMALL

    asyncio.run(run())


def test_what_is_too_large_or_given_up_takes_up_nothing_afterwards() -> None:
    async def run() -> None:
        room = Room()
        (large,) = await reading(Client(MOST + 1), room=room)
        with pytest.raises(Problem, match="allowed"):
            await large
        (gone,) = await reading(Client(2 * SMALL, 1), room=room)
        assert room.held == SMALL
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert room.held == 0

    asyncio.run(run())


@pytest.mark.parametrize(
    ("path", "query", "headers"),
    [
        ("/v1/batch", b"", [(b"authorization", b"Bearer wk_unknown")]),
        ("/v1/webhooks/orders", b"key=wk_unknown", []),
        ("/v1/webhooks/orders", b"", []),
    ],
)
def test_a_bad_key_in_front_is_refused_before_the_body_is_read(path, query, headers) -> None:
    tenant = Tenant(name="shop", inbox=Empty(), good_keys=dict)
    collector = Collector(tenants=Tenants([tenant]), now_us=lambda: 0, limits=Limits())
    collector.tenants.look_up()
    sent = []

    async def receive() -> dict[str, object]:
        raise AssertionError("the body was read")

    async def send(message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": path, "query_string": query, "headers": headers,
    }  # fmt: skip
    asyncio.run(collector(scope, receive, send))
    collector.tenants.close()
    assert sent[0]["status"] == 401
