"""Calls kept in the inbox, as events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from sojourn.adapters.readers.finish import EARLIEST_US, Columns, Limits, finish
from sojourn.adapters.readers.objects.rows import settle_money, texts
from sojourn.events.calls.intake import AHEAD_US, DIALECTS
from sojourn.events.property_objects import object_column
from sojourn.events.schema import OWN_ID
from sojourn.events.times import decide, look_at
from sojourn.ports.reader import READ_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from sojourn.events.calls.row import Row
    from sojourn.ports.inbox import Kept

_DECODER = msgspec.json.Decoder()


def read_calls(kept: Sequence[Kept]) -> tuple[pa.Table, list[tuple[Kept, str]]]:
    """Return the events among some calls, and the others with the reason.

    Parameters
    ----------
    kept : sequence of Kept
        At least one.

    Returns
    -------
    tuple of (pyarrow.Table, list of (Kept, str))
        A table with READ_SCHEMA whose ``position`` is the place in the inbox.
    """
    rows = [_row(one) for one in kept]
    time = texts([row.time for row in rows])
    newest = max(one.item.received_us for one in kept)
    events, bad = finish(
        Columns(
            positions=np.array([one.position for one in kept], np.int64),
            user_id=texts([row.user for row in rows]),
            anonymous_id=texts([row.anonymous for row in rows]),
            own_id=texts([row.own_id for row in rows]),
            time=time,
            event=texts([row.event for row in rows]),
            properties=object_column([row.properties for row in rows]),
        ),
        decide(look_at(time), newest),
        "UTC",
        Limits(earliest_us=EARLIEST_US, latest_us=newest + AHEAD_US, allowed_us=None),
    )
    return events.cast(READ_SCHEMA), [(kept[fault.row], fault.reason) for fault in bad]


def _row(kept: Kept) -> Row:
    row: Row = DIALECTS[kept.item.dialect].row(_DECODER.decode(kept.item.body))
    settle_money(row.properties, "")
    row.properties[OWN_ID] = row.own_id  # whoever sent it can find it again
    return row
