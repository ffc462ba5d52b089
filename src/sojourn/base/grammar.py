"""The text of conditions and steps: ``device = mobile``, ``paid where value > 10``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sojourn.base.errors import InputError
from sojourn.base.predicate import AllOf, AnyOf, Compare, Not, Operator, Predicate, event_is

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<symbol><=|>=|!=|==|=|<|>|\(|\)|,|\|)
      | (?P<word>[^\s()<>=!,|"']+)
    )""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD_OPERATORS = {
    "in": Operator.IN,
    "contains": Operator.CONTAINS,
    "matches": Operator.MATCHES,
}
_SYMBOLS = {
    "=": Operator.EQ,
    "==": Operator.EQ,
    "!=": Operator.NE,
    "<": Operator.LT,
    "<=": Operator.LE,
    ">": Operator.GT,
    ">=": Operator.GE,
}
_ALLOWED = (
    "conditions such as: device = mobile · value >= 10 · country in (KR, US) · page contains /blog "
    "· page matches '^/p/' · exists coupon · missing coupon, joined by and, or, not, ( )"
)
_MAX_DEPTH = 100


class GrammarError(InputError):
    """A condition or step cannot be read. Remedy: the message marks the place."""

    code = "grammar"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepText:
    """A step as written: its name for people, and the condition an event must meet."""

    title: str
    predicate: Predicate
    events: tuple[str, ...]


def parse_predicate(text: str) -> Predicate:
    """Return the condition a text states.

    Raises
    ------
    GrammarError
        If the text is not a condition; the message shows where it went wrong.

    Examples
    --------
    >>> parse_predicate("device = mobile")
    Compare(field='device', operator=<Operator.EQ: '='>, values=('mobile',))
    """
    parser = _Parser(text)
    predicate = parser.disjunction(0)
    parser.expect_end()
    return predicate


def parse_step(text: str) -> StepText:
    """Return a step: ``NAME [| NAME…] [where CONDITION] [as TITLE]``.

    A text that uses none of these words is one event name as it stands, blanks included.

    Raises
    ------
    GrammarError
        If the text is empty or its condition cannot be read.
    """
    if not text.strip():
        raise GrammarError("A step is empty.", allowed="an event name, or NAME where CONDITION")
    head, condition, title = _split_step(text)
    names = tuple(_unquote(part.strip()) for part in head.split("|"))
    if any(not name for name in names):
        raise GrammarError(f"In step {text!r} an event name is empty.", allowed="NAME | NAME")
    predicate: Predicate = event_is(*names)
    if condition:
        predicate = AllOf((predicate, parse_predicate(condition)))
    return StepText(title=title or _unquote(head.strip()), predicate=predicate, events=names)


def _split_step(text: str) -> tuple[str, str, str]:
    rest, title = text, ""
    found = re.search(r"\sas\s+(?P<title>[^=<>]+)$", rest)
    if found:
        rest, title = rest[: found.start()], _unquote(found["title"].strip())
    head, _, condition = _partition_word(rest, "where")
    return head, condition.strip(), title


def _partition_word(text: str, word: str) -> tuple[str, str, str]:
    found = re.search(rf"\s{word}\s", text)
    return (text, "", "") if not found else (text[: found.start()], word, text[found.end() :])


def _unquote(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


class _Parser:
    """Recursive descent over tokens; depth is bounded, so no text can exhaust the stack."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokenise(text)
        self.position = 0

    def _tokenise(self, text: str) -> list[_Token]:
        tokens, at = [], 0
        end = len(text.rstrip())
        while at < end:
            found = _TOKEN.match(text, at)
            if not found or not found.lastgroup:
                raise self._error(at, "a quote that is never closed" if text[at:] else "nothing")
            kind = found.lastgroup
            tokens.append(_Token(kind, found[kind], found.start(kind)))
            at = found.end()
        return tokens

    def _error(self, at: int, what: str) -> GrammarError:
        mark = " " * at + "^"
        return GrammarError(
            f"This condition has {what} where it cannot be read:\n  {self.text}\n  {mark}",
            allowed=_ALLOWED,
        )

    def _peek(self) -> _Token | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def _take(self, expected: str) -> _Token:
        token = self._peek()
        if token is None:
            raise self._error(len(self.text), f"its end, but {expected} is missing")
        self.position += 1
        return token

    def _word(self, word: str) -> bool:
        token = self._peek()
        if token and token.kind == "word" and token.text.lower() == word:
            self.position += 1
            return True
        return False

    def _symbol(self, symbol: str) -> bool:
        token = self._peek()
        if token and token.kind == "symbol" and token.text == symbol:
            self.position += 1
            return True
        return False

    def expect_end(self) -> None:
        token = self._peek()
        if token:
            raise self._error(token.at, f"{token.text!r}")

    def disjunction(self, depth: int) -> Predicate:
        parts = [self._conjunction(depth)]
        while self._word("or"):
            parts.append(self._conjunction(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _conjunction(self, depth: int) -> Predicate:
        parts = [self._negation(depth)]
        while self._word("and"):
            parts.append(self._negation(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _negation(self, depth: int) -> Predicate:
        if depth > _MAX_DEPTH:
            raise self._error(0, f"more than {_MAX_DEPTH} levels of brackets")
        if self._word("not"):
            return Not(self._negation(depth + 1))
        if self._symbol("("):
            inner = self.disjunction(depth + 1)
            closing = self._take("a closing )")
            if closing.text != ")":
                raise self._error(closing.at, f"{closing.text!r}")
            return inner
        return self._comparison()

    def _comparison(self) -> Predicate:
        if self._word("exists"):
            return Compare(field=self._field(), operator=Operator.EXISTS)
        if self._word("missing"):
            return Compare(field=self._field(), operator=Operator.MISSING)
        field = self._field()
        operator = self._operator()
        if operator in {Operator.IN, Operator.NOT_IN}:
            return Compare(field=field, operator=operator, values=self._list())
        return Compare(field=field, operator=operator, values=(self._value(),))

    def _operator(self) -> Operator:
        token = self._take("a comparison")
        if token.text in _SYMBOLS and token.kind == "symbol":
            return _SYMBOLS[token.text]
        word = token.text.lower()
        if word == "not" and self._word("in"):
            return Operator.NOT_IN
        if word in _WORD_OPERATORS:
            return _WORD_OPERATORS[word]
        raise self._error(token.at, f"{token.text!r}")

    def _field(self) -> str:
        token = self._take("a property's name")
        if token.kind == "symbol":
            raise self._error(token.at, f"{token.text!r}")
        return _unquote(token.text)

    def _value(self) -> str | float:
        token = self._take("a value")
        if token.kind == "symbol":
            raise self._error(token.at, f"{token.text!r}")
        if token.kind == "word" and _NUMBER.fullmatch(token.text):
            return float(token.text)
        return _unquote(token.text)

    def _list(self) -> tuple[str | float, ...]:
        if not self._symbol("("):
            token = self._peek()
            raise self._error(token.at if token else len(self.text), "no ( after in")
        values = [self._value()]
        while self._symbol(","):
            values.append(self._value())
        closing = self._take("a closing )")
        if closing.text != ")":
            raise self._error(closing.at, f"{closing.text!r}")
        return tuple(values)
