"""Laws of the stage timelines, against the hour-by-hour twin."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import add
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slow_stages import LAST_HOUR, PEOPLE, counts, live, models, plain_models, rows_of
from sojourn.adapters.engines.local import LocalEngine
from sojourn.base.estimate import Estimate
from sojourn.base.timespan import HOUR_US, TimeRange
from sojourn.index.memory import memory_index
from sojourn.insight.question import Scope
from sojourn.kernels.stages.pauses import pause_timelines
from sojourn.kernels.stages.plain import plain_timelines
from sojourn.kernels.stages.spells import spell_keys
from sojourn.kernels.stages.tally import states_at
from sojourn.stages.ask.overview import Stages
from sojourn.stages.figures import counted
from sojourn.stages.model import LapseRule
from sojourn.stages.survival import kaplan_meier
from sojourn.stages.timeline import Follower, only_pauses_end, span_of


def followed(people, model, buckets=1):
    index = memory_index(rows_of(people), buckets=buckets)
    follower = Follower.of(model, Scope(), index.catalog)
    return index, [(bucket, follower.over(bucket)) for bucket in index.buckets]


def hashes(bucket, found):
    """Return a number for each journey's person, whatever bucket they lie in."""
    names = bucket.person_ids(found.journeys.owners())
    return np.array([crc32(name.encode()) for name in names], np.uint64) << np.uint64(32)


