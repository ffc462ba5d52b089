"""Ids, amounts, properties, paths and user agents."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sojourn.events.agents import read_agent
from sojourn.events.amounts import amount_value, plain_amount, plain_amounts
from sojourn.events.ids import PLACEHOLDERS, is_placeholder, known_ids
from sojourn.events.paths import host, normal_path, page_path
from sojourn.events.properties import PropertyKind, guess_kind


def test_placeholders_are_nobody() -> None:
    written = [None, "NULL", "undefined", "NaN", "0", "Anonymous", " none ", "", "007", " u 1 "]
    known = [None] * 8 + ["007", "u 1"]
    assert known_ids(pa.array(written)).to_pylist() == known
    for word in PLACEHOLDERS:
        assert is_placeholder(word)
        assert known_ids(pa.array([word, word.upper(), f" {word}"])).null_count == 3
    assert known_ids(pa.array([], pa.string())).to_pylist() == []


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("12", "12"),
        ("12.50", "12.50"),
        ("1,234", "1234"),
        ("$1,234.50", "1234.50"),
        ("₩ 12,000", "12000"),
        ("12,000원", "12000"),
        ("-3,5", "-3.5"),
        ("1.234.567,89 €", "1234567.89"),
        ("1 234,5", "1234.5"),
        ("USD 5", "5"),
        ("007", "7"),
        (".5", "0.5"),
        ("1,23,456", "1,23,456"),
        ("1.234", "1.234"),
        ("free", "free"),
        ("1-2", "1-2"),
    ],
)
def test_amounts(text, plain) -> None:
    assert plain_amount(text) == plain
    assert plain_amounts(pa.array([text, None, "1"])).to_pylist() == [plain, None, "1"]


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("12.50", 12.5), ("1,200원", 1200), ("₩1,200", 1200), ("-3", -3), ("007", 7),
        ("free", "free"), ("", ""), ("1e3", "1e3"), (7, 7), (1.5, 1.5), (None, None), (True, True),
        ("999999999999999", 999_999_999_999_999), ("₩12,345,678,901,234,567", "12345678901234567"),
        ("1234567890123.456", "1234567890123.456"), (["1"], ["1"]),
    ],
)  # fmt: skip
def test_amounts_in_objects_are_numbers_where_that_is_exact(value, amount) -> None:
    assert amount_value(value) == amount
    assert type(amount_value(value)) is type(amount)


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("n", ["1", "2.5", None, "-3e2"], PropertyKind.NUMBER),
        ("n", ["1", "NA"], PropertyKind.NUMBER),
        ("n", ["1", "x"], PropertyKind.TEXT),
        ("n", ["1", "01"], PropertyKind.TEXT),
        ("n", ["12345678901234567890"], PropertyKind.TEXT),
        ("n", [None], PropertyKind.NUMBER),
        ("n", ["+1"], PropertyKind.TEXT),
        ("flag", ["true", "FALSE"], PropertyKind.BOOLEAN),
        ("zip_code", ["12345"], PropertyKind.TEXT),
        ("productId", ["1"], PropertyKind.TEXT),
        ("store id", ["1"], PropertyKind.TEXT),
        ("우편번호", ["12345"], PropertyKind.TEXT),
        ("number_of_cds", ["1"], PropertyKind.NUMBER),
        ("valid", ["1"], PropertyKind.NUMBER),
    ],
)
def test_kinds(name, values, kind) -> None:
    assert guess_kind(name, pa.array(values, pa.string())) is kind


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/", "/"),
        ("", "/"),
        ("https://shop.example", "/"),
        ("https://shop.example/item/8812/reviews/?page=2#top", "/item/*/reviews"),
        ("/user/3F2504E0-4F89-11D3-9A0C-0305E82C3301", "/user/*"),
        ("/o/5f9c0b7e9a1d", "/o/*"),
        ("/facebook/deadbeef", "/facebook/deadbeef"),
        ("/blog/how-to-cook-rice-in-10-minutes", "/blog/how-to-cook-rice-in-10-minutes"),
        ("/t/AbC123dEfGhIjKlMnOpQ", "/t/*"),
        ("//x//y///", "/y"),
        ("/%EC%83%81%ED%92%88", "/상품"),
        ("/a;jsessionid=1", "/a"),
    ],
)
def test_paths(url, path) -> None:
    assert normal_path(url) == path


def test_the_path_of_a_page_itself_keeps_its_ids() -> None:
    assert page_path("/n/1/") == "/n/1"
    assert normal_path("/n/1/") == "/n/*"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.Google.com/search?q=x", "google.com"),
        ("http://u:p@shop.example:8080/", "shop.example"),
        ("//cdn.example", "cdn.example"),
        ("android-app://com.slack/", "com.slack"),
        ("-", None),
        ("/path", None),
    ],
)
def test_hosts(url, name) -> None:
    assert host(url) == name


CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 {}Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "device", "browser", "system"),
    [
        (CHROME.format("Windows NT 10.0; Win64; x64", ""), "desktop", "Chrome", "Windows"),
        (CHROME.format("Linux; Android 14; SM-S911N", "Mobile "), "mobile", "Chrome", "Android"),
        (CHROME.format("Linux; Android 14; SM-X710", ""), "tablet", "Chrome", "Android"),
        (CHROME.format("Windows NT 10.0", "Whale/3.24 "), "desktop", "Whale", "Windows"),
        (CHROME.format("Linux; Android 9; CUBOT_NOTE", "Mobile "), "mobile", "Chrome", "Android"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1 Mobile/15E148 Safari/604",
         "tablet", "Safari", "iOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 KAKAOTALK 10.4",
         "mobile", "KakaoTalk", "iOS"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.1; rv:120.0) Gecko/20100101 Firefox/120.0",
         "desktop", "Firefox", "macOS"),
        ("-", None, None, None),
        ("", None, None, None),
        (None, None, None, None),
    ],
)  # fmt: skip
def test_agents(agent, device, browser, system) -> None:
    found = read_agent(agent)
    assert (found.device, found.browser, found.system) == (device, browser, system)
    assert not found.bot


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)",
        "facebookexternalhit/1.1",
        "GPTBot/1.2",
        "curl/8.4.0",
        "python-requests/2.31.0",
        "Go-http-client/1.1",
        CHROME.format("X11; Linux x86_64", "").replace("Chrome", "HeadlessChrome"),
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        "UptimeRobot/2.0",
        "Feedfetcher-Google; (+http://www.google.com/feedfetcher.html)",
    ],
)
def test_bots(agent) -> None:
    found = read_agent(agent)
    assert found.bot
    assert found.device is None
