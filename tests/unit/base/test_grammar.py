from __future__ import annotations

import pytest

from sojourn.base.grammar import GrammarError, parse_predicate, parse_step
from sojourn.base.predicate import AllOf, AnyOf, Compare, Not, Operator, event_is


def eq(field: str, value: str | float) -> Compare:
    return Compare(field=field, operator=Operator.EQ, values=(value,))


def test_and_binds_tighter_than_or_and_brackets_win() -> None:
    assert parse_predicate("a = 1 or b = x and c = y") == AnyOf(
        (eq("a", 1.0), AllOf((eq("b", "x"), eq("c", "y"))))
    )
    assert parse_predicate("(a = 1 or b = x) and not c = y") == AllOf(
        (AnyOf((eq("a", 1.0), eq("b", "x"))), Not(eq("c", "y")))
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("value >= -1.5e3", Compare(field="value", operator=Operator.GE, values=(-1500.0,))),
        ("zip = 01234", eq("zip", "01234")),
        ('city = "New York"', eq("city", "New York")),
        ('"my prop" != \'it\\\'s\'', Compare(field="my prop", operator=Operator.NE, values=("it's",))),
        ("country in (KR, 'US')", Compare(field="country", operator=Operator.IN, values=("KR", "US"))),
        ("country not in (KR)", Compare(field="country", operator=Operator.NOT_IN, values=("KR",))),
        ("page matches '^/p/[0-9]+$'", Compare(field="page", operator=Operator.MATCHES, values=("^/p/[0-9]+$",))),
        ("exists coupon", Compare(field="coupon", operator=Operator.EXISTS)),
        ("missing trait.plan", Compare(field="trait.plan", operator=Operator.MISSING)),
        ("등급 = 골드", eq("등급", "골드")),
        ("page contains /blog/", Compare(field="page", operator=Operator.CONTAINS, values=("/blog/",))),
    ],
)  # fmt: skip
def test_comparisons(text: str, expected: Compare) -> None:
    assert parse_predicate(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "   ", "a", "a =", "a = 1 and", "(a = 1", "a = 1)", "a in 1", "a in ()", "a in (1", "= 1",
     "a ~ 1", "a = 'open", "not", "a = (", "a = 1 b = 2", "(" * 5000 + "a = 1" + ")" * 5000],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_marked(text: str) -> None:
    with pytest.raises(GrammarError) as caught:
        parse_predicate(text)
    assert "Allowed: conditions such as" in caught.value.message


def test_steps() -> None:
    plain = parse_step("Add to cart")
    assert (plain.title, plain.events, plain.predicate) == (
        "Add to cart", ("Add to cart",), event_is("Add to cart"),
    )  # fmt: skip
    either = parse_step("cart | 'wish list'")
    assert either.events == ("cart", "wish list")
    assert either.predicate == event_is("cart", "wish list")
    full = parse_step("order_paid where value > 10 and device = app as Big order")
    assert full.title == "Big order"
    assert full.predicate == AllOf(
        (event_is("order_paid"), parse_predicate("value > 10 and device = app"))
    )


@pytest.mark.parametrize("text", ["", " ", "a | ", "| a"])
def test_empty_steps_are_refused(text: str) -> None:
    with pytest.raises(GrammarError):
        parse_step(text)
