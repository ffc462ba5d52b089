"""The renderer's built parts, as they lie in the package."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sojourn.adapters.html.errors import RendererMissingError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

FONT = "PretendardVariable.ttf"


def part(name: str) -> Traversable:
    """Return one file of the built renderer.

    Raises
    ------
    RendererMissingError
        If the package was put together without building the web parts.
    """
    found = files("sojourn.adapters.html").joinpath("dist", name)
    if not found.is_file():
        raise RendererMissingError(name)
    return found


@lru_cache(maxsize=8)
def text(name: str) -> str:
    """Return the text of one part: ``map.js`` or ``map.css``."""
    return part(name).read_text(encoding="utf-8")
