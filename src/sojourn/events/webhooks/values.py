"""Values that are made of what stands in a payload."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from sojourn.base.money import from_minor
from sojourn.events.amounts import amount_value, plain_amount
from sojourn.events.calls.row import text_of
from sojourn.events.webhooks.paths import Payload, Value, read_path

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue

_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_MOST_DIGITS: Final = 30


@dataclass(frozen=True, slots=True)
class Constant(Value):
    """Always the same."""

    value: JsonValue

    @override
    def of(self, payload: Payload) -> JsonValue:
        """Return it."""
        return self.value


@dataclass(frozen=True, slots=True)
class Text(Value):
    """A text with values in it; missing where one of them is."""

    pieces: tuple[str, ...]
    """One more than the values, which stand between them."""
    values: tuple[Value, ...]

    @override
    def of(self, payload: Payload) -> JsonValue:
        """Return the text."""
        said = [self.pieces[0]]
        for value, piece in zip(self.values, self.pieces[1:], strict=True):
            found = text_of(value.of(payload))
            if found is None:
                return None
            said += (found, piece)
        return "".join(said)


@dataclass(frozen=True, slots=True)
class FirstOf(Value):
    """The first that is there."""

    values: tuple[Value, ...]

    @override
    def of(self, payload: Payload) -> JsonValue:
        """Return it."""
        for value in self.values:
            found = value.of(payload)
            if found is not None and found != "":
                return found
        return None


@dataclass(frozen=True, slots=True)
class Sum(Value):
    """The sum of the amounts in a list."""

    value: Value

    @override
    def of(self, payload: Payload) -> JsonValue:
        """Return it; missing where an entry is no amount."""
        found = self.value.of(payload)
        amounts = [_amount(each) for each in (found if isinstance(found, list) else [found])]
        known = [amount for amount in amounts if amount is not None]
        if not amounts or len(known) < len(amounts):
            return None
        return amount_value(format(sum(known, Decimal(0)), "f"))


@dataclass(frozen=True, slots=True)
class Count(Value):
    """How many entries a list has."""

    value: Value

    @override
    def of(self, payload: Payload) -> JsonValue:
        """Return it; missing where there is no list."""
        found = self.value.of(payload)
        return len(found) if isinstance(found, list) else None


@dataclass(frozen=True, slots=True)
class Minor(Value):
    """An amount that is given in minor units, such as cents; what those are the currency says."""

    value: Value
    currency: Value

    @override
    def of(self, payload: Payload) -> JsonValue:
        """Return it."""
        amount, code = _amount(self.value.of(payload)), text_of(self.currency.of(payload))
        if amount is None or code is None or amount != amount.to_integral_value():
            return None
        return amount_value(format(from_minor(int(amount), code), "f"))


@dataclass(frozen=True, slots=True)
class Negative(Value):
    """An amount that goes out: below nothing, however its sign is written."""

    value: Value

    @override
    def of(self, payload: Payload) -> JsonValue:
        """Return it."""
        amount = _amount(self.value.of(payload))
        return None if amount is None else amount_value(format(-abs(amount), "f"))


@dataclass(frozen=True, slots=True)
class Lower(Value):
    """A text in small letters, such as a currency or an address."""

    value: Value

    @override
    def of(self, payload: Payload) -> JsonValue:
        """Return it."""
        text = text_of(self.value.of(payload))
        return None if text is None else text.lower()


@dataclass(frozen=True, slots=True)
class Upper(Value):
    """A text in capitals, such as a currency."""

    value: Value

    @override
    def of(self, payload: Payload) -> JsonValue:
        """Return it."""
        text = text_of(self.value.of(payload))
        return None if text is None else text.upper()


def read_text(text: str) -> Value | None:
    """Return a text with paths in braces; None where one of them is no path.

    Examples
    --------
    >>> read_text("order-{id}").of(Payload(body={"id": 7}))
    'order-7'
    """
    pieces = _HOLE.split(text)
    values = [read_path(path) for path in pieces[1::2]]
    known = tuple(value for value in values if value is not None)
    plain = tuple(pieces[::2])
    if len(known) < len(values) or any("{" in piece or "}" in piece for piece in plain):
        return None
    return Text(plain, known)


def _amount(value: JsonValue) -> Decimal | None:
    text = text_of(value)
    if text is None:
        return None
    try:
        amount = Decimal(plain_amount(text))
    except InvalidOperation:
        return None
    small = amount.is_finite() and abs(amount.adjusted()) <= _MOST_DIGITS
    return amount if small else None
