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


class LakeLostError(InputError):
    """The index has events and the lake has none. Remedy: restore the lake, or import again."""

    code = "lake-lost"

    def __init__(self, files: int) -> None:
        data = "a data file" if files == 1 else f"{files:,} data files"
        super().__init__(
            f"The lake of this workspace is gone: the index was built from {data} of it, and its "
            "folder lake/_delta_log holds nothing.",
            remedy="The index is left as it is. Restore the folder lake from a backup, or import "
            "the files again.",
        )
