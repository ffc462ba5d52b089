"""Cohorts of real data against pandas, DuckDB and ClickHouse's ``retention()``."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from clickhouse import clickhouse
from real_logs import ask, read
from sojourn.base.calendar import Unit
from sojourn.base.predicate import event_is
from sojourn.base.timespan import SECOND_US
from sojourn.insight.retention.question import Retention
from sojourn.insight.retention.values import Clock, Entering, Kind
from sojourn.insight.rhythm.between import Between, Pairing
from sojourn.insight.rhythm.lifecycle import Lifecycle

CDNOW = {"columns": ("customer", "date", "units", "amount"), "event_name": "purchase"}
LOGS = {
    "ecom": ("retentioneering_ecom_synthetic/ecom.csv.gz", {}),
    "ratings": ("anon_ratings_stream/anonreviews.csv.bz2", {}),
    "cdnow": ("cdnow/CDNOW_master.txt.gz", CDNOW),
}


def flat(index):
    """Rows of an index as a table: person's number, place in their journey, time, event."""
    parts, people = [], 0
    for bucket in index.buckets:
        lengths = np.diff(bucket.offsets)
        owner = np.repeat(np.arange(len(lengths)), lengths)
        parts.append(
            pa.table(
                {
                    "person": owner + people,
                    "place": np.arange(len(owner)) - bucket.offsets[owner],
                    "time": bucket.time,
                    "event": pa.array(index.catalog.events).take(pa.array(bucket.event)),
                }
            )
        )
        people += len(lengths)
    return pa.concat_tables(parts)


@pytest.fixture(scope="module", params=LOGS)
def log(request, shared):
    path, options = LOGS[request.param]
    index = read(shared / "data" / path, options=options)
    connection = duckdb.connect(config={"threads": 2})
    connection.register("rows", flat(index))
    connection.execute("create table events as select *, make_timestamp(time) as moment from rows")
    yield index, connection
    connection.close()


DUCKDB_DAILY = """
    with cohort as (select person, date_trunc('{unit}', min(moment)) as day from events group by 1),
    active as (select distinct person, date_trunc('{unit}', moment) as day from events)
    select strftime(c.day, '%Y-%m-%d'), date_diff('{unit}', c.day, a.day) as age, count(*)
    from cohort c join active a using (person) where age <= 12 group by all
"""


@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_calendar_retention_equals_duckdb(log, unit) -> None:
    index, connection = log
    rows = ask(Retention(unit=Unit(unit), periods=12), index).rows
    found = {
        (row.cohort, row.age): row.returned + row.early
        for row in rows
        if row.cohort and row.returned + row.early
    }
    wanted = connection.execute(DUCKDB_DAILY.format(unit=unit)).fetchall()
    assert found == {(day, age): n for day, age, n in wanted}


def test_rolling_and_unbounded_retention_equal_duckdb(log) -> None:
    index, connection = log
    as_of = index.catalog.as_of_us
    wanted = connection.execute(
        """
        with entry as (select person, min(time) as start, max(time) as last from events group by 1)
        select age, count(*) filter (start + (age + 1) * 86400000000 <= $as_of),
            count(*) filter (start + (age + 1) * 86400000000 <= $as_of
                             and last >= start + age * 86400000000)
        from entry, range(0, 31) as r(age) group by 1 order by 1
        """,
        {"as_of": as_of},
    ).fetchall()
    spec = Retention(clock=Clock.ROLLING, kind=Kind.ON_OR_AFTER, periods=30)
    rows = [row for row in ask(spec, index).rows if row.cohort is None]
    assert [(row.age, row.n, row.returned) for row in rows] == wanted


def test_recurring_retention_equals_duckdb(log) -> None:
    index, connection = log
    rows = ask(Retention(unit=Unit.WEEK, entering=Entering.RECURRING, periods=6), index).rows
    found = {
        (r.cohort, r.age): r.returned + r.early for r in rows if r.cohort and r.returned + r.early
    }
    wanted = connection.execute(
        """
        with active as (select distinct person, date_trunc('week', moment) as day from events)
        select strftime(c.day, '%Y-%m-%d'), date_diff('week', c.day, a.day) as age, count(*)
        from active c join active a using (person) where age between 0 and 6 group by all
        """
    ).fetchall()
    assert found == {(day, age): n for day, age, n in wanted}


def test_lifecycle_equals_duckdb(log) -> None:
    index, connection = log
    wanted = connection.execute(
        """
        with active as (select distinct person, date_trunc('week', moment) as day from events),
        dated as (select *, lag(day) over (partition by person order by day) as before,
                  lead(day) over (partition by person order by day) as next from active),
        here as (select day, count(*) filter (before is null) as new,
                 count(*) filter (before = day - interval 7 day) as back,
                 count(*) filter (before < day - interval 7 day) as again from dated group by 1),
        gone as (select day + interval 7 day as day, count(*) as lost from dated
                 where next is null or next > day + interval 7 day group by 1)
        select strftime(h.day, '%Y-%m-%d'), new, back, again, coalesce(lost, 0)
        from here h left join gone g using (day) order by 1
        """
    ).fetchall()
    rows = ask(Lifecycle(unit=Unit.WEEK), index).rows
    found = [(r.interval, r.new, r.returning, r.resurrecting, -r.dormant) for r in rows if r.active]
    assert found == wanted


