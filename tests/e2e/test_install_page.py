"""Connecting a site, as somebody does it: make a key, copy the tag, see the first event come."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING

import pytest

from serving import served

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


def send(url: str, key: str, event: str) -> None:
    call = {"writeKey": key, "type": "track", "event": event, "userId": "ann"}
    request = urllib.request.Request(f"{url}/v1/track", json.dumps(call).encode())
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200


def test_a_site_is_connected_in_three_steps(tmp_path: Path, browser) -> None:
    with served(tmp_path / "shop") as server:
        context = browser.new_context(locale="en-GB", viewport={"width": 1200, "height": 900})
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if "Policy" in line.text else None)
        page.goto(f"{server.pages}/w/shop/#setup={server.setup}")
        page.fill("input[name=email]", "ann@example.com")
        page.fill("input[name=password]", "correct horse battery")
        page.click("form button")
        page.click('a[href="#install"]')
        page.click("ol.steps form button")
        key = page.inner_text("ol.steps li:first-child pre")
        assert key.startswith("wk_")
        page.wait_for_selector(f'ol.steps li:nth-child(2) pre:has-text("{key}")')
        page.click("text=Python")
        assert f'Client("{key}", host="{server.url}")' in page.inner_text("ol.steps")
        send(server.url, server.key, "Order Completed")
        page.wait_for_selector('.arrivals li.new:has-text("Order Completed")', timeout=30_000)

        page.click("#language")
        page.set_viewport_size({"width": 360, "height": 780})
        page.wait_for_selector('.arrivals li.new:has-text("초 전")')
        home = context.new_page()
        home.goto(f"{server.pages}/w/shop/")
        home.wait_for_selector(
            '.card:has-text("서로 다른 고객 수")', timeout=30_000
        )  # what is counted
        home.click("#language")
        home.wait_for_selector('.card:has-text("how many different people")', timeout=30_000)
        home.click("#language")
        home.close()
        assert page.inner_text("ol.steps li:first-child pre") == key  # it was shown once, and is
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert wrong == []
        page.click("#leave")
        page.wait_for_selector("input[name=password]")
        assert key not in page.content()
        context.close()
