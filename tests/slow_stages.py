"""The slow, obvious twin of the stage timelines: hour by hour, looking back at everything."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import strategies as st

from sojourn.base.timespan import HOUR_US
from sojourn.stages.model import (
    Distinct,
    EntryRule,
    Evidence,
    LapseRule,
    StageModel,
    StageRule,
    Without,
    Words,
)

NAMES = ["a", "b", "c", "d"]
LAST_HOUR = 96
GAP_HOURS = 3


@dataclass
class Held:
    """What the twin knows of one stage."""

    valid: bool = False
    kept: int = 0
    since: int = 0


@dataclass
class Life:
    """One person's states by hour, and moves as (hour, state, row)."""

    states: list[int] = field(default_factory=list)
    moves: list[tuple[int, int, int]] = field(default_factory=list)


def live(events: list[tuple[int, str]], model: StageModel, last_hour: int) -> Life:
    """Return one life, worked out hour by hour up to and including ``last_hour``.

    ``events`` are (hour, name) in order.
    """
    held = [Held() for _ in model.stages]
    life, state, row, sessions = Life(), 0, 0, _sessions(events)
    for hour in range(last_hour + 1):
        cause = -1
        while row < len(events) and events[row][0] == hour:
            for rule, mine in zip(model.stages, held, strict=True):
                if _take(rule, mine, events, sessions, row):
                    cause = row
            row += 1
        for rule, mine in zip(model.stages, held, strict=True):
            if mine.valid and _quiet_over(rule, mine, events[:row], hour):
                mine.valid, mine.since = False, row
        valid = [number for number, mine in enumerate(held, start=1) if mine.valid]
        now = max(valid, default=0 if state == 0 else len(held) + 1)
        if now != state:
            life.moves.append((hour, now, cause if cause >= 0 else row - 1))
        state = now
        life.states.append(state)
    return life


def _take(rule, mine, events, sessions, row):
    hour, name = events[row]
    if mine.valid:
        if any(_says(e, name) for e in rule.lapse.on):
            mine.valid, mine.since = False, row + 1
            return True
        if _keeps(rule, name):
            mine.kept = hour
        return False
    if any(_met(entry, mine.since, events, sessions, row) for entry in rule.enter):
        mine.valid, mine.kept = True, hour
        return True
    return False


def _says(evidence, name):
    return not evidence.events or name in evidence.events


def _keeps(rule, name):
    if rule.lapse.keep:
        return any(_says(e, name) for e in rule.lapse.keep)
    if rule.lapse.without is Without.ENTRY:
        return any(_says(entry.evidence, name) for entry in rule.enter)
    return True


def _met(entry, since, events, sessions, row):
    """Whether this row is evidence, and with what came since the last lapse there is enough."""
    if not _says(entry.evidence, events[row][1]):
        return False
    hour = events[row][0]
    within = LAST_HOUR * 2 if entry.within_us is None else entry.within_us // HOUR_US
    close = [
        r
        for r in range(since, row + 1)
        if _says(entry.evidence, events[r][1]) and hour - events[r][0] <= within
    ]
    keys = {
        None: lambda r: r,
        Distinct.DAYS: lambda r: events[r][0] // 24,
        Distinct.SESSIONS: lambda r: sessions[r],
        Distinct.EVENTS: lambda r: events[r][1],
    }
    return len({keys[entry.distinct](r) for r in close}) >= entry.at_least


def _sessions(events):
    numbers, number = [], 0
    for at, (hour, _) in enumerate(events):
        if at and hour - events[at - 1][0] > GAP_HOURS:
            number += 1
        numbers.append(number)
    return numbers


def _quiet_over(rule, mine, past, hour):
    if rule.lapse.quiet_us is None:
        return False
    anything = not rule.lapse.keep and rule.lapse.without is Without.ANY
    last = past[-1][0] if anything else mine.kept
    return hour - last >= rule.lapse.quiet_us // HOUR_US


def counts(lives: list[Life], model: StageModel, start: int, end: int, last_hour: int):
    """Return the tally of a range [start, end) of hours: stocks, moves, conversions."""
    stages = len(model.stages)
    names = ("start", "end", "ever", "mature", "young", "converted", "within")
    found = {name: Counter() for name in names}
    moves = Counter()
    for life in lives:
        before = 0 if start <= 0 else life.states[min(start, last_hour + 1) - 1]
        final = life.states[min(end, last_hour + 1) - 1] if end > 0 else 0
        found["start"][before] += 1
        found["end"][final] += 1
        seen, within = set(), {before}
        state = 0
        for hour, to, _ in life.moves:
            if hour < end:
                seen.add(to)
            if start <= hour < end:
                within.add(to)
                moves[state, to] += 1
                if 1 <= to <= stages:
                    window = model.stages[to - 1].window_us // HOUR_US
                    if hour + window > last_hour:
                        found["young"][to] += 1
                    else:
                        found["mature"][to] += 1
                        later = life.states[hour + 1 : hour + window + 1]
                        found["converted"][to] += any(to < s <= stages for s in later)
            state = to
        found["ever"].update(seen)
        found["within"].update(within)
    return found, moves


def _evidence():
    return st.builds(
        Evidence,
        events=st.lists(st.sampled_from(NAMES), min_size=0, max_size=2, unique=True).map(tuple),
    )


def _hours(least, most):
    return st.integers(least, most).map(lambda n: n * HOUR_US)


ENTRIES = st.builds(
    EntryRule,
    evidence=_evidence(),
    at_least=st.integers(1, 3),
    within_us=st.none() | _hours(1, 40),
    distinct=st.none() | st.sampled_from(list(Distinct)),
)
PLAIN_ENTRIES = st.builds(EntryRule, evidence=_evidence())
LAPSES = st.builds(
    LapseRule,
    on=st.lists(_evidence().filter(lambda e: e.events), max_size=1).map(tuple),
    quiet_us=st.none() | _hours(1, 30),
    without=st.sampled_from(list(Without)),
    keep=st.lists(_evidence().filter(lambda e: e.events), max_size=1).map(tuple),
)


@st.composite
def models(draw, entries=ENTRIES):
    """Stage models of one to four stages over the events of ``NAMES``."""
    stages = [
        StageRule(
            key=f"s{number}",
            title=Words(en=f"S{number}"),
            enter=tuple(draw(st.lists(entries, max_size=2))),
            lapse=draw(LAPSES),
            window_us=draw(_hours(1, 40)),
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    return StageModel(stages=tuple(stages), session_gap_us=GAP_HOURS * HOUR_US)


def plain_models():
    """Stage models in which one event is enough to enter a stage."""
    return models(PLAIN_ENTRIES)


EVENTS = st.lists(st.tuples(st.integers(0, LAST_HOUR), st.sampled_from(NAMES)), max_size=14).map(
    lambda rows: sorted(rows, key=lambda row: row[0])
)
PEOPLE = st.lists(EVENTS.filter(bool), min_size=1, max_size=4)


def rows_of(people):
    """Return rows for an index in memory, with somebody outside who sets as-of."""
    rows = [
        (f"p{number}", hour * HOUR_US, name)
        for number, events in enumerate(people)
        for hour, name in events
    ]
    return [*rows, ("clock", LAST_HOUR * HOUR_US, "tick")]
