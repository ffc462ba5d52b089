"""What a funnel refuses, and the rows, notes and parts of its answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slow_paths import ask
from sojourn.base.calendar import Unit as Interval
from sojourn.base.errors import InputError, UnknownNameError
from sojourn.base.estimate import Estimate, NotEstimable
from sojourn.base.predicate import Compare, Operator, event_is
from sojourn.base.timespan import DAY_US, HOUR_US, MINUTE_US, TimeRange
from sojourn.index.errors import UntimedRangeError
from sojourn.insight.funnel.errors import FunnelError, NoSuchStepError, UntimedFunnelError
from sojourn.insight.funnel.phrasing import span_words
from sojourn.insight.funnel.question import Funnel
from sojourn.insight.funnel.values import LAST_STEP, Entry, Exclusion, Order, Step, Unit
from sojourn.insight.question import Scope


def step(name, **options):
    return Step(title=name, predicate=event_is(name), **options)


def exclude(name, after, before):
    return Exclusion(title=name, predicate=event_is(name), after=after, before=before)


ABC = tuple(map(step, "abc"))
A_DAY = Funnel(steps=ABC, window_us=DAY_US)
ROWS = [
    ("ann", 0, "a", {"device": "phone"}),
    ("ann", HOUR_US, "b", {"device": "desk"}),
    ("ann", 2 * HOUR_US, "c", {}),
    ("bob", 0, "a", {"device": "phone"}),
    ("bob", HOUR_US, "b", {}),
    ("bob", 3 * HOUR_US, "x", {}),
    ("cid", 0, "a", {"device": "desk"}),
    ("dee", 9 * DAY_US, "a", {}),
    ("dee", 9 * DAY_US + HOUR_US, "b", {}),
    ("eve", 10 * DAY_US - 1, "z", {}),
]
UNTIMED = [(person, None, event) for person, _, event, _ in ROWS]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (Funnel(steps=()), "at least one step"),
        (Funnel(steps=(step("a", optional=True), step("b"))), "cannot be optional"),
        (Funnel(steps=tuple(map(step, "abc" * 11))), "too many"),
        (replace(A_DAY, window_us=-1), "negative"),
        (Funnel(steps=(step("a", longest_us=5), step("b"))), "nothing lies before step 1"),
        (
            Funnel(steps=(step("a"), step("b", shortest_us=9, longest_us=5))),
            "too long and too short",
        ),
        (replace(A_DAY, unit=Unit.SESSION, hold="device"), "choose one"),
        (
            replace(A_DAY, order=Order.ANY, exclusions=(exclude("x", 1, 2),)),
            "nothing can be excluded",
        ),
        (
            Funnel(steps=(step("a"), step("b", optional=True)), order=Order.ANY),
            "no optional steps",
        ),
        (Funnel(steps=(step("a"), step("b", longest_us=5)), order=Order.ANY), "no gaps"),
        (replace(A_DAY, exclusions=(exclude("x", 2, 2),)), "nothing between"),
        (replace(A_DAY, exclusions=(exclude("b", 1, 3),)), "nobody could get past it"),
        (
            Funnel(
                steps=(step("a"), step("b", optional=True), step("c")),
                exclusions=(exclude("x", 2, 3),),
            ),
            "it is optional",
        ),
        (
            Funnel(steps=(step("a"), step("b", optional=True)), by="device", at=2),
            "not everybody has a value",
        ),
        (replace(A_DAY, lost_at=1), "Nobody is lost at step 1"),
        (Funnel(steps=(step("a"), step("b", optional=True)), lost_at=2), "nobody is lost at it"),
        (
            replace(
                A_DAY, order=Order.STRICT, ends_at_break=True, exclusions=(exclude("x", 1, 2),)
            ),
            "knows neither",
        ),
    ],
)
def test_contradictions_are_refused_in_words(spec, said):
    with pytest.raises(FunnelError, match=said):
        ask(spec, ROWS)


@pytest.mark.parametrize("what", [{"people_at": 4}, {"lost_at": 4}, {"at": 4}])
def test_steps_that_are_not_there_are_refused(what):
    with pytest.raises(NoSuchStepError, match="the funnel has 3 steps"):
        ask(replace(A_DAY, **what), ROWS)
    with pytest.raises(NoSuchStepError, match="An exclusion names step 7"):
        ask(replace(A_DAY, exclusions=(exclude("x", 1, 7),)), ROWS)


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="event 'q'"):
        ask(Funnel(steps=(step("a"), step("q"))), ROWS)
    with pytest.raises(UnknownNameError, match="Did you mean 'device'"):
        ask(replace(A_DAY, by="devise"), ROWS)
    with pytest.raises(InputError):
        ask(replace(A_DAY, hold="nothing"), ROWS)


def test_without_times_order_counts_and_time_is_refused():
    answer = ask(replace(A_DAY, window_us=0, times=True, trend=Interval.DAY), UNTIMED)
    assert [row.people for row in answer.rows] == [4, 3, 1]
    assert [row.mature for row in answer.rows] == [4, 3, 1]
    assert answer.extra["times"] == {"not_estimable": "these events carry no times"}
    assert answer.extra["trend"] == {"not_estimable": "these events carry no times"}
    assert any("No window applies" in note for note in answer.notes)
    with pytest.raises(UntimedFunnelError, match="no gaps"):
        ask(Funnel(steps=(step("a"), step("b", longest_us=5))), UNTIMED)
    with pytest.raises(UntimedFunnelError, match="no sessions"):
        ask(replace(A_DAY, unit=Unit.SESSION), UNTIMED)
    with pytest.raises(UntimedRangeError):
        ask(replace(A_DAY, scope=Scope(range=TimeRange(start_us=0))), UNTIMED)


def test_immature_entries_are_counted_and_in_no_rate():
    answer = ask(A_DAY, ROWS)
    assert [(row.people, row.mature, row.lost) for row in answer.rows] == [
        (4, 3, None),
        (3, 2, 1),
        (1, 1, 1),
    ]
    second = answer.rows[1].of_first
    assert isinstance(second, Estimate)
    assert (second.value, second.n) == (pytest.approx(2 / 3), 3)
    third = answer.rows[2].of_previous
    assert isinstance(third, Estimate)
    assert (third.value, third.n) == (0.5, 2)
    assert answer.extra["immature"] == 1
    assert any("1 person entered less than 1 day before the data end" in n for n in answer.notes)


def test_where_nobody_is_old_enough_there_is_no_rate():
    answer = ask(replace(A_DAY, window_us=100 * DAY_US), ROWS)
    assert [row.people for row in answer.rows] == [4, 3, 1]
    assert {row.of_first for row in answer.rows} == {NotEstimable("no entry is mature")}
    assert "none of them long enough ago" in answer.extra["headline"]


def test_where_nobody_came_there_is_no_rate():
    nobody = Compare(field="device", operator=Operator.EQ, values=("fridge",))
    answer = ask(replace(A_DAY, scope=Scope(people=nobody)), ROWS)
    assert [row.people for row in answer.rows] == [0, 0, 0]
    assert {row.of_previous for row in answer.rows} == {
        NotEstimable("nobody reached the step before")
    }
    assert answer.extra["headline"] == "Nobody did ‘a’."


def test_optional_steps_stand_beside():
    optional = (step("a"), step("b", optional=True), step("c"))
    answer = ask(Funnel(steps=optional, window_us=None), ROWS)
    assert [(r.people, r.optional, r.lost) for r in answer.rows] == [
        (4, False, None),
        (3, True, None),
        (1, False, 3),
    ]
    of_previous = answer.rows[2].of_previous
    assert isinstance(of_previous, Estimate)
    assert of_previous.n == 4


def test_groups_come_after_everybody_and_the_rest_are_joined():
    answer = ask(replace(A_DAY, by="device", groups=1, window_us=None), ROWS)
    first = [(row.labels[0][1], row.row.people) for row in answer.rows if row.row.number == 1]
    assert first == [("(all)", 4), ("phone", 2), ("(other)", 1), ("(missing)", 1)]
    assert any("its value at the event of step 1" in note for note in answer.notes)
    last = ask(replace(A_DAY, by="device", at=LAST_STEP, window_us=None), ROWS)
    first = {row.labels[0][1]: row.row.people for row in last.rows if row.row.number == 1}
    assert first == {"(all)": 4, "desk": 1, "(missing)": 3}
    second = ask(replace(A_DAY, by="device", at=2, window_us=None), ROWS)
    first = {row.labels[0][1]: row.row.people for row in second.rows if row.row.number == 1}
    assert first == {"(all)": 4, "desk": 1, "(missing)": 2}


def test_a_trait_is_the_last_value_up_to_the_step():
    answer = ask(replace(A_DAY, by="trait.device", at=3, window_us=None), ROWS)
    first = {row.labels[0][1]: row.row.people for row in answer.rows if row.row.number == 1}
    assert first == {"(all)": 4, "desk": 1}


def test_an_answer_says_which_value_of_a_trait_counts():
    desk = Compare(field="trait.device", operator=Operator.EQ, values=("desk",))
    says = "trait.device is the person’s last value up to the event, not today’s."
    inside = replace(A_DAY, steps=(replace(A_DAY.steps[0], predicate=desk), *A_DAY.steps[1:]))
    everywhere = replace(inside, scope=Scope(people=desk))
    for spec in (inside, replace(A_DAY, scope=Scope(events=desk)), everywhere):
        assert [note for note in ask(spec, ROWS).notes if "trait" in note].count(says) == 1
    assert says not in ask(A_DAY, ROWS).notes


@pytest.mark.parametrize(
    ("values", "labels"),
    [([3.5, 3.5, 2], {"3.5": 2, "2": 1}), ([2, "two", None], {"2": 1, "two": 1, "(missing)": 1})],
)
def test_groups_by_numbers_and_mixed_values(values, labels):
    rows = [
        (f"p{n}", n, "a", {} if value is None else {"size": value})
        for n, value in enumerate(values)
    ]
    answer = ask(Funnel(steps=(step("a"),), window_us=None, by="size"), rows)
    assert {
        r.labels[0][1]: r.row.people for r in answer.rows if r.labels[0][1] != "(all)"
    } == labels


def test_groups_by_amounts_keep_currencies_apart():
    rows = [
        ("p1", 0, "a", {"value": 5.0, "currency": "USD"}),
        ("p2", 0, "a", {"value": 5.0, "currency": "KRW"}),
        ("p3", 0, "a", {}),
    ]
    answer = ask(Funnel(steps=(step("a"),), window_us=None, by="value"), rows)
    groups = {row.labels[0][1]: row.row.people for row in answer.rows}
    assert groups == {"(all)": 3, "5.00 USD": 1, "5 KRW": 1, "(missing)": 1}


def test_lists_are_bounded_newest_first_and_say_what_came_next():
    answer = ask(replace(A_DAY, people_at=2, lost_at=3, limit=1), ROWS)
    at, lost = answer.extra["people_at"], answer.extra["lost_at"]
    assert (at["count"], len(at["people"])) == (3, 1)
    assert at["people"][0]["person"] == "dee"
    assert at["people"][0]["mature"] is False
    assert lost["count"] == 1  # dee may still get there
    assert lost["then"] == [{"event": "x", "people": 1}]
    assert lost["people"] == [
        {
            "person": "bob",
            "entry": "1970-01-01T00:00:00+00:00",
            "last": "1970-01-01T01:00:00+00:00",
            "reached": 2,
            "mature": True,
            "then": "x",
        }
    ]


def test_what_came_after_the_window_is_nothing():
    answer = ask(replace(A_DAY, lost_at=3, window_us=2 * HOUR_US), ROWS)
    assert answer.extra["lost_at"]["then"] == [{"event": None, "people": 2}]


def test_people_at_an_optional_step():
    optional = (step("a"), step("x", optional=True), step("c"))
    answer = ask(Funnel(steps=optional, window_us=None, people_at=2), ROWS)
    assert [one["person"] for one in answer.extra["people_at"]["people"]] == ["bob"]


def test_times_and_their_histogram_are_of_the_mature():
    answer = ask(replace(A_DAY, times=True), ROWS)
    to_b, to_c = answer.extra["times"]
    assert (to_b["from_first"]["n"], to_b["from_first"]["median"]["seconds"]) == (2, 3600.0)
    assert to_c["from_previous"]["median"]["seconds"] == 3600.0
    assert to_c["from_first"]["histogram"] == [
        {"from_seconds": 3600.0, "to_seconds": 10800, "count": 1}
    ]


def test_trend_flags_intervals_that_are_not_over():
    answer = ask(replace(A_DAY, trend=Interval.WEEK), ROWS)
    first, second = answer.extra["trend"]
    assert first["interval"] == "1969-12-29"
    assert (first["people"], first["mature"], first["complete"]) == ([3, 2, 1], [3, 2, 1], True)
    assert first["rate"]["value"] == pytest.approx(1 / 3)
    assert (second["people"], second["mature"], second["complete"]) == ([1, 1, 0], [0, 0, 0], False)
    assert second["rate"] == {"not_estimable": "no entry is mature"}


def test_steps_in_any_order_read_any_k_of_n():
    answer = ask(replace(A_DAY, order=Order.ANY, window_us=None, entry=Entry.FIRST), ROWS)
    assert [(row.step, row.people) for row in answer.rows] == [
        ("any 1 of 3", 4),
        ("any 2 of 3", 3),
        ("any 3 of 3", 1),
    ]
    assert answer.extra["own"] == [
        {"step": "a", "people": 4},
        {"step": "b", "people": 3},
        {"step": "c", "people": 1},
    ]
    assert any("Entry policies do not apply" in note for note in answer.notes)


def test_the_answer_says_what_it_counted():
    spec = Funnel(
        steps=(step("a"), step("b", shortest_us=MINUTE_US, longest_us=HOUR_US), step("c")),
        window_us=DAY_US,
        exclusions=(exclude("x", 1, 2),),
        drop_excluded=True,
        simultaneous_us=1,
        reuse_events=True,
    )
    answer = ask(spec, ROWS)
    told = " ".join(answer.notes)
    assert "at least 1 minute and at most 1 hour after" in told
    assert "‘x’ between steps 1 and 2 spoils" in told
    assert "as in either order" in told
    assert "may fill several steps" in told
    strict = ask(replace(A_DAY, order=Order.STRICT, simultaneous_us=1), ROWS)
    assert "directly one after another" in strict.definition
    assert "keep their order here" in " ".join(strict.notes)
    ended = ask(replace(A_DAY, order=Order.STRICT, ends_at_break=True), ROWS)
    assert "As in ClickHouse" in ended.definition
    session = ask(replace(A_DAY, unit=Unit.SESSION), ROWS)
    assert session.definition.startswith("A session")
    pairs = ask(replace(A_DAY, hold="device", entry=Entry.ALL), ROWS)
    assert pairs.definition.startswith("A pair of person and device")


def test_people_left_out_altogether_are_counted_in_a_note():
    spec = replace(A_DAY, window_us=None, exclusions=(exclude("x", 2, 3),), drop_excluded=True)
    answer = ask(spec, ROWS)
    assert [row.people for row in answer.rows] == [3, 2, 1]
    assert answer.extra["dropped"] == 1
    assert any("1 person was left out altogether" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("length", "said"),
    [(DAY_US, "1 day"), (36 * HOUR_US, "36 hours"), (1_500_000, "1.5 seconds"), (0, "0 seconds")],
)
def test_lengths_in_words(length, said):
    assert span_words(length) == said
