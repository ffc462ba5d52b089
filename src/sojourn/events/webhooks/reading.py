"""From a payload to the calls that its document makes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sojourn.events.calls.row import text_of
from sojourn.events.webhooks.model import ANY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sojourn.base.json import JsonValue
    from sojourn.events.webhooks.model import Condition, Rule, Webhook
    from sojourn.events.webhooks.paths import Payload, Value

MOST_ENTRIES: Final = 10_000
"""Of one list: more calls are taken from no request."""
_TRUTHS: Final = {True: "true", False: "false"}


def read_payload(webhook: Webhook, payload: Payload) -> list[Mapping[str, JsonValue]]:
    """Return the calls that a payload becomes, written as Segment's; none where no rule fits.

    Every rule that fits counts, so that one payload can be several events. A call's id begins with
    the webhook's name: another system's numbers are others.

    Parameters
    ----------
    webhook : Webhook
    payload : Payload
    """
    calls: list[Mapping[str, JsonValue]] = []
    for number, rule in enumerate(webhook.rules):
        if not all(_holds(condition, payload) for condition in rule.when):
            continue
        for place, one in enumerate(_entries(rule, payload)):
            calls.append(_call(webhook.name, rule, one, f"{number}.{place}"))
    return calls


def _entries(rule: Rule, payload: Payload) -> Sequence[Payload]:
    if rule.each is None:
        return (replace(payload, entry=payload.body),)
    found = rule.each.of(payload)
    entries = found[:MOST_ENTRIES] if isinstance(found, list) else []
    return tuple(replace(payload, entry=entry) for entry in entries)


def _holds(condition: Condition, payload: Payload) -> bool:
    found = condition.value.of(payload)
    text = _TRUTHS[found] if isinstance(found, bool) else text_of(found)
    if text is None:
        return ANY in condition.allowed and isinstance(found, list | dict)
    return ANY in condition.allowed or text in condition.allowed


def _call(name: str, rule: Rule, payload: Payload, place: str) -> Mapping[str, JsonValue]:
    given = text_of(_of(rule.id, payload))
    call: dict[str, JsonValue] = {
        "type": "identify" if rule.traits else "track",
        "messageId": f"{name}:{given or f'{payload.digest}.{place}'}",
    }
    if not rule.traits:
        call["event"] = rule.event.of(payload)
    for key, value in (("userId", rule.user), ("anonymousId", rule.anonymous)):
        found = text_of(_of(value, payload))
        if found is not None:
            call[key] = found
    time = _of(rule.time, payload)
    if time is not None:
        call["timestamp"] = time
    for key, named in (("properties", rule.properties), ("traits", rule.traits)):
        values = {label: value.of(payload) for label, value in named}
        known = {label: found for label, found in values.items() if found is not None}
        if known:
            call[key] = known
    return call


def _of(value: Value | None, payload: Payload) -> JsonValue:
    return None if value is None else value.of(payload)
