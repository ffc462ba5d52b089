"""The properties of batches as columns, whatever their types."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sojourn.base.errors import InternalError
from sojourn.base.money import exponent, to_minor
from sojourn.events.schema import CURRENCY, ROLE_PROPERTIES, VALUE
from sojourn.index.building.words import WordTable
from sojourn.index.catalog import MISSING_MONEY
from sojourn.index.encode import ALWAYS_CODED
from sojourn.kernels.building.numbers import read_money, read_numbers
from sojourn.kernels.building.scan import (
    DONE,
    LENGTH,
    NEW_KEY,
    NO_ROOM,
    PAIRS,
    ROW,
    START,
    STATUS,
    Pairs,
    by_key,
    scan,
)
from sojourn.kernels.building.tables import FREE, Spans
from sojourn.kernels.building.texts import TextRows, gather_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

MAX_NAMES = 1 << 16
"""Property names told apart; values under further names stay in the lake only."""
TRACKED = 128
"""Property names whose values are kept while it is not known which are the commonest."""

_TEXTS = np.isin(np.arange(256), np.frombuffer(b'"tf[{', np.uint8))
"""Whether a JSON token that begins with a byte is kept as a text."""
_NUMBERS = np.isin(np.arange(256), np.frombuffer(b"-0123456789", np.uint8))


@dataclass(slots=True)
class Series:
    """What one worker knows of one property."""

    words: WordTable = field(default_factory=WordTable)
    plain: bool = False
    has_numbers: bool = False
    values: int = 0
    """Values met, nulls included."""


@dataclass(slots=True)
class Part:
    """One property's values in one batch, shape (rows,); None where nothing of the kind was met."""

    codes: NDArray[np.uint32] | None = None
    numbers: NDArray[np.float64] | None = None
    money: NDArray[np.int64] | None = None
    spans: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None
    """Starts and lengths of plain texts, shape (rows,): a length of -1 is missing, a raw token
    has its length negated, minus two."""


