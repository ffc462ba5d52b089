"""The funnel equals its obvious twin, which tries every choice of events, under every option."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slow_funnel import Event, Twin
from sojourn.base.calendar import Unit as Interval
from sojourn.base.calendar import intervals
from sojourn.base.predicate import Compare, Operator, event_is
from sojourn.base.timespan import HOUR_US, TimeRange
from sojourn.index.memory import Calendar, memory_index
from sojourn.insight.funnel import plain
from sojourn.insight.funnel.compiled import Compiled
from sojourn.insight.funnel.question import Funnel
from sojourn.insight.funnel.values import LAST_STEP, Entry, Exclusion, Order, Step, Unit
from sojourn.insight.question import Scope

NAMES = "abcdx"
TICK = 6 * HOUR_US

events = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cid"]),
        st.integers(0, 12),
        st.sampled_from(NAMES),
        st.sampled_from([None, "u", "v"]),
    ),
    min_size=1,
    max_size=18,
)
names = st.one_of(
    st.sampled_from([("a",), ("b",), ("c",), ("d",)]),
    st.sampled_from([("a", "b"), ("b", "c"), ("a", "c", "d")]),
)


@st.composite
def funnels(draw):
    """A funnel of up to four steps with any options that go together."""
    count = draw(st.integers(1, 4))
    order = draw(st.sampled_from(Order))
    ordered = order is not Order.ANY
    steps, sets = [], []
    for place in range(count):
        chosen = draw(names)
        shortest = draw(st.sampled_from([0, 0, 0, 1, 2])) if ordered and place else 0
        longest = draw(st.sampled_from([None, None, 2, 3])) if ordered and place else None
        optional = ordered and place > 0 and draw(st.integers(0, 3)) == 0
        steps.append(
            Step(
                title="+".join(chosen),
                predicate=event_is(*chosen),
                optional=optional,
                shortest_us=shortest * TICK,
                longest_us=None if longest is None else longest * TICK,
            )
        )
        sets.append(chosen)
    required = [n for n, step in enumerate(steps, 1) if not step.optional]
    exclusions = []
    if ordered and len(required) > 1 and draw(st.booleans()):
        for _ in range(draw(st.integers(1, 2))):
            after, before = sorted(
                draw(st.lists(st.sampled_from(required), min_size=2, max_size=2, unique=True))
            )
            what = draw(st.sampled_from([("x",), ("x",), ("d",), ("b", "x"), ("a",)]))
            if any(sets[n - 1] == what for n in range(after + 1, before)):
                continue
            exclusions.append(
                Exclusion(
                    title="/".join(what), predicate=event_is(*what), after=after, before=before
                )
            )
    spec = Funnel(
        steps=tuple(steps),
        window_us=draw(st.sampled_from([None, 0, 2, 3, 5, 8])),
        order=order,
        entry=draw(st.sampled_from(Entry)) if ordered else Entry.BEST,
        exclusions=tuple(exclusions),
        drop_excluded=draw(st.booleans()) if exclusions else False,
        simultaneous_us=draw(st.sampled_from([0, 0, 1, 2 * TICK])),
    )
    if spec.window_us is not None:
        spec = replace(spec, window_us=spec.window_us * TICK)
    return spec


def twin_of(spec, journey, may_enter=None):
    steps = [step.predicate.values for step in spec.steps]
    exclusions = [((e.after, e.before), e.predicate.values) for e in spec.exclusions]
    return Twin(spec, steps, exclusions, journey, may_enter)


def journeys_of(rows, spec):
    people = defaultdict(list)
    for person, time, name, value in rows:
        people[person].append(Event(time * TICK, name, value))
    found = []
    for journey in people.values():
        journey.sort(key=lambda event: event.time)
        if spec.hold:
            values = sorted({e.value for e in journey if e.value is not None})
            found += [[e for e in journey if e.value == value] for value in values]
        elif spec.unit is Unit.SESSION:
            current = []
            for event in journey:
                if current and event.time - current[-1].time > spec.session_gap_us:
                    found.append(current)
                    current = []
                current.append(event)
            found.append(current)
        else:
            found.append(journey)
    return found


def asked(spec, rows, buckets=1):
    """The merged counts of a funnel over rows in memory."""
    table = [
        (person, time * TICK, name, {} if value is None else {"v": value})
        for person, time, name, value in [*rows, ("zoe", 0, "z", "w")]
    ]
    table += [("bot", 0, name, {"bot": True}) for name in NAMES]  # so that every name is known
    index = memory_index(table, buckets=buckets, calendar=Calendar(timezone="Asia/Seoul"))
    plan = spec.plan(index.catalog)
    parts = [plan.over(bucket) for bucket in index.buckets]
    total = parts[0]
    for part in parts[1:]:
        total += part
    return total, index.catalog


def as_of(rows):
    return max([0, *(time * TICK for _, time, _, _ in rows)])


def is_mature(spec, journey, at, newest):
    return spec.window_us is None or journey[at].time + spec.window_us <= newest


def expected(spec, rows, may_enter=lambda _event: True):
    """What the twin counts: ``(reach, beside, dropped, [(journey, events)])``."""
    steps = len(spec.steps)
    width = (steps if spec.order is Order.ANY else len(spec.required)) + 1
    reach, beside = np.zeros((2, width), int), np.zeros((2, steps), int)
    dropped, kept, newest = 0, [], as_of(rows)
    for journey in journeys_of(rows, spec):
        twin = twin_of(spec, journey, [may_enter(event) for event in journey])
        if spec.order is Order.ANY:
            found = [(*one, False) for one in [twin.any_order()] if one]
        else:
            found = twin.counted()
        for chosen, others, gone in found:
            if gone:
                dropped += 1
                continue
            kept.append((journey, chosen, others))
            for side in (0, 1) if is_mature(spec, journey, chosen[0], newest) else (0,):
                reach[side, len(chosen)] += 1
                for place in others:
                    beside[side, place] += 1
    return reach, beside, dropped, kept


def check(spec, rows):
    total, _ = asked(spec, rows)
    reach, beside, dropped, kept = expected(spec, rows)
    assert total.total.reach.tolist() == reach.tolist()
    assert total.total.beside.tolist() == beside.tolist()
    assert total.dropped == dropped
    return total, kept


@settings(max_examples=1500, suppress_health_check=[HealthCheck.too_slow])
@given(funnels(), events)
def test_counts_equal_those_of_every_choice_of_events(spec, rows):
    check(spec, rows)


def test_an_excluded_event_that_completes_an_attempt_ends_no_search_for_optional_steps():
    steps = [("a",), ("a", "c", "d"), ("b",)]
    spec = Funnel(
        steps=tuple(
            Step(title="/".join(names), predicate=event_is(*names), optional=names == ("b",))
            for names in steps
        ),
        window_us=None,
        entry=Entry.ALL,
        exclusions=(Exclusion(title="d", predicate=event_is("d"), after=1, before=2),),
    )
    total, _ = check(spec, [("cid", time, name, None) for time, name in enumerate("adb")])
    assert total.total.beside[0].tolist() == [0, 0, 1]


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(funnels(), events, st.sampled_from(["person", "session", "hold"]))
def test_units_are_counted_each_by_itself(spec, rows, unit):
    if unit == "session":
        spec = replace(spec, unit=Unit.SESSION, session_gap_us=2 * TICK)
    elif unit == "hold":
        spec = replace(spec, hold="v")
    check(spec, rows)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(funnels(), events, st.integers(0, 12), st.integers(0, 6), st.booleans())
def test_range_and_filter_on_people_choose_entries(spec, rows, start, length, only_u):
    span = TimeRange(start_us=start * TICK, end_us=(start + length) * TICK)
    people = Compare(field="v", operator=Operator.EQ, values=("u",))
    scope = Scope(range=span, people=people) if only_u else Scope(range=span)
    total, _ = asked(replace(spec, scope=scope), rows)

    def may_enter(event):
        inside = span.start_us <= event.time < span.end_us
        return inside and (not only_u or event.value == "u")

    reach, beside, dropped, _ = expected(spec, rows, may_enter)
    assert total.total.reach.tolist() == reach.tolist()
    assert total.total.beside.tolist() == beside.tolist()
    assert total.dropped == dropped


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(funnels(), events)
def test_one_event_may_fill_several_steps_where_it_is_said_so(spec, rows):
    if spec.order is Order.ORDERED and spec.simultaneous_us:
        check(replace(spec, reuse_events=True), rows)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(funnels(), events)
def test_times_are_those_of_the_counted_attempts(spec, rows):
    total, kept = check(replace(spec, times=True), rows)
    newest = as_of(rows)
    required = len(spec.steps) if spec.order is Order.ANY else len(spec.required)
    unit = spec.simultaneous_us if spec.simultaneous_us and spec.order is not Order.STRICT else 1
    first, previous = ([[] for _ in range(required)] for _ in range(2))
    for journey, chosen, _ in kept:
        if is_mature(spec, journey, chosen[0], newest):
            at = [journey[row].time // unit * unit for row in chosen]
            for step in range(1, len(chosen)):
                first[step].append(at[step] - at[0])
                previous[step].append(at[step] - at[step - 1])
    assert len(total.times) == 2 * (required - 1)
    for durations, times in zip(total.times, [*first[1:], *previous[1:]], strict=True):
        assert np.repeat(durations.values, durations.counts).tolist() == sorted(times)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(funnels(), events, st.data())
def test_groups_are_by_the_value_at_the_chosen_step(spec, rows, data):
    required = [n for n, step in enumerate(spec.steps, 1) if not step.optional]
    at = data.draw(st.sampled_from([LAST_STEP, *required]))
    spec = replace(spec, simultaneous_us=0, by="v", at=at)
    total, kept = check(spec, rows)
    groups = defaultdict(int)
    for journey, chosen, _ in kept:
        place = len(chosen) - 1 if at == LAST_STEP else required.index(at)
        if place < len(chosen):
            groups[journey[chosen[place]].value] += 1
    counted = {value: int(tally.reach[0].sum()) for value, tally in total.groups.items()}
    assert counted == dict(groups)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(funnels(), events, st.sampled_from(Interval))
def test_trend_counts_the_best_attempt_of_each_interval(spec, rows, unit):
    spec = replace(spec, trend=unit, simultaneous_us=min(1, spec.simultaneous_us))
    total, catalog = asked(spec, rows)
    calendar = intervals(unit, catalog.timezone, catalog.first_us, catalog.last_us)
    newest = as_of(rows)
    trend = np.zeros((len(calendar), *total.total.reach.shape), int)
    for journey in journeys_of(rows, spec):
        twin = twin_of(spec, journey)
        at = [calendar.number_of(event.time) for event in journey]
        if spec.order is Order.ANY:
            found = [twin.any_order({e for e, n in enumerate(at) if n == i}) for i in set(at)]
        elif spec.entry is Entry.BEST:
            found = [twin.best([e for e in twin.entries() if at[e] == i]) for i in set(at)]
        else:
            found = twin.counted()
        for one in filter(None, found):
            if spec.order is Order.ANY or not one[2]:
                chosen = one[0]
                mature = is_mature(spec, journey, chosen[0], newest)
                trend[at[chosen[0]], : 1 + mature, len(chosen)] += 1
    assert total.trend.tolist() == trend.tolist()


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(funnels(), events, st.integers(2, 5))
def test_buckets_merge_to_one_pass(spec, rows, buckets):
    spec = replace(spec, by="v", times=True, trend=Interval.DAY, people_at=1)
    whole, _ = asked(spec, rows)
    parts, _ = asked(spec, rows, buckets)
    assert parts.total.reach.tolist() == whole.total.reach.tolist()
    assert parts.total.beside.tolist() == whole.total.beside.tolist()
    assert parts.dropped == whole.dropped
    assert parts.trend.tolist() == whole.trend.tolist()
    assert {k: v.reach.tolist() for k, v in parts.groups.items()} == {
        k: v.reach.tolist() for k, v in whole.groups.items()
    }
    assert [d.values.tolist() for d in parts.times] == [d.values.tolist() for d in whole.times]
    assert parts.at.people == whole.at.people
    assert (parts.at.count, parts.at.then) == (whole.at.count, whole.at.then)


plain_steps = st.lists(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3), min_size=1, max_size=4
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(plain_steps, events, st.sampled_from([None, 0, 2, 3, 5]), st.integers(0, 12), st.booleans())
def test_quick_rare_and_general_way_count_the_same(steps, rows, window, start, ranged):
    """The quick ways, by posting lists and by bits, against lists of candidates."""
    window_us = None if window is None else window * TICK
    span = TimeRange(start_us=start * TICK, end_us=(start + 4) * TICK) if ranged else TimeRange()
    spec = Funnel(
        steps=tuple(Step(title="+".join(s), predicate=event_is(*s)) for s in steps),
        window_us=window_us,
        scope=Scope(range=span),
    )
    counted = []
    with pytest.MonkeyPatch.context() as patch:
        for share in (0, 10**9):  # always by posting lists, never by them
            patch.setattr(plain, "RARE_SHARE", share)
            counted.append(asked(spec, rows)[0].total.reach.tolist())
    general = asked(replace(spec, people_at=1), rows)[0]
    assert counted == [general.total.reach.tolist()] * 2


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(names, min_size=1, max_size=4),
    events,
    st.sampled_from([None, 0, 2, 3, 5]),
    st.sampled_from(Entry),
)
def test_greedy_and_general_way_find_the_same_attempts(sets, rows, window, entry):
    """Where neither gaps nor exclusions nor ties matter the earliest next event is enough."""
    steps = tuple(Step(title="+".join(one), predicate=event_is(*one)) for one in sets)
    window_us = None if window is None else window * TICK
    spec = Funnel(steps=steps, window_us=window_us, entry=entry, times=True, by="v", at=LAST_STEP)
    spec = replace(spec, trend=Interval.DAY, people_at=1)
    greedy, _ = asked(spec, rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compiled, "greedy", False)
        general, _ = asked(spec, rows)
    assert greedy.total.reach.tolist() == general.total.reach.tolist()
    assert greedy.trend.tolist() == general.trend.tolist()
    assert [d.values.tolist() for d in greedy.times] == [d.values.tolist() for d in general.times]
    assert greedy.at.people == general.at.people
    assert {k: v.reach.tolist() for k, v in greedy.groups.items()} == {
        k: v.reach.tolist() for k, v in general.groups.items()
    }


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(funnels(), events)
def test_a_funnel_never_rises(spec, rows):
    plan_total, _ = asked(spec, rows)
    people = plan_total.total.people()
    assert (np.diff(people, axis=1) <= 0).all()
    assert (people[1] <= people[0]).all()
    if spec.order is not Order.ANY:
        for place, step in enumerate(spec.steps):
            if step.optional:
                before = sum(1 for r in spec.required if r < place)
                assert (plan_total.total.beside[:, place] <= people[:, before - 1]).all()
