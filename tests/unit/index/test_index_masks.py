"""Predicates on rows against a twin that looks at each row's own dictionary of values."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.errors import InputError, UnknownNameError
from sojourn.base.predicate import AllOf, AnyOf, Compare, Not, Operator
from sojourn.index import encode
from sojourn.index.catalog import ColumnKind
from sojourn.index.errors import NotInIndexError
from sojourn.index.masks import code_table, columns_read, row_mask
from sojourn.index.memory import Calendar, memory_index

FIELDS = ["event", "device", "n", "mixed", "value", "trait.plan", "trait.level"]
TEXTS = ["m", "desk top", "10", "a", "b", ""]
VALUES = st.sampled_from([*TEXTS, 0.0, 10.0, 2.5, -1.0])
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob"]),
        st.integers(0, 9),
        st.sampled_from(["a", "b", "10"]),
        st.fixed_dictionaries(
            {},
            optional={
                "device": st.sampled_from(TEXTS),
                "n": st.sampled_from([0.0, 10.0, 2.5, -1.0]),
                "mixed": VALUES,
                "plan": st.sampled_from(["a", "b"]),
                "level": VALUES,
                "value": st.sampled_from([0.0, 10.0, 2.5, -1.0, 10.01]),
                "currency": st.sampled_from(["USD", "KRW"]),
            },
        ),
    ),
    max_size=20,
)
EVERY_PROPERTY = ("zoe", 5, "a", {
    "device": "m", "n": 1.0, "mixed": 1.0, "plan": "a", "level": "x", "value": 1.0, "currency": "USD",
})  # fmt: skip
COMPARES = st.builds(
    Compare,
    field=st.sampled_from(FIELDS),
    operator=st.sampled_from([o for o in Operator if o is not Operator.MATCHES]),
    values=st.lists(VALUES, min_size=1, max_size=3).map(tuple),
)
PREDICATES = st.recursive(
    COMPARES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda p: AllOf(tuple(p))),
        st.lists(inner, max_size=3).map(lambda p: AnyOf(tuple(p))),
        inner.map(Not),
    ),
    max_leaves=5,
)


def spelled(value):
    try:
        return float(value)
    except ValueError:
        return None


def shown(number):
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def one_holds(operator, own, given):
    if operator is Operator.CONTAINS:
        own, given = (x if isinstance(x, str) else shown(x) for x in (own, given))
        return given in own
    if isinstance(own, str) and isinstance(given, str):
        pass
    else:
        own, given = spelled(own), spelled(given)
        if own is None or given is None:
            return False
    return {
        Operator.EQ: own == given,
        Operator.IN: own == given,
        Operator.LT: own < given,
        Operator.LE: own <= given,
        Operator.GT: own > given,
        Operator.GE: own >= given,
    }[operator]


def money(row):
    amount = row[3].get("value")
    digits = "0.01" if row[3].get("currency") == "USD" else "1"
    return None if amount is None else float(Decimal(repr(amount)).quantize(Decimal(digits)))


def value_of(rows, at, field):
    """The value a field has on row ``at`` of a person's ordered rows; None is missing."""
    if field == "event":
        return rows[at][2]
    if field == "value":
        return money(rows[at])
    if not field.startswith("trait."):
        return rows[at][3].get(field)
    name = field.removeprefix("trait.")
    known = [row[3][name] for row in rows[: at + 1] if name in row[3]]
    return known[-1] if known else None


def holds(predicate, rows, at):
    match predicate:
        case AllOf(parts):
            return all(holds(part, rows, at) for part in parts)
        case AnyOf(parts):
            return any(holds(part, rows, at) for part in parts)
        case Not(part):
            return not holds(part, rows, at)
    own = value_of(rows, at, predicate.field)
    negative = {Operator.NE: Operator.EQ, Operator.NOT_IN: Operator.IN}
    if predicate.operator is Operator.EXISTS:
        return own is not None
    if predicate.operator is Operator.MISSING:
        return own is None
    operator = negative.get(predicate.operator, predicate.operator)
    if own is None or (predicate.field == "value" and operator is Operator.CONTAINS):
        found = False
    elif predicate.field == "value":
        found = any(one_holds(operator, own, g) for g in predicate.values)
    else:
        found = any(one_holds(operator, own, g) for g in predicate.values)
    return found != (predicate.operator in negative)


def check(predicate, rows):
    rows = [
        *rows,
        EVERY_PROPERTY,
        ("zoe", 6, "b", {"mixed": "t", "level": 1.0}),
        ("zoe", 7, "10", {}),
    ]
    index = memory_index(rows, calendar=Calendar(currency="KRW"))
    bucket = index.buckets[0]
    marks = row_mask(predicate, bucket, index.catalog)
    assert marks.dtype == np.uint8
    expected = []
    for person in bucket.person_ids(np.arange(len(bucket.offsets) - 1)):
        own = sorted((r for r in rows if r[0] == person), key=lambda r: r[1])
        expected += [holds(predicate, own, at) for at in range(len(own))]
    assert marks.tolist() == [int(e) for e in expected]


