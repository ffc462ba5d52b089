"""What events say to a stage model, kept of each person: from it every move between stages follows.

A person's moves depend on the order of what they did, so what is kept are the events themselves,
each with a bit for every condition of the model that it meets. Laid together in any order, any
number of times, they are the same; the kernel that works out a bucket works them out too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.calendar import Unit, intervals
from sojourn.base.predicate import TRAIT_PREFIX, fields
from sojourn.kernels.stages.rules import (
    ANY_EVENT,
    AT,
    DAYS,
    DISTINCT,
    EVENTS,
    NEVER,
    QUIET,
    SESSIONS,
    STATE,
    Rules,
    Signals,
)
from sojourn.kernels.stages.timelines import timelines
from sojourn.stages.compiled import rules_alone

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.predicate import Predicate
    from sojourn.stages.model import StageModel

KEPT = 256
"""Events kept of one person for the stage model; whoever has more is worked out from the index."""
NEVER_ENDING = NEVER - 1
"""An as-of so late that every lapse of a stage that can come has come."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Moves between stages.

    Attributes
    ----------
    offsets : ndarray of shape (people + 1,), int64
    at, state : ndarray of shape (moves,), int64
        Ascending within a person; those to come are there too, if nothing more happens.
    """

    offsets: NDArray[np.int64]
    at: NDArray[np.int64]
    state: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class StageRules:
    """A stage model, as people are followed under it event by event.

    Attributes
    ----------
    table : ndarray
        See :class:`sojourn.kernels.stages.rules.Rules`.
    asked : tuple of Predicate
        What each bit asks of an event.
    stages : int
    session_gap : int
    timezone : str
        Whose days rules count.
    """

    table: NDArray[np.int64]
    asked: tuple[Predicate, ...]
    stages: int
    session_gap: int
    timezone: str

    @classmethod
    def of(cls, model: StageModel, timezone: str) -> StageRules:
        """Return the rules of a stage model."""
        table, asked = rules_alone(model)
        return cls(table, asked, len(model.stages), model.session_gap_us, timezone)

    @property
    def alone(self) -> bool:
        """Whether what is kept says everything: not where other events' names or values count."""
        named = any(name.startswith(TRAIT_PREFIX) for one in self.asked for name in fields(one))
        return not named and not (self._entries[:, DISTINCT] == EVENTS).any()

    @property
    def every(self) -> bool:
        """Whether every event matters, whatever it is: it keeps a stage, or begins a session."""
        stages = self.table[: self.stages]
        kept = (stages[:, ANY_EVENT] > 0) & (stages[:, QUIET] < NEVER)
        return bool(kept.any() or (self._entries[:, DISTINCT] == SESSIONS).any())

    def moves(
        self, offsets: NDArray[np.int64], time: NDArray[np.int64], bits: NDArray[np.int64]
    ) -> Moves:
        """Return people's moves between stages, with those to come if nothing more happens.

        Parameters
        ----------
        offsets : ndarray of shape (people + 1,), int64
        time : ndarray of shape (events,), int64
            Ascending within a person.
        bits : ndarray of shape (events,), int64
        """
        days = np.empty(0, np.int64)
        if len(time) and (self._entries[:, DISTINCT] == DAYS).any():
            days = intervals(Unit.DAY, self.timezone, int(time.min()), int(time.max())).edges
        rules = Rules(self.table, self.stages, days, self.session_gap, NEVER_ENDING)
        nothing = np.zeros(len(time), np.uint8)
        signals = Signals(np.zeros(1, np.int64), bits)
        lines = timelines(offsets, time, nothing, np.empty(0, np.uint8), signals, rules)
        return Moves(
            lines.offsets,
            np.ascontiguousarray(lines.moves[:, AT]),
            np.ascontiguousarray(lines.moves[:, STATE]),
        )

    @property
    def _entries(self) -> NDArray[np.int64]:
        return self.table[self.stages :]
