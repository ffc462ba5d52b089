"""Objects of no known tool: roles found by their keys, as for the columns of a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from sojourn.adapters.readers.errors import MissingColumnError
from sojourn.adapters.readers.mapping import TableMap, check_columns, plan_table
from sojourn.adapters.readers.objects.rows import Keys, Preset, columns_by_keys, texts
from sojourn.events.calls.row import flatten
from sojourn.events.role_names import SPINE
from sojourn.events.roles import ColumnSample

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sojourn.adapters.readers.finish import Columns
    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.ports.reader import ReadOptions, RoleChoice

_OPENED: Final = frozenset((
    "properties", "props", "params", "parameters", "attributes", "event_properties", "data",
    "payload", "details",
))  # fmt: skip
"""Keys whose objects are opened: what they hold counts as if it stood beside them."""


def generic_preset(objects: Sequence[JsonObject], options: ReadOptions, name: str) -> GenericPreset:
    """Return how objects are read whose keys are those of no known tool.

    Raises
    ------
    InputError
        If person, time or event cannot be found among the keys.
    """
    if options.event_times:
        raise MissingColumnError(
            f"{name} holds objects; one event for each of several times is for tables.",
            allowed="a table: CSV, XLSX, Parquet",
        )
    opened = [opened_object(found) for found in objects]
    keys = list(dict.fromkeys(key for found in opened for key in found))
    samples = [
        ColumnSample(name=key, values=texts([_written(found.get(key)) for found in opened]))
        for key in keys
    ]
    check_columns(keys, frozenset(), options, name)
    return GenericPreset(plan_table(samples, options, name))


class GenericPreset(Preset):
    """Reads objects by the roles of their keys."""

    def __init__(self, table_map: TableMap) -> None:
        self._map = table_map
        choices = table_map.roles.choices
        self._keys = Keys(
            spine={choice.role: choice.column for choice in choices if choice.role in SPINE},
            named={choice.column: choice.role for choice in choices if choice.role not in SPINE},
            event_name=table_map.roles.event_name,
        )

    @override
    def fits(self, sample: JsonObject) -> bool:
        return bool(sample)

    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        return self._map.shown()

    @override
    def columns(
        self, found: Sequence[JsonObject], positions: NDArray[np.int64], currency: str = ""
    ) -> Columns:
        opened = [opened_object(one) for one in found]
        return columns_by_keys(opened, positions, self._keys, currency)


def opened_object(found: JsonObject) -> dict[str, JsonValue]:
    """Return an object flat: inner keys joined by dots, those of :data:`_OPENED` without."""
    done: dict[str, JsonValue] = {}
    opened: list[JsonObject] = []
    for key, value in found.items():
        if isinstance(value, dict):
            if key in _OPENED:
                opened.append(value)
            else:
                flatten(value, key, done)
        elif value is not None:
            done[key] = value
    for inner in opened:
        for key, value in inner.items():
            if isinstance(value, dict):
                flatten(value, key, done)
            elif value is not None and key not in done:
                done[key] = value
    return done


def _written(value: JsonValue) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
