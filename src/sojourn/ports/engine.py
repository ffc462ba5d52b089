"""Running a plan over the buckets of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sojourn.index.bucket import Index
    from sojourn.insight.answer import Answer
    from sojourn.insight.question import PartialT, Plan


class Engine(Protocol):
    """Maps a plan over buckets and merges the partials in bucket order."""

    def ask(self, plan: Plan[PartialT], index: Index) -> Answer[object]:
        """Return the answer of a plan over every bucket of the index."""
