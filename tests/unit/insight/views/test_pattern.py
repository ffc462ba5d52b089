"""Path patterns: what can be written, what it means, and what is refused."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.errors import UnknownNameError
from sojourn.base.grammar import GrammarError
from sojourn.base.predicate import ALWAYS, Compare, Operator
from sojourn.index.journeys import whole
from sojourn.index.memory import memory_index
from sojourn.insight.views import nfa
from sojourn.insight.views.automaton import Automaton
from sojourn.insight.views.nodes import NodeRule
from sojourn.insight.views.pattern_text import (
    Either,
    End,
    One,
    PatternError,
    Repeat,
    Sequence,
    Start,
    parse_pattern,
)


def one(*names: str) -> One:
    return One(names=names)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", one("a")),
        ("a->b", Sequence((one("a"), one("b")))),
        (
            "a -> [b|c] -> any* -> end",
            Sequence(
                (one("a"), Either((one("b"), one("c"))), Repeat(one(), 0, None), End())
            ),
        ),
        ("start -> any", Sequence((Start(), one()))),
        ("[^a|b]+", Repeat(One(names=("a", "b"), negated=True), 1, None)),
        ("a? -> b{2} -> c{2,} -> d{1,3}", Sequence((
            Repeat(one("a"), 0, 1), Repeat(one("b"), 2, 2), Repeat(one("c"), 2, None),
            Repeat(one("d"), 1, 3),
        ))),
        ("(a -> b)+ -> c", Sequence((Repeat(Sequence((one("a"), one("b"))), 1, None), one("c")))),
        ("a | b -> c", Sequence((Either((one("a"), one("b"))), one("c")))),
        ("Create Fine -> Send Fine", Sequence((one("Create Fine"), one("Send Fine")))),
        ('"any" -> "a -> b" -> "x*"', Sequence((one("any"), one("a -> b"), one("x*")))),
        ("/product/7 -> 결제", Sequence((one("/product/7"), one("결제")))),
        (
            "buy where value > 10",
            One(names=("buy",), condition=Compare(
                field="value", operator=Operator.GT, values=(10.0,)
            )),
        ),
        (
            "[buy where country in (KR, US)]*",
            Repeat(One(names=("buy",), condition=Compare(
                field="country", operator=Operator.IN, values=("KR", "US")
            )), 0, None),
        ),
    ],
)  # fmt: skip
def test_patterns_are_read(text: str, tree) -> None:
    assert parse_pattern(text) == tree


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "name is missing"),
        ("a ->", "name is missing"),
        ("a -> -> b", "name is missing"),
        ("(a -> b", r"a \( is never closed"),
        ("[a|b", r"a \[ is never closed"),
        ("[a||b]", "name is missing"),
        ("a)", "without a use"),
        ('"a', "a quote is never closed"),
        ("a{3,2}", "no number of repeats"),
        ("a{0}", "no number of repeats"),
        ("a{2000}", "no number of repeats"),
        ("start+ -> a", "start and end happen once"),
        ("(" * 60 + "a" + ")" * 60, "levels of brackets"),
        ("[^a where v = 1|b]", "only one event may have a condition"),
    ],
)
def test_mistakes_are_named(text: str, what: str) -> None:
    with pytest.raises(PatternError, match=what):
        parse_pattern(text)


ROWS = [
    *(("p1", at, e) for at, e in enumerate("abcab")),
    *(("p2", at, e) for at, e in enumerate("aabbc")),
    *(("p3", at, e) for at, e in enumerate("c")),
    *(("p4", at, e, {"v": float(at)}) for at, e in enumerate("acbcb")),
]


def matches(text: str, rows=ROWS) -> dict[str, int]:
    index = memory_index(rows)
    bucket = index.buckets[0]
    nodes = NodeRule().compile(index.catalog)
    automaton = Automaton.compile(parse_pattern(text), nodes, index.catalog)
    journeys = whole(bucket)
    found = automaton.count(bucket, journeys, nodes.codes(bucket, journeys))
    ids = bucket.person_ids(np.arange(len(found)))
    return {who: int(n) for who, n in zip(ids, found, strict=True) if n}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a -> b", {"p1": 2, "p2": 1}),
        ("a -> any* -> c", {"p1": 1, "p2": 1, "p4": 1}),
        ("start -> c", {"p3": 1}),
        ("start -> any -> a", {"p2": 1}),
        ("b -> end", {"p1": 1, "p4": 1}),
        ("a -> [^c]* -> end", {"p1": 1}),
        ("a+ -> b+ -> c", {"p1": 1, "p2": 1}),
        ("a{2} -> b{2}", {"p2": 1}),
        ("(c -> b){2}", {"p4": 1}),
        ("[a|c] -> b", {"p1": 2, "p2": 1, "p4": 2}),
        ("start -> any -> end", {"p3": 1}),
        ("any", {"p1": 5, "p2": 5, "p3": 1, "p4": 5}),
        ("c where v >= 2", {"p4": 1}),
        ("[^c where v >= 2]", {"p1": 5, "p2": 5, "p3": 1, "p4": 4}),
        ("c where v < 2 -> b -> c where v > 2", {"p4": 1}),
    ],
)
def test_matches_are_counted_without_overlap(text: str, expected) -> None:
    assert matches(text) == expected


def test_unknown_names_and_properties_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean"):
        matches("aa")
    with pytest.raises(UnknownNameError, match="property"):
        matches("a where w = 1")


def test_patterns_that_match_nothing_are_refused() -> None:
    for text in ("any*", "start", "a?", "(a?)*"):
        with pytest.raises(PatternError, match="without any event"):
            matches(text)


def test_size_is_bounded() -> None:
    with pytest.raises(PatternError, match="repeats too much"):
        matches("(a{1000}){1000}")
    with pytest.raises(PatternError, match="too ambiguous"):
        matches("a -> any{20} -> b")
    with pytest.raises(PatternError, match="7 conditions"):
        matches(" -> ".join(f"a where v = {n}" for n in range(7)))
    assert len(nfa.Nfa.of(parse_pattern("a{900}")).labels) < nfa.MAX_NFA_STATES


@given(st.text("ab|->[]()^*+?{}, 1\"'", max_size=30))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    with suppress(PatternError, GrammarError):  # anything else is a fault of ours
        parse_pattern(text)


def test_a_negation_keeps_its_condition() -> None:
    assert parse_pattern("[^a]") == One(names=("a",), condition=ALWAYS, negated=True)
