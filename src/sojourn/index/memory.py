"""An index in memory, from a table or a few rows: for notebooks and tests."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from sojourn.base.errors import InputError
from sojourn.base.money import UNKNOWN_CURRENCY
from sojourn.events.schema import BOT, CURRENCY
from sojourn.index.arrays import ArrayBucket, ArrayIndex
from sojourn.index.bucket import Index, Text
from sojourn.index.catalog import Catalog, Column
from sojourn.index.encode import (
    Encoded,
    code_dtype,
    encode_money,
    encode_numbers,
    encode_texts,
    is_money,
)
from sojourn.index.masks import NUMBER_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes

Value: TypeAlias = "str | float | bool | None"
Row: TypeAlias = "tuple[str, int | None, str] | tuple[str, int | None, str, Mapping[str, Value]]"

PERSON, TIME, EVENT = "person", "time", "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What an index in memory is told about time and money."""

    timezone: str = "UTC"
    currency: str = UNKNOWN_CURRENCY
    as_of_us: int | None = None
    """The moment of asking; the newest event if that is earlier, or none is given."""


def memory_index(
    events: pa.Table | Sequence[Row], *, buckets: int = 1, calendar: Calendar | None = None
) -> Index:
    """Return an index over events held in memory.

    Parameters
    ----------
    events : pyarrow.Table or sequence of rows
        A table with the columns ``person`` (text), ``time`` (int64 microseconds UTC or a
        timestamp; null where unknown), ``event`` (text), and one column per property. Or rows
        ``(person, time, event)`` or ``(person, time, event, {property: value})``. Rows of one
        person at one time keep their order.
    buckets : int
        How many buckets the people are spread over.
    calendar : Calendar, optional

    Raises
    ------
    InputError
        If one of the three columns is missing, or a person or event name is null.

    Examples
    --------
    >>> index = memory_index([("ann", 0, "visit"), ("ann", 5, "buy", {"value": 3.5})])
    >>> index.catalog.people, index.catalog.events
    (1, ('buy', 'visit'))
    """
    calendar = calendar or Calendar()
    if isinstance(events, pa.Table):
        names, columns = _columns_of(events, calendar)
        return _build(names, columns, buckets, calendar)
    bare = [(row[0], row[1], row[2]) for row in events]
    extra = [_properties(row) for row in events]
    names = _Names(
        person=pa.array([row[0] for row in bare], pa.string()),
        time=pa.array([row[1] for row in bare], pa.int64()),
        event=pa.array([row[2] for row in bare], pa.string()),
    )
    return _build(names, _columns_of_rows(extra, calendar), buckets, calendar)


def _properties(row: Row) -> Mapping[str, Value]:
    match row:
        case (_, _, _, properties):
            return properties
        case _:
            return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    person: pa.Array
    time: pa.Array
    event: pa.Array


def _columns_of(table: pa.Table, calendar: Calendar) -> tuple[_Names, list[Encoded]]:
    for needed in (PERSON, TIME, EVENT):
        if needed not in table.column_names:
            raise InputError(
                f"The table has no column {needed!r}.",
                allowed="the columns person, time and event, and one per property",
            )
    flat = {name: _flat(table[name]) for name in table.column_names}
    time = flat.pop(TIME)
    if pa.types.is_timestamp(time.type):
        time = time.cast(pa.timestamp("us", tz=time.type.tz))
    names = _Names(
        person=flat.pop(PERSON).cast(pa.string()),
        time=time.cast(pa.int64()),
        event=flat.pop(EVENT).cast(pa.string()),
    )
    currencies = flat[CURRENCY].cast(pa.string()).to_pylist() if CURRENCY in flat else None
    found: list[Encoded] = []
    for name, array in flat.items():
        if is_money(name):
            amounts = array.to_pylist()
            known = currencies or [None] * len(amounts)
            found.append(encode_money(name, amounts, known, calendar.currency))
        elif _is_number(array.type):
            numbers = array.cast(pa.float64()).fill_null(float("nan"))
            found.append(encode_numbers(name, numbers.to_numpy(zero_copy_only=False)))
        else:
            found.append(encode_texts(name, array.cast(pa.string())))
    return names, found


def _columns_of_rows(rows: Sequence[Mapping[str, Value]], calendar: Calendar) -> list[Encoded]:
    found: list[Encoded] = []
    for name in sorted({name for row in rows for name in row}):
        values = [row.get(name) for row in rows]
        if is_money(name):
            known = [_text(row.get(CURRENCY)) for row in rows]
            found.append(encode_money(name, values, known, calendar.currency))
            continue
        texts = [_text(value) for value in values]
        numbers = np.array([_number(value) for value in values], np.float64)
        numeric = not np.isnan(numbers).all()
        if numeric:
            other = any(text is not None for text in texts)
            found.append(encode_numbers(name + NUMBER_SUFFIX if other else name, numbers))
        if not numeric or any(text is not None for text in texts):
            found.append(encode_texts(name, pa.array(texts, pa.string())))
    return found


