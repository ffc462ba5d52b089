"""YAML as a tree that knows the line of everything, read safely: no tags, aliases or doubles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

import yaml
from typing_extensions import override

from sojourn.base.errors import InputError, nearest
from sojourn.base.timespan import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import StrEnum

    from sojourn.base.json import JsonValue

EnumT = TypeVar("EnumT", bound="StrEnum")
MOST_BYTES = 64 * 1024 * 1024
MOST_DEPTH = 64
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader in C where the library was built with it; the same language."""
_NUMBER = re.compile(r"[-+]?(\d[\d_]*)?(\.\d*)?([eE][-+]?\d+)?")
_BOOLEANS = {"true": True, "false": False}


class DocumentError(InputError):
    """A document cannot be read. Remedy: mend it at the place named."""

    code: ClassVar[str] = "document"


@dataclass(frozen=True, slots=True)
class Tree:
    """One node of a document.

    Attributes
    ----------
    path : str
        Where it stands: ``stages[2].enter[0].events``.
    line : int
        From 1.
    value : str, tuple of Tree, dict of str to Tree, or None
        ``None`` for an empty value.
    quoted : bool
        Whether a text stood in quotes, so that ``"12"`` stays a text.
    """

    path: str
    line: int
    value: str | tuple[Tree, ...] | dict[str, Tree] | None
    quoted: bool = False
    source: str = field(default="the document")

    def error(self, problem: str, allowed: str = "") -> DocumentError:
        """Return an error about this place."""
        where = f"{self.source}, line {self.line}"
        place = f" ({self.path})" if self.path else ""
        return DocumentError(f"{where}{place}: {problem}", allowed=allowed)

    def mapping(self, allowed: Iterable[str]) -> Mapping[str, Tree]:
        """Return the fields of a mapping, every name checked against those allowed.

        Raises
        ------
        DocumentError
            If this is no mapping, or a field is unknown.
        """
        names = tuple(allowed)
        fields = self.any_mapping()
        for name, child in fields.items():
            if name not in names:
                close = nearest(name, names)
                hint = f" Did you mean {close!r}?" if close else ""
                raise child.error(f"there is no field {name!r} here.{hint}", ", ".join(names))
        return fields

    def any_mapping(self) -> Mapping[str, Tree]:
        """Return the fields of a mapping, whatever their names."""
        if not isinstance(self.value, dict):
            raise self.error(f"expected fields, found {self._shown()}.", "name: value")
        return self.value

    def check_format(self, field: str, wanted: str) -> None:
        """Raise unless a field says that the document is of the format wanted."""
        version = self.any_mapping().get(field)
        if version is None or version.text() != wanted:
            found = "nothing" if version is None else repr(version.text())
            raise (version or self).error(f"found {found} as the format.", f"{field}: {wanted}")

    def sequence(self) -> tuple[Tree, ...]:
        """Return the entries of a list; an empty value is an empty list."""
        if self.value is None:
            return ()
        if not isinstance(self.value, tuple):
            raise self.error(f"expected a list, found {self._shown()}.", "[a, b] or lines of '- …'")
        return self.value

    def text(self) -> str:
        """Return a text; an empty value is the empty text."""
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            raise self.error(f"expected a text, found {self._shown()}.")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one."""
        if isinstance(self.value, str):
            return (self.value,)
        return tuple(each.text() for each in self.sequence())

    def number(self) -> float:
        """Return a number."""
        text = self.text()
        try:
            if text and not self.quoted and _NUMBER.fullmatch(text):
                return float(text)
        except ValueError:
            pass
        raise self.error(f"expected a number, found {text!r}.", "a number such as 3 or 0.5")

    def integer(self, least: int | None = None) -> int:
        """Return a whole number, at least ``least``."""
        text = self.text()
        wanted = "a whole number" + ("" if least is None else f" of at least {least}")
        if self.quoted or not re.fullmatch(r"[-+]?\d{1,19}", text):
            raise self.error(f"expected {wanted}, found {text!r}.", wanted)
        if least is not None and int(text) < least:
            raise self.error(f"{text} is too small.", wanted)
        return int(text)

    def boolean(self) -> bool:
        """Return true or false."""
        text = self.text()
        if text.lower() not in _BOOLEANS or self.quoted:
            raise self.error(f"expected true or false, found {text!r}.", "true, false")
        return _BOOLEANS[text.lower()]

    def duration(self) -> int:
        """Return a duration in microseconds, written as ``30d`` or ``1h30m``."""
        try:
            return parse_duration(self.text())
        except InputError as error:
            raise self.error(error.problem, error.allowed) from None

    def choice(self, kind: type[EnumT]) -> EnumT:
        """Return one of the values of an enumeration."""
        text = self.text()
        values = tuple(each.value for each in kind)
        if text not in values:
            close = nearest(text, values)
            hint = f" Did you mean {close!r}?" if close else ""
            raise self.error(f"{text!r} is not possible here.{hint}", ", ".join(values))
        return kind(text)

    def _shown(self) -> str:
        match self.value:
            case None:
                return "nothing"
            case str():
                return f"the text {self.value[:40]!r}"
            case dict():
                return "fields"
            case _:
                return "a list"


def parse_yaml(text: str, source: str = "the document") -> Tree:
    """Return a YAML document as a tree.

    Parameters
    ----------
    text : str
    source : str
        What errors call it: the file's name.

    Raises
    ------
    DocumentError
        If it is no YAML, holds several documents, tags, aliases or a field twice, or is too large
        or too deep.
    """
    if len(text) > MOST_BYTES:
        raise DocumentError(f"{source} is too large to be a document of ours.")
    _refuse_tricks(text, source)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise _yaml_error(error, source) from None
    if node is None:
        return Tree("", 1, None, source=source)
    return _tree(node, "", source)


def _refuse_tricks(text: str, source: str) -> None:
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            line = event.start_mark.line + 1 if event.start_mark else 0
            if isinstance(event, yaml.AliasEvent):
                raise DocumentError(f"{source}, line {line}: aliases (*) are not allowed.")
            if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None) not in (None, "!"):
                raise DocumentError(f"{source}, line {line}: tags (!) are not allowed.")
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MOST_DEPTH:
                raise DocumentError(f"{source}, line {line}: nested more than {MOST_DEPTH} deep.")
    except yaml.YAMLError as error:
        raise _yaml_error(error, source) from None


def _yaml_error(error: yaml.YAMLError, source: str) -> DocumentError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be read"
    line = f", line {mark.line + 1}" if mark is not None else ""
    return DocumentError(f"{source}{line}: this is not YAML: {problem}.")


def _tree(node: yaml.Node, path: str, source: str) -> Tree:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return Tree(path, line, _fields(node, path, source), source=source)
    if isinstance(node, yaml.SequenceNode):
        entries = tuple(
            _tree(child, f"{path}[{number}]", source) for number, child in enumerate(node.value)
        )
        return Tree(path, line, entries, source=source)
    quoted = getattr(node, "style", None) in ("'", '"', "|", ">")
    text: str = node.value
    empty = not quoted and node.tag == "tag:yaml.org,2002:null"
    return Tree(path, line, None if empty else text, quoted, source)


def _fields(node: yaml.MappingNode, path: str, source: str) -> dict[str, Tree]:
    fields: dict[str, Tree] = {}
    for key, child in node.value:
        at = Tree(path, key.start_mark.line + 1, None, source=source)
        if not isinstance(key, yaml.ScalarNode):
            raise at.error("a field's name must be a text.")
        if key.value in fields:
            raise at.error(f"the field {key.value!r} stands here twice.")
        found = _tree(child, f"{path}.{key.value}".lstrip("."), source)
        fields[key.value] = replace(found, line=at.line)
    return fields


class _Dumper(yaml.SafeDumper):
    """Block style; no aliases."""

    @override
    def ignore_aliases(self, data: object) -> bool:
        return True


class Inline(tuple[str, ...]):
    """Texts to be written on one line: ``[a, b]``."""

    __slots__ = ()


def _inline(dumper: yaml.SafeDumper, value: Inline) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", list(value), flow_style=True)


class FlowFields(dict[str, "JsonValue"]):
    """Fields to be written on one line: ``{value: 0.5, n: 10}``."""

    __slots__ = ()


def _flow_fields(dumper: yaml.SafeDumper, value: FlowFields) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=True)


def _words(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    style = "|" if "\n" in value and value == value.strip() and value.isprintable() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(Inline, _inline)
_Dumper.add_representer(FlowFields, _flow_fields)
_Dumper.add_representer(str, _words)


def dump_yaml(document: Mapping[str, JsonValue | Inline]) -> str:
    """Return a document as YAML: fields in their order, one a line, so that it diffs readably."""
    text: str = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=160)
    return text
