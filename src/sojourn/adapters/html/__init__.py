"""The journey map as one HTML file that needs no server and no network."""

from __future__ import annotations

from sojourn.adapters.html.page import MapMode, MapTheme, render_html

__all__ = ["MapMode", "MapTheme", "render_html"]
