"""Conditions in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.grammar import parse_predicate
from sojourn.base.predicate import ALWAYS, AllOf, AnyOf, Compare, Not, Operator
from sojourn.base.wording import words

SINGLE = [o for o in Operator if o not in {Operator.EXISTS, Operator.MISSING}]
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1)
VALUE = st.one_of(TEXT, st.floats(-1e9, 1e9).filter(lambda x: x == 0 or abs(x) > 1e-4))
COMPARE = st.one_of(
    st.builds(
        lambda f, o, v: Compare(field=f, operator=o, values=(v,)),
        TEXT,
        st.sampled_from(SINGLE),
        VALUE,
    ),
    st.builds(lambda f: Compare(field=f, operator=Operator.EXISTS), TEXT),
)


@pytest.mark.parametrize(
    "text",
    [
        "device = mobile",
        "device = mobile and value > 10",
        "(a = 1 or b = 2) and not (c in (x, y))",
        'page contains "two words"',
        'size = "12"',
        "missing coupon or exists offer",
        "value >= -0.5",
    ],
)
def test_words_are_what_was_written(text: str) -> None:
    found = words(parse_predicate(text))
    assert parse_predicate(found) == parse_predicate(text)
    assert found == text.replace("not (c in (x, y))", "(not c in (x, y))")


def test_empty_conditions_have_words() -> None:
    assert words(ALWAYS) == "anything"
    assert words(AnyOf(())) == "nothing"


@given(st.recursive(COMPARE, lambda inner: st.one_of(
    st.builds(Not, inner),
    st.builds(lambda *parts: AllOf(parts), inner, inner),
    st.builds(lambda *parts: AnyOf(parts), inner, inner, inner),
), max_leaves=6))  # fmt: skip
def test_the_grammar_reads_words_back(predicate) -> None:
    assert parse_predicate(words(predicate)) == predicate
