"""What can go wrong with what is built from `web`: the map renderer and the browser snippet."""

from __future__ import annotations

from typing import ClassVar

from sojourn.base.errors import InputError


class RendererMissingError(InputError):
    """The package was installed without its web parts. Remedy: install a wheel, or rebuild."""

    code: ClassVar[str] = "renderer-missing"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The map renderer was not built into this installation ({name} is missing).",
            remedy="Install Sojourn with `pip install .` or from a wheel; both build the renderer. "
            "`--format json|yaml|csv|mermaid` works without it.",
        )


class SnippetMissingError(InputError):
    """The package came without the browser snippet. Remedy: install a wheel, or rebuild."""

    code: ClassVar[str] = "snippet-missing"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The browser snippet was not built into this installation ({name} is missing).",
            remedy="Install Sojourn with `pip install .` or from a wheel; both build it. "
            "Client libraries can send events without it.",
        )
