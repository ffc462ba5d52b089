"""Pictures and paper through a browser that is installed: SVG, PNG, PDF."""

from __future__ import annotations

from sojourn.adapters.browser.errors import BrowserFailedError, BrowserMissingError
from sojourn.adapters.browser.exports import export_map, to_pdf, to_png, to_svg
from sojourn.adapters.browser.find import find_browser

__all__ = [
    "BrowserFailedError",
    "BrowserMissingError",
    "export_map",
    "find_browser",
    "to_pdf",
    "to_png",
    "to_svg",
]
