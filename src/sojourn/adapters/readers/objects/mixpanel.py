"""Mixpanel's raw export.

References
----------
Mixpanel, *Raw Event Export* (docs.mixpanel.com). ``time`` is in seconds or milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from typing_extensions import override

from sojourn.adapters.readers.objects.choices import choices
from sojourn.adapters.readers.objects.rows import ToolPreset
from sojourn.events.calls.parts import add, add_agent, add_device, add_page, first, moved
from sojourn.events.calls.row import Row, as_object, flatten, text_of

if TYPE_CHECKING:
    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.ports.reader import RoleChoice

_RENAMED: Final = {
    "$browser": "browser",
    "$os": "os",
    "mp_country_code": "country",
    "$city": "city",
    "$region": "region",
    "$referrer": "referrer",
    "$amount": "value",
    "$app_version_string": "app_version",
    "$session_id": "session_id",
}
_NOT_KEPT: Final = (
    "time", "distinct_id", "$insert_id", "$user_id", "$device_id", "$identified_id", "$anon_id",
    "$import", "$mp_api_endpoint", "$mp_api_timestamp_ms", "mp_processing_time_ms", "token",
    "$ip", "ip", "mp_lib", "$lib_version", "$distinct_id_before_identity",
    "$had_persisted_distinct_id",
)  # fmt: skip
_DEVICE_PREFIX: Final = "$device:"


class Mixpanel(ToolPreset):
    """One event an object, all but its name in its properties."""

    name: ClassVar[str] = "mixpanel"

    @override
    def fits(self, sample: JsonObject) -> bool:
        """Return whether an object has the export's keys."""
        inner = as_object(sample.get("properties"))
        return "event" in sample and "time" in inner and "distinct_id" in inner

    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        """Return where the event's parts are found."""
        return choices(
            "Mixpanel",
            person="properties.$user_id, else properties.distinct_id",
            anonymous="properties.$device_id",
            time="properties.time",
            event="event",
            id="properties.$insert_id",
            page="properties.$current_url",
            country="properties.mp_country_code",
        )

    @override
    def row(self, found: JsonObject) -> Row:
        """Return the event of an object."""
        inner = as_object(found.get("properties"))
        user, anonymous = _ids(inner)
        return Row(
            event=text_of(found.get("event")),
            time=text_of(inner.get("time")),
            user=user,
            anonymous=anonymous,
            own_id=text_of(inner.get("$insert_id")),
            properties=_properties(inner),
        )


def _ids(inner: JsonObject) -> tuple[str | None, str | None]:
    """Return user and anonymous id; a ``distinct_id`` that names a device is anonymous."""
    user = text_of(first(inner.get("$identified_id"), inner.get("$user_id")))
    device = text_of(first(inner.get("$anon_id"), inner.get("$device_id")))
    distinct = text_of(inner.get("distinct_id"))
    if distinct is not None and distinct.startswith(_DEVICE_PREFIX):
        return user, device or distinct.removeprefix(_DEVICE_PREFIX)
    if user is None and distinct != device:
        user = distinct
    return user, device


def _properties(inner: JsonObject) -> dict[str, JsonValue]:
    done: dict[str, JsonValue] = {}
    flatten({key: value for key, value in inner.items() if key not in _NOT_KEPT}, "", done)
    moved(done, _RENAMED)
    add_page(done, done.pop("$current_url", None))
    add_device(done, done.get("$device"), done.get("$model"), done.get("os"))
    add_agent(done, done.pop("$user_agent", None))
    for key in ("revenue", "amount"):
        if "value" not in done and key in done:
            add(done, "value", done.pop(key))
    return done
