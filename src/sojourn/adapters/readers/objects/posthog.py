"""PostHog's export of events (batch export, API, and query results as lines).

References
----------
PostHog, *Batch exports* (posthog.com/docs/cdp/batch-exports).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from sojourn.adapters.readers.objects.choices import choices
from sojourn.adapters.readers.objects.rows import ToolPreset
from sojourn.events.calls.posthog import posthog_row

if TYPE_CHECKING:
    from sojourn.base.json import JsonObject
    from sojourn.events.calls.row import Row
    from sojourn.ports.reader import RoleChoice


class Posthog(ToolPreset):
    """One event an object; its properties may be JSON within a text."""

    name: ClassVar[str] = "posthog"

    @override
    def fits(self, sample: JsonObject) -> bool:
        """Return whether an object has the export's keys."""
        own = any(key in sample for key in ("uuid", "elements_chain", "team_id", "person_id"))
        return "event" in sample and "distinct_id" in sample and "properties" in sample and (
            own or "timestamp" in sample
        )  # fmt: skip

    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        """Return where the event's parts are found."""
        return choices(
            "PostHog",
            person="distinct_id, once identified",
            anonymous="properties.$device_id",
            time="timestamp",
            event="event",
            id="uuid",
            page="properties.$pathname",
            device="properties.$device_type",
            country="properties.$geoip_country_code",
            session_id="properties.$session_id",
        )

    @override
    def row(self, found: JsonObject) -> Row:
        """Return the event of an object."""
        return posthog_row(found)
