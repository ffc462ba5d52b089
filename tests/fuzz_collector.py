"""What no client library sends, thrown at a running collector over plain sockets."""

from __future__ import annotations

import base64
import gzip
import json
import select
import socket
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

HANG_S = 40.0
"""Longer than the collector waits for a body, shorter than it keeps any connection."""
WAIT_S = 2.0
"""After so long without an answer a client says that no more comes."""
PATHS = ("/v1/track", "/v1/batch", "/v1/identify", "/batch/", "/capture", "/e/", "/v1/import")
KINDS: dict[str, Callable[[Fuzzer], bytes]] = {}


@dataclass
class Fuzzer:
    """Makes requests from a seed and sends them; counts what came back."""

    port: int
    key: str
    rng: np.random.Generator
    told: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)

    def run(self, kind: str) -> None:
        """Send one request of a kind and read what comes."""
        status, seconds = send(self.port, KINDS[kind](self))
        self.told[f"{kind} {status}"] += 1
        if status == "hang" or status.startswith("5"):
            self.bad.append(f"{kind}: {status} after {seconds:.1f} s")

    def path(self) -> str:
        return PATHS[int(self.rng.integers(len(PATHS)))]

    def request(self, body: bytes, *extra: str, length: int | None = None, path: str = "") -> bytes:
        """A request with its key, whatever its body."""
        user = base64.b64encode(f"{self.key}:".encode()).decode()
        head = [
            f"POST {path or self.path()} HTTP/1.1",
            "host: x",
            f"authorization: Basic {user}",
            "content-type: application/json",
            f"content-length: {len(body) if length is None else length}",
            "connection: close",
        ]
        return "\r\n".join([*head, *extra, "", ""]).encode("latin-1") + body


def send(port: int, content: bytes) -> tuple[str, float]:
    """Send bytes; return the status that came, "closed" or "hang", and how long it took."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=HANG_S) as connection:
        with suppress(ConnectionError):
            connection.sendall(content)
        try:
            if not select.select([connection], [], [], WAIT_S)[0]:
                connection.shutdown(socket.SHUT_WR)  # it may be waiting for more
            answer = connection.recv(65536)
        except TimeoutError:
            return "hang", time.monotonic() - began
        except OSError:
            return "closed", time.monotonic() - began
    status = answer.split(b" ", 2)[1].decode() if answer.startswith(b"HTTP/1.1 ") else "closed"
    return status, time.monotonic() - began


def rss_bytes(pid: int) -> int:
    """What a process holds in memory; 0 where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    return next(int(line.split()[1]) * 1024
                for line in status.read_text().splitlines() if line.startswith("VmRSS"))  # fmt: skip


def kind(make: Callable[[Fuzzer], bytes]) -> Callable[[Fuzzer], bytes]:
    KINDS[make.__name__] = make
    return make


def good_call(fuzz: Fuzzer, **more: object) -> dict[str, object]:
    who = f"u{int(fuzz.rng.integers(1000))}"
    return {"type": "track", "event": "fuzzed", "userId": who} | more


@kind
def good(fuzz: Fuzzer) -> bytes:
    return fuzz.request(json.dumps(good_call(fuzz)).encode(), path="/v1/track")


@kind
def noise(fuzz: Fuzzer) -> bytes:
    return fuzz.request(fuzz.rng.bytes(int(fuzz.rng.integers(0, 5000))))


@kind
def cut_json(fuzz: Fuzzer) -> bytes:
    body = json.dumps({"batch": [good_call(fuzz)] * 5}).encode()
    return fuzz.request(body[: int(fuzz.rng.integers(1, len(body)))])


@kind
def flipped_bytes(fuzz: Fuzzer) -> bytes:
    body = bytearray(json.dumps({"batch": [good_call(fuzz)] * 3, "sentAt": "2026-01-01"}).encode())
    for _ in range(int(fuzz.rng.integers(1, 8))):
        body[int(fuzz.rng.integers(len(body)))] = int(fuzz.rng.integers(256))
    return fuzz.request(bytes(body))


@kind
def huge_numbers(fuzz: Fuzzer) -> bytes:
    digits = "9" * int(fuzz.rng.integers(1, 6000))
    number = (digits, f"-{digits}", f"1e{digits[:6]}", f"0.{digits}", f"1e-{digits[:4]}")[
        int(fuzz.rng.integers(5))
    ]
    places = (
        {"properties": {"value": "N"}},
        {"timestamp": "N"},
        {"messageId": "N"},
        {"sentAt": "N"},
    )
    call = json.dumps(good_call(fuzz, **places[int(fuzz.rng.integers(len(places)))]))
    return fuzz.request(call.replace('"N"', number).encode(), path="/v1/track")


@kind
def wrong_types(fuzz: Fuzzer) -> bytes:
    values: list[object] = [None, True, -1, 0.5, "", "\x00", [], {}, [[]], {"a": {}}, "x" * 9999]

    def any_value() -> object:
        return values[int(fuzz.rng.integers(len(values)))]

    keys = ("type", "event", "userId", "anonymousId", "timestamp", "properties", "context",
            "messageId", "traits", "uuid", "distinct_id", "sentAt", "originalTimestamp")  # fmt: skip
    calls = [{key: any_value() for key in keys} for _ in range(3)]
    bodies: list[object] = [calls[0], {"batch": calls}, {"batch": any_value()}, calls, any_value()]
    return fuzz.request(json.dumps(bodies[int(fuzz.rng.integers(len(bodies)))]).encode())


