"""What can go wrong with the journey index."""

from __future__ import annotations

from sojourn.base.errors import InputError


class DamagedIndexError(InputError):
    """A file of the index is damaged or missing. Remedy: repeat the command."""

    code = "index-damaged"

    def __init__(self, file: str) -> None:
        super().__init__(
            f"A file of the index is damaged or missing: {file}.",
            remedy="Repeat the command: the index is then built anew from the lake, "
            "and nothing is lost. If it persists, delete the folder index of the workspace.",
        )
