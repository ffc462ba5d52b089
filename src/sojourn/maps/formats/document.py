"""The map document as YAML or JSON, there and back without loss."""

from __future__ import annotations

import json
import types
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar, Union, get_args, get_origin, get_type_hints

from sojourn.base.estimate import Estimate, NotEstimable
from sojourn.base.yamltree import FlowFields, Tree, dump_yaml, parse_yaml
from sojourn.insight.answer import to_json
from sojourn.maps import document
from sojourn.maps.document import JourneyMap, SojournPoint

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue

T = TypeVar("T")
FORMAT = "sojourn-map/1"
_NOT_ESTIMABLE = "not_estimable"
_ONE_LINE = (Estimate, NotEstimable, SojournPoint)


def write_yaml(journey_map: JourneyMap) -> str:
    """Return a map as YAML: stable order, one field a line, fields at their default left out."""
    plain = _plain(journey_map)
    if not isinstance(plain, dict):
        raise TypeError(plain)
    return dump_yaml(plain)


def write_json(journey_map: JourneyMap) -> str:
    """Return a map as indented JSON, every field present."""
    return json.dumps(to_json(journey_map), ensure_ascii=False, indent=2) + "\n"


def read_map(text: str, source: str = "the map") -> JourneyMap:
    """Return the map that YAML or JSON text holds.

    Raises
    ------
    DocumentError
        Naming file, line, path, what was found and what is allowed.
    """
    tree = parse_yaml(text, source)
    tree.check_format("format", FORMAT)
    return _record(tree, JourneyMap)


def _plain(value: object) -> JsonValue:
    """Return a value with only those fields that differ from their default."""
    if isinstance(value, NotEstimable):
        return FlowFields({_NOT_ESTIMABLE: value.reason})
    if is_dataclass(value):
        found: dict[str, JsonValue] = {}
        for each in fields(value):
            inner: object = getattr(value, each.name)
            if each.default is MISSING or inner != each.default:
                found[each.name] = _plain(inner)
        return FlowFields(found) if isinstance(value, _ONE_LINE) else found
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return to_json(value)


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, object]:
    return dict(get_type_hints(kind, vars(document)))


def _record(tree: Tree, kind: type[T]) -> T:
    if not is_dataclass(kind):
        raise TypeError(kind)
    hints = _hints(kind)
    given = tree.mapping(hints)
    values: dict[str, object] = {}
    for each in fields(kind):
        if each.name in given:
            values[each.name] = _value(given[each.name], hints[each.name])
        elif each.default is MISSING:
            raise tree.error(f"the field {each.name!r} is missing.", ", ".join(hints))
    return kind(**values)


def _value(tree: Tree, hint: object) -> object:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _either(tree, inner)
    if origin is tuple:
        return tuple(_value(each, inner[0]) for each in tree.sequence())
    if not isinstance(hint, type):
        raise TypeError(hint)
    if issubclass(hint, StrEnum):
        return tree.choice(hint)
    if hint is NotEstimable:
        return NotEstimable(tree.mapping((_NOT_ESTIMABLE,))[_NOT_ESTIMABLE].text())
    if is_dataclass(hint):
        return _record(tree, hint)
    return _scalar(tree, hint)


def _scalar(tree: Tree, hint: type) -> object:
    if hint is bool:
        return tree.boolean()
    if hint is int:
        return tree.integer()
    return tree.number() if hint is float else tree.text()


def _either(tree: Tree, options: tuple[object, ...]) -> object:
    """Return a value of a union: nothing, not estimable, or the one kind left."""
    if tree.value is None and type(None) in options:
        return None
    if isinstance(tree.value, dict) and _NOT_ESTIMABLE in tree.value and NotEstimable in options:
        return _value(tree, NotEstimable)
    rest = [each for each in options if each not in (type(None), NotEstimable)]
    return _value(tree, rest[0])
