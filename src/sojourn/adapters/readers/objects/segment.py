"""Segment's and RudderStack's calls: track, page, screen, identify, group, alias.

References
----------
Segment, *Spec* (segment.com/docs/connections/spec); RudderStack, *Event specification*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from sojourn.adapters.readers.objects.choices import choices
from sojourn.adapters.readers.objects.rows import ToolPreset
from sojourn.events.calls.row import as_object
from sojourn.events.calls.segment import CALLS, segment_row

if TYPE_CHECKING:
    from sojourn.base.json import JsonObject
    from sojourn.events.calls.row import Row
    from sojourn.ports.reader import RoleChoice


class Segment(ToolPreset):
    """One call an object."""

    name: ClassVar[str] = "segment"

    @override
    def fits(self, sample: JsonObject) -> bool:
        """Return whether an object is a call with an id of somebody."""
        ids = ("messageId", "anonymousId", "userId", "originalTimestamp")
        return sample.get("type") in CALLS and any(key in sample for key in ids)

    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        """Return where the event's parts are found."""
        return choices(
            "Segment",
            person="userId",
            anonymous="anonymousId",
            time="timestamp",
            event="event",
            id="messageId",
            utm_source="context.campaign.source",
            page="context.page.path",
        )

    @override
    def row(self, found: JsonObject) -> Row:
        """Return the event of a call."""
        return segment_row(found)


class RudderStack(Segment):
    """Segment's calls, with the marks of RudderStack's own libraries."""

    name: ClassVar[str] = "rudderstack"

    @override
    def fits(self, sample: JsonObject) -> bool:
        """Return whether an object is a call sent by RudderStack."""
        library = as_object(as_object(sample.get("context")).get("library")).get("name")
        own = "rudderId" in sample or (isinstance(library, str) and "rudder" in library.lower())
        return own and super().fits(sample)

    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        """Return where the event's parts are found."""
        return choices(
            "RudderStack",
            person="userId",
            anonymous="anonymousId",
            time="timestamp",
            event="event",
            id="messageId",
            utm_source="context.campaign.source",
            page="context.page.path",
        )