@settings(deadline=None, max_examples=400)
@given(PEOPLE, models() | plain_models())
def test_every_hour_has_the_state_the_twin_has(people, model) -> None:
    _, [(bucket, found)] = followed(people, model)
    for number, events in enumerate(people):
        life = live(events, model, LAST_HOUR)
        person = bucket.find_person(f"p{number}")
        lines = found.lines
        first = bucket.offsets[person]
        mine = lines.moves[lines.offsets[person] : lines.offsets[person + 1]]
        assert [(int(a) // HOUR_US, int(s), int(r - first)) for a, s, r in mine] == life.moves
        for hour, state in enumerate(life.states):
            now = states_at(lines.offsets, lines.moves, hour * HOUR_US)
            assert now[person] == state


@settings(deadline=None, max_examples=300)
@given(PEOPLE, plain_models(), st.integers(0, 3))
def test_plain_rules_have_the_moves_of_the_general_way(people, model, skipped) -> None:
    index = memory_index(rows_of(people))
    follower = Follower.of(model, Scope(), index.catalog)
    assert follower.plain is not None
    [bucket] = index.buckets
    skip = np.zeros(len(people) + 1, np.uint8)
    skip[:skipped] = 1
    bucket = replace(bucket, skip=skip)
    quick, general = (each.over(bucket).lines for each in (follower, replace(follower, plain=None)))
    assert quick.offsets.tolist() == general.offsets.tolist()
    assert quick.moves.tolist() == general.moves.tolist()


@settings(deadline=None, max_examples=400)
@given(PEOPLE, plain_models(), st.integers(0, 3), st.integers(20, LAST_HOUR))
def test_where_only_pauses_end_stages_moves_are_those_of_plain_rules(
    people, model, skipped, as_of
) -> None:
    index = memory_index(rows_of(people))
    only = replace(model, stages=tuple(map(ended_by_pauses, model.stages)))
    rules = Follower.of(only, Scope(), index.catalog).plain
    assert rules is not None
    assert only_pauses_end(rules)
    rules = rules._replace(as_of=as_of * HOUR_US)
    [bucket] = index.buckets
    skip = np.zeros(len(people) + 1, np.uint8)
    skip[:skipped] = 1
    columns = (bucket.offsets, bucket.time, bucket.event, skip)
    quick, plain = pause_timelines(*columns, rules), plain_timelines(*columns, rules)
    assert quick.offsets.tolist() == plain.offsets.tolist()
    assert quick.moves.tolist() == plain.moves.tolist()


def ended_by_pauses(stage):
    return replace(stage, lapse=LapseRule(quiet_us=stage.lapse.quiet_us))


@settings(deadline=None, max_examples=200)
@given(PEOPLE, models(), st.integers(-3, LAST_HOUR + 3), st.integers(1, LAST_HOUR))
def test_counts_of_a_range_are_the_twins_and_people_are_conserved(
    people, model, start, length
) -> None:
    end = start + length
    index, [(_, found)] = followed(people, model)
    scope = TimeRange(start_us=start * HOUR_US, end_us=end * HOUR_US)
    total = counted(found, model, span_of(scope, index.catalog))
    everybody = [*people, [(LAST_HOUR, "tick")]]
    lives = [live(events, model, LAST_HOUR) for events in everybody]
    stocks, moves = counts(lives, model, start, end, LAST_HOUR)
    stages = len(model.stages)
    for state in range(1, stages + 1):
        row = total.stocks[state]
        assert row[0] == stocks["start"][state]
        assert row[1] == stocks["end"][state]
        assert row[2] == stocks["ever"][state]
        assert row[4] == stocks["mature"][state]
        assert row[5] == stocks["converted"][state]
        assert row[6] == stocks["young"][state]
        assert row[7] == stocks["within"][state]
    for (source, target), count in np.ndenumerate(total.moves):
        assert count == moves[source, target]
    entered, left = total.moves.sum(axis=0), total.moves.sum(axis=1)
    assert (total.stocks[:, 0] + entered == left + total.stocks[:, 1]).all()
    assert total.stocks[:, 0].sum() == total.stocks[:, 1].sum()


@settings(deadline=None, max_examples=100)
@given(PEOPLE, models(), st.booleans())
def test_buckets_merge_to_one_pass(people, model, every) -> None:
    parts = []
    for buckets in (1, 3):
        index, found = followed(people, model, buckets)
        span = span_of(TimeRange(), index.catalog)
        parts.append(
            reduce(
                add,
                (counted(f, model, span, people=hashes(b, f) if every else None) for b, f in found),
            )
        )
    one, many = parts
    for name in ("stocks", "moves", "last_seen", "ended_at"):
        assert (getattr(one, name) == getattr(many, name)).all()
    for first, second in zip(one.spells, many.spells, strict=True):
        assert (first.n, first.late) == (second.n, second.late)
        keys = [np.sort(spells.ordered()[0]).tolist() for spells in (first, second)]
        assert keys[0] == keys[1]
        assert (first.coarsened().cells == second.coarsened().cells).all()


@settings(deadline=None, max_examples=15)
@given(PEOPLE, models(), st.integers(2, 4))
def test_intervals_over_people_do_not_depend_on_how_people_are_divided(
    people, model, buckets
) -> None:
    one, many = (
        LocalEngine(1).ask(Stages(model=model, all_spells=True).plan(index.catalog), index)
        for index in (memory_index(rows_of(people), buckets=n) for n in (1, buckets))
    )
    assert one.to_json() == many.to_json()


@settings(deadline=None, max_examples=15)
@given(PEOPLE, models(), st.booleans())
def test_stages_worked_out_at_once_are_as_one_after_another(people, model, every) -> None:
    index = memory_index(rows_of(people), buckets=3)
    plan = Stages(model=model, all_spells=every).plan(index.catalog)
    at_once, in_turn = (LocalEngine(threads).ask(plan, index) for threads in (3, 1))
    assert at_once.to_json() == in_turn.to_json()


@settings(deadline=None, max_examples=100)
@given(PEOPLE, models())
def test_every_key_of_a_spell_is_with_its_person(people, model) -> None:
    index, [(_, found)] = followed(people, model)
    span, shape = span_of(TimeRange(), index.catalog), (len(model.stages), 4)
    offsets, moves = found.lines
    every = spell_keys(found.lines, found.journeys.time, shape, span, True)
    apart = []  # the keys of one person after the other, by stage
    for person in range(len(offsets) - 1):
        mine = moves[offsets[person] : offsets[person + 1]]
        lines = (np.array([0, len(mine)]), mine)
        alone = spell_keys(lines, found.journeys.time, shape, span, True)
        stages = np.repeat(np.arange(shape[0]), np.diff(alone.bounds))
        apart += [(s, person, k) for s, k in zip(stages.tolist(), alone.keys.tolist(), strict=True)]
    stages = np.repeat(np.arange(shape[0]), np.diff(every.bounds))
    whole = zip(stages.tolist(), every.owners.tolist(), every.keys.tolist(), strict=True)
    assert list(whole) == sorted(apart, key=lambda row: row[:2])
    assert not len(spell_keys(found.lines, found.journeys.time, shape, span, False).owners)


@settings(deadline=None, max_examples=60)
@given(PEOPLE, models())
def test_curves_fall_and_exits_and_stayers_add_up(people, model) -> None:
    index = memory_index(rows_of(people))
    answer = LocalEngine(1).ask(Stages(model=model).plan(index.catalog), index)
    plan = Stages(model=model).plan(index.catalog)
    total = reduce(add, (plan.over(bucket) for bucket in index.buckets))
    assert len(answer.rows) == len(model.stages)
    for spells in total.spells:
        curve = kaplan_meier(spells)
        assert (np.diff(curve.staying) <= 1e-12).all()
        shares = [share.value for share in curve.exits if isinstance(share, Estimate)]
        last = curve.staying[-1] if len(curve.staying) else 1.0
        assert sum(shares) + last == pytest.approx(1.0)
        low, high = curve.band(np.arange(len(curve.staying)))
        assert ((low <= curve.staying + 1e-12) & (curve.staying <= high + 1e-12)).all()
