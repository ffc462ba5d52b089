"""Where a value stands in what another system sends."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sojourn.base.json import JsonValue

Step: TypeAlias = "str | int | None"
"""A key, a place in a list from 0, or every entry of a list."""

HEADER: Final = "header:"
_NAME: Final = r"[^.\[\]{}\s:][^.\[\]{}]*"
_STEP: Final = re.compile(rf"(?P<name>{_NAME})|\[(?P<place>\d{{0,6}})\]")
_PATH: Final = re.compile(rf"\.?(?:{_NAME}|\[\d{{0,6}}\])(?:\.{_NAME}|\[\d{{0,6}}\])*|\.")
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One request of another system, or one entry of a list in it.

    Attributes
    ----------
    body : JSON
    headers : mapping of str to str
        Names in small letters.
    digest : str
        Of the body as sent: the same when it is sent again.
    entry : JSON
        What paths with a leading point start from; the body where no list is gone through.
    """

    body: JsonValue
    headers: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    entry: JsonValue = None


class Value(Protocol):
    """What a document says how to find."""

    def of(self, payload: Payload) -> JsonValue:
        """Return it; None where it is missing."""


@dataclass(frozen=True, slots=True)
class Header(Value):
    """A header of the request."""

    name: str

    @override
    def of(self, payload: Payload) -> JsonValue:
        """Return its text."""
        return payload.headers.get(self.name) or None


@dataclass(frozen=True, slots=True)
class Found(Value):
    """What stands at a path; with a step through every entry of a list, a list."""

    steps: tuple[Step, ...]
    in_entry: bool

    @override
    def of(self, payload: Payload) -> JsonValue:
        """Return it; what is missing in an entry of a list is left out."""
        return _follow(payload.entry if self.in_entry else payload.body, self.steps)


def read_path(text: str) -> Value | None:
    """Return what stands at a written path or in a header; None where it is neither.

    Examples
    --------
    >>> read_path("customer.id").of(Payload(body={"customer": {"id": 7}}))
    7
    >>> read_path("lines[].sku").of(Payload(body={"lines": [{"sku": "a"}, {}, {"sku": "b"}]}))
    ['a', 'b']
    >>> read_path("header:X-Topic").of(Payload(body={}, headers={"x-topic": "orders/paid"}))
    'orders/paid'
    """
    if text.startswith(HEADER):
        name = text.removeprefix(HEADER)
        return Header(name.lower()) if _HEADER_NAME.fullmatch(name) else None
    if not _PATH.fullmatch(text):
        return None
    steps = tuple(_step(found) for found in _STEP.finditer(text))
    return Found(steps, in_entry=text.startswith("."))


def _step(found: re.Match[str]) -> Step:
    if found["name"] is not None:
        return found["name"]
    return int(found["place"]) if found["place"] else None


def _follow(value: JsonValue, steps: Sequence[Step]) -> JsonValue:
    for at, step in enumerate(steps):
        if step is None:
            if not isinstance(value, list):
                return None
            return _all_of(value, steps[at + 1 :])
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and step < len(value) else None
    return value


def _all_of(entries: Sequence[JsonValue], steps: Sequence[Step]) -> JsonValue:
    gathered: list[JsonValue] = []
    for entry in entries:
        found = _follow(entry, steps)
        if isinstance(found, list) and None in steps:
            gathered += found
        elif found is not None:
            gathered.append(found)
    return gathered
