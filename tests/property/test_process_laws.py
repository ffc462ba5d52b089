"""Laws of paths: flow is conserved, buckets merge, variants add up, automata match as they say."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from slow_paths import MINUTE, ROWS, ask, collapsed, journeys, names
from sojourn.base.predicate import event_is
from sojourn.index.journeys import whole
from sojourn.index.memory import memory_index
from sojourn.insight.funnel.question import Funnel
from sojourn.insight.funnel.values import Entry, Step
from sojourn.insight.overview.events import Events
from sojourn.insight.overview.properties import Properties
from sojourn.insight.overview.sessions import Sessions
from sojourn.insight.process.graph import Graph
from sojourn.insight.process.matches import Matches
from sojourn.insight.process.path_words import Direction, Occurrence
from sojourn.insight.process.paths import Paths
from sojourn.insight.process.variants import Variants
from sojourn.insight.views.automaton import Automaton
from sojourn.insight.views.lens import Unit, View
from sojourn.insight.views.nodes import NodeRule
from sojourn.insight.views.pattern_text import (
    Either,
    End,
    One,
    PatternError,
    Repeat,
    Sequence,
    Start,
)

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")

VIEWS = st.builds(
    View,
    unit=st.sampled_from(Unit),
    collapse=st.booleans(),
    nodes=st.sampled_from([NodeRule(), NodeRule(keep=2), NodeRule(property="page")]),
)
SPECS = st.one_of(
    st.builds(Graph, view=VIEWS, times=st.booleans(), loops=st.booleans()),
    st.builds(Variants, view=VIEWS, first=st.sampled_from([None, 2])),
    st.builds(
        Paths,
        view=VIEWS,
        direction=st.sampled_from(Direction),
        depth=st.integers(1, 5),
        min_share=st.sampled_from([0.0, 0.3]),
    ),
    st.just(Events()),
    st.just(Properties()),
    st.builds(Sessions, at_midnight=st.booleans()),
    st.just(Matches(patterns=("any -> any", "start -> any -> end"))),
)


@given(ROWS.filter(lambda rows: any(row[3] for row in rows)), SPECS, st.integers(2, 6))
def test_merging_buckets_equals_one_pass(rows, spec, buckets) -> None:
    assume(len({row[2] for row in rows}) > 2)  # so that rarer events can be joined
    one, many = ask(spec, rows), ask(spec, rows, buckets, threads=2)
    assert one.to_json() == many.to_json()


@given(ROWS, VIEWS)
def test_flow_is_conserved(rows, view) -> None:
    if view.nodes.property and not any(row[3] for row in rows):
        return
    answer = ask(Graph(view=view), rows)
    into, out = Counter(), Counter()
    for row in answer.rows:
        into[row.target] += row.count
        out[row.source] += row.count
    assert into == out  # None, the world outside, included: what starts also ends
    assert out[None] == answer.extra["totals"]["journeys"]


@given(ROWS, VIEWS)
def test_variants_add_up_to_journeys(rows, view) -> None:
    if view.nodes.property and not any(row[3] for row in rows):
        return
    answer = ask(Variants(view=view, top=None), rows)
    graph = ask(Graph(view=view), rows)
    total = sum(row.count for row in answer.rows)
    assert total == answer.extra["totals"]["journeys"] == graph.extra["totals"]["journeys"]
    moved = Counter()
    for row in answer.rows:
        for move in zip([None, *row.path], [*row.path, None], strict=True):
            moved[move] += row.count
    assert dict(moved) == {(row.source, row.target): row.count for row in graph.rows}


@given(ROWS)
def test_collapsing_twice_is_collapsing_once(rows) -> None:
    once = [
        (person, time, name)
        for person, journey in journeys(rows)
        for time, name in collapsed(journey)
    ]
    view = View(collapse=True)
    plain = {(row.source, row.target): row for row in ask(Graph(), once).rows}
    for found in (ask(Graph(view=view), rows), ask(Graph(view=view), once)):
        assert {(row.source, row.target): row for row in found.rows} == plain
    assert all(source != target for source, target in plain)


PATTERNS = st.recursive(
    st.one_of(
        st.builds(One, names=st.just(()), negated=st.just(False)),
        st.builds(
            One,
            names=st.lists(st.sampled_from("ab"), min_size=1, max_size=2).map(tuple),
            negated=st.booleans(),
        ),
        st.just(Start()),
        st.just(End()),
    ),
    lambda inner: st.one_of(
        st.builds(lambda *p: Sequence(p), inner, inner),
        st.builds(lambda *p: Either(p), inner, inner),
        st.builds(Repeat, inner, st.integers(0, 2), st.sampled_from([None, 2, 3])),
    ),
    max_leaves=5,
)


def ends(pattern, tokens, at):
    """Return every place where a match of a pattern that begins at a place may end."""
    match pattern:
        case Start() | End() | One():
            return {at + 1} if at < len(tokens) and is_one(pattern, tokens[at]) else set()
        case Sequence(parts=parts):
            places = {at}
            for part in parts:
                places = {end for place in places for end in ends(part, tokens, place)}
            return places
        case Either(parts=parts):
            return {end for part in parts for end in ends(part, tokens, at)}
        case Repeat(part=part, low=low, high=high):
            found, places = set(), {at}
            for times in range((high if high is not None else low + len(tokens)) + 1):
                if times >= low:
                    found |= places
                places = {end for place in places for end in ends(part, tokens, place)}
            return found


def is_one(pattern, token):
    """Return whether a token is what a pattern of one token asks for."""
    match pattern:
        case Start():
            return token == "^"
        case End():
            return token == "$"
        case One(names=wanted, negated=negated):
            return token not in "^$" and (not wanted or token in wanted) != negated


def slow_count(pattern, text):
    """Return matches that do not overlap, each ending as early as it can."""
    tokens, found, at = f"^{text}$", 0, 0
    while True:
        later = [end for start in range(at, len(tokens)) for end in ends(pattern, tokens, start)]
        if not later:
            return found
        found += 1
        at = max(min(later), at + 1)


@given(PATTERNS, st.lists(st.text("abc", min_size=1, max_size=7), min_size=1, max_size=6))
def test_automata_match_what_the_plain_matcher_does(pattern, texts) -> None:
    rows = [(f"p{n}", at, e) for n, text in enumerate(texts) for at, e in enumerate(text)]
    index = memory_index([*rows, ("other", 0, "a"), ("other", 1, "b")])
    nodes = NodeRule().compile(index.catalog)
    try:
        automaton = Automaton.compile(pattern, nodes, index.catalog)
    except PatternError:
        empty = ends(pattern, "^", 0) | ends(pattern, "x", 0)
        assert empty & {0, 1}  # refused because it matches without any event
        return
    bucket = index.buckets[0]
    journeys_seen = whole(bucket)
    counts = automaton.count(bucket, journeys_seen, nodes.codes(bucket, journeys_seen))
    ids = bucket.person_ids(np.arange(len(counts)))
    found = dict(zip(ids, counts.tolist(), strict=True))
    for n, text in enumerate(texts):
        assert found[f"p{n}"] == slow_count(pattern, text), text


@given(
    ROWS.filter(lambda rows: {"a", "d"} <= {row[2] for row in rows}),
    st.sampled_from([None, 0, 40 * MINUTE]),
    st.integers(1, 3),
)
def test_paths_reconcile_with_the_funnel(rows, within, buckets) -> None:
    """Paths begin with the people of step 1; those that reach the goal are those of step 2."""
    steps = tuple(Step(title=name, predicate=event_is(name)) for name in "ad")
    funnel = ask(Funnel(steps=steps, window_us=within, entry=Entry.FIRST), rows, buckets)
    paths = ask(
        Paths(anchor=event_is("a"), until=event_is("d"), within_us=within, depth=50, min_share=0.0),
        rows,
        buckets,
    )
    assert paths.extra["totals"]["paths"] == funnel.rows[0].people
    assert paths.extra["outcomes"]["reached"] == funnel.rows[1].people
    assert (
        paths.extra["totals"]["young"] + funnel.rows[0].mature >= paths.extra["outcomes"]["ended"]
    )


@given(ROWS.filter(lambda rows: "a" in {row[2] for row in rows}))
def test_every_anchor_is_every_event_of_its_kind(rows) -> None:
    answer = ask(Paths(anchor=event_is("a"), occurrence=Occurrence.EVERY, within_us=None), rows)
    assert answer.extra["totals"]["paths"] == sum(row[2] == "a" for row in rows)
    (row,) = ask(Matches(patterns=("a",)), rows).rows
    assert row.occurrences == answer.extra["totals"]["paths"]


@given(ROWS, st.sampled_from([0, 10, 30]))
def test_sessions_make_up_journeys(rows, gap) -> None:
    found = ask(Variants(view=View(unit=Unit.SESSION, session_gap_us=gap * MINUTE), top=None), rows)
    seen = Counter(name for row in found.rows for name in row.path for _ in range(row.count))
    assert seen == Counter(name for _, journey in journeys(rows) for name in names(journey))
