"""The tag for a site's pages."""

from __future__ import annotations

import hashlib
from html.parser import HTMLParser

import pytest

from sojourn.app.collecting.tag import (
    CollectorUrlError,
    UnknownWriteKeyError,
    check_write_key,
    snippet_tag,
)
from sojourn.ports.scripts import Script

SCRIPT = Script(name="sojourn.js", content=b"start()")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append({"tag": tag, **dict(attrs)})


def loaded(tag: str) -> dict[str, str | None]:
    """The attributes of the tag that loads the file."""
    parser = Tags()
    parser.feed(tag)
    assert [each["tag"] for each in parser.found] == ["script", "script"]
    return parser.found[1]


def test_it_loads_exactly_this_version() -> None:
    found = loaded(snippet_tag(SCRIPT, "https://c.example/", "wk_1", "full"))
    assert found["src"] == f"https://c.example{SCRIPT.path}"
    assert found["integrity"] == SCRIPT.integrity
    assert (found["crossorigin"], found["async"]) == ("anonymous", None)
    assert (found["data-key"], found["data-consent"]) == ("wk_1", "full")


def test_it_may_follow_upgrades() -> None:
    found = loaded(snippet_tag(SCRIPT, "https://x.example/c", "wk_1", "none", sealed=False))
    assert found["src"] == "https://x.example/c/sojourn.js"
    assert "integrity" not in found


def test_whatever_the_key_it_stays_an_attribute() -> None:
    key = "\"><script>alert(1)</script>'"
    assert loaded(snippet_tag(SCRIPT, "https://c.example", key, "none"))["data-key"] == key


@pytest.mark.parametrize(
    "url",
    ["collect.example", "ftp://c.example", "https://", "https://c.example/?a=1", "https://[",
     "https://ann:pw@c.example", 'https://c.example/"x', "https://c.example/a b", "//c.example"],
)  # fmt: skip
def test_what_is_no_address_of_a_collector_is_refused(url: str) -> None:
    with pytest.raises(CollectorUrlError, match="https://collect"):
        snippet_tag(SCRIPT, url, "wk_1", "none")


def test_a_key_is_one_of_the_workspace() -> None:
    check_write_key("wk_1", {hashlib.sha256(b"wk_1").hexdigest(): "web"})
    with pytest.raises(UnknownWriteKeyError, match="keys add"):
        check_write_key("wk_2", {hashlib.sha256(b"wk_1").hexdigest(): "web"})
