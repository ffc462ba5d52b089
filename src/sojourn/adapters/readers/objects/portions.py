"""Some objects of an input at a time, and what is no object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.adapters.readers.finish import shortened
from sojourn.adapters.readers.objects.objects import Found, read_all, read_line
from sojourn.adapters.readers.text.encodings import MARK, readable
from sojourn.ports.reader import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sojourn.adapters.readers.text.lines import Lines
    from sojourn.base.json import JsonObject

LINE, REASON, RAW = "sojourn_line", "sojourn_reason", "sojourn_raw"
"""Keys that are added to rejected objects and ignored when they are read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """Some values of the input, in order."""

    objects: Sequence[JsonObject]
    places: NDArray[np.int64]
    """Which value each object is, from 0."""
    rejected: tuple[Rejected, ...]
    """Values that are no objects."""
    count: int
    lines: Sequence[int]
    """The line of each value."""
    raw: Sequence[str]
    """The text of each value."""
    done: int


def rejected_at(portion: Portion, place: int, code: str, reason: str) -> Rejected:
    """Return one value of a portion as rejected."""
    raw = readable(portion.raw[place])
    return Rejected(line=portion.lines[place], raw=raw, code=code, reason=reason)


def line_portions(lines: Lines, size: int, longest: int) -> Iterator[Portion]:
    """Return the values on some lines, blank ones left out."""
    pairs = zip(lines.text.to_pylist(), lines.numbers.tolist(), strict=True)
    filled = [(text, line) for text, line in pairs if text and not text.isspace()]
    for start in range(0, len(filled), size):
        texts, numbers = zip(*filled[start : start + size], strict=True)
        yield _quick(texts, numbers, lines.done, longest) or portion_of(
            list(map(read_line, texts, numbers)), lines.done, longest
        )


def _quick(texts: Sequence[str], lines: Sequence[int], done: int, longest: int) -> Portion | None:
    """Return a portion read at one go; None when some value needs a look of its own."""
    values = read_all(texts, avoid=(MARK, f'"{LINE}"'), longest=longest)
    if values is None:
        return None
    return Portion(
        objects=values,
        places=np.arange(len(values), dtype=np.int64),
        rejected=(),
        count=len(values),
        lines=lines,
        raw=texts,
        done=done,
    )


def portion_of(found: Sequence[Found], done: int, longest: int) -> Portion:
    """Return a portion of values that were read one by one."""
    objects: list[JsonObject] = []
    places: list[int] = []
    rejected: list[Rejected] = []
    for place, value in enumerate(found):
        fault = _fault(value, longest)
        if fault is not None:
            code, reason = fault
            raw = readable(value.raw)
            rejected.append(Rejected(line=value.line, raw=raw, code=code, reason=reason))
        elif isinstance(value.value, dict):
            objects.append(own_object(value.value))
            places.append(place)
    return Portion(
        objects=objects,
        places=np.array(places, np.int64),
        rejected=tuple(rejected),
        count=len(found),
        lines=[value.line for value in found],
        raw=[value.raw for value in found],
        done=done,
    )


def _fault(found: Found, longest: int) -> tuple[str, str] | None:
    if MARK in found.raw:
        return "undecodable", "bytes that the encoding does not know; allowed: one encoding"
    if len(found.raw) > longest:
        return "too-large", f"the object is too long; allowed: {longest:,} bytes"
    if found.error:
        return "bad-json", f"no JSON: {found.error}; allowed: one object"
    if not isinstance(found.value, dict):
        return "bad-json", f"{shortened(found.raw, 40)} is no object; allowed: one object"
    return None


def own_object(found: JsonObject) -> JsonObject:
    """Return an object as it was before it was rejected and written for mending."""
    if LINE not in found or REASON not in found:
        return found
    raw = found.get(RAW)
    if isinstance(raw, str):
        again = read_line(raw, 1).value
        return again if isinstance(again, dict) else {}
    return {key: value for key, value in found.items() if key not in {LINE, REASON}}