@kind
def deep(fuzz: Fuzzer) -> bytes:
    depth = int(fuzz.rng.integers(60, 100_000))
    opening, closing = (("[", "]"), ('{"a":', "}"))[int(fuzz.rng.integers(2))]
    inner = opening * depth + "1" + closing * depth
    call = json.dumps(good_call(fuzz, properties={"deep": "D"}))
    return fuzz.request(call.replace('"D"', inner).encode(), path="/v1/track")


@kind
def strange_text(fuzz: Fuzzer) -> bytes:
    texts = (r"\u0000", r"\ud800", r"\udc00\ud800", "\U0010ffff", r"\u0000" * 500, "null", "NaN")
    text = texts[int(fuzz.rng.integers(len(texts)))]
    call = json.dumps(good_call(fuzz, properties={"Q": "Q"}, event="Q"))
    return fuzz.request(call.replace("Q", text).encode("utf-8"), path="/v1/track")


@kind
def bomb(fuzz: Fuzzer) -> bytes:
    size = int(fuzz.rng.integers(7, 64)) * 1024 * 1024
    packed = gzip.compress(b" " * size, 9)
    if fuzz.rng.integers(2):
        packed = gzip.compress(packed, 9)
    return fuzz.request(packed, "content-encoding: gzip")


@kind
def cut_gzip(fuzz: Fuzzer) -> bytes:
    packed = gzip.compress(json.dumps(good_call(fuzz)).encode())
    cut = packed[: int(fuzz.rng.integers(0, len(packed)))] + fuzz.rng.bytes(3)
    packing = ("gzip", "x-gzip", "br", "deflate", "gzip, gzip", "")[int(fuzz.rng.integers(6))]
    return fuzz.request(cut, f"content-encoding: {packing}")


@kind
def wrong_length(fuzz: Fuzzer) -> bytes:
    body = json.dumps(good_call(fuzz)).encode()
    lengths = (0, 1, len(body) - 1, len(body) + 50, 10**12, -1, 10**40)
    return fuzz.request(body, length=lengths[int(fuzz.rng.integers(len(lengths)))])


@kind
def chunked(fuzz: Fuzzer) -> bytes:
    head = (f"POST {fuzz.path()} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
            "transfer-encoding: chunked\r\n\r\n").encode()  # fmt: skip
    body = json.dumps(good_call(fuzz, writeKey=fuzz.key)).encode()
    parts = [b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:20], body[20:])]
    ends = (b"0\r\n\r\n", b"", b"zz\r\n", b"-5\r\n\r\n", b"ffffffffffffffffff\r\n")
    return head + b"".join(parts) + ends[int(fuzz.rng.integers(len(ends)))]


@kind
def too_large(fuzz: Fuzzer) -> bytes:
    return fuzz.request(b"[" + b" " * (7 * 1024 * 1024))


@kind
def many_calls(fuzz: Fuzzer) -> bytes:
    calls = int(fuzz.rng.integers(5_000, 40_000))
    return fuzz.request(b'{"batch":[' + b",".join([b"{}"] * calls) + b"]}", path="/v1/batch")


@kind
def header_flood(fuzz: Fuzzer) -> bytes:
    count, size = int(fuzz.rng.integers(10, 2000)), int(fuzz.rng.integers(1, 4000))
    return fuzz.request(b"{}", *(f"x-{at}: {'a' * size}" for at in range(count)))


@kind
def broken_http(fuzz: Fuzzer) -> bytes:
    lines = (
        b"GET",
        b"POST /v1/track",
        b"POST /v1/track HTTP/9.9\r\n\r\n",
        b"\x00" * 200,
        b"POST /\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"OPTIONS * HTTP/1.1\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n12345",
    )
    return lines[int(fuzz.rng.integers(len(lines)))] + b"\r\n\r\n"


@kind
def no_good_key(fuzz: Fuzzer) -> bytes:
    keys = ("", "\x00", "wk_", "x" * 10_000, "\ud7ff")
    body = json.dumps(good_call(fuzz, writeKey=keys[int(fuzz.rng.integers(len(keys)))])).encode()
    return (
        b"POST /v1/track HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Basic %b\r\n"
        b"content-length: %d\r\n\r\n%b" % (fuzz.rng.bytes(6).hex().encode(), len(body), body)
    )


def slow_ones() -> Iterator[tuple[str, bytes]]:
    """Requests that are begun and never ended, each on a connection of its own."""
    yield "nothing", b""
    yield "half a head", b"POST /v1/track HTTP/1.1\r\nhost: x\r\nx-a: "
    yield "half a body", b"POST /v1/track HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"
    yield (
        "half a chunk",
        b"POST /v1/track HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nff\r\n",
    )
    yield "a second head", b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET /hea"


def left_open(port: int, content: bytes, most_s: float) -> float:
    """Seconds until the server ends a connection on which no more comes; raises when it never does."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=most_s) as connection:
        connection.sendall(content)
        while True:
            try:
                if not connection.recv(65536):
                    return time.monotonic() - began
            except ConnectionError:
                return time.monotonic() - began
