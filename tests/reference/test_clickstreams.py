"""Paths of two clickstreams against outside counts.

msnbc: ``../shared/reference/dataset_facts.json``, made by ref_facts.py (plain counts with pandas).
ecom: ``../shared/reference/retentioneering_ecom.json``, made by ref_retentioneering.py with
retentioneering 5.2.4: ``transition_graph`` (share of an event's outgoing moves), ``step_matrix``
(share of paths at an event at a step; step 0 is the virtual start), ``funnel`` (closed, ordered)
and ``get_conversion_rate``.
"""

from __future__ import annotations

import json

import pytest

from real_logs import ask, msnbc, read
from sojourn.insight.process.graph import Graph
from sojourn.insight.process.matches import Matches
from sojourn.insight.process.paths import Paths
from sojourn.insight.process.variants import Variants

ECOM = "retentioneering_ecom_synthetic/ecom.csv.gz"


@pytest.fixture(scope="module")
def facts(shared):
    text = (shared / "reference" / "dataset_facts.json").read_text("utf-8")
    return json.loads(text)["msnbc_clickstream"]


@pytest.fixture(scope="module")
def clicks(shared):
    return msnbc(shared / "data" / "msnbc_clickstream" / "msnbc990928.seq.gz")


def test_msnbc_graph(facts, clicks) -> None:
    answer = ask(Graph(), clicks)
    edges = {(row.source, row.target): row.count for row in answer.rows}
    inner = {edge: count for edge, count in edges.items() if None not in edge}
    assert len(inner) == facts["directly_follows_pairs"] == 289
    assert sum(inner.values()) == facts["directly_follows_sum"] == 3_708_976
    top = sorted(inner.items(), key=lambda item: -item[1])[:30]
    assert [[*edge, count] for edge, count in top] == facts["directly_follows_top30"]
    assert {t: n for (s, t), n in edges.items() if s is None} == facts["start"]
    assert {s: n for (s, t), n in edges.items() if t is None} == facts["end"]
    counts = {node["event"]: node["count"] for node in answer.extra["nodes"]}
    assert counts == facts["page_views_by_category"]
    assert answer.extra["totals"]["people"] == facts["sequences"]
    assert ask(Graph(people=False), clicks).extra == answer.extra


def test_msnbc_variants_are_exact(facts, clicks) -> None:
    answer = ask(Variants(top=10), clicks)
    assert answer.extra["totals"]["variants"] == facts["variants_total"] == 169_714
    assert answer.extra["totals"]["journeys"] == facts["sequences"]
    assert [[list(row.path), row.count] for row in answer.rows] == facts["variants_top10"]


def test_msnbc_step_by_step(facts, clicks) -> None:
    answer = ask(Paths(depth=10, within_us=None, min_share=0.0), clicks)
    nodes = answer.extra["nodes"]
    first = {node["event"]: node["count"] for node in nodes if node["step"] == 0}
    assert first == facts["start"]
    ended = [sum(n["ended"] for n in nodes if n["step"] == step) for step in range(10)]
    assert ended == [facts["length_counts_1_10"][str(n)] for n in range(1, 11)]


@pytest.fixture(scope="module")
def peers(shared):
    return json.loads((shared / "reference" / "retentioneering_ecom.json").read_text("utf-8"))


@pytest.fixture(scope="module", params=["user", "session"])
def case(request, shared, peers):
    roles = {} if request.param == "user" else {"roles": {"person": "session_id"}}
    index = read(shared / "data" / ECOM, options=roles)
    return peers[f"case_{request.param}"], index


def test_transition_probabilities(case) -> None:
    known, index = case
    found: dict[str, dict[str, float]] = {"path_end": {}}
    for row in ask(Graph(), index).rows:
        source, target = row.source or "path_start", row.target or "path_end"
        found.setdefault(source, {})[target] = round(row.share.value, 6)
    assert set(found) == set(known["transition_probabilities"])
    for source, targets in known["transition_probabilities"].items():
        assert set(found[source]) == set(targets)
        for target, share in targets.items():
            assert found[source][target] == pytest.approx(share, abs=1.1e-6)


def test_step_matrix(case) -> None:
    known, index = case
    answer = ask(Paths(depth=9, within_us=None, min_share=0.0), index)
    found: dict[str, dict[str, float]] = {}
    gone = 0
    for step in range(10):
        for node in (n for n in answer.extra["nodes"] if n["step"] == step):
            found.setdefault(node["event"], {})[str(step + 1)] = node["share"]["value"]
        if gone:
            found.setdefault("path_end", {})[str(step + 1)] = gone / answer.extra["totals"]["paths"]
        gone += sum(n["ended"] for n in answer.extra["nodes"] if n["step"] == step)
    expected = {e: s for e, s in known["step_matrix"].items() if e != "path_start"}
    assert set(found) == set(expected)
    for event, steps in expected.items():
        assert set(found[event]) == set(steps)
        for step, share in steps.items():
            assert found[event][step] == pytest.approx(share, abs=1.1e-6)


def test_patterns_count_what_ordered_funnels_do(case) -> None:
    known, index = case
    for funnel in known["funnels"]:
        for at in range(1, len(funnel["steps"]) + 1):
            pattern = " -> any* -> ".join(funnel["steps"][:at])
            (row,) = ask(Matches(patterns=(pattern,)), index).rows
            assert row.people == funnel["retentioneering"]["steps"][at - 1]["unique_paths"]


def test_conversion_without_a_limit(case) -> None:
    known, index = case
    start, end, within = known["conversion_rate_questions"][0]
    assert within == "None"
    told = known["conversion_rate"][0][0]
    patterns = (start, f"{start} -> any* -> {end}")
    had, converted = ask(Matches(patterns=patterns), index).rows
    assert (had.people, converted.people) == (told["paths_with_start"], told["converted"])
