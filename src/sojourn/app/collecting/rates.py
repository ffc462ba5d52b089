"""How much each write key may send: so many calls a second, and what it saved up of ten seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sojourn.base.timespan import SECOND_US

if TYPE_CHECKING:
    from collections.abc import Hashable

BURST_S: Final = 10
"""A key that sent nothing for this long may send as much at once."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at_us: int


class Rates:
    """What each key has left, in the memory of one process.

    Parameters
    ----------
    per_s : int
        Calls a second; 0 is without limit.
    """

    def __init__(self, per_s: int) -> None:
        self._per_us = per_s / SECOND_US
        self._most = float(per_s * BURST_S)
        self._buckets: dict[Hashable, _Bucket] = {}

    def wait_s(self, key: Hashable, calls: int, now_us: int) -> float:
        """Return 0 where a key may send some calls now, or else for how many seconds it may not.

        A request counts whole when anything is left, so that one larger than all that can be saved
        up is taken too; the key then owes the rest.

        Parameters
        ----------
        key : hashable
            Names a good one: each that was ever asked for is remembered.
        calls : int
        now_us : int
        """
        if not self._most:
            return 0.0
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self._most, now_us)
        # A clock that was set back gives nothing and takes nothing.
        since_us = max(0, now_us - bucket.at_us)
        bucket.left = min(self._most, bucket.left + since_us * self._per_us)
        bucket.at_us = now_us
        if bucket.left < 1.0:
            return (1.0 - bucket.left) / self._per_us / SECOND_US
        bucket.left -= calls
        return 0.0
