"""What can be wrong with a segment."""

from __future__ import annotations

from typing import ClassVar

from sojourn.base.errors import InputError


class SegmentError(InputError):
    """A segment cannot be worked out. Remedy: change the rule as the message says."""

    code: ClassVar[str] = "segment"
