"""Funnels over public data against other engines and a peer's own package.

``retentioneering_ecom.json`` was made with retentioneering 5.2.4: its ``funnel`` is closed, ordered
and has no window. ClickHouse's ``windowFunnel`` runs in ``chdb``; DuckDB counts by
chained subqueries, written out below.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from clickhouse import clickhouse
from sojourn.adapters.engines.local import LocalEngine
from sojourn.base.predicate import event_is
from sojourn.base.timespan import DAY_US, HOUR_US
from sojourn.index.memory import memory_index
from sojourn.insight.funnel.compatible.profiles import Profile, as_profile
from sojourn.insight.funnel.question import Funnel
from sojourn.insight.funnel.values import Entry, Order, Step, Unit

STEPS = ("product_view", "add_to_cart", "cart", "shipping_details", "payment_details", "purchase")
WINDOWS = (HOUR_US // 2, DAY_US, 14 * DAY_US)
WHOLE_SECOND = 1_000_000


def steps(names):
    return tuple(Step(title=name, predicate=event_is(name)) for name in names)


def people(spec, index):
    return [row.people for row in LocalEngine(1).ask(spec.plan(index.catalog), index).rows]


@pytest.fixture(scope="module")
def ecom(shared):
    """The table of the shop's events, in file order: person, session, event, time."""
    path = shared / "data" / "retentioneering_ecom_synthetic" / "ecom.csv.gz"
    read = pyarrow.csv.read_csv(pa.input_stream(str(path), compression="gzip"))
    time = read["timestamp"].cast(pa.timestamp("us", tz="UTC"))
    return pa.table(
        {
            "person": read["user_id"],
            "time": time,
            "event": read["event"],
            "session": read["session_id"],
        }
    )


@pytest.fixture(scope="module")
def index(ecom):
    return memory_index(ecom, buckets=3)


@pytest.mark.parametrize("case", ["case_user", "case_session"])
def test_equals_retentioneering(shared, ecom, case):
    known = json.loads((shared / "reference" / "retentioneering_ecom.json").read_text("utf-8"))
    whose = ecom if case == "case_user" else ecom.set_column(0, "person", ecom["session"])
    index = memory_index(whose.drop_columns(["session"]), buckets=2)
    for funnel in known[case]["funnels"]:
        spec = Funnel(steps=steps(funnel["steps"]), window_us=None)
        expected = [step["unique_paths"] for step in funnel["retentioneering"]["steps"]]
        assert people(spec, index) == expected


def test_sessions_held_constant_are_sessions_of_the_file(shared, index):
    known = json.loads((shared / "reference" / "retentioneering_ecom.json").read_text("utf-8"))
    for funnel in known["case_session"]["funnels"]:
        spec = Funnel(steps=steps(funnel["steps"]), window_us=None, hold="session")
        expected = [step["unique_paths"] for step in funnel["retentioneering"]["steps"]]
        assert people(spec, index) == expected


# -- ClickHouse -------------------------------------------------------------------------------------


def window_funnel(table, names, window_us, *modes):
    """People by step as ``windowFunnel`` counts them."""
    numbered = table.select(["person", "time", "event"]).cast(
        pa.schema([("person", pa.string()), ("time", pa.int64()), ("event", pa.string())])
    )
    seconds = pa.array(np.asarray(numbered["time"]).astype(np.uint64))
    events = pa.table({"person": numbered["person"], "t": seconds, "event": numbered["event"]})
    conditions = ", ".join(f"event = '{name}'" for name in names)
    parameters = ", ".join([str(window_us), *(f"'{mode}'" for mode in modes)])
    sql = f"""
        SELECT level, count() FROM (
            SELECT windowFunnel({parameters})(t, {conditions}) AS level
            FROM {{table}} GROUP BY person
        ) GROUP BY level
    """
    levels = {int(level): int(n) for level, n in clickhouse(sql, events)}
    return [sum(n for level, n in levels.items() if level >= k) for k in range(1, len(names) + 1)]


@pytest.mark.parametrize("window_us", WINDOWS)
@pytest.mark.parametrize("names", [STEPS, STEPS[:3], ("home", "catalog", "product_view", "search")])
def test_equals_clickhouse(ecom, index, names, window_us):
    spec = as_profile(Funnel(steps=steps(names), window_us=window_us), Profile.CLICKHOUSE)
    assert people(spec, index) == window_funnel(ecom, names, window_us)


@pytest.mark.parametrize("window_us", WINDOWS)
@pytest.mark.parametrize("names", [STEPS, ("home", "catalog", "product_view"), ("catalog", "home")])
def test_equals_clickhouse_in_strict_order(ecom, index, names, window_us):
    spec = Funnel(steps=steps(names), window_us=window_us, order=Order.STRICT)
    theirs = as_profile(spec, Profile.CLICKHOUSE)
    assert people(theirs, index) == window_funnel(ecom, names, window_us, "strict_order")


