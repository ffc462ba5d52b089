"""A real browser on real files; skips with a reason where one of them is missing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sojourn.adapters.browser import BrowserMissingError, find_browser
from sojourn.adapters.html import render_html

FIXTURES = Path(__file__).resolve().parents[1] / "unit" / "adapters" / "html"

if TYPE_CHECKING:
    from sojourn.maps.document import JourneyMap

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def program() -> Path:
    """An installed browser."""
    try:
        return find_browser()
    except BrowserMissingError as error:
        pytest.skip(f"no browser: {error.problem}")


@pytest.fixture(scope="session")
def shop() -> JourneyMap:
    """The meal-kit map of the design pictures."""
    if not files("sojourn.adapters.html").joinpath("dist", "map.js").is_file():
        pytest.skip("the renderer is not built: pip install -e . (or python hatch_build.py)")
    sys.path.insert(0, str(FIXTURES))
    from mealkit import mealkit

    return mealkit()


@pytest.fixture(scope="module")
def launch(program: Path) -> Iterator[Callable[..., object]]:
    """Starts browsers, with variables and flags of their own where given.

    Ends with its file: while it runs, an event loop runs in this thread, and tests of other files
    could start none of their own.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as api:

        def start(variables: dict[str, str] | None = None, flags: tuple[str, ...] = ()) -> object:
            return api.chromium.launch(
                executable_path=str(program),
                args=[*FLAGS, *flags],
                env={**os.environ, **(variables or {})},
            )

        yield start


@pytest.fixture(scope="module")
def browser(launch) -> Iterator[object]:
    """One browser for all tests of a file."""
    running = launch()
    yield running
    running.close()


@dataclass
class Opened:
    """A page with what it complained about and asked for."""

    page: object
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


Opener = Callable[..., Opened]


@pytest.fixture
def open_map(browser, shop: JourneyMap, tmp_path: Path) -> Iterator[Opener]:
    """Open a map's file at a size; afterwards nothing may have been asked of the network."""
    opened: list[Opened] = []

    def opener(
        journey_map: JourneyMap | None = None, *, width=1440, height=900, touch=False, **options
    ) -> Opened:
        path = tmp_path / f"map{len(opened)}.html"
        path.write_text(render_html(journey_map or shop, **options), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": height}, has_touch=touch)
        found = Opened(page)
        page.on("console", lambda message: found.complaints.append(message.text))
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        page.on("request", lambda request: found.requests.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]")
        opened.append(found)
        return found

    yield opener
    for found in opened:
        assert found.complaints == []
        outside = [u for u in found.requests if not u.startswith(("file:", "data:", "blob:"))]
        assert outside == []
        found.page.close()
