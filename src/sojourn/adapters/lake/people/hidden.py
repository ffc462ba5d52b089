"""Events without those of some people, as a condition on columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.identity.erasing import Held, Moment, PersonIds

_IDENT_BYTES = 8
_ID_BYTES = 16


def without(events: ds.Dataset, ids: Sequence[PersonIds]) -> ds.Dataset:
    """Return a data set of events that leaves those of some people out.

    Parameters
    ----------
    events : pyarrow.dataset.Dataset
    ids : sequence of PersonIds
    """
    users = [user for each in ids for user in each.users]
    held = [one for each in ids for one in each.anonymous]
    if not users and not held:
        return events
    user, anonymous = ds.field("user_id"), ds.field("anonymous_id")
    theirs = _true(user.isin(pa.array(users, pa.string())))
    whole = [one.anonymous_id for one in held if one.since is None and one.until is None]
    alone = _true(anonymous.isin(pa.array(whole, pa.string())))
    for one in held:
        if one.since is not None or one.until is not None:
            alone = alone | _true(_partly(one))
    return events.filter(~(theirs | (user.is_null() & alone)))


def _partly(one: Held) -> ds.Expression:
    found = ds.field("anonymous_id") == one.anonymous_id
    if one.since is not None:
        found = found & ~_before(one.since)
    if one.until is not None:
        found = found & _before(one.until)
    return found


def _before(moment: Moment) -> ds.Expression:
    """Return whether an event comes before a moment, as ownership compares them."""
    time, ident = moment
    instant = pa.scalar(time, pa.int64()).cast(pa.timestamp("us", tz="UTC"))
    low = ident.to_bytes(_IDENT_BYTES, "big").ljust(_ID_BYTES, b"\0")
    at = ds.field("time")
    same = (at == instant) & (ds.field("event_id") < pa.scalar(low, pa.binary(_ID_BYTES)))
    return _true((at < instant) | same)


def _true(condition: ds.Expression) -> ds.Expression:
    """Return a condition that is false where it cannot be told."""
    return pc.coalesce(condition, pa.scalar(value=False))
