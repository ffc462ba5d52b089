"""Journeys at the edge of what comes: very many kinds of event, one very long life."""

from __future__ import annotations

import numpy as np
import pytest

from real_logs import ask, sequences
from sojourn.base.predicate import event_is
from sojourn.insight.overview.events import Events
from sojourn.insight.overview.person import Person
from sojourn.insight.process.graph import Graph
from sojourn.insight.process.matches import Matches
from sojourn.insight.process.path_words import Occurrence
from sojourn.insight.process.paths import Paths
from sojourn.insight.process.variants import Variants
from sojourn.insight.views.lens import View
from sojourn.insight.views.nodes import NodeRule

pytestmark = pytest.mark.slow


def test_a_hundred_thousand_names() -> None:
    rng = np.random.default_rng(5)
    lengths = rng.integers(1, 40, 25_000)
    rows = int(lengths.sum())
    codes = rng.integers(0, 100_000, rows).astype(np.uint32)
    names = tuple(f"e{n}" for n in range(100_000))
    index = sequences(names, lengths, codes, 4)
    graph = ask(Graph(loops=True), index)
    assert graph.extra["totals"]["events"] == rows
    assert sum(row.count for row in graph.rows) == rows + 25_000
    folded = ask(Graph(view=View(nodes=NodeRule(keep=5))), index)
    assert folded.extra["other"]["kinds"] == 100_000 - 5
    assert sum(row.count for row in folded.rows) == rows + 25_000
    assert len(ask(Events(), index).rows) == len(np.unique(codes))
    assert ask(Variants(), index).extra["totals"]["journeys"] == 25_000
    paths = ask(Paths(depth=4), index)
    assert paths.extra["columns"][0]["count"] == 25_000
    assert {node["event"].split()[0] for node in paths.extra["nodes"]} == {"Other"}


def test_one_person_with_five_million_events() -> None:
    rng = np.random.default_rng(6)
    lengths = np.array([5_000_000, 3, 2])
    codes = rng.integers(0, 20, int(lengths.sum())).astype(np.uint8)
    index = sequences(tuple(f"e{n}" for n in range(20)), lengths, codes, 1)
    assert ask(Graph(), index).extra["totals"]["events"] == 5_000_005
    variants = ask(Variants(), index)
    assert [len(row.path) for row in variants.rows] == [2, 3, 5_000_000]
    spec = Paths(occurrence=Occurrence.EVERY, anchor=event_is("e3"), depth=3)
    assert ask(spec, index).extra["totals"]["paths"] == int((codes == 3).sum())
    (row,) = ask(Matches(patterns=("e0 -> any* -> e1",)), index).rows
    assert row.people <= 3
    person = ask(Person(person="0", limit=100), index)
    assert len(person.rows) == 100
    assert person.extra["totals"]["events"] == 5_000_000
