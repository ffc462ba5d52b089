"""What can go wrong between a question and the index."""

from __future__ import annotations

from typing import ClassVar

from sojourn.base.errors import InputError, UnknownNameError


class NotInIndexError(UnknownNameError):
    """A property is in the events but has no column yet. Remedy: add the column, then ask again.

    A workspace does so by itself, so a user never sees this.
    """

    code: ClassVar[str] = "not-in-index"

    def __init__(self, name: str) -> None:
        super().__init__("property", name, ())
        self.problem = f"The property {name!r} has no column in the index yet."
        self.allowed = ""
        self.remedy = "Open the workspace for writing and ask again: the column is then built."
        self.args = (self.message,)


class UntimedRangeError(InputError):
    """A date range was given for events without times. Remedy: leave the range out."""

    code: ClassVar[str] = "untimed-range"

    def __init__(self) -> None:
        super().__init__(
            "These events carry no times, so a date range cannot select among them.",
            remedy="Leave the range out.",
        )
