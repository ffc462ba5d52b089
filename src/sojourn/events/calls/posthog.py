"""PostHog's events: of its export, and as its libraries send them.

References
----------
PostHog, *Batch exports* (posthog.com/docs/cdp/batch-exports); *Capture API*
(posthog.com/docs/api/capture).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from sojourn.events.calls.parts import add, add_agent, add_page, first, moved
from sojourn.events.calls.row import Row, Spine, as_object, flatten, text_of
from sojourn.events.schema import TRAITS

if TYPE_CHECKING:
    from sojourn.base.json import JsonObject, JsonValue

_RENAMED: Final = {
    "$pathname": "page",
    "$screen_name": "page",
    "$referrer": "referrer",
    "$referring_domain": "referring_domain",
    "$browser": "browser",
    "$os": "os",
    "$geoip_country_code": "country",
    "$geoip_city_name": "city",
    "$session_id": "session_id",
    "$app_version": "app_version",
    "revenue": "value",
    "title": "page_title",
}
_NOT_KEPT: Final = re.compile(
    r"\$(?:ip|lib.*|sdk.*|raw_user_agent|user_agent|device_id|user_id|is_identified|time|"
    r"geoip_.*|set|set_once|unset|initial_person_info|anon_distinct_id|elements.*|insert_id|"
    r"sent_at|process_person_profile|recording_status|configured_session_timeout_ms|"
    r"web_vitals_enabled_server_side|autocapture_disabled_server_side|"
    r"(?:active_)?feature.*|window_id|pageview_id|person_.*)|token|distinct_id"
)
_OF_SERVERS: Final = re.compile(r"\$(?:is_server|os|os_version|os_distro|python_.*|node_.*)")
"""What a library on a server tells of the server; the person's device is another."""
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def posthog_row(found: JsonObject) -> Row:
    """Return the event of an object."""
    inner = _inner(found.get("properties"))
    user, anonymous = _ids(found, inner)
    return Row(
        event=text_of(found.get("event")),
        time=text_of(first(found.get("timestamp"), inner.get("$time"))),
        user=user,
        anonymous=anonymous,
        own_id=text_of(found.get("uuid")),
        properties=_properties(found, inner),
    )


def posthog_spine(found: JsonObject) -> Spine:
    """Return who did what of an object."""
    return Spine(text_of(found.get("event")), *_ids(found, _inner(found.get("properties"))))


def _inner(properties: JsonValue) -> JsonObject:
    if isinstance(properties, str):
        try:
            return as_object(json.loads(properties))
        except ValueError:
            return {}
    return as_object(properties)


def _ids(found: JsonObject, inner: JsonObject) -> tuple[str | None, str | None]:
    """Return user and anonymous id: a ``distinct_id`` nobody was identified with is anonymous."""
    distinct, device = text_of(found.get("distinct_id")), text_of(inner.get("$device_id"))
    before = text_of(inner.get("$anon_distinct_id"))
    if before is not None:
        return distinct, before
    event = found.get("event")
    if event == "$groupidentify" and distinct == _group_id(inner):
        return None, None
    linked = _aliased(distinct, text_of(inner.get("alias"))) if event == "$create_alias" else None
    if linked is not None:
        return linked
    identified = inner.get("$is_identified")
    anonymous = distinct is not None and (distinct == device or _UUID.fullmatch(distinct))
    if identified is True or (identified is None and not anonymous):
        return distinct, device if device != distinct else None
    return text_of(inner.get("$user_id")), distinct


def _group_id(inner: JsonObject) -> str:
    """Return what the libraries give as ``distinct_id`` where a group is told of by nobody."""
    return f"${text_of(inner.get('$group_type'))}_{text_of(inner.get('$group_key'))}"


def _aliased(one: str | None, other: str | None) -> tuple[str, str] | None:
    """Return user and anonymous id of an alias, None where it does not tell which is which.

    The libraries do not agree on the side that the anonymous id is on.
    """
    ids = [each for each in (one, other) if each is not None]
    users = [each for each in ids if not _UUID.fullmatch(each)]
    anonymous = [each for each in ids if _UUID.fullmatch(each)]
    return (users[0], anonymous[0]) if users and anonymous else None


def _properties(found: JsonObject, inner: JsonObject) -> dict[str, JsonValue]:
    done: dict[str, JsonValue] = {}
    if inner.get("$is_server") is True:
        inner = {key: value for key, value in inner.items() if not _OF_SERVERS.fullmatch(key)}
    flatten(inner, "", done)
    device = inner.get("$device_type")
    add(done, "device", device.lower() if isinstance(device, str) else None)
    done.pop("$device_type", None)
    moved(done, _RENAMED)
    add_page(done, done.pop("$current_url", None))
    for key in [key for key in done if _NOT_KEPT.fullmatch(key.partition(".")[0])]:
        del done[key]
    add_agent(done, first(inner.get("$raw_user_agent"), inner.get("$user_agent")))
    told = _told(found, inner)
    for key in ("set", "once"):
        flatten(told.get(key), "", done)
    if told:
        done[TRAITS] = told
    return done


def _told(found: JsonObject, inner: JsonObject) -> dict[str, JsonValue]:
    """Return what an event tells of its person; the libraries write it beside or in properties."""
    told: dict[str, JsonValue] = {}
    for key, name in (("set", "$set"), ("once", "$set_once")):
        traits: dict[str, JsonValue] = {}
        for part in (inner.get(name), found.get(name)):
            flatten(as_object(part), "", traits)
        if traits:
            told[key] = traits
    gone = inner.get("$unset")
    if isinstance(gone, list) and gone:
        told["unset"] = [text for text in map(text_of, gone) if text]
    return told
