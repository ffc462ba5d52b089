"""Writes the TypeScript mirror of the map document from its dataclasses.

Run ``python tests/unit/adapters/html/document_types.py`` after a change of the contract.
"""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path

from sojourn.base.estimate import Estimate, NotEstimable
from sojourn.maps import document

MIRROR = Path(__file__).resolve().parents[4] / "web" / "src" / "model" / "document.ts"
HEADER = """\
/* The journey map as the renderer receives it. Written from src/sojourn/maps/document.py by
   tests/unit/adapters/html/document_types.py; a test keeps the two equal. Do not edit. */

export interface NotEstimable {
  readonly not_estimable: string;
}
"""
_SCALARS = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def _union(members: list[object]) -> str:
    names = [typescript(member) for member in members]
    return " | ".join(dict.fromkeys(names))


def typescript(hint: object) -> str:
    """Return the TypeScript spelling of one type hint of the document."""
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _union(list(arguments))
    if origin is tuple:
        inner = typescript(arguments[0])
        return f"readonly {inner}[]" if "|" not in inner else f"readonly ({inner})[]"
    assert isinstance(hint, type)
    return hint.__name__


def _enum(kind: type[StrEnum]) -> str:
    values = "".join(f'\n  | "{member.value}"' for member in kind)
    return f"export type {kind.__name__} ={values};\n"


def _interface(kind: type) -> str:
    hints = typing.get_type_hints(kind, vars(document))
    lines = [f"  readonly {field.name}: {typescript(hints[field.name])};" for field in fields(kind)]
    return f"export interface {kind.__name__} {{\n" + "\n".join(lines) + "\n}\n"


def mirror() -> str:
    """Return the whole text of ``document.ts``."""
    named = [value for value in vars(document).values() if isinstance(value, type)]
    own = [kind for kind in named if kind.__module__ == document.__name__]
    enums = [_enum(kind) for kind in own if issubclass(kind, StrEnum)]
    shapes = [Estimate, *(kind for kind in own if is_dataclass(kind))]
    shapes = [kind for kind in shapes if kind is not NotEstimable]
    return "\n".join([HEADER, *enums, *(_interface(kind) for kind in shapes)])


if __name__ == "__main__":
    MIRROR.write_text(mirror(), encoding="utf-8")
