"""Paths of real logs against DuckDB and ClickHouse: moves, people, times, variants, sessions."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from clickhouse import clickhouse
from real_logs import ask, read
from sojourn.base.timespan import MINUTE_US, parse_duration
from sojourn.insight.overview.events import Events
from sojourn.insight.overview.sessions import Sessions
from sojourn.insight.process.graph import Graph
from sojourn.insight.process.matches import Matches
from sojourn.insight.process.paths import Paths
from sojourn.insight.process.variants import Variants
from sojourn.insight.views.lens import Unit, View

LOGS = {
    "ecom": "retentioneering_ecom_synthetic/ecom.csv.gz",
    "bpic2012": "process_logs/bpic2012.xes.gz",
    "access log": "apache_access_log/apache_logs.gz",
    "cdnow": "cdnow/CDNOW_master.txt.gz",
}
CDNOW = {"columns": ("customer", "date", "units", "amount"), "event_name": "purchase"}


def flat(index):
    """Return the rows of an index: person, place in their journey, time in µs, event."""
    rows = []
    for bucket in index.buckets:
        offsets = bucket.offsets
        ids = bucket.person_ids(range(len(offsets) - 1))
        for person, first, last in zip(ids, offsets[:-1], offsets[1:], strict=True):
            for row in range(first, last):
                event = index.catalog.events[bucket.event[row]]
                rows.append((person, int(row - first), int(bucket.time[row]), event))
    names = ("person", "place", "time", "event")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


@pytest.fixture(scope="module", params=LOGS)
def log(request, shared):
    options = CDNOW if request.param == "cdnow" else {}
    index = read(shared / "data" / LOGS[request.param], options=options)
    connection = duckdb.connect(config={"threads": 2})
    connection.register("events", flat(index))
    yield index, connection
    connection.close()


def fetch(connection, sql):
    return connection.execute(sql).fetchall()


def test_moves_people_and_times(log) -> None:
    index, connection = log
    expected = fetch(
        connection,
        """
        WITH moves AS (
          SELECT person, event AS source, lead(event) OVER journey AS target,
                 lead(time) OVER journey - time AS took
          FROM events WINDOW journey AS (PARTITION BY person ORDER BY place)
        )
        SELECT source, target, count(*), count(DISTINCT person),
               quantile_cont(took, 0.5) / 1e6, quantile_cont(took, 0.9) / 1e6
        FROM moves GROUP BY source, target
        """,
    )
    rows = {(r.source, r.target): r for r in ask(Graph(times=True), index).rows if r.source}
    assert set(rows) == {(source, target) for source, target, *_ in expected}
    for source, target, count, people, median, p90 in expected:
        row = rows[source, target]
        assert (row.count, row.people) == (count, people)
        if target is not None:
            assert row.median.seconds == pytest.approx(median)
            assert row.p90.seconds == pytest.approx(p90)


def test_variants_by_session(log) -> None:
    index, connection = log
    expected = fetch(
        connection,
        f"""
        WITH gaps AS (
          SELECT *, coalesce(time - lag(time) OVER journey > {30 * MINUTE_US}, true)::int AS new
          FROM events WINDOW journey AS (PARTITION BY person ORDER BY place)
        ), numbered AS (
          SELECT *, sum(new) OVER (PARTITION BY person ORDER BY place) AS session FROM gaps
        ), paths AS (
          SELECT person, session, string_agg(event, '→' ORDER BY place) AS path
          FROM numbered GROUP BY person, session
        )
        SELECT path, count(*), count(DISTINCT person) FROM paths GROUP BY path
        """,
    )
    answer = ask(Variants(view=View(unit=Unit.SESSION), top=None), index)
    found = {("→".join(row.path)): (row.count, row.people) for row in answer.rows}
    assert found == {path: (count, people) for path, count, people in expected}


def test_sessions(log) -> None:
    index, connection = log
    ((sessions, people, bounces, median, p90, length),) = fetch(
        connection,
        f"""
        WITH gaps AS (
          SELECT *, coalesce(time - lag(time) OVER journey > {30 * MINUTE_US}, true)::int AS new
          FROM events WINDOW journey AS (PARTITION BY person ORDER BY place)
        ), numbered AS (
          SELECT *, sum(new) OVER (PARTITION BY person ORDER BY place) AS session FROM gaps
        ), each AS (
          SELECT person, count(*) AS n, max(time) - min(time) AS lasted
          FROM numbered GROUP BY person, session
        )
        SELECT count(*), count(DISTINCT person), count(*) FILTER (n = 1),
               quantile_cont(lasted, 0.5) / 1e6, quantile_cont(lasted, 0.9) / 1e6,
               quantile_cont(n, 0.5)
        FROM each
        """,
    )
    (row,) = ask(Sessions(), index).rows
    assert (row.sessions, row.people, row.bounces) == (sessions, people, bounces)
    assert row.duration.seconds == pytest.approx(median)
    assert row.duration_p90.seconds == pytest.approx(p90)
    assert row.length_median == length


def test_events(log) -> None:
    index, connection = log
    expected = fetch(
        connection, "SELECT event, count(*), count(DISTINCT person) FROM events GROUP BY event"
    )
    rows = ask(Events(), index).rows
    assert {(row.event, row.count, row.people) for row in rows} == set(expected)


def test_second_steps(log) -> None:
    index, connection = log
    week = parse_duration("7d")
    expected = fetch(
        connection,
        f"""
        WITH first AS (SELECT person, min(time) AS began FROM events GROUP BY person)
        SELECT place, event, count(*) FROM events JOIN first USING (person)
        WHERE place <= 3 AND time - began <= {week} GROUP BY place, event
        """,
    )
    answer = ask(Paths(depth=3, within_us=week, min_share=0.0), index)
    found = {(node["step"], node["event"], node["count"]) for node in answer.extra["nodes"]}
    assert found == set(expected)


@pytest.mark.slow
def test_moves_in_clickhouse(shared) -> None:
    index = read(shared / "data" / LOGS["bpic2012"])
    expected = clickhouse(
        """
        SELECT source, target, count(), uniqExact(person) FROM (
          SELECT person, event AS source,
                 leadInFrame(event) OVER (PARTITION BY person ORDER BY place
                   ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS target
          FROM {table}
        ) WHERE target != '' GROUP BY source, target
        """,
        flat(index),
    )
    rows = [r for r in ask(Graph(), index).rows if r.source and r.target]
    assert {(r.source, r.target, r.count, r.people) for r in rows} == {
        (source, target, int(count), int(people)) for source, target, count, people in expected
    }


def test_clickhouse_matches_the_same_sequences(shared) -> None:
    """``sequenceMatch`` with ``.*`` is ``any*`` here, where no two events share an instant."""
    index = read(shared / "data" / LOGS["bpic2012"])
    table = flat(index)
    steps = ("A_SUBMITTED", "A_ACCEPTED", "O_SENT", "O_CANCELLED")
    conditions = ", ".join(f"event = '{step}'" for step in steps)
    for length in range(2, len(steps) + 1):
        wanted = ".*".join(f"(?{at + 1})" for at in range(length))
        ((found,),) = clickhouse(
            f"""
            SELECT count() FROM (
              SELECT sequenceMatch('{wanted}')(toDateTime(place), {conditions}) AS matched
              FROM {{table}} GROUP BY person
            ) WHERE matched
            """,
            table,
        )
        pattern = " -> any* -> ".join(steps[:length])
        (row,) = ask(Matches(patterns=(pattern,)), index).rows
        assert row.people == int(found)
