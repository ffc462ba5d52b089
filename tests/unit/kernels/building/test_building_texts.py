"""Kernels on bytes of text and JSON against Python's own reading of them."""

from __future__ import annotations

import json
import math
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from itertools import pairwise

import mmh3
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.kernels.building.numbers import (
    FINE,
    NOT_A_NUMBER,
    TOO_LONG,
    decimal_at,
    exact_float,
    read_money,
    read_numbers,
    scaled,
)
from sojourn.kernels.building.people import id_keys, starts_with
from sojourn.kernels.building.tables import Spans
from sojourn.kernels.building.texts import (
    TextRows,
    closing_quote,
    gather_texts,
    same_bytes,
    text_hash,
    unescaped_rows,
)

TEXTS = st.lists(st.text(max_size=30), max_size=8)


def data_of(text: bytes):
    return np.frombuffer(text, np.uint8) if text else np.empty(0, np.uint8)


def rows_of(texts):
    raw = [b"" if t is None else t if isinstance(t, bytes) else t.encode() for t in texts]
    offsets = np.concatenate(([0], np.cumsum([len(r) for r in raw]))).astype(np.int64)
    present = np.array([t is not None for t in texts], np.uint8)
    return TextRows(offsets, data_of(b"".join(raw)), present)


@given(st.text(max_size=40), st.text(max_size=10))
def test_closing_quote_ends_the_string(inside, after):
    text = json.dumps(inside).encode() + after.encode()
    assert closing_quote(data_of(text), 1, len(text)) == len(json.dumps(inside).encode()) - 1


@given(st.binary(max_size=30).filter(lambda b: b'"' not in b and b"\\" not in b))
def test_without_a_quote_there_is_no_end(raw):
    assert closing_quote(data_of(raw), 0, len(raw)) == len(raw)


@given(st.binary(max_size=40), st.binary(max_size=40), st.integers(0, 3))
def test_equal_bytes_are_told_and_hash_alike(one, other, shift):
    padded = data_of(b"x" * shift + one)
    length = min(len(one), len(other))
    assert same_bytes(padded, shift, data_of(other), 0, length) == (one[:length] == other[:length])
    assert text_hash(padded, shift, len(one), 3) == text_hash(data_of(one), 0, len(one), 3)


def test_hashes_spread():
    data = data_of("".join(f"{n:06}" for n in range(20_000)).encode())
    hashes = {int(text_hash(data, 6 * n, 6, 6)) for n in range(20_000)}
    assert len(hashes) == 20_000
    assert len({h & 0xFFFF for h in hashes}) > 16_000  # of 65,536: 17,200 expected


@given(TEXTS, st.data())
def test_gather_copies_texts_in_any_order(texts, data):
    rows = rows_of(texts)
    order = data.draw(st.permutations(range(len(texts))))
    order = np.array(order, np.int64)
    offsets, copied = gather_texts(
        rows.offsets[:-1][order], np.diff(rows.offsets)[order], rows.data
    )
    raw = copied.tobytes()
    assert [raw[a:b].decode() for a, b in pairwise(offsets)] == [texts[i] for i in order]


@given(TEXTS, st.booleans(), st.lists(st.booleans(), min_size=8, max_size=8))
def test_unescape_undoes_json(texts, ascii_only, as_is):
    inside = [json.dumps(t, ensure_ascii=ascii_only)[1:-1] for t in texts]
    raw = np.array(as_is[: len(texts)], np.uint8)
    offsets, data = unescaped_rows(rows_of(inside), raw)
    data = data.tobytes()
    found = [data[a:b].decode() for a, b in pairwise(offsets)]
    assert found == [i if r else t for t, i, r in zip(texts, inside, raw, strict=True)]


@pytest.mark.parametrize("escape", [r"\ud800", r"\udc00", r"\ud800A", r"\ud83dx"])
def test_lone_surrogates_become_replacement_characters(escape):
    _, data = unescaped_rows(rows_of([escape]), np.zeros(1, np.uint8))
    text = json.loads(f'"{escape}"').encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert data.tobytes().decode() == text


NUMBERS = st.one_of(
    st.integers(-(10**25), 10**25).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-(10**9), 10**9, places=4).map(str),
    st.sampled_from(["0", "-0", "0.0", "1e22", "1e23", "1E+5", "12e-7", "00012", "+5", ".5", "5."]),
)


@given(NUMBERS)
def test_decimals_are_read_exactly_or_left(text):
    mantissa, power, status = decimal_at(data_of(text.encode()), 0, len(text))
    if status == TOO_LONG:
        assert len(text.lstrip("+-0.")) > 12
        return
    assert status == FINE
    assert Decimal(mantissa).scaleb(power) == Decimal(text)
    number, exact = exact_float(mantissa, power)
    if exact:
        assert number == float(text)


@pytest.mark.parametrize("text", ["", "-", "e5", "1e", "1e+", "12x", "--3", "nan", "1.2.3", "1e5x"])
def test_what_is_no_number_is_said_to_be_none(text):
    assert decimal_at(data_of(text.encode()), 0, len(text))[2] == NOT_A_NUMBER


@given(st.integers(-(10**18), 10**18), st.integers(-30, 25))
def test_scaling_rounds_half_even(mantissa, power):
    units, fits = scaled(mantissa, power)
    with localcontext(prec=80):
        exact = Decimal(mantissa).scaleb(power).to_integral_value(ROUND_HALF_EVEN)
    if fits:
        assert units == exact
    else:
        assert abs(exact) > 10**17


@given(st.lists(NUMBERS | st.just('"text"') | st.just("null") | st.just('"2.5"'), max_size=10))
def test_columns_of_numbers_and_money(tokens):
    rows = rows_of(tokens)
    spans = Spans(
        np.arange(len(tokens), dtype=np.int32),
        rows.offsets[:-1].copy(),
        np.diff(rows.offsets).astype(np.int32),
    )
    numbers = np.full(len(tokens), np.nan)
    slow = set(read_numbers(spans, rows.data, numbers).tolist())
    minor = np.full(len(tokens), -1, np.int64)
    waiting = set(
        read_money(
            spans, rows.data, np.ones(len(tokens), np.uint32), np.array([0, 2]), minor
        ).tolist()
    )
    for at, token in enumerate(tokens):
        numeric = token[0] in "-0123456789"
        if not numeric or at in slow:
            assert math.isnan(numbers[at])
        else:
            assert numbers[at] == float(token)
        plain = token.strip('"')
        if plain in ("text", "null") or at in waiting:
            assert minor[at] == -1
        else:
            with localcontext(prec=80):
                cents = Decimal(plain).scaleb(2).to_integral_value(ROUND_HALF_EVEN)
            assert minor[at] == cents


@given(st.lists(st.none() | st.text(max_size=40), max_size=6))
def test_keys_are_murmur_of_the_id_between_its_marks(ids):
    before, after = b"anon:", b"#1"
    keys = id_keys(rows_of(ids), data_of(before), data_of(after))
    for key, one in zip(keys, ids, strict=True):
        raw = b"" if one is None else one.encode()
        expected = mmh3.hash_bytes(before + raw + after, seed=0, x64arch=True)
        assert key.tobytes() == (bytes(16) if one is None else expected)


@given(st.lists(st.none() | st.sampled_from(["anon:", "anon:x", "anon", "Anon:x", ""]), max_size=6))
def test_beginnings(ids):
    found = starts_with(rows_of(ids), data_of(b"anon:"))
    assert found.tolist() == [int(i is not None and i.startswith("anon:")) for i in ids]
