"""Whether a call that has just arrived is an event, and when it happened.

References
----------
Segment, *Common fields* (segment.com/docs/connections/spec/common): the time of an event is
``receivedAt − (sentAt − originalTimestamp)``, so that a device's wrong clock does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from sojourn.base.timespan import DAY_US
from sojourn.events.calls.parts import first_of
from sojourn.events.calls.posthog import posthog_row, posthog_spine
from sojourn.events.calls.row import as_object, text_of
from sojourn.events.calls.segment import CALLS, segment_row, segment_spine, with_agent
from sojourn.events.ids import is_placeholder
from sojourn.events.schema import GIVEN_TIME

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.events.calls.row import Row, Spine

EARLIEST_US: Final = 631_152_000_000_000
"""1990-01-01: an event from before is a clock that was never set."""
LATEST_US: Final = 253_402_300_799_999_999
"""The end of the year 9999: what lies later is written in another unit, or no time."""
AHEAD_US: Final = DAY_US
"""How far after its receipt an event may lie; from there on a clock is wrong, theirs or ours."""
LONGEST_ID: Final = 255
_SENT_KEYS: Final = ("sentAt", "sent_at")
_OF_SENDING: Final = frozenset((*_SENT_KEYS, "writeKey", "api_key"))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM: Final = 100_000_000_000
"""A number this large counts milliseconds, not seconds: as seconds it would be the year 5138."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one family of libraries writes a call."""

    name: str
    row: Callable[[JsonObject], Row]
    """Reads a call as an event."""
    spine: Callable[[JsonObject], Spine]
    """Reads as much of it as tells whether it is one."""
    id_key: str
    time_keys: tuple[str, ...]
    """Where the device's own time stands, what counts first; the last is where the settled one
    goes."""
    calls: frozenset[str] = frozenset()
    """The values ``type`` may have; empty where it says nothing."""
    with_agent: Callable[[JsonObject, str], dict[str, JsonValue]] | None = None
    """Adds the user agent of a request to a call without one; None where calls always have it."""


SEGMENT: Final = Dialect(
    name="segment",
    row=segment_row,
    spine=segment_spine,
    id_key="messageId",
    time_keys=("originalTimestamp", "timestamp"),
    calls=CALLS,
    with_agent=with_agent,
)
POSTHOG: Final = Dialect(
    name="posthog", row=posthog_row, spine=posthog_spine, id_key="uuid", time_keys=("timestamp",)
)
DIALECTS: Final = {dialect.name: dialect for dialect in (SEGMENT, POSTHOG)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When and how a request came."""

    received_us: int
    sent_us: int | None = None
    """When the request says it was sent; a call's own word goes first."""
    new_id: Callable[[], str]
    """Makes an id for a call that carries none."""
    agent: str = ""
    """The user agent of the page that sent it; empty where no page did."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call is no event."""

    code: str
    reason: str
    """What was given and what is allowed."""


class _Ahead(NamedTuple):
    """A time that lies too far ahead, as it was given."""

    given: JsonValue


def settle(call: JsonValue, dialect: Dialect, arrival: Arrival) -> dict[str, JsonValue] | Refusal:
    """Return a call with its id and time filled in, ready to be kept, or why it is no event.

    What is settled here is read as an event by every later step: who, what and when are checked.

    Parameters
    ----------
    call : value of JSON
    dialect : Dialect
    arrival : Arrival
    """
    if not isinstance(call, dict):
        return Refusal("not-an-object", f"{_shown(call)} is no call; allowed: an object")
    if dialect.calls and text_of(call.get("type")) not in dialect.calls:
        allowed = ", ".join(sorted(dialect.calls))
        return Refusal("bad-type", f"type is {_shown(call.get('type'))}; allowed: {allowed}")
    own_id = text_of(call.get(dialect.id_key))
    fault = _fault_of(dialect.spine(call)) or _bad_id(own_id, dialect.id_key)
    if fault:
        return fault
    when = _event_time(call, dialect, arrival)
    if isinstance(when, Refusal):
        return when
    if isinstance(when, _Ahead):
        return settle(_as_received(call, dialect, when.given), dialect, arrival)
    kept = {key: value for key, value in call.items() if key not in _OF_SENDING}
    for key in dialect.time_keys[:-1]:
        kept.pop(key, None)
    kept[dialect.time_keys[-1]] = _written(when)
    kept[dialect.id_key] = own_id or arrival.new_id()
    if arrival.agent and dialect.with_agent:
        kept = dialect.with_agent(kept, arrival.agent)
    return kept


def _fault_of(spine: Spine) -> Refusal | None:
    event, user, anonymous = spine
    if (not user or is_placeholder(user)) and (not anonymous or is_placeholder(anonymous)):
        given = user or anonymous
        shown = f"{_shown(given)} stands for nobody" if given else "no person is given"
        return Refusal("no-person", f"{shown}; allowed: a user id or an anonymous id")
    return None if event else Refusal("no-event", "no event is named; allowed: any text")


def _bad_id(own_id: str | None, key: str) -> Refusal | None:
    if own_id is None or len(own_id) <= LONGEST_ID:
        return None
    return Refusal("long-id", f"{key} has {len(own_id)} characters; allowed: {LONGEST_ID} at most")


def _as_received(call: JsonObject, dialect: Dialect, given: JsonValue) -> dict[str, JsonValue]:
    """Return a call that says nothing of its time, and what it said as a property."""
    kept = {key: value for key, value in call.items() if key not in dialect.time_keys}
    properties = {**as_object(call.get("properties")), GIVEN_TIME: given}
    properties.pop("$time", None)
    return {**kept, "properties": properties}


def _event_time(call: JsonObject, dialect: Dialect, arrival: Arrival) -> int | Refusal | _Ahead:
    """Return when a call happened by our clock, in microseconds."""
    given = first_of(call, dialect.time_keys)
    if given is None:
        given = as_object(call.get("properties")).get("$time")
    if given is None or given == "":
        return arrival.received_us
    happened = instant_us(given)
    if happened is None:
        return Refusal(
            "bad-time", f"{_shown(given)} is no time; allowed: ISO 8601, or seconds since 1970"
        )
    own = first_of(call, _SENT_KEYS)
    sent = arrival.sent_us if own is None else instant_us(own)
    when = happened if sent is None else arrival.received_us - (sent - happened)
    if EARLIEST_US <= when <= arrival.received_us + AHEAD_US:
        return when
    if when >= EARLIEST_US and happened <= LATEST_US:
        return _Ahead(given)
    return Refusal(
        "time-range", f"{_shown(given)} lies before 1990 or after 9999; allowed: what is between"
    )


def instant_us(value: JsonValue) -> int | None:
    """Return a written instant in microseconds since 1970, or None where it is none.

    A time without a zone is UTC.

    Examples
    --------
    >>> instant_us("2026-01-01T00:00:00Z") == instant_us(1767225600) == 1_767_225_600_000_000
    True
    """
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value.strip())
            known = found if found.tzinfo else found.replace(tzinfo=UTC)
            since = known - _EPOCH
            return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return int(value * (1_000 if abs(value) >= _MILLISECONDS_FROM else 1_000_000))
    except (ValueError, OverflowError):
        return None


def _written(when: int) -> str:
    """Return microseconds since 1970 in ISO 8601, to the microsecond."""
    second, rest = divmod(when, 1_000_000)
    return f"{_second(second)}.{rest:06d}+00:00"


@lru_cache(maxsize=4096)
def _second(second: int) -> str:
    """Return a second since 1970 in ISO 8601; most calls are of the last ones, over and over."""
    return (_EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S")


def _shown(value: JsonValue) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
