"""What an index is built and opened with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.identity.merging import NOBODY_MERGED, Merged

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """Bounds of a build, and what the catalog says of time and money."""

    timezone: str = "UTC"
    currency: str = "XXX"
    """Assumed where a row names none."""
    now_us: int | None = None
    """The moment of asking; the index is as of it or of its newest event, the earlier."""
    merged: Merged = NOBODY_MERGED
    """Who counts as whom."""
    memory_bytes: int = 2 * 1024**3
    threads: int = 0
    """0 is one for each core."""
    overlay_share: float = 0.1
    """Fresh rows beyond this share of the base are merged into a new base."""
    overlay_from_rows: int = 200_000
    """A smaller base is built anew instead: that takes no longer."""
    hidden: frozenset[str] = frozenset()
    """People left out, by their ids."""
    progress: Callable[[str, int, int], None] | None = None
    """Called with what is done, how much of it, and of how much."""

    @property
    def workers(self) -> int:
        """Threads to use."""
        return self.threads or os.cpu_count() or 1

    def report(self, what: str, done: int, total: int) -> None:
        """Tell the listener, if there is one."""
        if self.progress is not None:
            self.progress(what, done, total)
