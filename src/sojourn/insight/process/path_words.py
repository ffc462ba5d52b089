"""The choices of a question about paths, and what becomes of a path."""

from __future__ import annotations

from enum import StrEnum


class Direction(StrEnum):
    """Which way paths run from their anchor."""

    AFTER = "after"
    BEFORE = "before"


class Occurrence(StrEnum):
    """Which of a journey's anchors count."""

    FIRST = "first"
    LAST = "last"
    EVERY = "every"


class Outcome(StrEnum):
    """What became of a path at a step."""

    MOVED = "moved"
    """Another step came."""
    ENDED = "ended"
    """No further event in the journey and within the window; before an anchor: none earlier."""
    REACHED = "reached"
    """This step is the goal."""
    GOES_ON = "goes_on"
    """There are further steps than are shown."""
