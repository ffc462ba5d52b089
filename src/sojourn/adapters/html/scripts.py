"""The built browser snippet, as it lies in the package."""

from __future__ import annotations

from importlib.resources import files

from sojourn.adapters.html.errors import SnippetMissingError
from sojourn.ports.scripts import FIRST, LATER, Script


def browser_scripts() -> tuple[Script, ...]:
    """Return the files of the browser snippet, the one that pages load first.

    Raises
    ------
    SnippetMissingError
        If the package was put together without building the web parts.
    """
    return tuple(_script(name) for name in (FIRST, LATER))


def _script(name: str) -> Script:
    found = files("sojourn.adapters.html").joinpath("dist", name)
    if not found.is_file():
        raise SnippetMissingError(name)
    return Script(name=name, content=found.read_bytes())
