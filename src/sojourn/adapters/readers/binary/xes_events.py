"""The events of a process log, one after another."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from sojourn.adapters.readers.errors import (
    BrokenInputError,
    TruncatedInputError,
    UnknownFormatError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sojourn.base.json import JsonValue

NAME: Final = "concept:name"
TIME: Final = "time:timestamp"
CASE: Final = "case:"
"""Before the names of a trace's attributes, as process-mining tools write them in tables."""
_ATTRIBUTES: Final = frozenset(
    ("string", "date", "int", "float", "boolean", "id", "list", "container")
)
_PLAIN: Final = frozenset(("string", "date", "id"))
_TRACE_IN_MEMORY: Final = 100_000
"""Events of one trace that wait for attributes written after them."""


@dataclass(frozen=True, slots=True)
class XesEvent:
    """One event with its own attributes and, after ``case:``, those of its trace."""

    line: int
    values: Mapping[str, JsonValue]

    def raw(self) -> str:
        """Return the event as one line of JSON."""
        return json.dumps(dict(self.values), ensure_ascii=False)


class XesParser:
    """Reads the XML as a stream; document types and entities are refused.

    Parameters
    ----------
    name : str
        The input's name, for messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._done: list[XesEvent] = []
        self._trace: dict[str, JsonValue] = {}
        self._waiting: list[tuple[int, dict[str, JsonValue]]] = []
        self._into: dict[str, JsonValue] | None = None
        self._path: list[str] = []
        self._begun = False
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse

    def events(
        self, blocks: Iterable[tuple[bytes, int]], *, size: int
    ) -> Iterator[tuple[list[XesEvent], int]]:
        """Return the events in portions of at least ``size``, with the packed bytes read.

        Raises
        ------
        BrokenInputError
            If it is no well-formed XML, or has a document type or entities.
        TruncatedInputError
            If it ends before its last element.
        UnknownFormatError
            If its root is no log.
        """
        count = 0
        for block, count in blocks:
            self._feed(block, final=False)
            if len(self._done) >= size:
                yield self._done, count
                self._done = []
        self._feed(b"", final=True)
        if self._done:
            yield self._done, count

    def _feed(self, block: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(block, final)
        except expat.ExpatError as error:
            if final:
                raise TruncatedInputError(
                    f"{self._name} ends before its XML does, on line {error.lineno}.",
                    remedy="Copy or download it again.",
                ) from error
            raise BrokenInputError(
                f"{self._name}, line {error.lineno}: no well-formed XML "
                f"({expat.errors.messages[error.code]}).",
                remedy="Export it again.",
            ) from error

    def _refuse(self, *_: object) -> None:
        raise BrokenInputError(
            f"{self._name}, line {self._parser.CurrentLineNumber}: it declares a document type or "
            "entities, which are refused.",
            allowed="XES without <!DOCTYPE …>",
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _ATTRIBUTES:
            self._attribute(tag, attributes)
        elif ":" in tag:
            self._start(tag.rpartition(":")[2], attributes)
        elif tag == "event":
            self._into = {}
            self._waiting.append((self._parser.CurrentLineNumber, self._into))
        elif tag == "trace":
            self._into = self._trace = {}
        elif tag == "log":
            self._begun = True
        elif self._begun:
            self._into = None
        else:
            raise UnknownFormatError(
                f"{self._name} is XML, but no process log: its root is <{tag}>.",
                allowed="XES, whose root is <log>",
            )

    def _attribute(self, tag: str, attributes: dict[str, str]) -> None:
        key = attributes.get("key", "")
        if self._path:
            key = ".".join(filter(None, (self._path[-1], key)))
        self._path.append(key)
        value = attributes.get("value")
        if self._into is not None and value is not None:
            self._into[key] = value if tag in _PLAIN else _typed(tag, value)

    def _end(self, tag: str) -> None:
        if tag in _ATTRIBUTES:
            self._path.pop()
        elif ":" in tag:
            self._end(tag.rpartition(":")[2])
        elif tag == "event":
            self._into = self._trace
            if len(self._waiting) >= _TRACE_IN_MEMORY:
                self._release()
        elif tag == "trace":
            self._release()
            self._trace = {}
            self._into = None

    def _release(self) -> None:
        shared = {f"{CASE}{key}": value for key, value in self._trace.items()}
        self._done += [XesEvent(line, shared | own) for line, own in self._waiting]
        self._waiting = []


def _typed(tag: str, value: str) -> JsonValue:
    """Return an attribute's value; a number that is none stays text."""
    try:
        if tag == "int":
            return int(value)
        if tag == "float":
            number = float(value)
            return number if abs(number) < 1e300 else value
    except ValueError:
        return value
    return value.strip().lower() == "true" if tag == "boolean" else value
