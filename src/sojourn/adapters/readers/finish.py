"""From the columns that were found to events, and to the rows that cannot be any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from typing_extensions import override

from sojourn.base.timespan import DAY_US, to_datetime
from sojourn.events.ids import known_ids
from sojourn.events.times import parse_times
from sojourn.ports.reader import READ_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sojourn.events.times import Instants, TimePlan
    from sojourn.ports.reader import ReadOptions

EARLIEST_US: Final = 7305 * DAY_US
"""1990-01-01."""
_LATEST_US: Final = 47482 * DAY_US
"""2100-01-01, where the present is not known."""
_TIME_FORMS: Final = (
    "2024-01-31 15:04:05 with or without zone, 31/01/2024 15:04, 20240131, 2024. 1. 31. 오후 3:04, "
    "seconds, milliseconds or microseconds since 1970, Excel serial days"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The instants an event may have."""

    earliest_us: int
    latest_us: int
    allowed_us: tuple[int, int] | None

    @classmethod
    def of(cls, options: ReadOptions) -> Limits:
        """Return the limits that options set."""
        latest = options.now_us + DAY_US if options.now_us else _LATEST_US
        return cls(earliest_us=EARLIEST_US, latest_us=latest, allowed_us=options.allow_times_us)

    def outside(self, us: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which instants are not allowed."""
        outside = (us < self.earliest_us) | (us > self.latest_us)
        if self.allowed_us is not None:
            low, high = self.allowed_us
            outside &= (us < low) | (us > high)
        return outside

    @override
    def __str__(self) -> str:
        """Return the limits as people write them."""
        return f"{_day(self.earliest_us)} to {_day(self.latest_us)}"


def _day(us: int) -> str:
    return to_datetime(us).date().isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of some rows that are to become events, all of length n."""

    positions: NDArray[np.int64]
    user_id: pa.StringArray | None = None
    anonymous_id: pa.StringArray | None = None
    own_id: pa.StringArray | None = None
    time: pa.StringArray | None = None
    """As written."""
    untimed: bool = False
    event: pa.StringArray | str = ""
    """One name for all, or one each."""
    properties: pa.StringArray | None = None

    def __len__(self) -> int:
        """Return n."""
        return int(self.positions.shape[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """A row that is no event."""

    row: int
    """Its place among the columns given."""
    code: str
    reason: str


def finish(
    columns: Columns, plan: TimePlan, zone: str, limits: Limits
) -> tuple[pa.Table, list[Bad]]:
    """Return the events among some rows, and the other rows with the reason.

    Parameters
    ----------
    columns : Columns of length n
    plan : TimePlan
        How written times are read.
    zone : str
        IANA name of the zone of times that do not say theirs.
    limits : Limits

    Returns
    -------
    tuple of (pyarrow.Table, list of Bad)
        A table with READ_SCHEMA, in the order given; each of the n rows is in one of the two.
    """
    count = len(columns)
    ids = {
        "user_id": _ids(columns.user_id, count),
        "anonymous_id": _ids(columns.anonymous_id, count),
    }
    judge = _Judge(columns, limits)
    judge.person(pc.and_(pc.is_null(ids["user_id"]), pc.is_null(ids["anonymous_id"])))
    time = judge.time(plan, zone)
    event = judge.event()
    table = pa.table(
        {
            "own_id": _texts(columns.own_id, count),
            "anonymous_id": ids["anonymous_id"],
            "user_id": ids["user_id"],
            "time": time,
            "position": pa.array(columns.positions),
            "event": event,
            "properties": _texts(columns.properties, count),
        }
    )
    kept = table.filter(pa.array(~judge.bad)) if judge.bad.any() else table
    return kept.cast(READ_SCHEMA), sorted(judge.found, key=lambda bad: bad.row)


def _texts(values: pa.StringArray | None, count: int) -> pa.StringArray:
    return pa.nulls(count, pa.string()) if values is None else values


def _ids(values: pa.StringArray | None, count: int) -> pa.StringArray:
    return pa.nulls(count, pa.string()) if values is None else known_ids(values)


class _Judge:
    """Says which rows are no events; a row is named once, for its first fault."""

    def __init__(self, columns: Columns, limits: Limits) -> None:
        self._columns = columns
        self._limits = limits
        self.bad = np.zeros(len(columns), np.bool_)
        self.found: list[Bad] = []

    def _new(self, marks: NDArray[np.bool_]) -> Iterator[int]:
        fresh = np.flatnonzero(marks & ~self.bad)
        self.bad |= marks
        return iter(fresh.tolist())

    def person(self, nobody: pa.BooleanArray) -> None:
        if not pc.any(nobody).as_py():
            return
        for row in self._new(nobody.to_numpy(zero_copy_only=False)):
            given = [
                value
                for ids in (self._columns.user_id, self._columns.anonymous_id)
                if ids is not None and (value := ids[row].as_py()) is not None
            ]
            shown = f"{given[0]!r} stands for nobody" if given else "no person is given"
            self.found.append(Bad(row=row, code="no-person", reason=f"{shown}; allowed: an id"))

    def time(self, plan: TimePlan, zone: str) -> pa.Array:
        columns = self._columns
        if columns.untimed:
            return pa.nulls(len(columns), pa.timestamp("us", tz="UTC"))
        written = _texts(columns.time, len(columns))
        instants = parse_times(written, plan, zone)
        if not instants.good.all():
            self._unreadable(~instants.good, written)
        outside = self._limits.outside(instants.us) & instants.good
        if outside.any():
            self._outside(outside, instants)
        return pa.array(instants.us).cast(pa.timestamp("us", tz="UTC"))

    def _unreadable(self, marks: NDArray[np.bool_], written: pa.StringArray) -> None:
        for row in self._new(marks):
            text = written[row].as_py() or ""
            if text.strip():
                reason = f"{shortened(text)!r} is no time; allowed: {_TIME_FORMS}"
                self.found.append(Bad(row=row, code="bad-time", reason=reason))
            else:
                self.found.append(Bad(row=row, code="no-time", reason="no time is given"))

    def _outside(self, marks: NDArray[np.bool_], instants: Instants) -> None:
        limits = str(self._limits)
        for row in self._new(marks):
            reason = (
                f"the time {_shown(int(instants.us[row]))} is outside {limits}; "
                "to accept it, allow it with --allow-times FROM..TO"
            )
            self.found.append(Bad(row=row, code="time-range", reason=reason))

    def event(self) -> pa.StringArray:
        names = self._columns.event
        if isinstance(names, str):
            return pa.repeat(pa.scalar(names, pa.string()), len(self._columns))
        names = pc.utf8_trim_whitespace(names)
        missing = pc.fill_null(pc.equal(pc.binary_length(names), 0), True)
        if pc.any(missing).as_py():
            for row in self._new(missing.to_numpy(zero_copy_only=False)):
                reason = "no event is named; allowed: any text"
                self.found.append(Bad(row=row, code="no-event", reason=reason))
        return names


def _shown(us: int) -> str:
    try:
        return to_datetime(us).isoformat()
    except OverflowError:
        return f"{us} µs since 1970"


def shortened(text: str, most: int = 80) -> str:
    """Return a text, its end cut off when it is long."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
