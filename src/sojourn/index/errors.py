"""What can go wrong between a question and the index."""

from __future__ import annotations

from typing import ClassVar

from sojourn.base.errors import InputError


class NotInIndexError(InputError):
    """A property exists in the lake but has no column. Remedy: add the column, then ask again."""

    code: ClassVar[str] = "not-in-index"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"The property {name!r} is in the lake but has no column in the index yet.",
            remedy="Open the workspace for writing once and ask again: the column is then built.",
        )


class UntimedRangeError(InputError):
    """A date range was given for events without times. Remedy: leave the range out."""

    code: ClassVar[str] = "untimed-range"

    def __init__(self) -> None:
        super().__init__(
            "These events carry no times, so a date range cannot select among them.",
            remedy="Leave the range out.",
        )
