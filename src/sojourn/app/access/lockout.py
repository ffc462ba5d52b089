"""Slowing down whoever guesses passwords."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sojourn.app.access.errors import LockedOutError
from sojourn.base.timespan import HOUR_US, SECOND_US

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.ports.access import AccessLog

FREE: Final = {"account": 5, "place": 20}
"""Failures before anybody has to wait: under one account, from one network address."""
LONGEST_S: Final = 900
FORGOTTEN_US: Final = 24 * HOUR_US


@dataclass(frozen=True, slots=True)
class Lockout:
    """Who has to wait: twice as long after each further failure, at most a quarter of an hour."""

    log: AccessLog

    def check(self, keys: Sequence[str], now_us: int) -> None:
        """Raise while any of some keys has to wait.

        Parameters
        ----------
        keys : sequence of str
            Each ``KIND:NAME`` with a kind of :data:`FREE`; only a digest is kept.
        now_us : int

        Raises
        ------
        LockedOutError
            With the seconds left.
        """
        for key in keys:
            found = self.log.failures(_digest(key))
            if found is None or now_us - found.last_us > FORGOTTEN_US:
                continue
            over = found.count - FREE[key.partition(":")[0]]
            wait_us = min(2 ** max(0, over), LONGEST_S) * SECOND_US if over >= 0 else 0
            left = found.last_us + wait_us - now_us
            if left > 0:
                raise LockedOutError(-(-left // SECOND_US))

    def failed(self, keys: Sequence[str], now_us: int) -> None:
        """Count a failure under each key."""
        for key in keys:
            self.log.failed(_digest(key), now_us)

    def succeeded(self, keys: Sequence[str]) -> None:
        """Forget the failures of the account, the first key.

        Those of a place stay: one good account would give a guesser of others a fresh start.
        """
        self.log.succeeded(_digest(keys[0]))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
