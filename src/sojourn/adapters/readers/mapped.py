"""The rows of a table as events."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.adapters.readers.finish import Bad, Columns, Limits, finish
from sojourn.events.amounts import plain_amounts
from sojourn.events.properties import PropertyColumn, PropertyKind, object_texts
from sojourn.events.role_names import Role
from sojourn.events.times import TimePlan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.adapters.readers.mapping import TableMap
    from sojourn.events.roles import Roles


def map_rows(
    table: pa.Table,
    positions: NDArray[np.int64],
    table_map: TableMap,
) -> tuple[pa.Table, list[Bad]]:
    """Return the events of some rows, and the rows that are none.

    Parameters
    ----------
    table : pyarrow.Table of n rows
        Every column text, in one chunk.
    positions : ndarray of shape (n,), int64
    table_map : TableMap
    """
    if table_map.event_times:
        return _map_wide(table, positions, table_map)
    columns = _columns(table, positions, table_map)
    plan = next(iter(table_map.times.values()), TimePlan())
    return finish(columns, plan, table_map.zone, table_map.limits)


def column(table: pa.Table, name: str | None) -> pa.StringArray | None:
    """Return a column in one piece; None without a name."""
    if name is None:
        return None
    chunked = table.column(name)
    return chunked.chunk(0) if chunked.num_chunks == 1 else chunked.combine_chunks()


def _columns(table: pa.Table, positions: NDArray[np.int64], table_map: TableMap) -> Columns:
    roles = table_map.roles
    return Columns(
        positions=positions,
        user_id=column(table, roles.column(Role.PERSON)),
        anonymous_id=column(table, roles.column(Role.ANONYMOUS)),
        own_id=column(table, roles.column(Role.ID)),
        time=_time(table, roles),
        event=_event(table, roles),
        properties=_objects(table, table_map),
    )


def _event(table: pa.Table, roles: Roles) -> pa.StringArray | str:
    if roles.event_name is not None:
        return roles.event_name
    return column(table, roles.column(Role.EVENT)) or ""


def _time(table: pa.Table, roles: Roles) -> pa.StringArray | None:
    time = column(table, roles.column(Role.TIME))
    if time is not None:
        return time
    date, clock = (column(table, roles.column(role)) for role in (Role.DATE, Role.CLOCK))
    if date is None or clock is None:
        return date
    trimmed = (pc.utf8_trim_whitespace(date), pc.utf8_trim_whitespace(clock))
    return pc.binary_join_element_wise(*trimmed, " ")


def _objects(table: pa.Table, table_map: TableMap) -> pa.StringArray | None:
    pairs: list[tuple[PropertyColumn, pa.StringArray]] = []
    for wanted in table_map.properties:
        values = table.column(wanted.column).combine_chunks()
        is_amount = wanted.key == Role.VALUE and wanted.kind is PropertyKind.NUMBER
        pairs.append((wanted, plain_amounts(values) if is_amount else values))
    if table_map.currency:
        pairs = _in_currency(pairs, table_map.currency)
    return object_texts(pairs) if pairs else None


def _in_currency(
    pairs: list[tuple[PropertyColumn, pa.StringArray]], currency: str
) -> list[tuple[PropertyColumn, pa.StringArray]]:
    """Return the properties with a currency for the amounts that carry none."""
    by_key = {wanted.key: values for wanted, values in pairs}
    amounts = by_key.get(Role.VALUE)
    if amounts is None:
        return pairs
    said = pa.scalar(currency, pa.string())
    codes = pc.if_else(pc.is_valid(amounts), said, pa.scalar(None, pa.string()))
    if Role.CURRENCY in by_key:
        codes = pc.coalesce(by_key[Role.CURRENCY], codes)
    wanted = PropertyColumn(key=Role.CURRENCY, column=Role.CURRENCY, kind=PropertyKind.TEXT)
    return [*(pair for pair in pairs if pair[0].key != Role.CURRENCY), (wanted, codes)]


def _map_wide(
    table: pa.Table, positions: NDArray[np.int64], table_map: TableMap
) -> tuple[pa.Table, list[Bad]]:
    """Return one event for each time of a row; a row with a fault is no event at all.

    A row has as many positions as there are columns of times, so that equal times keep the order
    of the columns.
    """
    columns = _columns(table, positions, table_map)
    _, nobody = finish(_dated(columns), TimePlan(), "UTC", _ANY_TIME)
    faulty = {fault.row: fault for fault in nobody}
    timed = np.zeros(len(columns), np.bool_)
    parts: list[pa.Table] = []
    for place, name in enumerate(table_map.event_times, 1):
        written = table.column(name).combine_chunks()
        rows = _filled(written)
        timed[rows] = True
        own = (positions[rows] - 1) * len(table_map.event_times) + place
        picked = replace(_picked(columns, rows, written, name), positions=own)
        events, bad = finish(picked, table_map.times[name], table_map.zone, table_map.limits)
        parts.append(events)
        for fault in bad:
            row = int(rows[fault.row])
            faulty.setdefault(row, replace(fault, row=row, reason=f"{name}: {fault.reason}"))
    for row in np.flatnonzero(~timed).tolist():
        reason = f"no time in any of {', '.join(table_map.event_times)}"
        faulty.setdefault(row, Bad(row=row, code="no-time", reason=reason))
    events = pa.concat_tables(parts)
    if faulty:
        lost = pa.array(positions[sorted(faulty)])
        of_row = pa.array((events["position"].to_numpy() - 1) // len(parts) + 1)
        events = events.filter(pc.invert(pc.is_in(of_row, value_set=lost)))
    order = np.argsort(events["position"].to_numpy(), kind="stable")
    return events.take(pa.array(order)), [faulty[row] for row in sorted(faulty)]


def _filled(written: pa.StringArray) -> NDArray[np.int64]:
    """Return the rows whose text is not blank."""
    lengths = pc.binary_length(pc.utf8_trim_whitespace(written))
    some = pc.fill_null(pc.greater(lengths, 0), False)
    return np.flatnonzero(some.to_numpy(zero_copy_only=False))


_ANY_TIME: Final = Limits(earliest_us=-(2**62), latest_us=2**62, allowed_us=None)


def _dated(columns: Columns) -> Columns:
    return Columns(
        positions=columns.positions,
        user_id=columns.user_id,
        anonymous_id=columns.anonymous_id,
        untimed=True,
        event="-",
    )


def _picked(
    columns: Columns, rows: NDArray[np.int64], written: pa.StringArray, event: str
) -> Columns:
    take = pa.array(rows)

    def pick(values: pa.StringArray | None) -> pa.StringArray | None:
        return None if values is None else values.take(take)

    return Columns(
        positions=columns.positions[rows],
        user_id=pick(columns.user_id),
        anonymous_id=pick(columns.anonymous_id),
        time=written.take(take),
        event=event,
        properties=pick(columns.properties),
    )
