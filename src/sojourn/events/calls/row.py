"""One event as found in an object, and the small things that reading objects takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sojourn.base.json import JsonObject, JsonValue


class Row(NamedTuple):
    """One event as found in an object; times and ids as text."""

    event: str | None
    time: str | None
    user: str | None
    anonymous: str | None
    own_id: str | None
    properties: dict[str, JsonValue]


class Spine(NamedTuple):
    """Who did what, of an event found in an object: enough to know that it is one."""

    event: str | None
    user: str | None
    anonymous: str | None


def text_of(value: JsonValue) -> str | None:
    """Return an id, a name or a time as text; None for what can be none.

    Examples
    --------
    >>> text_of(12), text_of(" a "), text_of(None), text_of(True)
    ('12', 'a', None, None)
    """
    if type(value) is str:
        return value.strip() or None
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def as_object(value: JsonValue) -> JsonObject:
    """Return an object, an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def flatten(value: JsonValue, prefix: str, into: dict[str, JsonValue]) -> None:
    """Add a value to flat properties: the keys of objects within are joined by dots.

    What is there already stays; null is left out, as it is missing.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            flatten(inner, f"{prefix}.{key}" if prefix else str(key), into)
    elif value is not None:
        into.setdefault(prefix, value)
