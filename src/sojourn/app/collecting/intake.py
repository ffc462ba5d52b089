"""One request's calls: those that are events, and those that are refused with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from sojourn.events.calls.addresses import with_short_ips
from sojourn.events.calls.intake import Arrival, Dialect, Refusal, instant_us, settle
from sojourn.ports.inbox import Item, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sojourn.app.collecting.limits import Limits
    from sojourn.base.json import JsonValue

MOST_DEPTH = 64
"""Every later step walks into what is nested; none may run out of stack."""
_ENCODER = msgspec.json.Encoder()
_IP_KEY = b'ip":'
"""How both keys of addresses end, and some others."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A call of a request that was refused."""

    index: int
    id: str | None
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a request's calls."""

    items: tuple[Item, ...]
    refused: tuple[Refused, ...]
    faults: tuple[Fault, ...]
    """One for each refused call, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Calls as they came."""

    calls: Sequence[JsonValue]
    dialect: Dialect
    source: str
    sent: JsonValue
    received_us: int
    agent: str = ""
    """The user agent of the page that sent it; empty where no page did."""


def take_in(request: Request, limits: Limits, new_id: Callable[[], str]) -> Intake:
    """Return what of a request is to be kept.

    Parameters
    ----------
    request : Request
    limits : Limits
    new_id : callable
        Makes an id for a call that carries none.
    """
    arrival = Arrival(
        received_us=request.received_us,
        sent_us=instant_us(request.sent),
        new_id=new_id,
        agent=request.agent,
    )
    items: list[Item] = []
    faults: list[Fault] = []
    refused: list[Refused] = []
    for index, call in enumerate(request.calls):
        found = _item(call, request, arrival, limits)
        if isinstance(found, Item):
            items.append(found)
            continue
        own_id = call.get(request.dialect.id_key) if isinstance(call, dict) else None
        shown = own_id if isinstance(own_id, str) else None
        faults.append(Fault(index, shown, found.code, found.reason))
        body = _written(call, limits)
        refused.append(Refused(request.source, request.received_us, found.code, found.reason, body))
    return Intake(tuple(items), tuple(refused), tuple(faults))


def _item(call: JsonValue, request: Request, arrival: Arrival, limits: Limits) -> Item | Refusal:
    found = settle(call, request.dialect, arrival)
    if isinstance(found, Refusal):
        return found
    body = _written(found, limits)
    if len(body) > limits.call_bytes:
        return Refusal(
            "too-large", f"the call has {len(body):,} bytes; allowed: {limits.call_bytes:,}"
        )
    if _depth_over(found, MOST_DEPTH, body):
        return Refusal("too-deep", f"the call is nested deeper than allowed: {MOST_DEPTH} levels")
    return Item(request.source, request.dialect.name, request.received_us, body)


def _written(call: JsonValue, limits: Limits) -> bytes:
    """Return a call as it is kept."""
    body = _ENCODER.encode(call)
    # The encoder writes a key in one way only, so nearly every call is told by one search.
    if _IP_KEY in body and not limits.whole_ips:
        return _ENCODER.encode(with_short_ips(call))
    return body


def _depth_over(call: JsonValue, most: int, body: bytes) -> bool:
    """Return whether a value holds others within others beyond a depth."""
    if body.count(b"{") + body.count(b"[") <= most:
        return False
    level: list[JsonValue] = [call]
    for _ in range(most):
        inner: list[JsonValue] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
        level = [value for value in inner if isinstance(value, dict | list)]
        if not level:
            return False
    return True
