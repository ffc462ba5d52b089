"""The columns of the lake: events as received, with both ids, never the resolved person."""

from __future__ import annotations

import pyarrow as pa

MONTH = "month"
"""Partition column: ``"2025-11"`` of the event time in UTC, or ``"untimed"``."""

EVENT_SCHEMA = pa.schema(
    [
        pa.field("event_id", pa.binary(16), nullable=False),
        pa.field("anonymous_id", pa.string()),
        pa.field("user_id", pa.string()),
        pa.field("time", pa.timestamp("us", tz="UTC")),
        pa.field("received", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("position", pa.int64(), nullable=False),
        pa.field("event", pa.string(), nullable=False),
        pa.field("properties", pa.string()),
        pa.field(MONTH, pa.string(), nullable=False),
    ]
)
"""``event_id`` is MurmurHash3 x64 128 of the source's own id, or of the mapped content and its
occurrence number; the own id of an event that a client sent is kept in properties under
``$event_id``. ``time`` is null only for events of sequence files, whose order is ``position``.
``properties`` is the text of one JSON object with sorted keys; a key that is absent is missing,
which differs from ``null``, ``""`` and ``0``."""

# Property names with a meaning of their own, wherever they came from.
VALUE = "value"
CURRENCY = "currency"
CHANNEL = "channel"
UTM_SOURCE = "utm_source"
UTM_MEDIUM = "utm_medium"
UTM_CAMPAIGN = "utm_campaign"
UTM_CONTENT = "utm_content"
UTM_TERM = "utm_term"
REFERRER = "referrer"
PAGE = "page"
DEVICE = "device"
COUNTRY = "country"
SESSION = "session_id"
BOT = "bot"
OWN_ID = "$event_id"
GIVEN_TIME = "$given_time"
"""The time a client gave, where it lay too far ahead to be true: the event has that of receipt."""
TRAITS = "$traits"
"""What an event tells of its person: an object with ``set``, ``once`` and ``unset``."""
CONSENT_PREFIX = "consent."
"""Begins the name of a trait that says what a person allows."""

ROLE_PROPERTIES = (
    VALUE, CURRENCY, CHANNEL, UTM_SOURCE, UTM_MEDIUM, UTM_CAMPAIGN, UTM_CONTENT, UTM_TERM,
    REFERRER, PAGE, DEVICE, COUNTRY, SESSION, BOT, TRAITS,
)  # fmt: skip

OWN_SOURCE = "sojourn"
"""The source of events that we make ourselves; no write key has this name."""
SEGMENT_ENTERED, SEGMENT_LEFT = "segment_entered", "segment_left"
"""Events of :data:`OWN_SOURCE`: they tell of people, and are nothing that people did."""
