"""Lapse times and windows read off the data: round numbers above the usual pause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.base.estimate import NotEstimable
from sojourn.base.timespan import DAY_US, HOUR_US, MINUTE_US, SECOND_US

if TYPE_CHECKING:
    from sojourn.insight.durations import Durations

ROUND_US = (
    *(n * MINUTE_US for n in (5, 15, 30)),
    *(n * HOUR_US for n in (1, 2, 4, 8, 12)),
    *(n * DAY_US for n in (1, 2, 3, 7, 14, 30, 60, 90, 120, 180, 270, 365, 730, 1095)),
)
FEWEST = 30
"""Pauses needed before their distribution is trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """A time taken from the data, or a custom where they say too little.

    Attributes
    ----------
    us : int
    share : float
        The part of the observed pauses that are shorter; 0 when the time is a custom.
    """

    us: int
    share: float

    @property
    def measured(self) -> bool:
        """Whether the data said it."""
        return self.share > 0


def round_up(us: float, most: int) -> int:
    """Return the next round time, but no more than the largest round time up to ``most``."""
    allowed = [each for each in ROUND_US if each <= most] or [ROUND_US[0]]
    return next((each for each in allowed if each >= us), allowed[-1])


def usual(pauses: Durations, share: float, *, coverage: int, custom: int) -> Usual:
    """Return a round time that a share of the observed pauses stays within.

    Never more than half of the time the data cover: a longer one could not be seen to pass.

    Parameters
    ----------
    pauses : Durations
    share : float
    coverage : int
        Time from first to last event, µs.
    custom : int
        Taken when there are fewer than ``FEWEST`` pauses.
    """
    most = max(coverage // 2, ROUND_US[0])
    if pauses.n < FEWEST:
        return Usual(us=round_up(custom, most), share=0.0)
    found = pauses.quantile(share)
    if isinstance(found, NotEstimable):
        return Usual(us=round_up(custom, most), share=0.0)
    us = round_up(found.seconds * SECOND_US, most)
    return Usual(us=us, share=pauses.at_most(us) / pauses.n)
