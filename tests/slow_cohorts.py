"""Slow, obvious twins of retention, lifecycle, waits and sources, over plain lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from sojourn.adapters.engines.local import LocalEngine
from sojourn.base.predicate import ALWAYS, Compare
from sojourn.index.memory import Calendar, memory_index
from sojourn.insight.retention.values import Clock, Entering, Kind
from sojourn.insight.rhythm.between import Pairing

HOUR = 3_600_000_000
DAY = 24 * HOUR
START = int(datetime(2024, 2, 27, tzinfo=UTC).timestamp()) * 1_000_000
ZONES = ("America/New_York", "Asia/Seoul", "Europe/London")
STEP_US = {"day": DAY, "week": 7 * DAY, "month": 30 * DAY}

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cid", "dee"]),
        st.integers(0, 24 * 50).map(lambda hours: START + hours * HOUR),
        st.sampled_from(["a", "b", "c"]),
        st.fixed_dictionaries(
            {},
            optional={
                "device": st.sampled_from(["mobile", "desktop"]),
                "value": st.sampled_from([1.0, 2.5, -1.0]),
                "currency": st.sampled_from(["USD", "KRW"]),
            },
        ),
    ),
    min_size=1,
    max_size=30,
)
"""Logs of four people over fifty days, with a change of clocks in New York and in London."""


def index_of(rows, buckets=1, timezone="UTC", as_of=None):
    """Return an index in memory."""
    calendar = Calendar(timezone=timezone, currency="USD", as_of_us=as_of)
    return memory_index(rows, buckets=buckets, calendar=calendar)


def asker(index, threads=1):
    """Return what answers questions about an index."""
    engine = LocalEngine(threads)
    return lambda spec: engine.ask(spec.plan(index.catalog), index)


def holds(predicate, row):
    """Whether a condition on the event's name or on ``device`` holds for a row."""
    if predicate == ALWAYS:
        return True
    assert isinstance(predicate, Compare)
    value = row[2] if predicate.field == "event" else row[3].get(predicate.field)
    return value in predicate.values


def lives(rows):
    """Return every person's rows in order: by time, ties as they came."""
    people = defaultdict(list)
    for row in rows:
        people[row[0]].append((*row[:3], row[3] if len(row) > 3 else {}))
    return {person: sorted(life, key=lambda row: row[1]) for person, life in people.items()}


