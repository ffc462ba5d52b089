"""The body of a question: a method's parameters, their types, defaults and descriptions."""

from __future__ import annotations

import inspect
import re
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, JsonValue, create_model

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
Text = Annotated[str, Field(max_length=4_000)]
Whole = Annotated[int, Field(ge=0, le=100_000)]
Share = Annotated[float, Field(ge=0, le=1)]
Many = Annotated[list[T], Field(max_length=100)]
_TYPES: Final[dict[str, Any]] = {
    "str": Text, "int": Whole, "float": Share, "Sequence": Many, "When": Text | None,
}  # fmt: skip
"""What a name in a method's annotations means for what comes from outside: bounded."""
_NAMED: Final[dict[str, Any]] = {"channels": Literal["ga4", "korea"]}
"""Fields of fewer values than the method takes: a file's name would be one of the server's."""
_PARAMETER: Final = re.compile(r"^(?P<names>\*?\w+(?:, \w+)*)(?: : .*)?$")
_MARKUP: Final = re.compile(r":\w+:`~?([^`]+)`|``([^`]*)``")


def body_of(
    name: str, example: dict[str, JsonValue], *methods: Callable[..., object]
) -> type[BaseModel]:
    """Return the model of a question's body.

    Parameters
    ----------
    name : str
        Of the model.
    example : dict
        A body that makes sense.
    *methods : callable
        Their parameters, together, are the fields; several values in a row become a list.
    """
    fields: dict[str, Any] = {}
    for method in methods:
        told = described(method)
        for key, (kind, default) in _parameters(method).items():
            fields[key] = (kind, Field(default, description=told.get(key)))
    return create_model(
        name,
        __config__=ConfigDict(extra="forbid", json_schema_extra={"examples": [example]}),
        __doc__=_plain((inspect.getdoc(methods[-1]) or "").partition("\n\n")[0]), **fields,
    )  # fmt: skip


def called(method: Callable[..., T], body: BaseModel) -> T:
    """Return what a method returns when it is given the fields of a body that are its own."""
    positional: list[object] = []
    named: dict[str, object] = {}
    for key, parameter in inspect.signature(method).parameters.items():
        value = getattr(body, key)
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            positional += value
        elif parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            named[key] = value
        else:
            positional.append(value)
    return method(*positional, **named)


def described(method: Callable[..., object]) -> dict[str, str]:
    """Return what a method's documentation says of each parameter."""
    _, mark, section = (inspect.getdoc(method) or "").partition("Parameters\n----------\n")
    told: dict[str, str] = {}
    names: list[str] = []
    for line in section.split("\n") if mark else ():
        if line.startswith(" "):
            for name in names:
                told[name] = f"{told.get(name, '')} {_plain(line.strip())}".strip()
        else:
            found = _PARAMETER.match(line)
            names = [each.strip(" *") for each in found["names"].split(",")] if found else []
    return told


def _parameters(method: Callable[..., object]) -> dict[str, tuple[Any, object]]:
    """Return the type and the default of each parameter; an ellipsis for none."""
    parameters = inspect.signature(method).parameters
    own = {
        key: f"Sequence[{each.annotation}]"
        if each.kind is inspect.Parameter.VAR_POSITIONAL
        else each.annotation
        for key, each in parameters.items()
        if key != "self"
    }
    shape = type("Shape", (), {"__annotations__": own})
    names = vars(sys.modules[method.__module__])
    hints = get_type_hints(shape, globalns=names, localns=_TYPES, include_extras=True)
    return {key: (_NAMED.get(key, hints[key]), _default(parameters[key])) for key in own}


def _default(parameter: inspect.Parameter) -> object:
    if parameter.default is inspect.Parameter.empty:
        return ...
    return list(parameter.default) if isinstance(parameter.default, tuple) else parameter.default


def _plain(text: str) -> str:
    return _MARKUP.sub(lambda found: found[1] or found[2], " ".join(text.split()))
