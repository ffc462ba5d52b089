"""Google Analytics 4 as exported to BigQuery.

References
----------
Google, *[GA4] BigQuery Export schema* (support.google.com/analytics/answer/7029846).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from typing_extensions import override

from sojourn.adapters.readers.objects.choices import choices
from sojourn.adapters.readers.objects.rows import ToolPreset
from sojourn.events.amounts import outgoing
from sojourn.events.calls.parts import add, add_campaign, add_page, first
from sojourn.events.calls.row import Row, as_object, text_of

if TYPE_CHECKING:
    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.ports.reader import RoleChoice

_COLLECTED: Final = {
    "utm_source": "manual_source",
    "utm_medium": "manual_medium",
    "utm_campaign": "manual_campaign_name",
    "utm_content": "manual_content",
    "utm_term": "manual_term",
    "gclid": "gclid",
}
_LAST_CLICK: Final = {
    "utm_source": "source",
    "utm_medium": "medium",
    "utm_campaign": "campaign_name",
    "utm_content": "content",
    "utm_term": "term",
}
_PARAMS: Final = {
    "source": "utm_source",
    "medium": "utm_medium",
    "campaign": "utm_campaign",
    "content": "utm_content",
    "term": "utm_term",
    "page_referrer": "referrer",
}
_TYPED: Final = ("string_value", "int_value", "double_value", "float_value")


class Ga4(ToolPreset):
    """One event an object, its parameters in a list of keys and typed values."""

    name: ClassVar[str] = "ga4"

    @override
    def fits(self, sample: JsonObject) -> bool:
        """Return whether an object has the export's columns."""
        return "event_name" in sample and "event_timestamp" in sample and (
            "event_params" in sample or "user_pseudo_id" in sample
        )  # fmt: skip

    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        """Return where the event's parts are found."""
        return choices(
            "GA4",
            person="user_id",
            anonymous="user_pseudo_id",
            time="event_timestamp",
            event="event_name",
            value="ecommerce.purchase_revenue",
            utm_source="collected_traffic_source.manual_source",
            page="event_params.page_location",
            device="device.category",
            country="geo.country",
            session_id="event_params.ga_session_id",
        )

    @override
    def row(self, found: JsonObject) -> Row:
        """Return the event of a row."""
        return Row(
            event=text_of(found.get("event_name")),
            time=text_of(found.get("event_timestamp")),
            user=text_of(found.get("user_id")),
            anonymous=text_of(found.get("user_pseudo_id")),
            own_id=None,
            properties=_properties(found),
        )


def _properties(found: JsonObject) -> dict[str, JsonValue]:
    done: dict[str, JsonValue] = {}
    collected = as_object(found.get("collected_traffic_source"))
    add_campaign(done, collected, _COLLECTED)
    last = as_object(found.get("session_traffic_source_last_click"))
    add_campaign(done, as_object(last.get("manual_campaign")), _LAST_CLICK)
    params = _list(found.get("event_params"))
    ecommerce = as_object(found.get("ecommerce"))
    given = params.pop("value", None)
    refund = outgoing(first(_number(ecommerce.get("refund_value")), given))
    income = first(_number(ecommerce.get("purchase_revenue")), given)
    add(done, "value", refund if found.get("event_name") == "refund" else income)
    add(done, "transaction_id", ecommerce.get("transaction_id"))
    add_page(done, params.pop("page_location", None))
    add(done, "session_id", text_of(params.pop("ga_session_id", None)))
    for key, value in params.items():
        add(done, _PARAMS.get(key, key), value)
    _add_surroundings(done, found)
    for key, value in _list(found.get("user_properties")).items():
        add(done, key, value)
    items = _items(found.get("items"))
    add(done, "items", items or None)
    return done


def _add_surroundings(done: dict[str, JsonValue], found: JsonObject) -> None:
    device, geo = as_object(found.get("device")), as_object(found.get("geo"))
    web = as_object(device.get("web_info"))
    add(done, "device", device.get("category"))
    add(done, "browser", first(web.get("browser"), device.get("browser")))
    add(done, "os", device.get("operating_system"))
    add(done, "language", device.get("language"))
    add(done, "country", geo.get("country"))
    add(done, "city", geo.get("city"))
    add(done, "platform", found.get("platform"))
    earliest = as_object(found.get("traffic_source"))
    for key, name in (("source", "source"), ("medium", "medium"), ("campaign", "name")):
        add(done, f"first_user_{key}", earliest.get(name))


def _list(params: JsonValue) -> dict[str, JsonValue]:
    """Return a list of ``{"key": …, "value": {"string_value": …}}`` as one object."""
    done: dict[str, JsonValue] = {}
    for param in params if isinstance(params, list) else ():
        entry = as_object(param)
        key, value = entry.get("key"), as_object(entry.get("value"))
        if not isinstance(key, str):
            continue
        typed = next((kind for kind in _TYPED if value.get(kind) is not None), None)
        if typed is not None:
            done[key] = value[typed] if typed == "string_value" else _number(value[typed])
    return done


def _number(value: JsonValue) -> JsonValue:
    """Return a number that BigQuery wrote as text."""
    if not isinstance(value, str):
        return value
    try:
        return int(value)
    except ValueError:
        pass
    try:
        return float(value)
    except ValueError:
        return value


def _items(items: JsonValue) -> list[JsonValue]:
    return [
        {key: value for key, value in as_object(item).items() if value not in (None, "", [])}
        for item in (items if isinstance(items, list) else ())
    ]