@pytest.mark.parametrize("names", [("home", "home", "catalog"), ("catalog", "catalog", "catalog")])
def test_repeated_steps_show_that_clickhouse_fills_several_with_one_event(ecom, index, names):
    spec = Funnel(steps=steps(names), window_us=DAY_US)
    theirs = as_profile(spec, Profile.CLICKHOUSE)
    assert people(theirs, index) == window_funnel(ecom, names, DAY_US)
    once = replace(spec, simultaneous_us=1)
    assert people(once, index) == window_funnel(ecom, names, DAY_US, "strict_once")
    assert people(theirs, index) != people(once, index)


# -- DuckDB -----------------------------------------------------------------------------------------


def chained_first(table, names, window_us):
    """People by step from each person's first entry, each step the earliest after the one before."""
    duckdb = pytest.importorskip("duckdb")
    con = duckdb.connect()
    con.register("given", table.append_column("n", pa.array(range(table.num_rows))))
    con.execute(
        "CREATE TABLE e AS SELECT person, event, epoch_us(time) AS t, "
        "row_number() OVER (PARTITION BY person ORDER BY time, n) AS place FROM given"
    )
    con.execute(
        "CREATE TABLE s1 AS SELECT person, arg_min(t, place) AS entry, min(place) AS place FROM e "
        "WHERE event = ? GROUP BY person", [names[0]],
    )  # fmt: skip
    found = []
    for k, (_, name) in enumerate(pairwise([*names, ""]), 1):
        found.append(con.execute(f"SELECT count(*) FROM s{k}").fetchone()[0])
        con.execute(
            f"CREATE TABLE s{k + 1} AS SELECT p.person, p.entry, min(e.place) AS place "
            f"FROM s{k} p JOIN e USING (person) "
            "WHERE e.event = ? AND e.place > p.place AND e.t - p.entry <= ? GROUP BY ALL",
            [name, window_us],
        )
    return found


@pytest.mark.parametrize("window_us", WINDOWS)
def test_equals_duckdb_from_the_first_entry(ecom, index, window_us):
    spec = Funnel(steps=steps(STEPS), window_us=window_us, entry=Entry.FIRST)
    assert people(spec, index) == chained_first(ecom, STEPS, window_us)


def attempts_by_join(table, names, window_us, gaps_us):
    """People by step with every choice of events tried, by joins."""
    duckdb = pytest.importorskip("duckdb")
    con = duckdb.connect()
    con.register("given", table.append_column("n", pa.array(range(table.num_rows))))
    con.execute("CREATE TABLE e AS SELECT person, event, epoch_us(time) AS t, n FROM given")
    con.execute(
        "CREATE TABLE s1 AS SELECT person, t AS entry, t, n FROM e WHERE event = ?", [names[0]]
    )
    found = []
    for k, name in enumerate([*names[1:], ""], 1):
        found.append(con.execute(f"SELECT count(DISTINCT person) FROM s{k}").fetchone()[0])
        con.execute(
            f"CREATE TABLE s{k + 1} AS SELECT DISTINCT p.person, p.entry, e.t, e.n "
            f"FROM s{k} p JOIN e USING (person) WHERE e.event = ? AND (e.t, e.n) > (p.t, p.n) "
            "AND e.t - p.entry <= ? AND e.t - p.t BETWEEN ? AND ?",
            [name, window_us, *gaps_us],
        )
    return found


