"""Running a server: figures for Prometheus, logs that name nobody, an end that loses nothing."""

from __future__ import annotations

import base64
import json
import socket
import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from serving import eventually, served
from sojourn.compose import open_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from serving import Served

PERSONAL = "zqx-7f3a"
"""Stands in everything a client sends below; nothing else has it."""


def free_ports() -> int:
    """A port whose next two are free as well, at the moment."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            if port < 65_000:
                return port


def ask(url: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(
        url, body, {k.replace("_", "-"): v for k, v in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def send(server: Served, *calls: dict[str, object], key: str = "") -> int:
    body = json.dumps({"batch": calls}).encode()
    user = base64.b64encode(f"{key or server.key}:".encode()).decode()
    return ask(f"{server.url}/v1/batch", body, authorization=f"Basic {user}")[0]


def figures(port: int) -> dict[str, float]:
    """Each figure by its name and labels."""
    _, text = ask(f"http://127.0.0.1:{port}/metrics")
    return {
        " ".join(
            [sample.name, *(f"{k}={v}" for k, v in sorted(sample.labels.items()))]
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def call(person: str = PERSONAL, **more: object) -> dict[str, object]:
    return {"type": "track", "event": "seen", "userId": person} | more


def test_figures_say_what_happened(tmp_path: Path) -> None:
    port = free_ports()
    with served(tmp_path / "shop", "--metrics-port", str(port)) as server:
        assert send(server, call(), call(), call("null")) == 200
        assert send(server, call("null")) == 400
        assert ask(f"{server.pages}/healthz")[0] == 200
        moved = eventually(lambda: figures(port + 2)["sojourn_moved_items_total"] == 2)
        assert moved
        collector, web, worker = (figures(port + n) for n in range(3))
    assert collector["sojourn_calls_accepted_total workspace=shop"] == 2
    assert collector["sojourn_calls_refused_total reason=no-person"] == 2
    assert collector["sojourn_http_request_seconds_count status=400"] == 1
    assert collector["sojourn_http_request_seconds_bucket le=+Inf status=200"] >= 1
    assert collector["sojourn_inbox_readable workspace=shop"] == 1
    assert web["sojourn_http_request_seconds_count status=200"] >= 1
    assert worker["sojourn_moved_events_total"] == 2
    assert worker["sojourn_lake_version workspace=shop"] >= 1
    assert worker["sojourn_inbox_items workspace=shop"] == 0
    assert worker["sojourn_inbox_oldest_seconds workspace=shop"] == 0
    for part in (collector, web, worker):
        assert part["process_resident_memory_bytes"] > 10_000_000
        assert PERSONAL not in str(part)


def test_logs_are_json_and_name_nobody(tmp_path: Path) -> None:
    with served(tmp_path / "shop") as server:
        url = f"{server.url}/v1/track"
        assert send(server, call(), call("null", event=PERSONAL)) == 200
        for body in (b"{" + PERSONAL.encode(), b"\xff" + PERSONAL.encode()):
            assert ask(url, body)[0] == 400
        assert send(server, call(), key=PERSONAL) == 401
        assert ask(f"{server.url}/{PERSONAL}?email={PERSONAL}@example.com")[0] == 404
        api = f"{server.pages}/w/shop/api/v1"
        kind = "application/json"
        for path, given in (
            ("setup", {"invitation": PERSONAL, "email": f"{PERSONAL}@x.kr", "password": PERSONAL}),
            ("session", {"email": f"{PERSONAL}@x.kr", "password": PERSONAL}),
            ("session", {PERSONAL: PERSONAL}),
        ):
            body = json.dumps(given).encode()
            assert ask(f"{api}/{path}", body, content_type=kind)[0] in {400, 401, 409, 410, 422}
        assert ask(f"{api}/people/{PERSONAL}/events", authorization=f"Bearer {PERSONAL}")[0] == 401
        with socket.create_connection(("127.0.0.1", server.port)) as broken:
            broken.sendall(f"{PERSONAL}\r\n\r\n".encode())
            broken.recv(1000)
        assert eventually(lambda: "moved 1 items" in server.log.read_text("utf-8"))
        server.stop()
        lines = server.log.read_text("utf-8").splitlines()
    assert [line for line in lines if PERSONAL in line] == []
    assert {"at", "level", "part", "message"} <= set(json.loads(lines[0]))
    assert all(json.loads(line) for line in lines)


def test_an_end_waits_for_what_is_on_its_way(tmp_path: Path) -> None:
    """A request that is being sent when the server is told to end is answered, and in the lake."""
    with served(tmp_path / "shop") as server:
        body = json.dumps(call(writeKey=server.key)).encode()
        head = f"POST /v1/track HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as slow:
            slow.sendall(head.encode() + body[:10])
            stopping = threading.Thread(target=server.stop)
            stopping.start()
            stopping.join(0.7)
            slow.sendall(body[10:])
            answer = slow.recv(65536)
            stopping.join(60)
    assert answer.startswith(b"HTTP/1.1 200 ")
    workspace = open_workspace(tmp_path / "shop")
    assert workspace.inbox.waiting().items == 0
    rows = workspace.sql("select count(*) as n from events").read_all().to_pylist()
    assert rows == [{"n": 1}]
