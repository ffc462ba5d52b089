"""Finding the objects in a text of JSON: one a line, one after another, or in one array."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sojourn.adapters.readers.errors import BrokenInputError, TruncatedInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sojourn.base.json import JsonObject, JsonValue

_BLANKS: Final = re.compile(r"[\s,]*")
_SPACE: Final = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Found:
    """One value of the text."""

    line: int
    """The line it starts on, from 1."""
    raw: str
    value: JsonValue
    error: str = ""
    """Why it is no JSON; the value is None then."""


def _no_number(_: str) -> None:
    """NaN and Infinity, which some programs write, are missing."""


_SEPARATOR: Final = "\u241e"
_BETWEEN: Final = f',"{_SEPARATOR}",'
_DECODER: Final = json.JSONDecoder(parse_constant=_no_number)


def read_line(text: str, line: int) -> Found:
    """Return the value on a line."""
    try:
        return Found(line, text, _DECODER.decode(text))
    except ValueError as error:
        return Found(line, text, None, str(error))
    except RecursionError:
        return Found(line, text, None, "nested too deeply")


def read_all(
    texts: Sequence[str], *, avoid: Sequence[str], longest: int
) -> list[JsonObject] | None:
    """Return the objects of many lines, read at one go.

    Returns
    -------
    list of objects, one a line; None when any line is no object of JSON, is longer than allowed,
    or when a text that is to be avoided occurs: then each must be read by itself.
    """
    # The separator is a value of its own, so that lines cannot lend each other their brackets.
    whole = f"[{_BETWEEN.join(texts)}]"
    if any(text in whole for text in avoid):
        return None
    if len(whole) > longest and any(len(text) > longest for text in texts):
        return None
    try:
        values = _DECODER.decode(whole)
    except (ValueError, RecursionError):
        return None
    objects = values[0::2]
    fits = len(values) == 2 * len(texts) - 1 and all(type(v) is dict for v in objects)
    return objects if fits and all(v == _SEPARATOR for v in values[1::2]) else None


def is_by_lines(head: str) -> bool:
    """Return whether each line is a value of its own, judged by the first that is not blank."""
    first = next((line for line in head.splitlines() if line.strip()), "").strip()
    alone = first.startswith("{") and first.endswith("}")
    return alone and not read_line(first, 1).error.startswith("Extra data")


class Stream:
    """Values that may span lines, one after another or in one array."""

    def __init__(self, name: str, longest: int) -> None:
        self._name = name
        self._longest = longest
        self._text = ""
        self._at = 0
        self._line = 1
        self._depth = 0
        self._wanted = 0
        self._ended = False

    def values(self, blocks: Iterable[str]) -> Iterator[Found]:
        """Return the values of a text given in blocks.

        Raises
        ------
        BrokenInputError
            If the text breaks JSON's rules, or a value is longer than allowed.
        TruncatedInputError
            If the text ends within a value.
        """
        for block in blocks:
            self._text = self._text[self._at :] + block
            self._at = 0
            if len(self._text) >= self._wanted:
                yield from self._whole_values(final=False)
        yield from self._whole_values(final=True)
        if self._depth and not self._ended:
            raise TruncatedInputError(
                f"{self._name} ends within its list of events.",
                remedy="Copy or download it again.",
            )

    def _whole_values(self, *, final: bool) -> Iterator[Found]:
        while True:
            self._skip(_BLANKS if self._depth else _SPACE)
            if self._at >= len(self._text):
                return
            sign = self._text[self._at]
            if sign == "[" and not self._depth:
                self._depth = 1
                self._at += 1
                continue
            if sign == "]" and self._depth:
                self._ended = True
                self._at += 1
                continue
            found = self._value(final=final)
            if found is None:
                return
            yield found

    def _skip(self, blanks: re.Pattern[str]) -> None:
        end = blanks.match(self._text, self._at)
        if end:
            self._line += self._text.count("\n", self._at, end.end())
            self._at = end.end()

    def _value(self, *, final: bool) -> Found | None:
        """Return the next value; None when its end is not here yet."""
        try:
            value, end = _DECODER.raw_decode(self._text, self._at)
        except RecursionError:
            raise self._broken("it is nested too deeply") from None
        except json.JSONDecodeError as error:
            left = len(self._text) - self._at
            # TRICKY: a value that is cut off fails near the end; elsewhere the text is broken.
            if final or (left > self._longest) or self._fails_inside(error):
                raise self._end_or_broken(error, final=final) from None
            self._wanted = left * 2
            return None
        except ValueError as error:
            raise self._broken(str(error).split(";")[0]) from None
        if end == len(self._text) and not final and self._text[end - 1] not in '}]"':
            return None
        self._wanted = 0
        found = Found(self._line, self._text[self._at : end], value)
        self._line += self._text.count("\n", self._at, end)
        self._at = end
        return found

    def _fails_inside(self, error: json.JSONDecodeError) -> bool:
        unfinished = error.msg.startswith("Unterminated")
        return not unfinished and error.pos < len(self._text) - 16

    def _end_or_broken(self, error: json.JSONDecodeError, *, final: bool) -> Exception:
        unfinished = error.msg.startswith("Unterminated") or error.pos >= len(self._text)
        if final and unfinished:
            return TruncatedInputError(
                f"{self._name} ends within the value that starts on line {self._line}.",
                remedy="Copy or download it again.",
            )
        return self._broken(error.msg[0].lower() + error.msg[1:])

    def _broken(self, why: str) -> BrokenInputError:
        return BrokenInputError(
            f"{self._name}, the value that starts on line {self._line} is no JSON: {why}.",
            allowed="one object a line, or a list of objects",
        )
