"""Asking other servers: never ours, never without end."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from sojourn.adapters.outbound import client as asking
from sojourn.adapters.outbound.addresses import is_public, read_allowed
from sojourn.adapters.outbound.client import MOST_BYTES, OutboundClient
from sojourn.adapters.outbound.errors import (
    OutboundFailedError,
    OutboundRefusedError,
    OutboundSettingError,
)


@contextmanager
def server(answer):
    """A listener on this machine that answers one connection; its address and what came."""
    listening = socket.create_server(("127.0.0.1", 0))
    came: list[bytes] = []

    def run() -> None:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            came.append(connection.recv(65536))
            try:
                answer(connection)
            except OSError:
                return

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}", came
    finally:
        listening.close()
        with socket.socket() as wake:
            wake.settimeout(0.2)
            wake.connect_ex(listening.getsockname() if listening.fileno() > 0 else ("", 0))
        thread.join(10)


def says(text: bytes):
    return lambda connection: connection.sendall(text)


OPEN = OutboundClient(read_allowed(["127.0.0.1"]), wait_s=2.0)


def test_what_the_operator_names_is_asked() -> None:
    with server(says(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")) as (place, came):
        reply = OPEN.ask("GET", f"http://{place}/a?b=c", {"X-Told": "yes"})
    assert (reply.status, reply.body) == (200, b"{}")
    assert came[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")
    assert f"Host: {place}".encode() in came[0]
    assert b"X-Told: yes" in came[0]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/",
     "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/",
     "https://[fe80::1]/", "https://0/", "https://2130706433/", "https://0x7f000001/",
     "https://localhost/", "https://100.64.0.1/", "https://224.0.0.1/"],
)  # fmt: skip
def test_nothing_of_our_own_network_is_asked(url) -> None:
    with pytest.raises(OutboundRefusedError):
        OutboundClient(wait_s=0.2).ask("GET", url, {})


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.com/", "//example.com/",
                                 "https:///", "https://user:word@example.com/"])  # fmt: skip
def test_only_addresses_of_the_web_are_asked(url) -> None:
    with pytest.raises(OutboundRefusedError):
        OPEN.ask("GET", url, {})


def lookups(monkeypatch, *answers: str) -> list[str]:
    """Let names have addresses of our choice; return where connections are made to."""
    monkeypatch.setattr(
        asking.socket, "getaddrinfo",
        lambda *_a, **_k: [(2, 1, 6, "", (address, 443)) for address in answers],
    )  # fmt: skip
    made: list[str] = []

    def connect(place, **_):
        made.append(place[0])
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(asking.socket, "create_connection", connect)
    return made


def test_a_name_that_leads_inside_is_refused_whatever_else_it_leads_to(monkeypatch) -> None:
    made = lookups(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(OutboundRefusedError):
        OutboundClient().ask("GET", "https://rebound.example/", {})
    assert made == []


def test_the_address_that_was_judged_is_the_one_connected_to(monkeypatch) -> None:
    made = lookups(monkeypatch, "93.184.216.34")
    with pytest.raises(OutboundFailedError, match="nobody there"):
        OutboundClient().ask("GET", "https://public.example/", {})
    assert made == ["93.184.216.34"]  # never the name, which may lead elsewhere by now


def test_without_tls_only_what_is_named_is_asked(monkeypatch) -> None:
    lookups(monkeypatch, "93.184.216.34")
    with pytest.raises(OutboundRefusedError, match="without TLS"):
        OutboundClient().ask("GET", "http://public.example/", {})
    with pytest.raises(OutboundFailedError):
        OutboundClient(read_allowed(["public.example"])).ask("GET", "http://public.example/", {})


def test_redirections_are_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"
    with server(says(moved)) as (place, _):
        assert OPEN.ask("GET", f"http://{place}/", {}).status == 302


def test_proxies_of_the_environment_are_not_asked(monkeypatch) -> None:
    for name in ("http_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with server(says(b"HTTP/1.1 204 No Content\r\n\r\n")) as (place, _):
        assert OPEN.ask("GET", f"http://{place}/", {}).status == 204


def test_endless_and_slow_answers_are_given_up() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    with (
        server(says(head + b"x" * (MOST_BYTES + 1))) as (place, _),
        pytest.raises(OutboundFailedError, match="larger"),
    ):
        OPEN.ask("GET", f"http://{place}/", {})

    def drips(connection) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)

    with (
        server(drips) as (place, _),
        pytest.raises(OutboundFailedError, match=r"too long|timed out"),
    ):
        OutboundClient(read_allowed(["127.0.0.1"]), wait_s=0.3).ask("GET", f"http://{place}/", {})

    with (
        server(lambda _: time.sleep(0.6)) as (place, _),
        pytest.raises(OutboundFailedError),
    ):
        OutboundClient(read_allowed(["127.0.0.1"]), wait_s=0.2).ask("GET", f"http://{place}/", {})


def test_what_is_no_http_is_a_failure() -> None:
    with server(says(b"SSH-2.0\r\n")) as (place, _), pytest.raises(OutboundFailedError):
        OPEN.ask("GET", f"http://{place}/", {})


def test_a_server_without_a_good_certificate_is_not_believed() -> None:
    with server(says(b"HTTP/1.1 200 OK\r\n\r\n")) as (place, _), pytest.raises(OutboundFailedError):
        OPEN.ask("GET", f"https://{place}/", {})


def test_networks_and_hosts_can_be_named() -> None:
    allowed = read_allowed(["Login.internal", "10.1.0.0/16", "[::1]"])
    assert allowed.names("login.INTERNAL", ip_address("192.168.0.1"))
    assert allowed.names("any", ip_address("10.1.255.1"))
    assert allowed.names("any", ip_address("::1"))
    assert not allowed.names("any", ip_address("10.2.0.1"))
    for bad in ("10.1.0.1/16", "http://x", "a b", "*"):
        with pytest.raises(OutboundSettingError):
            read_allowed([bad])


def test_public_addresses_stay_public() -> None:
    assert all(
        is_public(ip_address(each)) for each in ("8.8.8.8", "2606:4700::1", "64:ff9b::808:808")
    )


def again_and_again(first: bytes, then: bytes):
    def sends(connection) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(then)
            time.sleep(0.02)

    return sends


@pytest.mark.parametrize(
    ("first", "then"),
    [(b"HTTP/1.1 200 OK\r\nx: ", b"x"), (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
     (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"0")],
    ids=["a head", "never an answer", "the size of a piece"],
)  # fmt: skip
def test_an_answer_that_never_ends_is_given_up_in_time_wherever_it_is(first, then) -> None:
    asking = OutboundClient(read_allowed(["127.0.0.1"]), wait_s=0.4)
    began = time.monotonic()
    with server(again_and_again(first, then)) as (place, _):
        with pytest.raises(OutboundFailedError, match=r"too long|timed out"):
            asking.ask("GET", f"http://{place}/", {})
        assert time.monotonic() - began < 5.0


def test_a_connection_that_ends_with_its_answer_is_read_to_the_end() -> None:
    answer = b"HTTP/1.0 200 OK\r\nconnection: close\r\n\r\n" + b"x" * 200_000
    with server(says(answer)) as (place, _):
        assert len(OPEN.ask("GET", f"http://{place}/", {}).body) == 200_000


@pytest.mark.parametrize("url", ["https://[::1", "https://a:b/", "https://a:99999/"])
def test_an_address_that_cannot_be_read_is_a_failure(url) -> None:
    with pytest.raises(OutboundFailedError):
        OPEN.ask("GET", url, {})
