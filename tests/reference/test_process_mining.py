"""Graphs, variants, times and rework of nine logs against pm4py, edge for edge.

``../shared/reference/pm4py_logs.json`` was made by ref_pm4py.py with pm4py 2.7.23.11 (pandas 3.1.1):
``discover_dfg``, ``get_variants``, ``discover_performance_dfg``, ``get_rework_cases_per_activity``;
each case's events by timestamp, ties in file order.
"""

from __future__ import annotations

import json

import pytest

from real_logs import ask, msnbc, read
from sojourn.base.grammar import parse_predicate
from sojourn.base.timespan import DAY_US
from sojourn.insight.overview.events import Events
from sojourn.insight.overview.sessions import Sessions
from sojourn.insight.process.graph import Graph
from sojourn.insight.process.variants import Variants
from sojourn.insight.question import Scope

XES = "process_logs/{}"
ECOM = "retentioneering_ecom_synthetic/ecom.csv.gz"
OLIST = "olist_subset/olist_orders_dataset.csv.gz"
STEPS = {
    "order_purchase_timestamp": "purchase",
    "order_approved_at": "approved",
    "order_delivered_carrier_date": "handed_to_carrier",
    "order_delivered_customer_date": "delivered",
}
BPIC = "process_logs/bpic2012.xes.gz"
COMPLETE = Scope(events=parse_predicate("lifecycle:transition = COMPLETE"))


def xes(name):
    return lambda data: (read(data / "process_logs" / name), Scope())


def olist(data):
    options = {"roles": {"person": "order_id"}, "event_times": tuple(STEPS)}
    return read(data / OLIST, options=options), Scope()


LOGS = {
    "process_logs/running-example.xes": xes("running-example.xes"),
    "process_logs/receipt.xes.gz": xes("receipt.xes.gz"),
    "process_logs/roadtraffic100traces.xes": xes("roadtraffic100traces.xes"),
    BPIC: xes("bpic2012.xes.gz"),
    f"{BPIC} [lifecycle:transition=COMPLETE]": lambda data: (
        read(data / BPIC, "lifecycle:transition"),
        COMPLETE,
    ),
    f"{ECOM} (case=user_id)": lambda data: (read(data / ECOM), Scope()),
    f"{ECOM} (case=session_id)": lambda data: (
        read(data / ECOM, options={"roles": {"person": "session_id"}}),
        Scope(),
    ),
    "msnbc_clickstream first 100000 sequences": lambda data: (
        msnbc(data / "msnbc_clickstream" / "msnbc990928.seq.gz", limit=100_000),
        Scope(),
    ),
    "olist_subset orders (case=order_id)": olist,
}


@pytest.fixture(scope="module")
def logs(shared):
    found = json.loads((shared / "reference" / "pm4py_logs.json").read_text("utf-8"))["logs"]
    return {log["log"]: log for log in found}


@pytest.fixture(scope="module", params=LOGS)
def log(request, shared, logs):
    index, scope = LOGS[request.param](shared / "data")
    return logs[request.param], index, scope


def named(event):
    return STEPS.get(event, event)


def test_every_log_of_the_reference_is_here(logs) -> None:
    assert set(LOGS) == set(logs)


def test_the_graph_is_equal_edge_for_edge(log) -> None:
    known, index, scope = log
    answer = ask(Graph(scope=scope, times=True, loops=True), index)
    edges = {(named(r.source), named(r.target)): r for r in answer.rows}
    inner = {edge: row for edge, row in edges.items() if None not in edge}
    assert known["dfg_is_complete"]
    assert {edge: row.count for edge, row in inner.items()} == {
        (source, target): count for source, target, count in known["dfg"]
    }
    assert len(inner) == known["dfg_edges_total"]
    assert sum(row.count for row in inner.values()) == known["dfg_arcs_sum"]
    assert {t: row.count for (s, t), row in edges.items() if s is None} == known["start_activities"]
    assert {s: row.count for (s, t), row in edges.items() if t is None} == known["end_activities"]
    totals = answer.extra["totals"]
    assert (totals["journeys"], totals["events"]) == (known["cases"], known["events"])
    for source, target, seconds in known.get("performance_dfg_seconds_top20", ()):
        row = inner[source, target]
        assert row.median.seconds == pytest.approx(seconds["median"], abs=0.0011)
        assert row.median.relative_error == 0.0
        assert row.p90.seconds <= seconds["max"] + 0.0011
    nodes = {named(node["event"]): node for node in answer.extra["nodes"]}
    selves = {event: node["self_loops"] for event, node in nodes.items() if node["self_loops"]}
    assert selves == known["self_loops"]
    if "rework_cases_per_activity" in known:
        rework = {e: round(n["repeated"]["value"] * n["journeys"]) for e, n in nodes.items()}
        assert {e: n for e, n in rework.items() if n} == known["rework_cases_per_activity"]


def test_variants_are_equal(log) -> None:
    known, index, scope = log
    answer = ask(Variants(scope=scope, top=None), index)
    assert answer.extra["totals"]["variants"] == known["variants_total"]
    assert sum(row.count for row in answer.rows) == known["cases"]
    counts = {tuple(named(step) for step in row.path): row.count for row in answer.rows}
    assert len(counts) == known["variants_total"]
    for path, count in known["variants_top10"]:
        assert counts[tuple(path)] == count
    assert sorted(counts.values(), reverse=True)[:10] == [n for _, n in known["variants_top10"]]


def test_activities_are_equal(log) -> None:
    known, index, scope = log
    rows = ask(Events(scope=scope), index).rows
    assert {named(row.event): row.count for row in rows} == known["activities"]


def test_case_durations_are_equal(log) -> None:
    known, index, scope = log
    if not index.catalog.timed:
        pytest.skip("the log has no times; those of the reference are artificial")
    (row,) = ask(Sessions(scope=scope, session_gap_us=100_000 * DAY_US), index).rows
    assert row.sessions == known["cases"]
    seconds = known["case_duration_seconds"]
    assert row.duration.seconds == pytest.approx(seconds["median"], abs=0.0011)
    assert row.duration_p90.seconds == pytest.approx(seconds["p90"], abs=0.0011)