def _build(names: _Names, columns: list[Encoded], buckets: int, calendar: Calendar) -> Index:
    for label, array in ((PERSON, names.person), (EVENT, names.event)):
        if array.null_count:
            raise InputError(f"{array.null_count} rows have no {label}.", allowed="a text")
    people = names.person.dictionary_encode()
    ordinal = np.asarray(people.indices.to_numpy(zero_copy_only=False)).astype(np.int64)
    ids: list[str] = people.dictionary.to_pylist()
    home = np.array([zlib.crc32(i.encode()) % buckets for i in ids], np.int64)
    bots = _bots(ordinal, len(ids), columns)
    home[bots] += buckets
    position = np.arange(len(ordinal), dtype=np.int64)
    timed = np.asarray(names.time.is_valid().to_numpy(zero_copy_only=False))
    time = np.where(timed, np.asarray(names.time.fill_null(0).to_numpy()), position)
    counts, event = _events(names.event, bots[ordinal] if len(ids) else np.empty(0, np.bool_))
    order = np.lexsort((position, time, ordinal, home[ordinal]))
    edges = np.searchsorted(home[ordinal][order], np.arange(2 * buckets + 1))
    rows = _Rows(time, event, ordinal, ids, columns, len(counts))
    parts = [_bucket(order[edges[b] : edges[b + 1]], rows) for b in range(2 * buckets)]
    human = ~bots[ordinal] if len(ids) else np.empty(0, np.bool_)
    seen = time[timed & human]
    newest = int(seen.max()) if len(seen) else 0
    as_of = newest if calendar.as_of_us is None else min(newest, calendar.as_of_us)
    catalog = Catalog(
        version="memory",
        events=tuple(name for name, _ in counts),
        event_counts=tuple(count for _, count in counts),
        columns=tuple(sorted((c.column for c in columns), key=_name)),
        people=int(np.count_nonzero(~bots)),
        rows=int(np.count_nonzero(human)),
        untimed_rows=int(np.count_nonzero(human & ~timed)),
        first_us=int(seen.min()) if len(seen) else 0,
        last_us=newest,
        as_of_us=as_of,
        timezone=calendar.timezone,
        currency=calendar.currency,
        bot_people=int(np.count_nonzero(bots)),
        bot_rows=int(np.count_nonzero(~human)),
    )
    return ArrayIndex(
        catalog=catalog,
        buckets=tuple(parts[:buckets]),
        bots=tuple(part for part in parts[buckets:] if len(part.time)),
    )


def _events(events: pa.Array, bot_rows: NDArray[np.bool_]) -> tuple[list[tuple[str, int]], Codes]:
    coded = events.dictionary_encode()
    raw = np.asarray(coded.indices.to_numpy(zero_copy_only=False))
    names: list[str] = coded.dictionary.to_pylist()
    counts = np.bincount(raw[~bot_rows], minlength=len(names))
    order = sorted(range(len(names)), key=lambda code: (-int(counts[code]), names[code]))
    rank = np.empty(len(names), code_dtype(max(0, len(names) - 1)))
    rank[order] = np.arange(len(names))
    return [(names[code], int(counts[code])) for code in order], rank[raw]


def _bots(ordinal: NDArray[np.int64], people: int, columns: list[Encoded]) -> NDArray[np.bool_]:
    bots = np.zeros(people, np.bool_)
    for encoded in columns:
        if encoded.column.name == BOT and encoded.codes is not None:
            values = encoded.column.values
            if "true" in values:
                bots[ordinal[encoded.codes == values.index("true") + 1]] = True
    return bots


@dataclass(frozen=True, slots=True)
class _Rows:
    time: NDArray[np.int64]
    event: Codes
    ordinal: NDArray[np.int64]
    ids: list[str]
    columns: list[Encoded]
    events: int


def _bucket(rows: NDArray[np.int64], table: _Rows) -> ArrayBucket:
    columns = table.columns
    owner = table.ordinal[rows]
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(rows) else rows
    return ArrayBucket(
        offsets=np.r_[starts, len(rows)].astype(np.int64),
        time=table.time[rows],
        event=table.event[rows],
        ids=[table.ids[person] for person in owner[starts]],
        events=table.events,
        code_columns={c.column.name: c.codes[rows] for c in columns if c.codes is not None},
        number_columns={c.column.name: c.number[rows] for c in columns if c.number is not None},
        money_columns={c.column.name: c.money[rows] for c in columns if c.money is not None},
        text_columns={c.column.name: _taken(c.text, rows) for c in columns if c.text is not None},
    )


def _taken(text: Text, rows: NDArray[np.int64]) -> Text:
    lengths = (text.offsets[1:] - text.offsets[:-1])[rows]
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    source = np.repeat(text.offsets[rows] - offsets[:-1], lengths) + np.arange(offsets[-1])
    return Text(offsets=offsets, data=text.data[source], present=text.present[rows])


def _name(column: Column) -> str:
    return column.name


def _flat(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _text(value: Value) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def _number(value: Value) -> float:
    return float("nan") if value is None or isinstance(value, bool | str) else float(value)
