"""What can go wrong when a map is drawn."""

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
