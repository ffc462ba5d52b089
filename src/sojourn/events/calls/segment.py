"""Segment's and RudderStack's calls: track, page, screen, identify, group, alias.

References
----------
Segment, *Spec* (segment.com/docs/connections/spec); RudderStack, *Event specification*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from sojourn.events.amounts import outgoing
from sojourn.events.calls.parts import (
    add,
    add_agent,
    add_campaign,
    add_device,
    first,
    first_of,
    moved,
)
from sojourn.events.calls.row import Row, Spine, as_object, flatten, text_of
from sojourn.events.schema import CONSENT_PREFIX, TRAITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.base.json import JsonObject, JsonValue

CALLS: Final = frozenset(("track", "page", "screen", "identify", "group", "alias"))
REFUND: Final = "Order Refunded"
"""Tells in Segment's words how much went back, as an amount above nothing."""
_CAMPAIGN: Final = {
    "utm_source": "source",
    "utm_medium": "medium",
    "utm_campaign": "name",
    "utm_content": "content",
    "utm_term": "term",
}
_TIMES: Final = ("timestamp", "originalTimestamp", "sentAt")
_PAGE_NAMES: Final = {"path": "page", "title": "page_title", "url": "page_url"}
_PAGE_CONTEXT: Final = (*_PAGE_NAMES.items(), ("referrer", "referrer"))
_Read: TypeAlias = "Callable[[dict[str, JsonValue], JsonValue], None]"


def segment_row(found: JsonObject) -> Row:
    """Return the event of a call."""
    spine = segment_spine(found)
    return Row(
        event=spine.event,
        time=text_of(first_of(found, _TIMES)),
        user=spine.user,
        anonymous=spine.anonymous,
        own_id=text_of(found.get("messageId")),
        properties=_properties(found, as_object(found.get("context"))),
    )


def segment_spine(found: JsonObject) -> Spine:
    """Return who did what of a call."""
    call = text_of(found.get("type"))
    anonymous = found.get("anonymousId")
    if call == "alias":
        anonymous = first(found.get("previousId"), anonymous)
    return Spine(_event(found, call), text_of(found.get("userId")), text_of(anonymous))


def with_agent(call: JsonObject, agent: str) -> dict[str, JsonValue]:
    """Return a call whose context names a user agent: its own, or else the one given.

    Examples
    --------
    >>> with_agent({"type": "page"}, "Mozilla/5.0")
    {'type': 'page', 'context': {'userAgent': 'Mozilla/5.0'}}
    """
    context = as_object(call.get("context"))
    if text_of(context.get("userAgent")) is not None:
        return dict(call)
    return {**call, "context": {**context, "userAgent": agent}}


def _event(found: JsonObject, call: str | None) -> str | None:
    if call == "track":
        return text_of(found.get("event"))
    name = text_of(first(found.get("name"), as_object(found.get("properties")).get("name")))
    if call in {"page", "screen"}:
        return f"Viewed {name} {call.title()}" if name else f"{call}_view"
    return call


def _properties(found: JsonObject, context: JsonObject) -> dict[str, JsonValue]:
    done: dict[str, JsonValue] = {}
    flatten(found.get("properties"), "", done)
    traits = _traits(found, context)
    moved(done, _PAGE_NAMES)
    for key in ("revenue", "total"):
        if "value" not in done and key in done:
            moved(done, {key: "value"})
    if found.get("event") == REFUND and "value" in done:
        done["value"] = outgoing(done["value"])
    flatten(traits, "", done)
    _add_context(done, context)
    done.pop("", None)
    told = (traits if found.get("type") == "identify" else {}) | _consents(context)
    if told:
        done[TRAITS] = {"set": told}
    return done


def _traits(found: JsonObject, context: JsonObject) -> dict[str, JsonValue]:
    traits: dict[str, JsonValue] = {}
    flatten(found.get("traits"), "", traits)
    flatten(context.get("traits"), "", traits)
    traits.pop("", None)
    return traits


def _consents(context: JsonObject) -> dict[str, JsonValue]:
    """Return what a call says of consent, a trait a category."""
    given = as_object(as_object(context.get("consent")).get("categoryPreferences"))
    return {f"{CONSENT_PREFIX}{name}": value for name, value in given.items()}


def _add_context(done: dict[str, JsonValue], context: JsonObject) -> None:
    """Add what the libraries say around a call; addresses and user agents are not kept."""
    for key, read in _CONTEXT:
        value = context.get(key)
        if value is not None:
            read(done, value)


def _add_campaign(done: dict[str, JsonValue], campaign: JsonValue) -> None:
    add_campaign(done, as_object(campaign), _CAMPAIGN)


def _add_page(done: dict[str, JsonValue], found: JsonValue) -> None:
    page = as_object(found)
    for key, name in _PAGE_CONTEXT:
        add(done, name, page.get(key))


def _add_device(done: dict[str, JsonValue], found: JsonValue) -> None:
    device = as_object(found)
    add_device(done, device.get("type"), device.get("model"))


def _add_session(done: dict[str, JsonValue], session: JsonValue) -> None:
    add(done, "session_id", text_of(session))


def _inner(name: str, key: str) -> _Read:
    """Return what adds one value of an object under a name."""
    return lambda done, found: add(done, name, as_object(found).get(key))


def _same(name: str) -> _Read:
    return lambda done, value: add(done, name, value)


_CONTEXT: Final[tuple[tuple[str, _Read], ...]] = (
    ("campaign", _add_campaign),
    ("page", _add_page),
    ("device", _add_device),
    ("userAgent", add_agent),
    ("os", _inner("os", "name")),
    ("app", _inner("app_version", "version")),
    ("location", _inner("country", "country")),
    ("sessionId", _add_session),
    ("session_id", _add_session),
    ("locale", _same("locale")),
    ("timezone", _same("timezone")),
    ("groupId", _same("groupId")),
)
"""What reads each part of a context; where two tell the same, the first counts."""
