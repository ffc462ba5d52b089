"""How much of a map is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.maps.document import Provenance

if TYPE_CHECKING:
    from sojourn.maps.document import JourneyMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """Cells of a map by how they know what they say, and questions still open."""

    measured: int
    partly: int
    assumed: int
    unknown: int
    open_questions: int

    @property
    def known(self) -> float:
        """Share of cells that are measured, wholly or partly; 0 without cells."""
        cells = self.measured + self.partly + self.assumed + self.unknown
        return (self.measured + self.partly) / cells if cells else 0.0


def completeness(journey_map: JourneyMap) -> Completeness:
    """Return how much of a map is known."""
    counts = Counter(cell.provenance for cell in journey_map.cells)
    return Completeness(
        measured=counts[Provenance.MEASURED],
        partly=counts[Provenance.PARTLY],
        assumed=counts[Provenance.ASSUMED],
        unknown=counts[Provenance.UNKNOWN],
        open_questions=len(journey_map.open_questions),
    )
