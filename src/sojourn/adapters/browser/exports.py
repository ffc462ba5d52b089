"""SVG, PNG and PDF of a map: the HTML renderer, looked at by a browser."""

from __future__ import annotations

import re
import tempfile
from base64 import b64decode
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.adapters.browser.drive import run
from sojourn.adapters.browser.errors import BrowserFailedError
from sojourn.adapters.browser.find import find_browser
from sojourn.adapters.html import render_html
from sojourn.base.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.maps.document import JourneyMap

PICTURE_WIDTH = 1728
"""Least width in pixels; a map with many steps is wider."""
_SHARPNESS = 2
_HIGHEST_PNG = 16_000
_SIZE = re.compile(r'name="sojourn-picture" content="(\d+)x(\d+)"')
_SVG = re.compile(r'id="sojourn-svg">([A-Za-z0-9+/=]+)<')


@contextmanager
def _page(html: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sojourn-map-") as folder:
        page = Path(folder) / "map.html"
        page.write_text(html, encoding="utf-8")
        yield page


def _drawn(program: Path, page: Path) -> str:
    return run(program, page, f"--window-size={PICTURE_WIDTH},1200", "--dump-dom")


def to_svg(
    journey_map: JourneyMap,
    *,
    lang: str = "en",
    theme: str = "light",
    browser: Path | None = None,
) -> str:
    """Return the whole map as SVG of real text and shapes, its font embedded.

    Raises
    ------
    BrowserMissingError
        If no browser is installed.
    BrowserFailedError
        If it gave no picture.
    """
    program = browser or find_browser()
    html = render_html(journey_map, lang=lang, theme=theme, mode="picture", width=PICTURE_WIDTH)
    with _page(html) as page:
        found = _SVG.search(_drawn(program, page))
    if found is None:
        raise BrowserFailedError(str(program), "the page was not drawn")
    return b64decode(found.group(1)).decode("utf-8")


def to_png(
    journey_map: JourneyMap,
    *,
    lang: str = "en",
    theme: str = "light",
    browser: Path | None = None,
) -> bytes:
    """Return the whole map as a PNG, at two pixels a point where its size allows.

    Raises
    ------
    BrowserMissingError
        If no browser is installed.
    BrowserFailedError
        If it gave no picture.
    """
    program = browser or find_browser()
    html = render_html(journey_map, lang=lang, theme=theme, mode="picture", width=PICTURE_WIDTH)
    with _page(html) as page:
        size = _SIZE.search(_drawn(program, page))
        if size is None:
            raise BrowserFailedError(str(program), "the page was not drawn")
        wide, high = int(size.group(1)), int(size.group(2))
        scale = _SHARPNESS if max(wide, high) * _SHARPNESS <= _HIGHEST_PNG else 1
        picture = page.with_suffix(".png")
        run(
            program,
            page,
            f"--window-size={wide},{high}",
            f"--force-device-scale-factor={scale}",
            f"--screenshot={picture}",
        )
        return _result(program, picture)


def to_pdf(
    journey_map: JourneyMap,
    *,
    lang: str = "en",
    paper: str = "a3",
    browser: Path | None = None,
) -> bytes:
    """Return the map as a PDF, white whatever the theme.

    Parameters
    ----------
    journey_map : JourneyMap
    lang : str
    paper : str
        ``a3``; ``a4``, split by stage; ``a0``, its type twice as large.
    browser : Path, optional

    Raises
    ------
    BrowserMissingError
        If no browser is installed.
    BrowserFailedError
        If it gave no paper.
    """
    program = browser or find_browser()
    with _page(render_html(journey_map, lang=lang, mode="print", paper=paper)) as page:
        sheets = page.with_suffix(".pdf")
        run(program, page, "--no-pdf-header-footer", f"--print-to-pdf={sheets}")
        return _result(program, sheets)


def export_map(
    journey_map: JourneyMap,
    kind: str,
    *,
    lang: str = "en",
    theme: str = "light",
    paper: str = "a3",
) -> bytes:
    """Return the map as ``svg``, ``png`` or ``pdf``.

    Raises
    ------
    UnknownNameError
        If ``kind`` is none of them.
    """
    if kind == "svg":
        return to_svg(journey_map, lang=lang, theme=theme).encode("utf-8")
    if kind == "png":
        return to_png(journey_map, lang=lang, theme=theme)
    if kind == "pdf":
        return to_pdf(journey_map, lang=lang, paper=paper)
    raise UnknownNameError("picture format", kind, ("svg", "png", "pdf"))


def _result(program: Path, file: Path) -> bytes:
    if not file.is_file():
        raise BrowserFailedError(str(program), "it wrote no file")
    return file.read_bytes()
