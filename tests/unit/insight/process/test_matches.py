"""How many journeys match a pattern."""

from __future__ import annotations

import pytest

from slow_paths import MINUTE, ask
from sojourn.base.estimate import wilson
from sojourn.base.timespan import TimeRange
from sojourn.insight.process.matches import Matches
from sojourn.insight.question import Scope
from sojourn.insight.views.lens import Unit, View
from sojourn.insight.views.nodes import NodeRule
from sojourn.insight.views.pattern_text import PatternError

ROWS = [
    *(("ann", at * 60 * MINUTE, e) for at, e in enumerate("abab")),
    *(("bob", at * MINUTE, e) for at, e in enumerate("abcab")),
    ("cid", 0, "c"),
]


def test_people_journeys_and_occurrences() -> None:
    answer = ask(Matches(patterns=("a -> b", "c -> any* -> end")), ROWS, buckets=2)
    found = [(r.pattern, r.people, r.journeys, r.occurrences, r.share) for r in answer.rows]
    assert found == [
        ("a -> b", 2, 2, 4, wilson(2, 3)),
        ("c -> any* -> end", 2, 2, 2, wilson(2, 3)),
    ]
    assert answer.extra == {"totals": {"journeys": 3, "people": 3}}


def test_sessions_and_ranges_and_groups() -> None:
    sessions = ask(Matches(patterns=("start -> any -> end",), view=View(unit=Unit.SESSION)), ROWS)
    (row,) = sessions.rows
    assert (row.people, row.journeys) == (2, 5)
    cut = Scope(range=TimeRange(end_us=MINUTE + 1))
    (row,) = ask(Matches(patterns=("b -> end",), scope=cut), ROWS).rows
    assert (row.people, row.journeys) == (1, 1)
    joined = View(nodes=NodeRule(groups=("ab=?",)))
    (row,) = ask(Matches(patterns=("ab -> ab",), view=joined), ROWS).rows
    assert row.occurrences == 4


def test_a_pattern_is_needed() -> None:
    with pytest.raises(PatternError, match="No pattern"):
        ask(Matches(patterns=()), ROWS)
