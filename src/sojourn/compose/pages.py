"""Maps as pages and pictures, and what sites load."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.maps.document import JourneyMap
    from sojourn.ports.scripts import Script


def page_of(
    journey_map: JourneyMap, *, lang: str = "en", theme: str = "light", paper: str = "a3"
) -> str:
    """Return the map as one HTML file.

    Parameters
    ----------
    journey_map : JourneyMap
    lang : {"en", "ko"}
    theme : {"light", "dark"}
    paper : {"a3", "a4", "a0"}
        What it is printed on.
    """
    html = import_module("sojourn.adapters.html")
    page: str = html.render_html(journey_map, lang=lang, theme=theme, paper=paper)
    return page


def font() -> bytes:
    """Return the font of every page, with Korean, as TrueType."""
    bundle = import_module("sojourn.adapters.html.bundle")
    content: bytes = bundle.part("PretendardVariable.ttf").read_bytes()
    return content


def picture_of(
    journey_map: JourneyMap, kind: str, *, lang: str, theme: str, paper: str = "a3"
) -> bytes:
    """Return the map as a picture or on paper, through a browser that is installed.

    Parameters
    ----------
    journey_map : JourneyMap
    kind : {"svg", "png", "pdf"}
    lang : {"en", "ko"}
    theme : {"light", "dark"}
    paper : {"a3", "a4", "a0"}
        What it is printed on.

    Raises
    ------
    BrowserMissingError
        If no browser is found.
    """
    browser = import_module("sojourn.adapters.browser")
    picture: bytes = browser.export_map(journey_map, kind, lang=lang, theme=theme, paper=paper)
    return picture


def browser_scripts() -> tuple[Script, ...]:
    """Return the files of the browser snippet, the one that pages load first.

    Raises
    ------
    SnippetMissingError
        If the package was put together without building the web parts.
    """
    scripts: tuple[Script, ...] = import_module("sojourn.adapters.html.scripts").browser_scripts()
    return scripts
