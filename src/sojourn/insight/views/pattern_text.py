"""The text of path patterns: ``cart -> [pay|card] -> any* -> end``, as a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from sojourn.base.errors import InputError
from sojourn.base.grammar import parse_step
from sojourn.base.predicate import ALWAYS, AllOf, Predicate

MAX_REPEATS = 1000
_MAX_DEPTH = 50
_QUANTIFIER = re.compile(r"[*+?]|\{\s*(\d{1,4})\s*(,?)\s*(\d{1,4})?\s*\}")
_ALLOWED = (
    "events joined by ->, such as: start -> home -> [search|filter]+ -> any* -> buy · "
    "a|b either · [^a] anything but a · any · start · end · * + ? {2,5} repeats · ( ) groups"
)


class PatternError(InputError):
    """A path pattern cannot be read or is too large. Remedy: the message marks the place."""

    code: ClassVar[str] = "pattern"


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """One event: with one of the names, and meeting the condition; or, negated, not so."""

    names: tuple[str, ...]
    """Empty: every name."""
    condition: Predicate = ALWAYS
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """The virtual start of a journey."""


@dataclass(frozen=True, slots=True)
class End:
    """The virtual end of a journey."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part directly after the other."""

    parts: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Any one of the parts."""

    parts: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part from ``low`` to ``high`` times; None is no upper limit."""

    part: Pattern
    low: int
    high: int | None


Pattern: TypeAlias = One | Start | End | Sequence | Either | Repeat


def parse_pattern(text: str) -> Pattern:
    """Return the tree of a path pattern.

    ``a -> b`` is b directly after a; ``a -> any* -> b`` is b some time after a. ``|`` binds more
    tightly than ``->``.

    Raises
    ------
    PatternError
        If the text is not a pattern; the message marks the place.

    Examples
    --------
    >>> parse_pattern("a -> end")
    Sequence(parts=(One(names=('a',), condition=AllOf(parts=()), negated=False), End()))
    """
    reader = _Reader(text)
    pattern = reader.sequence(0)
    reader.expect_end()
    return pattern


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def error(self, what: str, at: int | None = None) -> PatternError:
        mark = " " * (self.at if at is None else at) + "^"
        return PatternError(
            f"This pattern cannot be read: {what}.\n  {self.text}\n  {mark}", allowed=_ALLOWED
        )

    def blank(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def took(self, token: str) -> bool:
        self.blank()
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def expect_end(self) -> None:
        self.blank()
        if self.at < len(self.text):
            raise self.error(f"{self.text[self.at]!r} stands here without a use")

    def sequence(self, depth: int) -> Pattern:
        if depth > _MAX_DEPTH:
            raise self.error(f"more than {_MAX_DEPTH} levels of brackets")
        parts = [self.alternation(depth)]
        while self.took("->"):
            parts.append(self.alternation(depth))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def alternation(self, depth: int) -> Pattern:
        parts = [self.repeated(depth)]
        while self.took("|"):
            parts.append(self.repeated(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def repeated(self, depth: int) -> Pattern:
        began = self.at
        if self.took("("):
            part = self.sequence(depth + 1)
            if not self.took(")"):
                raise self.error("a ( is never closed", began)
        elif self.took("["):
            part = self.bracket(began)
        else:
            return self.word()
        return self.quantified(part)

    def quantified(self, part: Pattern) -> Pattern:
        self.blank()
        found = _QUANTIFIER.match(self.text, self.at)
        if not found:
            return part
        low, high = self.limits(found)
        self.at = found.end()
        if isinstance(part, Start | End):
            raise self.error("start and end happen once")
        return Repeat(part, low, high)

    def limits(self, found: re.Match[str]) -> tuple[int, int | None]:
        match found[0]:
            case "*":
                return 0, None
            case "+":
                return 1, None
            case "?":
                return 0, 1
            case _:
                return self.numbers(found)

    def numbers(self, found: re.Match[str]) -> tuple[int, int | None]:
        low = int(found[1])
        high = low if not found[2] else int(found[3]) if found[3] else None
        if max(low, high or 0) > MAX_REPEATS or (high is not None and high < low) or high == 0:
            raise self.error(f"{found[0]} is no number of repeats up to {MAX_REPEATS}")
        return low, high

    def bracket(self, began: int) -> Pattern:
        negated = self.took("^")
        closing = self.scan("]")
        inside = self.text[self.at : closing]
        if closing == len(self.text):
            raise self.error("a [ is never closed", began)
        parts = [self.step(part, began) for part in _split(inside)]
        self.at = closing + 1
        if not negated:
            return parts[0] if len(parts) == 1 else Either(tuple(parts))
        names = tuple(name for part in parts for name in part.names)
        conditions = {part.condition for part in parts}
        if len(conditions) > 1 or (len(parts) > 1 and conditions != {ALWAYS}):
            raise self.error("after [^ only one event may have a condition", began)
        return One(names=names, condition=conditions.pop(), negated=True)

    def word(self) -> Pattern:
        self.blank()
        began = self.at
        stop = self.scan("->", "|", ")")
        text = self.text[began:stop].rstrip()
        quantifier = _trailing_quantifier(text)
        name = text[: len(text) - len(quantifier)].rstrip()
        if not name:
            raise self.error("an event's name is missing", began)
        self.at = began + len(text) - len(quantifier)
        part: Pattern
        match name:
            case "any":
                part = One(names=())
            case "start":
                part = Start()
            case "end":
                part = End()
            case _:
                part = self.step(name, began)
        return self.quantified(part) if quantifier else part

    def step(self, text: str, at: int) -> One:
        if not text.strip():
            raise self.error("an event's name is missing", at)
        step = parse_step(text.strip())
        condition: Predicate = ALWAYS
        if isinstance(step.predicate, AllOf):
            condition = step.predicate.parts[1]
        return One(names=step.events, condition=condition)

    def scan(self, *stops: str) -> int:
        """Return where the first of some tokens stands outside quotes and inner brackets."""
        at, depth = self.at, 0
        while at < len(self.text):
            character = self.text[at]
            if character in "\"'":
                at = self.closing_quote(at)
            elif character == "(" and at > self.at:
                depth += 1
            elif depth and character == ")":
                depth -= 1
            elif not depth and any(self.text.startswith(stop, at) for stop in stops):
                return at
            at += 1
        return at

    def closing_quote(self, at: int) -> int:
        quote, place = self.text[at], at + 1
        while place < len(self.text) and self.text[place] != quote:
            place += 2 if self.text[place] == "\\" else 1
        if place >= len(self.text):
            raise self.error("a quote is never closed", at)
        return place


def _trailing_quantifier(text: str) -> str:
    """Return the ``*``, ``+``, ``?`` or ``{…}`` a bare word ends with, or nothing."""
    if text and text[-1] in "*+?":
        return text[-1]
    found = re.search(r"\{[\d\s,]*\}$", text)
    return found[0] if found else ""


def _split(text: str) -> list[str]:
    """Return the parts between ``|`` outside quotes."""
    parts, current, quote = [], "", ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        if character == "|" and not quote:
            parts.append(current)
            current = ""
        else:
            current += character
    return [*parts, current]
