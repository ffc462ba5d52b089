"""Segment's and RudderStack's calls: track, page, screen, identify, group, alias.

References
----------
Segment, *Spec* (segment.com/docs/connections/spec); RudderStack, *Event specification*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sojourn.events.calls.parts import (
    add,
    add_agent,
    add_campaign,
    add_device,
    first,
    first_of,
    moved,
)
from sojourn.events.calls.row import Row, as_object, flatten, text_of

if TYPE_CHECKING:
    from sojourn.base.json import JsonObject, JsonValue

CALLS: Final = frozenset(("track", "page", "screen", "identify", "group", "alias"))
_CAMPAIGN: Final = {
    "utm_source": "source",
    "utm_medium": "medium",
    "utm_campaign": "name",
    "utm_content": "content",
    "utm_term": "term",
}
_TIMES: Final = ("timestamp", "originalTimestamp", "sentAt")
_CONTEXT_KEPT: Final = ("locale", "timezone", "groupId")
_PAGE_NAMES: Final = {"path": "page", "title": "page_title", "url": "page_url"}


def segment_row(found: JsonObject, *, spine: bool = False) -> Row:
    """Return the event of a call.

    Parameters
    ----------
    found : object
    spine : bool
        Leave the properties out: who, what and when are enough to know that it is an event.
    """
    call = text_of(found.get("type"))
    anonymous = found.get("anonymousId")
    if call == "alias":
        anonymous = first(found.get("previousId"), anonymous)
    return Row(
        event=_event(found, call),
        time=text_of(first_of(found, _TIMES)),
        user=text_of(found.get("userId")),
        anonymous=text_of(anonymous),
        own_id=text_of(found.get("messageId")),
        properties={} if spine else _properties(found, as_object(found.get("context"))),
    )


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
    flatten(found.get("traits"), "", done)
    moved(done, _PAGE_NAMES)
    for key in ("revenue", "total"):
        if "value" not in done and key in done:
            moved(done, {key: "value"})
    flatten(context.get("traits"), "", done)
    _add_context(done, context)
    done.pop("", None)
    return done


def _add_context(done: dict[str, JsonValue], context: JsonObject) -> None:
    """Add what the libraries say around a call; addresses and user agents are not kept."""
    add_campaign(done, as_object(context.get("campaign")), _CAMPAIGN)
    page = as_object(context.get("page"))
    for key, name in (*_PAGE_NAMES.items(), ("referrer", "referrer")):
        add(done, name, page.get(key))
    device, system = as_object(context.get("device")), as_object(context.get("os"))
    add_device(done, device.get("type"), device.get("model"))
    add_agent(done, context.get("userAgent"))
    add(done, "os", system.get("name"))
    add(done, "app_version", as_object(context.get("app")).get("version"))
    add(done, "country", as_object(context.get("location")).get("country"))
    session = first(context.get("sessionId"), context.get("session_id"))
    add(done, "session_id", text_of(session))
    for key in _CONTEXT_KEPT:
        add(done, key, context.get(key))