def first_local_day(instant, unit, timezone):
    """First day of the local day, week or month of an instant."""
    moment = datetime.fromtimestamp(instant / 1e6, tz=UTC).astimezone(ZoneInfo(timezone))
    day = moment.date()
    if unit == "week":
        day -= timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def steps_later(day, unit, steps):
    """First day of the interval some steps later."""
    if unit == "month":
        months = day.year * 12 + day.month - 1 + steps
        return date(months // 12, months % 12 + 1, 1)
    return day + timedelta(days=steps * (7 if unit == "week" else 1))


def instant_of(day, timezone):
    """The instant at which a local day begins."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))
    return int(midnight.timestamp()) * 1_000_000


def inside(span, instant):
    """Whether an instant lies in a half-open range."""
    return (span.start_us is None or span.start_us <= instant) and (
        span.end_us is None or instant < span.end_us
    )


def entries(life, spec, timezone, as_of):
    """Places in a life at which somebody enters a cohort, before range and people are asked."""
    seen = set()
    for place, row in enumerate(life):
        if not holds(spec.start, row) or row[1] > as_of:
            continue
        day = first_local_day(row[1], spec.unit, timezone)
        key = "ever" if spec.entering is Entering.FIRST else day
        if key not in seen:
            seen.add(key)
            if inside(spec.scope.range, row[1]) and holds(spec.scope.people, row):
                yield place, day


def retention(rows, spec, timezone, as_of):
    """Return ``{(cohort day, column): [people, over, returned, early, money, everybody's money]}``.

    Money is ``{currency: minor}``: in all, and a list of what each brought for whom it is over.
    """
    cells = {}
    for life in lives(rows).values():
        for place, day in entries(life, spec, timezone, as_of):
            entry = life[place][1]
            for column, (low, high) in enumerate(spec.columns()):
                if spec.clock is Clock.CALENDAR:
                    begin = instant_of(steps_later(day, spec.unit, low), timezone)
                    end = instant_of(steps_later(day, spec.unit, high + 1), timezone)
                else:
                    begin = entry + low * STEP_US[spec.unit]
                    end = entry + (high + 1) * STEP_US[spec.unit]
                over = end <= as_of
                if spec.kind is Kind.ON_OR_AFTER:
                    end = 2**62
                found = [
                    row for row in life[place:]
                    if holds(spec.returning, row) and begin <= row[1] < end and row[1] <= as_of
                ]  # fmt: skip
                cell = cells.setdefault((day, column), [0, 0, 0, 0, Counter(), []])
                cell[0] += 1
                cell[1] += over
                cell[2] += bool(found) and over
                cell[3] += bool(found) and not over
                mine = Counter()
                for row in found if over else ():
                    if "value" in row[3]:
                        currency = row[3].get("currency", "USD")
                        mine[currency] += round(row[3]["value"] * (1 if currency == "KRW" else 100))
                for currency, minor in mine.items():
                    cell[4][currency] += minor
                cell[5] += [mine] if over else []
    return cells


def lifecycle(rows, spec, timezone, as_of):
    """Return ``{day: Counter of states}`` for every interval up to as-of, and who is active."""
    states, active = defaultdict(Counter), defaultdict(set)
    last = first_local_day(as_of, spec.unit, timezone)
    for person, life in lives(rows).items():
        mine = [row for row in life if holds(spec.active, row) and row[1] <= as_of]
        if not mine or not holds(spec.scope.people, mine[0]):
            continue
        days = sorted({first_local_day(row[1], spec.unit, timezone) for row in mine})
        for day in days:
            active[day].add(person)
            before = steps_later(day, spec.unit, -1)
            state = "new" if day == days[0] else "returning" if before in days else "resurrecting"
            states[day][state] += 1
            after = steps_later(day, spec.unit, 1)
            if after not in days and after <= last:
                states[after]["dormant"] += 1
    return states, active


def waits(rows, spec, as_of):
    """Return durations that ended, those still open, and people by what became of them."""
    ended, still, people = [], [], Counter()
    for whole in lives(rows).values():
        life = [row for row in whole if row[1] <= as_of]
        starts = [place for place, row in enumerate(life) if holds(spec.start, row)]
        ends = [place for place, row in enumerate(life) if holds(spec.end, row)]
        if spec.pairing is Pairing.EVERY:
            begun, over, open_ = every_wait(life, spec, ended)
            people.update(started=begun, ended=over, waiting=open_ is not None)
            if open_ is not None:
                still.append(as_of - open_)
            continue
        if not starts:
            continue
        first = starts[0]
        if not inside(spec.scope.range, life[first][1]) or not holds(
            spec.scope.people, life[first]
        ):
            continue
        people["started"] += 1
        others = [place for place in ends if place != first]
        if spec.pairing is Pairing.FIRST_NEXT:
            others = [place for place in others if place > first]
        if not others:
            people["waiting"] += 1
            still.append(as_of - life[first][1])
        elif others[0] < first:
            people["before"] += 1
        else:
            people["ended"] += 1
            ended.append(life[others[0]][1] - life[first][1])
    return sorted(ended), sorted(still), people


def every_wait(life, spec, ended):
    """Walk one life; return whether anything began, whether anything ended, and an open start."""
    begun, over, open_ = False, False, None
    for row in life:
        if open_ is not None and holds(spec.end, row):
            ended.append(row[1] - open_)
            over, open_ = True, None
        chosen = inside(spec.scope.range, row[1]) and holds(spec.scope.people, row)
        if open_ is None and holds(spec.start, row) and chosen:
            begun, open_ = True, row[1]
    return begun, over, open_
