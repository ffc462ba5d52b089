"""An index and a lake as plain journeys: person to events in order, each with its values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from plain_identity import Sighting, person_of
from sojourn.base.money import to_minor
from sojourn.events.ids import is_placeholder
from sojourn.identity.merging import NOBODY_MERGED
from sojourn.identity.ownership import (
    LINK_SCHEMA,
    earliest_links,
    owners,
)
from sojourn.index.catalog import MISSING_MONEY, ColumnKind

if TYPE_CHECKING:
    from lakes import Event


def journeys_of(index, *, bots=False, columns=None):
    """Return {person: [(moment, event, {column: value})]} as the index holds it."""
    catalog = index.catalog
    found = {}
    for bucket in index.bots if bots else index.buckets:
        values = {
            column.name: column_values(bucket, column)
            for column in catalog.columns
            if columns is None or column.name in columns
        }
        ids = bucket.person_ids(np.arange(len(bucket.offsets) - 1))
        for person, name in enumerate(ids):
            if len(bucket.skip) and bucket.skip[person]:
                continue
            assert name not in found, "a person is in one bucket only"
            rows = range(bucket.offsets[person], bucket.offsets[person + 1])
            assert rows, "a person has events"
            found[name] = [
                (
                    int(bucket.time[row]),
                    catalog.events[bucket.event[row]],
                    {c: v[row] for c, v in values.items() if v[row] is not None},
                )
                for row in rows
            ]
    return found


def column_values(bucket, column):
    match column.kind:
        case ColumnKind.CODES:
            codes = bucket.codes(column.name)
            return [column.values[code - 1] if code else None for code in codes]
        case ColumnKind.NUMBER:
            return [None if math.isnan(n) else n for n in bucket.number(column.name).tolist()]
        case ColumnKind.MONEY:
            minor = bucket.money(column.name).tolist()
            return [None if m == MISSING_MONEY else m for m in minor]
        case ColumnKind.TEXT:
            text = bucket.text(column.name)
            data = text.data.tobytes()
            return [
                data[text.offsets[r] : text.offsets[r + 1]].decode() if text.present[r] else None
                for r in range(len(text.present))
            ]


def expected_of(events: list[Event], currency="XXX", merged=NOBODY_MERGED):
    """Return the same from the events by the plainest reading, people and bots apart."""
    linked = [
        e for e in events if not any(i is None or is_placeholder(i) for i in (e.user, e.anonymous))
    ]
    links = pa.table(
        {
            "anonymous_id": [e.anonymous for e in linked],
            "user_id": [e.user for e in linked],
            "time": [e.moment for e in linked],
            "ident": [e.ident for e in linked],
        },
        schema=LINK_SCHEMA,
    )
    owned = owners(earliest_links([links]))
    people = {}
    for e in events:
        person = person_of(Sighting(e.anonymous, e.user, e.moment, e.ident), owned)
        if person is not None:
            people.setdefault(merged.person(person), []).append(e)
    mixed = mixed_names(events)
    result = ({}, {})
    for person, own in people.items():
        own.sort(key=lambda e: (e.moment, e.position, e.ident))
        bot = any((e.properties or {}).get("bot") in (True, "true") for e in own)
        result[bot][person] = [
            (e.moment, e.event, values_of(e.properties or {}, mixed, currency)) for e in own
        ]
    return result


def mixed_names(events):
    kinds = {}
    for event in events:
        for name, value in (event.properties or {}).items():
            if value is not None:
                number = isinstance(value, int | float) and not isinstance(value, bool)
                kinds.setdefault(name, set()).add(number)
    return {name for name, both in kinds.items() if len(both) == 2}


def values_of(properties, mixed, currency):
    found = {}
    for name, value in properties.items():
        if value is None:
            continue
        if name == "value":
            minor = to_minor(value, properties.get("currency") or currency)
            if minor is not None and not isinstance(value, bool):
                found[name] = minor
        elif isinstance(value, bool):
            found[name] = "true" if value else "false"
        elif isinstance(value, str):
            found[name] = value
        else:
            found[name + ":number" if name in mixed else name] = float(value)
    return found
