"""From a wall clock in a time zone to instants, for whole arrays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np

from sojourn.base.errors import InputError, nearest
from sojourn.base.timespan import SECOND_US

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_STRIDE: Final = timedelta(days=14)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class UnknownZoneError(InputError):
    """A time zone is not known. Remedy: give its IANA name, such as ``Asia/Seoul``."""

    code = "unknown-zone"


def load_zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name.

    Raises
    ------
    UnknownZoneError
        If there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        like = nearest(name, available_timezones())
        hint = f" Did you mean {like!r}?" if like else ""
        raise UnknownZoneError(
            f"There is no time zone {name!r}.{hint}",
            allowed="an IANA name such as Asia/Seoul, Europe/Berlin or UTC",
        ) from None


def to_utc(wall_us: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Return the instants of wall-clock times.

    Parameters
    ----------
    wall_us : ndarray of shape (n,), int64
        Microseconds since 1970-01-01 on the zone's wall clock.
    zone : str
        IANA name. An hour that occurs twice means its first occurrence; one that is skipped is
        read with the offset before the jump (both as PEP 495's ``fold=0``).

    Returns
    -------
    ndarray of shape (n,), int64
        Microseconds since 1970-01-01 UTC.

    Raises
    ------
    UnknownZoneError
        If there is no such zone.
    """
    walls, offsets = _transitions(zone)
    if offsets.shape[0] == 1:
        shifted: NDArray[np.int64] = wall_us - offsets[0]
        return shifted
    return wall_us - offsets[np.searchsorted(walls, wall_us, side="right")]


@lru_cache(maxsize=32)
def _transitions(name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the wall times from which each next offset holds, and the offsets, in µs."""
    zone = load_zone(name)
    walls: list[int] = []
    offsets = [_offset_s(_FIRST, zone)]
    moment = _FIRST
    while moment < _LAST:
        after = moment + _STRIDE
        offset = _offset_s(after, zone)
        if offset != offsets[-1]:
            jump = _bisect(moment, after, zone)
            walls.append(jump + max(offset, offsets[-1]))
            offsets.append(offset)
        moment = after
    return (
        np.array(walls, np.int64) * SECOND_US,
        np.array(offsets, np.int64) * SECOND_US,
    )


def _offset_s(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


def _bisect(low: datetime, high: datetime, zone: ZoneInfo) -> int:
    """Return the second (since 1970) at which the offset changes between two moments."""
    before = _offset_s(low, zone)
    first, last = (low - _EPOCH) // timedelta(seconds=1), (high - _EPOCH) // timedelta(seconds=1)
    while last - first > 1:
        middle = (first + last) // 2
        if _offset_s(_EPOCH + timedelta(seconds=middle), zone) == before:
            first = middle
        else:
            last = middle
    return last
