"""Amplitude's raw export.

References
----------
Amplitude, *Export API* (amplitude.com/docs/apis/analytics/export). Its times are UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from typing_extensions import override

from sojourn.adapters.readers.objects.choices import choices
from sojourn.adapters.readers.objects.rows import ToolPreset
from sojourn.events.calls.parts import add, add_agent, add_device, first, moved, with_utc
from sojourn.events.calls.row import Row, as_object, flatten, text_of

if TYPE_CHECKING:
    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.ports.reader import RoleChoice

_KEPT: Final = {
    "country": "country",
    "region": "region",
    "city": "city",
    "language": "language",
    "platform": "platform",
    "version_name": "app_version",
}
_RENAMED: Final = {
    "$revenue": "value",
    "[Amplitude] Page Path": "page",
    "[Amplitude] Page URL": "page_url",
    "[Amplitude] Page Location": "page_url",
    "[Amplitude] Page Title": "page_title",
}


class Amplitude(ToolPreset):
    """One event an object."""

    name: ClassVar[str] = "amplitude"

    @override
    def fits(self, sample: JsonObject) -> bool:
        """Return whether an object has the export's keys."""
        somebody = "device_id" in sample or "user_id" in sample
        own = any(key in sample for key in ("event_properties", "amplitude_id", "$insert_id"))
        return "event_type" in sample and somebody and own

    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        """Return where the event's parts are found."""
        return choices(
            "Amplitude",
            person="user_id",
            anonymous="device_id",
            time="event_time",
            event="event_type",
            id="$insert_id",
            value="event_properties.$revenue",
            device="device_type",
            country="country",
            session_id="session_id",
        )

    @override
    def row(self, found: JsonObject) -> Row:
        """Return the event of an object."""
        times = (found.get(key) for key in ("event_time", "client_event_time", "time"))
        return Row(
            event=text_of(found.get("event_type")),
            time=with_utc(first(*times)),
            user=text_of(found.get("user_id")),
            anonymous=text_of(found.get("device_id")),
            own_id=text_of(
                first(found.get("$insert_id"), found.get("insert_id"), found.get("uuid"))
            ),
            properties=_properties(found),
        )


def _properties(found: JsonObject) -> dict[str, JsonValue]:
    done: dict[str, JsonValue] = {}
    flatten(as_object(found.get("event_properties")), "", done)
    moved(done, _RENAMED)
    add(done, "value", done.pop("revenue", None))
    flatten(as_object(found.get("user_properties")), "", done)
    add_device(done, found.get("device_type"), found.get("os_name"), found.get("platform"))
    add_agent(done, found.get("user_agent"))
    add(done, "os", found.get("os_name"))
    for key, name in _KEPT.items():
        add(done, name, found.get(key))
    session = text_of(found.get("session_id"))
    add(done, "session_id", None if session == "-1" else session)
    return done