@pytest.mark.parametrize("gap_us", [HOUR_US // 60, HOUR_US // 4])
def test_equals_duckdb_with_a_longest_gap(ecom, index, gap_us):
    limited = tuple(
        replace(step, longest_us=gap_us) if at else step for at, step in enumerate(steps(STEPS))
    )
    spec = Funnel(steps=limited, window_us=DAY_US)
    assert people(spec, index) == attempts_by_join(ecom, STEPS, DAY_US, (0, gap_us))


@pytest.mark.parametrize("window_us", WINDOWS)
def test_strictly_increasing_times_are_a_shortest_gap(ecom, index, window_us):
    """ClickHouse remembers the newest event of a step only, and so loses people: one here."""
    names = STEPS[:4]
    later = tuple(
        replace(step, shortest_us=1) if at else step for at, step in enumerate(steps(names))
    )
    ours = people(Funnel(steps=later, window_us=window_us), index)
    assert ours == attempts_by_join(ecom, names, window_us, (1, window_us))
    theirs = window_funnel(ecom, names, window_us, "strict_increase")
    lost = [one - two for one, two in zip(ours, theirs, strict=True)]
    assert lost == ([0, 0, 0, 1] if window_us == 14 * DAY_US else [0, 0, 0, 0])


# -- sequences without times ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(shared):
    """Page categories of 60,000 visitors of msnbc.com, in order."""
    path = shared / "data" / "msnbc_clickstream" / "msnbc990928.seq.gz"
    with gzip.open(path, "rt", encoding="ascii") as file:
        lines = [line.split() for line in file if line[:1].isdigit()][:60_000]
    person = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    event = np.array([int(code) for line in lines for code in line])
    return person, event


def test_equals_a_greedy_match_on_journeys_without_times(pages):
    """Without window and exclusions taking the earliest next event is enough; so is DuckDB."""
    duckdb = pytest.importorskip("duckdb")
    person, event = pages
    table = pa.table(
        {
            "person": pa.array(person).cast(pa.string()),
            "time": pa.nulls(len(person), pa.int64()),
            "event": pa.array(event).cast(pa.string()),
        }
    )
    index = memory_index(table, buckets=4)
    spec = Funnel(steps=steps(("1", "2", "12", "1")))
    con = duckdb.connect()
    con.register("given", pa.table({"p": person, "e": event, "n": np.arange(len(person))}))
    con.execute("CREATE TABLE s1 AS SELECT p, min(n) AS n FROM given WHERE e = 1 GROUP BY p")
    expected = []
    for k, code in enumerate((2, 12, 1, 0), 1):
        expected.append(con.execute(f"SELECT count(*) FROM s{k}").fetchone()[0])
        con.execute(
            f"CREATE TABLE s{k + 1} AS SELECT s.p, min(g.n) AS n FROM s{k} s JOIN given g "
            "ON g.p = s.p AND g.n > s.n WHERE g.e = ? GROUP BY s.p", [code],
        )  # fmt: skip
    assert people(spec, index) == expected
    assert people(replace(spec, limit=3, people_at=1), index) == expected


def test_equals_clickhouse_in_strict_order_without_times(pages):
    """The n-th page of a visit at second n: ClickHouse needs a time."""
    person, event = pages
    starts = np.flatnonzero(np.r_[True, person[1:] != person[:-1]])
    second = np.arange(len(person)) - np.repeat(starts, np.diff(np.r_[starts, len(person)]))
    table = pa.table(
        {
            "person": pa.array(person).cast(pa.string()),
            "time": pa.array(second * WHOLE_SECOND),
            "event": pa.array(event).cast(pa.string()),
        }
    )
    index = memory_index(table, buckets=2)
    names, window_us = ("1", "2", "4"), 20_000 * WHOLE_SECOND
    spec = Funnel(steps=steps(names), window_us=window_us, order=Order.STRICT)
    theirs = people(as_profile(spec, Profile.CLICKHOUSE), index)
    assert theirs == window_funnel(table, names, window_us, "strict_order")
    assert people(spec, index) != theirs


# -- one fixture for every engine -------------------------------------------------------------------


@pytest.mark.slow
def test_ten_million_events_as_other_engines_counted_them():
    """Numba, ClickHouse, DuckDB and retentioneering agreed on these figures.

    ``u = integers(0, N / 20); e = choice(20, p ∝ 1 / rank); t = integers(0, 30 · 86400)`` with
    ``default_rng(7)`` in this order; steps 0, 2, 4, 6; a window of seven days, and none.
    """
    n = 10_000_000
    rng = np.random.default_rng(7)
    weights = 1 / np.arange(1, 21)
    person = rng.integers(0, n // 20, n)
    event = rng.choice(20, n, p=weights / weights.sum())
    time = rng.integers(0, 30 * 86_400, n)
    names = pa.array([f"{code:02d}" for code in range(20)])
    table = pa.table(
        {
            "person": pa.array(person).cast(pa.string()),
            "time": pa.array(time * WHOLE_SECOND),
            "event": pa.DictionaryArray.from_arrays(pa.array(event, pa.int32()), names),
        }
    )
    index = memory_index(table, buckets=8)
    spec = Funnel(steps=steps(("00", "02", "04", "06")), window_us=7 * DAY_US)
    assert people(spec, index) == [498_050, 343_256, 67_213, 4_763]
    whole = replace(spec, window_us=None)
    assert people(whole, index) == [498_050, 383_867, 162_560, 37_987]


def test_sessions_by_gap_are_those_of_plain_counting(ecom, index):
    """Sessions split by half an hour, counted event by event."""
    spec = Funnel(steps=steps(STEPS[:3]), window_us=None, unit=Unit.SESSION)
    rows = sorted(
        zip(ecom["person"].to_pylist(), np.asarray(ecom["time"].cast(pa.int64())),
            range(ecom.num_rows), ecom["event"].to_pylist(), strict=True)
    )  # fmt: skip
    reach, before = [0, 0, 0], (None, 0)
    place = 0
    for person, time, _, event in rows:
        if person != before[0] or time - before[1] > HOUR_US // 2:
            place = 0
        if place < 3 and event == STEPS[place]:
            reach[place] += 1
            place += 1
        before = (person, time)
    assert people(spec, index) == reach
