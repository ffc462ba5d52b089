"""From objects, one at a time, to columns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
from typing_extensions import override

from sojourn.adapters.readers.finish import Columns
from sojourn.events.amounts import amount_value
from sojourn.events.calls.row import text_of
from sojourn.events.property_objects import object_column
from sojourn.events.role_names import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.events.calls.row import Row
    from sojourn.ports.reader import RoleChoice


class Preset(ABC):
    """How one tool writes its events."""

    name: ClassVar[str] = ""

    @abstractmethod
    def fits(self, sample: JsonObject) -> bool:
        """Return whether an object is one of this tool's events."""

    @abstractmethod
    def roles(self) -> tuple[RoleChoice, ...]:
        """Return where the event's parts are found."""

    @abstractmethod
    def columns(
        self, found: Sequence[JsonObject], positions: NDArray[np.int64], currency: str = ""
    ) -> Columns:
        """Return the events of objects, as columns; a currency is for amounts that carry none."""


class ToolPreset(Preset):
    """A preset that reads its objects one at a time."""

    @abstractmethod
    def row(self, found: JsonObject) -> Row:
        """Return the event an object holds."""

    @override
    def columns(
        self, found: Sequence[JsonObject], positions: NDArray[np.int64], currency: str = ""
    ) -> Columns:
        rows = [self.row(one) for one in found]
        for row in rows:
            settle_money(row.properties, currency)
        return Columns(
            positions=positions,
            user_id=texts([row.user for row in rows]),
            anonymous_id=texts([row.anonymous for row in rows]),
            own_id=texts([row.own_id for row in rows]),
            time=texts([row.time for row in rows]),
            event=texts([row.event for row in rows]),
            properties=object_column([row.properties for row in rows]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Which keys of flat objects make the event, and how the others are called."""

    spine: Mapping[Role, str]
    named: Mapping[str, str]
    """Keys whose properties take the name of a role."""
    event_name: str | None = None


def settle_money(
    properties: dict[str, JsonValue],
    currency: str,
    *,
    value: str = Role.VALUE,
    code: str = Role.CURRENCY,
) -> None:
    """Make the amount a number, and give it the currency where there is one and it has none.

    Parameters
    ----------
    properties : dict
        Changed in place.
    currency : str
        ISO code, or empty.
    value, code : str
        The keys of amount and currency.
    """
    if value in properties:
        properties[value] = amount_value(properties[value])
        if currency and properties[value] is not None and not properties.get(code):
            properties[code] = currency


def columns_by_keys(
    found: Sequence[dict[str, JsonValue]],
    positions: NDArray[np.int64],
    keys: Keys,
    currency: str = "",
) -> Columns:
    """Return the events of flat objects, which are used up."""
    key_of = {role: key for key, role in keys.named.items()}
    if Role.VALUE in key_of:
        value, code = key_of[Role.VALUE], key_of.get(Role.CURRENCY, Role.CURRENCY)
        for one in found:
            settle_money(one, currency, value=value, code=code)
    spine = {
        role: texts([text_of(one.pop(key, None)) for one in found])
        for role, key in keys.spine.items()
    }
    date, clock = spine.get(Role.DATE), spine.get(Role.CLOCK)
    time = spine.get(Role.TIME, date)
    if date is not None and clock is not None:
        time = pc.binary_join_element_wise(date, clock, " ")
    taken = {role: f"{role} (2)" for role in keys.named.values()}
    event = spine.get(Role.EVENT)
    return Columns(
        positions=positions,
        user_id=spine.get(Role.PERSON),
        anonymous_id=spine.get(Role.ANONYMOUS),
        own_id=spine.get(Role.ID),
        time=time,
        event=keys.event_name or (texts([None] * len(found)) if event is None else event),
        properties=object_column(found, {**taken, **keys.named}),
    )


def texts(values: Sequence[str | None]) -> pa.StringArray:
    """Return texts as a column; a lone surrogate, which UTF-8 cannot hold, becomes U+FFFD."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        safe = [v if v is None else _valid(v) for v in values]
        return pa.array(safe, pa.string())


def _valid(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
