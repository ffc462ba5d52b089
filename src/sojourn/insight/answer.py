"""What every question returns: rows with their definition, n, interval and as-of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast

from sojourn.base.errors import InternalError

if TYPE_CHECKING:
    from sojourn.base.json import JsonObject, JsonValue

RowT_co = TypeVar("RowT_co", covariant=True)


class HasJson(Protocol):
    """A value that knows its own JSON form."""

    def to_json(self) -> JsonValue:
        """Return the JSON form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[RowT_co]):
    """The rows of a question and what a reader must know to trust them.

    Attributes
    ----------
    question : str
        The question's name, as in ``sojourn NAME``.
    spec : object
        The frozen Spec that was asked.
    as_of : datetime
        The newest moment the data speak of (UTC).
    rows : tuple
        Frozen dataclasses; their field names are the keys of the JSON rows.
    definition : str
        One or two sentences: what is counted, over whom, within what.
    notes : tuple of str
        What a reader must not miss: filters in force, immature people left out, ties.
    extra : JsonObject
        Further parts of the answer beside its rows (histogram, trend, totals).
    """

    question: str
    spec: object
    as_of: datetime
    rows: tuple[RowT_co, ...]
    definition: str
    notes: tuple[str, ...] = ()
    extra: JsonObject | None = None

    def to_json(self) -> JsonObject:
        """Return ``{"question", "spec", "as_of", "definition", "notes", "rows", …extra}``."""
        return {
            "question": self.question,
            "spec": to_json(self.spec),
            "as_of": self.as_of.isoformat(),
            "definition": self.definition,
            "notes": list(self.notes),
            "rows": [to_json(row) for row in self.rows],
            **(self.extra or {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled(Generic[RowT_co]):
    """A row of one group or period; its JSON has the labels before the row's own keys.

    Attributes
    ----------
    labels : tuple of (str, str)
        Such as ``("group", "mobile")`` or ``("period", "previous")``.
    row : object
        The row as the question gave it.
    """

    labels: tuple[tuple[str, str], ...]
    row: RowT_co

    def to_json(self) -> JsonValue:
        """Return ``{"group", "period", …row}``."""
        inner = to_json(self.row)
        return {**dict(self.labels), **(inner if isinstance(inner, Mapping) else {"row": inner})}


def to_json(value: object) -> JsonValue:
    """Return the JSON form of a value made of dataclasses, enums, tuples and scalars.

    Raises
    ------
    InternalError
        If the value holds something that has no JSON form.
    """
    result: JsonValue
    if isinstance(value, Enum):
        result = to_json(value.value)
    elif value is None or isinstance(value, bool | int | float | str):
        result = value
    elif hasattr(type(value), "to_json"):  # far quicker than asking a Protocol, once a row
        result = cast("HasJson", value).to_json()
    elif isinstance(value, datetime):
        result = value.isoformat()
    elif is_dataclass(value):
        result = {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    elif isinstance(value, tuple | list):
        result = [to_json(item) for item in value]
    elif isinstance(value, dict):
        result = {str(key): to_json(item) for key, item in value.items()}
    else:
        raise InternalError(f"{type(value).__name__} has no JSON form")
    return result