def no_unknown_event(predicate):
    match predicate:
        case AllOf(parts) | AnyOf(parts):
            return all(map(no_unknown_event, parts))
        case Not(part):
            return no_unknown_event(part)
    exact = (Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN)
    texts = [v for v in predicate.values if isinstance(v, str)]
    return (
        predicate.field != "event"
        or predicate.operator not in exact
        or all(v in ("a", "b", "10") for v in texts)
    )


@given(ROWS, PREDICATES.filter(no_unknown_event))
def test_marks_equal_the_twin(rows, predicate):
    check(predicate, rows)


@given(ROWS, PREDICATES.filter(no_unknown_event))
def test_marks_equal_the_twin_on_plain_columns(rows, predicate):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode, "stored_plain", lambda _distinct, _rows: True)
        check(predicate, rows)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("pattern", ["^m", "s.*t", "(?i)M$", ""])
def test_patterns_are_re2_and_agree_with_python(pattern, plain, monkeypatch):
    monkeypatch.setattr(encode, "stored_plain", lambda _distinct, _rows: plain)
    texts = ["m", "desktop", "MM", "", "x\ny"]
    index = memory_index([("p", at, "e", {"t": text}) for at, text in enumerate(texts)])
    assert index.catalog.column("t").kind is (ColumnKind.TEXT if plain else ColumnKind.CODES)
    asked = Compare(field="t", operator=Operator.MATCHES, values=(pattern,))
    found = row_mask(asked, index.buckets[0], index.catalog)
    assert found.tolist() == [int(bool(re.search(pattern, text))) for text in texts]


def test_bad_patterns_and_unknown_names_are_said_plainly():
    index = memory_index([("p", 0, "order_paid", {"device": "m"})])
    bucket, catalog = index.buckets[0], index.catalog
    with pytest.raises(InputError, match="not a regular expression"):
        row_mask(Compare(field="device", operator=Operator.MATCHES, values=("(",)), bucket, catalog)
    with pytest.raises(UnknownNameError, match="Did you mean 'device'"):
        row_mask(Compare(field="devise", operator=Operator.EXISTS), bucket, catalog)
    with pytest.raises(UnknownNameError, match="Did you mean 'order_paid'"):
        code_table(Compare(field="event", operator=Operator.EQ, values=("orderpaid",)), catalog)


def test_a_known_but_absent_property_asks_for_its_column():
    from dataclasses import replace

    index = memory_index([("p", 0, "e")])
    catalog = replace(index.catalog, others=("page_title",))
    with pytest.raises(NotInIndexError) as caught:
        columns_read(Compare(field="page_title", operator=Operator.EXISTS), catalog)
    assert (caught.value.kind, caught.value.given) == ("property", "page_title")
    assert "no column in the index yet" in str(caught.value)


def test_amounts_compare_exactly_in_each_rows_currency():
    rows = [
        ("p", 0, "e", {"value": 0.29, "currency": "USD"}),
        ("p", 1, "e", {"value": 0.3, "currency": "USD"}),
        ("p", 2, "e", {"value": 1.0, "currency": "KRW"}),
        ("p", 3, "e", {"value": 0.29}),
    ]
    index = memory_index(rows, calendar=Calendar(currency="USD"))
    for operator, limit, expected in (
        (Operator.EQ, 0.29, [1, 0, 0, 1]),
        (Operator.LT, 0.295, [1, 0, 0, 1]),
        (Operator.GE, 0.295, [0, 1, 1, 0]),
        (Operator.EQ, 0.295, [0, 0, 0, 0]),
    ):
        asked = Compare(field="value", operator=operator, values=(limit,))
        assert row_mask(asked, index.buckets[0], index.catalog).tolist() == expected


def test_tables_and_dates_become_columns():
    table = pa.table(
        {
            "person": ["a", "a", "b"],
            "time": pa.array([3, 1, None], pa.timestamp("ms", tz="UTC")),
            "event": pa.array(["x", "y", "x"]).dictionary_encode(),
            "n": pa.array([1, None, 3], pa.int32()),
            "flag": pa.array([True, None, False]),
            "value": [1.005, None, 2.0],
        }
    )
    index = memory_index(table, calendar=Calendar(currency="USD", as_of_us=2000))
    bucket, catalog = index.buckets[0], index.catalog
    assert catalog.untimed_rows == 1
    assert (catalog.first_us, catalog.last_us, catalog.as_of_us) == (1000, 3000, 2000)
    flagged = Compare(field="flag", operator=Operator.EQ, values=("true",))
    assert row_mask(flagged, bucket, catalog).sum() == 1
    assert np.isnan(bucket.number("n")).sum() == 1
    assert sorted(bucket.money("value").tolist())[1:] == [100, 200]
