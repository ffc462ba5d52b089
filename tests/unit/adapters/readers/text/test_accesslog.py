from __future__ import annotations

import json

import pytest

from readouts import FIXTURES, read
from sojourn.adapters.readers.text.requests import read_request

LOG = FIXTURES / "access.log"


def test_a_visit() -> None:
    found = read(LOG, secret=b"s")
    assert found.reader.format == "access log"
    assert found.column("event") == ["/recipes/*", "asset", "/cart", "asset", "bad request"]
    assert found.column("user_id") == [None, None, "kim", None, None]
    first, second, third, bot, junk = found.properties
    assert first == {
        "browser": "Safari",
        "bytes": 5123,
        "device": "mobile",
        "method": "GET",
        "os": "iOS",
        "page": "/recipes/12",
        "referrer": "google.com",
        "status": 200,
        "utm_medium": "email",
        "utm_source": "newsletter",
    }
    assert "referrer" not in second  # the site itself
    assert "bytes" not in third
    assert bot["bot"] is True
    assert "bot" not in junk
    assert found.events[0]["time"].hour == 0


def test_the_person_is_a_keyed_hash() -> None:
    ids = read(LOG, secret=b"s").column("anonymous_id")
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4
    assert ids == read(LOG, secret=b"s").column("anonymous_id")
    assert not set(ids) & set(read(LOG, secret=b"t").column("anonymous_id"))
    assert ids != read(LOG, secret=b"s" * 100).column("anonymous_id")
    for event in read(LOG).events:
        for part in ("203.0.113", "198.51", "Mozilla"):
            assert part not in json.dumps(event, default=str)


def test_common_format_and_host_first() -> None:
    plain = '1.2.3.4 - - [01/Mar/2025:09:00:00 +0900] "GET /a HTTP/1.1" 200 5\n'
    assert read(plain).properties == [{"bytes": 5, "method": "GET", "page": "/a", "status": 200}]
    line = '"GET /a HTTP/1.1" 200 5 "https://www.shop.example/" "-"\n'
    hosted = read(f"shop.example:443 1.2.3.4 - - [01/Mar/2025:09:00:00 +0900] {line}")
    assert "referrer" not in hosted.properties[0]
    assert hosted.column("event") == ["/a"]


def test_a_quote_that_never_closes_is_read_all_the_same() -> None:
    line = '1.2.3.4 - - [01/Mar/2025:09:00:00 +0900] "GET /a HTTP/1.1" 200 5 "-" "Mozilla/5.0 (X\n'
    assert read(line).column("event") == ["/a"]


def test_lines_that_are_none_are_set_apart_and_mended(tmp_path) -> None:
    text = LOG.read_text("utf-8")
    found = read(f'{text}\nhalf a line\n1.2.3.4 - - [yesterday] "GET /a" 200 5\n')
    assert found.faults == [(7, "bad-line"), (8, "bad-time")]
    path = tmp_path / "rejected.log"
    found.reader.write_rejected(tuple(found.rejected), str(path))
    mended = path.read_text("utf-8").replace("[yesterday]", "[01/Mar/2025:09:00:00 +0900]")
    mended = mended.replace("\nhalf a line", "")
    again = read(mended)
    assert again.column("event") == ["/a"]
    assert not again.rejected


@pytest.mark.parametrize(
    ("request_line", "event"),
    [
        ("GET / HTTP/1.1", "/"),
        ("GET /index.php?id=3 HTTP/1.0", "/index.php"),
        ("GET /app.JS HTTP/1.1", "asset"),
        ("GET /report.pdf HTTP/1.1", "/report.pdf"),
        ("GET https://shop.example/a/7 HTTP/1.1", "/a/*"),
        ("OPTIONS * HTTP/1.1", "/*"),
        ("-", "bad request"),
        ("", "bad request"),
    ],
)
def test_requests(request_line, event) -> None:
    assert read_request(request_line).event == event
