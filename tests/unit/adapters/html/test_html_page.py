"""The exported file: one, small, closed, safe."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont
from mealkit import mealkit

from sojourn.adapters.html import bundle, render_html
from sojourn.adapters.html.errors import RendererMissingError
from sojourn.base.errors import UnknownNameError
from sojourn.insight.answer import to_json
from sojourn.maps.document import Label

EVIL = "</script><script>alert(1)</script><!--\"'>\u2028&"


class Elements(HTMLParser):
    """Names and attributes of every element, and the text of scripts by id."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self.open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag == "script":
            self.open = dict(attrs).get("id") or "code"

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.open = ""

    def handle_data(self, data: str) -> None:
        if self.open:
            self.scripts[self.open] = self.scripts.get(self.open, "") + data


def parsed(html: str) -> Elements:
    elements = Elements()
    elements.feed(html)
    return elements


@pytest.fixture(scope="module")
def page() -> str:
    return render_html(mealkit(), lang="ko", theme="dark")


def test_it_is_under_two_megabytes(page: str) -> None:
    assert len(page.encode()) < 600_000


def test_it_names_no_address_to_load_from(page: str) -> None:
    elements = parsed(page)
    assert not [a for _, a in elements.found if "src" in a or "href" in a]
    style = page[page.index("<style>") : page.index("</head>")]
    assert not re.findall(r"@import|url\((?![\"']?(?:data:|#))", style)
    named = set(re.findall(r"https?://[a-z0-9.]+", page))
    assert named <= {"http://www.w3.org"}  # namespaces are names, not addresses


def test_the_policy_allows_its_own_script_and_nothing_else(page: str) -> None:
    elements = parsed(page)
    policy = next(a["content"] for t, a in elements.found if t == "meta" and "http-equiv" in a)
    digest = b64encode(sha256(elements.scripts["code"].encode()).digest()).decode()
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{digest}'" in policy
    assert "connect-src" not in policy
    assert "http" not in policy


def test_the_map_inside_is_the_map_given(page: str) -> None:
    scripts = parsed(page).scripts
    assert json.loads(scripts["sojourn-map"]) == json.loads(json.dumps(to_json(mealkit())))
    assert json.loads(scripts["sojourn-options"])["theme"] == "dark"


def test_it_opens_in_the_language_and_theme_asked_for(page: str) -> None:
    elements = parsed(page)
    assert ("html", {"lang": "ko", "data-theme": "dark"}) in elements.found
    assert "<title>평일 저녁 밀키트 구독</title>" in page


def test_the_embedded_font_has_every_character_of_both_languages(page: str) -> None:
    data = re.search(r"data:font/woff2;base64,([A-Za-z0-9+/=]+)", page)
    assert data is not None
    cmap = TTFont(BytesIO(b64decode(data.group(1)))).getBestCmap()
    scripts = parsed(page).scripts
    shown = {c for c in scripts["sojourn-map"] + bundle.text("map.js") if c >= " "}
    assert {c for c in shown if ord(c) not in cmap} == set()


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_hostile_names_stay_text(lang: str) -> None:
    shop = mealkit()
    label = Label(en=EVIL, ko=EVIL)
    steps = tuple(replace(step, title=label, events=(EVIL,)) for step in shop.steps)
    hostile = replace(shop, title=label, id=EVIL, steps=steps, scenario=EVIL)
    elements = parsed(render_html(hostile, lang=lang))
    scripts = [a for t, a in elements.found if t == "script"]
    assert scripts == [
        {"type": "application/json", "id": "sojourn-map"},
        {"type": "application/json", "id": "sojourn-options"},
        {},
    ]
    assert json.loads(elements.scripts["sojourn-map"])["title"]["en"] == EVIL


@pytest.mark.parametrize(
    ("option", "given", "nearest"),
    [("theme", "drak", "dark"), ("lang", "kr", "ko"), ("mode", "pictur", "picture")],
)
def test_an_unknown_option_is_refused_with_what_is_allowed(
    option: str, given: str, nearest: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        render_html(mealkit(), **{option: given})
    assert repr(given) in caught.value.message
    assert nearest in caught.value.message


def test_the_same_map_gives_the_same_file(page: str) -> None:
    assert render_html(mealkit(), lang="ko", theme="dark") == page


def test_a_missing_part_is_named_with_its_remedy() -> None:
    with pytest.raises(RendererMissingError, match=r"map\.wasm is missing") as caught:
        bundle.part("map.wasm")
    assert "pip install" in caught.value.message