class PropertyScanner:
    """Reads the properties of batches; one for each worker, since it is not shared.

    Parameters
    ----------
    currency : str
        Assumed where a row names none.
    plain_above : int
        A column with more distinct texts is stored plain.
    wanted : iterable of str, optional
        The properties to keep; by default those with a role and the first met.
    """

    def __init__(
        self, *, currency: str, plain_above: int, wanted: Iterable[str] | None = None
    ) -> None:
        self._currency = currency
        self._plain_above = plain_above
        self._wanted = None if wanted is None else frozenset(wanted)
        self._keys = WordTable()
        self._names: list[str] = []
        self._following: NDArray[np.int32] = np.full(1, FREE, np.int32)
        self._room = 1 << 16
        self.series: dict[str, Series] = {}
        self.counts: dict[str, int] = {}

    def lost(self, names: Iterable[str]) -> bool:
        """Return whether values of one of these properties were met and not kept."""
        return any(name in self.counts and name not in self.series for name in names)

    def read(self, texts: TextRows) -> dict[str, Part]:
        """Return the wanted properties of a batch by name.

        Raises
        ------
        InternalError
            If the text is not a canonical JSON object.
        """
        pairs, count = self._pairs(texts)
        starts, grouped = by_key(pairs, count, len(self._names))
        parts: dict[str, Part] = {}
        spans_of: dict[str, list[Spans]] = {}
        for key in np.flatnonzero(np.diff(starts)):
            begin, end = starts[key], starts[key + 1]
            name = self._names[key]
            self.counts[name] = self.counts.get(name, 0) + int(end - begin)
            if name in self.series:
                spans_of.setdefault(name, []).append(
                    Spans(
                        grouped.row[begin:end], grouped.start[begin:end], grouped.length[begin:end]
                    )
                )
        rows = len(texts.present)
        for name in sorted(spans_of, key=lambda name: (name != CURRENCY, name)):
            parts[name] = Part()
            for spans in spans_of[name]:
                self.series[name].values += len(spans.rows)
                if name == VALUE:
                    self._money(parts, spans, texts.data, rows)
                else:
                    self._text(name, parts[name], spans, texts.data, rows)
                    self._numbers(name, parts[name], spans, texts.data, rows)
        return parts

    def _pairs(self, texts: TextRows) -> tuple[Pairs, int]:
        cursor = np.zeros(5, np.int64)
        pairs = _empty_pairs(self._room)
        while True:
            scan(texts, self._keys.words, self._following, pairs, cursor)
            status = int(cursor[STATUS])
            cursor[STATUS] = DONE
            if status == DONE:
                return pairs, int(cursor[PAIRS])
            if status == NEW_KEY:
                start = int(cursor[START])
                self._add_name(texts.data[start : start + int(cursor[LENGTH])].tobytes())
            elif status == NO_ROOM:
                self._room *= 2
                pairs = _moved(pairs, self._room, int(cursor[PAIRS]))
            else:
                raise InternalError(f"the properties of row {cursor[ROW]} are not canonical JSON")

    def _add_name(self, raw: bytes) -> None:
        self._keys.add(raw)
        name = json.loads(b'"' + raw + b'"')
        self._names.append(name if len(self._names) < MAX_NAMES else "")
        self._following = np.full(len(self._names) + 1, FREE, np.int32)
        if self._wanted is not None:
            keep = name in self._wanted
        else:
            keep = name in ROLE_PROPERTIES or len(self.series) < TRACKED
        if keep and name not in self.series and len(self._names) < MAX_NAMES:
            self.series[name] = Series()

    def _text(
        self, name: str, part: Part, spans: Spans, data: NDArray[np.uint8], rows: int
    ) -> None:
        series = self.series[name]
        first = data[spans.starts]
        texts = _TEXTS[first]
        if not texts.any():
            return
        limit = 2**31 if name in ALWAYS_CODED else self._plain_above
        begin = 0
        if not series.plain:
            codes = np.zeros(rows, np.uint32) if part.codes is None else part.codes
            begin = series.words.code(spans, data, codes, limit)
            part.codes = codes
        if begin < len(spans.rows):
            series.plain = True
            part.spans = _plain(part, spans, texts, begin, first, rows)

    def _numbers(
        self, name: str, part: Part, spans: Spans, data: NDArray[np.uint8], rows: int
    ) -> None:
        if not _NUMBERS[data[spans.starts]].any():
            return
        self.series[name].has_numbers = True
        numbers = np.full(rows, np.nan) if part.numbers is None else part.numbers
        slow = read_numbers(spans, data, numbers)
        if len(slow):
            numbers[spans.rows[slow]] = _slow_numbers(spans, slow, data)
        part.numbers = numbers

    def _money(
        self, parts: dict[str, Part], spans: Spans, data: NDArray[np.uint8], rows: int
    ) -> None:
        part = parts[VALUE]
        minor = np.full(rows, MISSING_MONEY, np.int64) if part.money is None else part.money
        known = self.series[CURRENCY].words.texts().to_pylist() if CURRENCY in self.series else []
        names = [self._currency, *known]
        named = parts.get(CURRENCY)
        codes = np.zeros(rows, np.uint32) if named is None or named.codes is None else named.codes
        exponents = np.array([exponent(name) for name in names], np.int64)
        for at in read_money(spans, data, codes, exponents, minor):
            token = data[spans.starts[at] : spans.starts[at] + spans.lengths[at]].tobytes()
            exact = to_minor(token.decode().strip('"'), names[codes[spans.rows[at]]])
            if exact is not None:
                minor[spans.rows[at]] = exact
        part.money = minor


def _slow_numbers(
    spans: Spans, slow: NDArray[np.int64], data: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """Return numbers of many digits or a far exponent; what no float can hold is missing."""
    lengths = spans.lengths[slow].astype(np.int64)
    offsets, copied = gather_texts(spans.starts[slow], lengths, data)
    tokens = pa.LargeStringArray.from_buffers(
        len(slow), pa.py_buffer(offsets), pa.py_buffer(copied)
    )
    try:
        numbers = np.array(tokens.cast(pa.float64()).to_numpy(zero_copy_only=False))
    except pa.ArrowInvalid:
        numbers = np.array([float(token) for token in tokens.to_pylist()])
    numbers[np.isinf(numbers)] = np.nan
    return numbers


def _plain(
    part: Part,
    spans: Spans,
    texts: NDArray[np.bool_],
    begin: int,
    first: NDArray[np.uint8],
    rows: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    starts, lengths = part.spans or (np.zeros(rows, np.int64), np.full(rows, -1, np.int64))
    chosen = np.flatnonzero(texts[begin:]) + begin
    quoted = first[chosen] == ord('"')
    at = spans.rows[chosen]
    starts[at] = spans.starts[chosen] + quoted
    size = spans.lengths[chosen].astype(np.int64)
    lengths[at] = np.where(quoted, size - 2, -size - 2)
    return starts, lengths


def _empty_pairs(room: int) -> Pairs:
    return Pairs(
        np.empty(room, np.int32), np.empty(room, np.int32),
        np.empty(room, np.int64), np.empty(room, np.int32),
    )  # fmt: skip


def _moved(pairs: Pairs, room: int, count: int) -> Pairs:
    new = _empty_pairs(room)
    new.key[:count], new.row[:count] = pairs.key[:count], pairs.row[:count]
    new.start[:count], new.length[:count] = pairs.start[:count], pairs.length[:count]
    return new