@pytest.mark.parametrize("pairing", [Pairing.FIRST_NEXT, Pairing.FIRST_FIRST])
def test_times_between_equal_duckdb(log, pairing) -> None:
    index, connection = log
    start, end = (index.catalog.events * 2)[:2]
    if start == end and pairing is Pairing.FIRST_FIRST:
        end_sql = "place > s.place"  # one event never begins and ends the same wait
    else:
        end_sql = "place > s.place" if pairing is Pairing.FIRST_NEXT else "true"
    wanted = connection.execute(
        f"""
        with s as (select person, min(place) as place, min(time) as time from events
                   where event = $start group by 1),
        e as (select s.person, min_by(e.time, e.place) - s.time as wait, min(e.place) > s.place as after
              from s join events e on e.person = s.person and e.event = $end and {end_sql.replace("place >", "e.place >")}
              group by s.person, s.time, s.place)
        select (select count(*) from s), count(*) filter (after), count(*) filter (not after),
            quantile_cont(wait, 0.5) filter (after), avg(wait) filter (after) from e
        """,
        {"start": start, "end": end},
    ).fetchone()
    row = ask(Between(start=event_is(start), end=event_is(end), pairing=pairing), index).rows[0]
    assert (row.people, row.pairs, row.before_people) == wanted[:3]
    assert row.median.seconds == pytest.approx(wanted[3] / SECOND_US)
    assert row.mean_seconds == pytest.approx(wanted[4] / SECOND_US)


def test_cohorts_and_revenue_of_cdnow_equal_pandas(shared) -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.read_csv(
        shared / "data" / "cdnow" / "CDNOW_master.txt.gz", sep=r"\s+", header=0,
        names=["customer", "date", "units", "amount"], parse_dates=["date"],
    )  # fmt: skip
    frame["month"] = frame["date"].dt.to_period("M")
    frame["cohort"] = frame.groupby("customer")["month"].transform("min")
    frame["age"] = (frame["month"] - frame["cohort"]).map(lambda months: months.n)
    people = frame.groupby(["cohort", "age"])["customer"].nunique()
    cents = (
        (frame["amount"] * 100)
        .round()
        .astype("int64")
        .groupby([frame["cohort"], frame["age"]])
        .sum()
    )
    frame["cents"] = (frame["amount"] * 100).round()
    each = {
        cohort: part.pivot_table("cents", "customer", "age", aggfunc="sum", fill_value=0)
        for cohort, part in frame.groupby("cohort")
    }
    index = read(shared / "data" / "cdnow" / "CDNOW_master.txt.gz", "value", options=CDNOW)
    spec = Retention(unit=Unit.MONTH, periods=17)
    cells = {(row.cohort[:7], row.age): row for row in ask(spec, index).rows if row.cohort}
    assert {key[0] for key in cells} == {"1997-01", "1997-02", "1997-03"}
    for (cohort, age), count in people.items():
        cell = cells[str(cohort), age]
        assert cell.returned + cell.early == count
        assert cell.people == people[cohort, 0]
    assert not cells["1997-01", 17].complete  # June 1998: as-of is its last day, midnight
    assert cells["1997-02", 15].complete
    money = Retention(unit=Unit.MONTH, periods=17, money="value")
    for row in ask(money, index).rows:
        if row.cohort and row.complete:
            assert row.amount_minor == cents.get((pd.Period(row.cohort, "M"), row.age), 0)
            brought = each[pd.Period(row.cohort, "M")].get(row.age)
            error = brought.std() / len(brought) ** 0.5
            assert row.per_person_minor.value == pytest.approx(brought.mean())
            high = brought.mean() + 1.95996 * error  # thousands of people: Student's t is normal
            assert row.per_person_minor.high == pytest.approx(high, rel=1e-4)


def test_a_cohort_of_days_equals_clickhouse_retention(log) -> None:
    index, connection = log
    day = connection.execute(
        "select d from (select person, min(moment)::date as d from events group by 1) group by 1 order by count(*) desc limit 1"
    ).fetchone()[0]
    columns = connection.execute(
        "select person, (epoch_us(moment) // 86400000000)::INT as day from events"
        " where person in (select person from events group by 1 having min(moment)::date = $day)",
        {"day": day},
    ).fetchnumpy()
    table = pa.table({name: np.asarray(column) for name, column in columns.items()})
    start = connection.execute(
        "select epoch_us($day::timestamp) // 86400000000", {"day": day}
    ).fetchone()[0]
    conditions = ", ".join(f"assumeNotNull(day) = {start + age}" for age in range(15))
    sums = ", ".join(f"sum(r[{age + 1}])" for age in range(15))
    sql = f"select {sums} from (select person, retention({conditions}) as r from {{table}} group by person)"
    (wanted,) = clickhouse(sql, table)
    rows = [r for r in ask(Retention(periods=14), index).rows if r.cohort == day.isoformat()]
    assert [row.returned + row.early for row in rows] == [int(n) for n in wanted]
    assert rows[0].people == int(wanted[0]) > 0
