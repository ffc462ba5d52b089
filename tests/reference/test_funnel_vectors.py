"""Funnels against the worked examples that the definitions of a funnel are published with."""

from __future__ import annotations

import pytest

from slow_paths import ask
from sojourn.base.predicate import event_is
from sojourn.base.timespan import HOUR_US, MINUTE_US
from sojourn.insight.funnel.question import Funnel
from sojourn.insight.funnel.values import Entry, Exclusion, Order, Step


def steps(names, **of_last):
    found = [Step(title=name, predicate=event_is(name)) for name in names]
    if of_last:
        found[-1] = Step(title=names[-1], predicate=event_is(names[-1]), **of_last)
    return tuple(found)


def reached(spec, rows):
    """How many steps a single person reaches."""
    return sum(row.people for row in ask(spec, rows).rows)


def log(names, at=None):
    return [("ann", (at or range(len(names)))[i], name) for i, name in enumerate(names)]


USERS = ["abc", "adbc", "aabbcc", "aabbdcc", "ccbbaa"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [(Order.ORDERED, [3, 3, 3, 3, 1]), (Order.STRICT, [3, 1, 2, 2, 1])],
)
def test_five_users(order, expected):
    """Users a b c | a d b c | a a b b c c | a a b b d c c | c c b b a a, steps a, b, c."""
    spec = Funnel(steps=steps("abc"), window_us=None, order=order)
    assert [reached(spec, log(user)) for user in USERS] == expected


@pytest.mark.parametrize(("window", "expected"), [(2, 3), (3, 4), (4, 5)])
def test_the_window_is_inclusive(window, expected):
    """Events at t = 0..8 coded 1000..1008: steps 1003..1007.

    The same vector as in the tests of ClickHouse's ``windowFunnel``.
    """
    rows = [("ann", t, str(1000 + t)) for t in range(9)]
    spec = Funnel(steps=steps([str(code) for code in range(1003, 1008)]), window_us=window)
    assert reached(spec, rows) == expected


def test_the_best_entry_converts_where_the_first_does_not():
    """Entries 13:00 and 13:30, step 2 13:45, step 3 14:15, window 1 h (Mixpanel's documentation)."""
    clock = [13 * 60, 13 * 60 + 30, 13 * 60 + 45, 14 * 60 + 15]
    rows = log("AABC", [minutes * MINUTE_US for minutes in clock])
    best = Funnel(steps=steps("ABC"), window_us=HOUR_US)
    first = Funnel(steps=steps("ABC"), window_us=HOUR_US, entry=Entry.FIRST)
    assert [row.people for row in ask(best, rows).rows] == [1, 1, 1]
    assert [row.people for row in ask(first, rows).rows] == [1, 1, 0]


def test_an_exclusion_spoils_a_choice_not_the_person():
    """A0 B1 X2 B3 C4 with X excluded between 2 and 3: B3 is chosen, and C is reached."""
    excluded = Exclusion(title="X", predicate=event_is("X"), after=2, before=3)
    spec = Funnel(steps=steps("ABC"), window_us=None, exclusions=(excluded,))
    assert reached(spec, log("ABXBC")) == 3
    assert reached(spec, log("ABXC")) == 2


def test_a_gap_is_met_by_a_later_event():
    """A0 B1 B9 C10 with gap 2→3 ≤ 2: B9 is chosen, which a greedy choice would miss."""
    spec = Funnel(steps=steps("ABC", longest_us=2), window_us=None)
    assert reached(spec, log("ABBC", [0, 1, 9, 10])) == 3
    assert reached(spec, log("ABC", [0, 1, 10])) == 2
