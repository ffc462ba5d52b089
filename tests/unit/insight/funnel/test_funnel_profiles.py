"""Profiles set the options that make other tools count otherwise, and are explained on the data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slow_paths import ask
from sojourn.base.predicate import event_is
from sojourn.base.timespan import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from sojourn.insight.funnel.compatible.explain import ExplainProfiles
from sojourn.insight.funnel.compatible.profiles import Profile, as_profile, changes
from sojourn.insight.funnel.errors import FunnelError
from sojourn.insight.funnel.question import Funnel
from sojourn.insight.funnel.values import Entry, Exclusion, Order, Step


def step(name, **options):
    return Step(title=name, predicate=event_is(name), **options)


ABC = tuple(map(step, "ABC"))
HOUR = Funnel(steps=ABC, window_us=HOUR_US)
X = Exclusion(title="X", predicate=event_is("X"), after=2, before=3)


def reached(spec, rows):
    return [row.people for row in ask(spec, rows).rows]


def log(person, *events):
    return [(person, minute * MINUTE_US, name) for minute, name in events]


REENTRY = log("ann", (0, "A"), (30, "A"), (45, "B"), (75, "C"))
EXCLUDED = log("bob", (0, "A"), (1, "B"), (2, "X"), (3, "C"))
TIED = log("cid", (0, "B"), (0, "A"), (5, "C"))
PLAIN = log("dee", (0, "A"), (1, "B"), (2, "C"))


def test_mixpanel_opens_the_window_at_the_first_entry():
    assert reached(HOUR, REENTRY) == [1, 1, 1]
    assert reached(as_profile(HOUR, Profile.MIXPANEL), REENTRY) == [1, 1, 0]


def test_posthog_takes_excluded_people_out():
    spec = replace(HOUR, exclusions=(X,))
    assert reached(spec, EXCLUDED) == [1, 1, 0]
    assert reached(as_profile(spec, Profile.POSTHOG), EXCLUDED) == [0, 0, 0]


@pytest.mark.parametrize("profile", [Profile.POSTHOG, Profile.AMPLITUDE, Profile.CLICKHOUSE])
def test_equal_times_have_no_order(profile):
    assert reached(HOUR, TIED) == [1, 0, 0]
    assert reached(as_profile(HOUR, profile), TIED) == [1, 1, 1]


def test_amplitude_cuts_times_to_the_second():
    late = [("eve", 900_000, "A"), ("eve", 100_000, "B"), ("eve", 5 * SECOND_US, "C")]
    assert reached(HOUR, late) == [1, 0, 0]
    assert reached(as_profile(HOUR, Profile.AMPLITUDE), late) == [1, 1, 1]
    assert reached(as_profile(HOUR, Profile.POSTHOG), late) == [1, 0, 0]


def test_clickhouse_fills_several_steps_with_one_event():
    twice = Funnel(steps=(step("A"), step("A"), step("B")), window_us=HOUR_US)
    once = log("fay", (0, "A"), (1, "B"))
    assert reached(twice, once) == [1, 0, 0]
    assert reached(as_profile(twice, Profile.CLICKHOUSE), once) == [1, 1, 1]


def test_strict_order_of_clickhouse_ends_at_the_first_break():
    strict = replace(HOUR, order=Order.STRICT)
    again = log("gus", (0, "A"), (1, "X"), (2, "A"), (3, "B"), (4, "C"))
    repeated = log("hal", (0, "A"), (1, "A"), (2, "B"), (3, "B"), (4, "C"))
    theirs = as_profile(strict, Profile.CLICKHOUSE)
    assert (reached(strict, again), reached(theirs, again)) == ([1, 1, 1], [1, 0, 0])
    assert (reached(strict, repeated), reached(theirs, repeated)) == ([1, 1, 0], [1, 1, 1])


def test_a_tool_is_not_asked_what_it_does_not_know():
    gapped = Funnel(steps=(step("A"), step("B", longest_us=5)))
    for profile in Profile:
        with pytest.raises(FunnelError, match="limits no gap"):
            as_profile(gapped, profile)
    with pytest.raises(FunnelError, match="neither exclusions nor optional"):
        as_profile(replace(HOUR, exclusions=(X,)), Profile.CLICKHOUSE)
    with pytest.raises(FunnelError, match="no steps in any order"):
        as_profile(replace(HOUR, order=Order.ANY), Profile.CLICKHOUSE)


def test_own_windows_only_where_asked_for():
    assert as_profile(HOUR, Profile.MIXPANEL).window_us == HOUR_US
    assert as_profile(HOUR, Profile.MIXPANEL, own_window=True).window_us == 7 * DAY_US
    assert as_profile(HOUR, Profile.POSTHOG, own_window=True).window_us == 14 * DAY_US
    assert as_profile(HOUR, Profile.AMPLITUDE, own_window=True).window_us == HOUR_US
    assert as_profile(replace(HOUR, order=Order.ANY), Profile.MIXPANEL).entry is Entry.BEST


@pytest.mark.parametrize("profile", Profile)
def test_a_profile_set_twice_is_the_same(profile):
    once = as_profile(HOUR, profile, own_window=True)
    assert as_profile(once, profile, own_window=True) == once
    assert changes(once, profile, own_window=True) == ()


@pytest.mark.parametrize("buckets", [1, 3])
def test_the_explanation_names_option_people_and_the_shortest_journey(buckets):
    rows = [*REENTRY, *EXCLUDED, *TIED, *PLAIN]
    answer = ask(ExplainProfiles(funnel=HOUR), rows, buckets)
    people = {(row.profile, row.number): (row.people, row.difference) for row in answer.rows}
    assert people["sojourn", 3] == (3, 0)
    assert people["mixpanel", 3] == (2, -1)
    assert people["posthog", 3] == (4, 1)
    found = {(one["profile"], one["option"]): one for one in answer.extra["differences"]}
    entry = found["mixpanel", "entry"]
    assert entry["people"] == 1
    assert entry["example"]["person"] == "ann"
    assert (entry["example"]["ours"], entry["example"]["theirs"]) == (3, 2)
    assert [event["event"] for event in entry["example"]["events"]] == ["A", "A", "B", "C"]
    assert found["posthog", "ties"]["example"]["person"] == "cid"
    assert found["clickhouse", "one event"]["people"] == 0
    assert found["clickhouse", "one event"]["example"] is None


def test_the_explanation_says_who_counts_alike_and_who_is_left_out():
    answer = ask(ExplainProfiles(funnel=replace(HOUR, exclusions=(X,))), PLAIN + log("x", (0, "X")))
    told = " ".join(answer.notes)
    assert "clickhouse is left out" in told
    assert "mixpanel counts these data as we do" in told
    assert {row.profile for row in answer.rows} == {"sojourn", "posthog", "amplitude", "mixpanel"}


def test_the_explanation_of_steps_in_any_order():
    answer = ask(ExplainProfiles(funnel=replace(HOUR, order=Order.ANY), own_windows=True), REENTRY)
    assert [row.step for row in answer.rows[:3]] == ["any 1 of 3", "any 2 of 3", "any 3 of 3"]
