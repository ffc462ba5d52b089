"""Histories of traits by hand."""

from __future__ import annotations

import pytest

from sojourn.identity.traits import Told, TraitValue, fold_traits, value_at


def told(time, **traits):
    return Told(time_us=time, ident=time, traits=traits)


def values(history):
    return [(value.since_us, value.value) for value in history]


def test_a_trait_has_its_values_with_the_instant_each_was_told_first():
    events = [told(5, plan="pro"), told(1, plan="free"), told(3, plan="free"), told(9, plan="free")]
    found = fold_traits(events)
    assert found == {
        "plan": (
            TraitValue(value="free", since_us=1, ident=1),
            TraitValue(value="pro", since_us=5, ident=5),
            TraitValue(value="free", since_us=9, ident=9),
        )
    }


def test_at_one_instant_the_larger_event_id_is_right():
    a = Told(time_us=1, ident=2**63, traits={"plan": "late"})
    b = Told(time_us=1, ident=3, traits={"plan": "early"})
    assert fold_traits([a, b])["plan"][-1].value == "late"


@pytest.mark.parametrize("nothing", [None, "null", "undefined", " NaN ", "[object Object]"])
def test_what_stands_for_nothing_neither_tells_nor_forgets(nothing):
    found = fold_traits([told(1, plan="pro"), told(2, plan=nothing, age=3)])
    assert values(found["plan"]) == [(1, "pro")]
    assert values(found["age"]) == [(2, 3)]
    assert fold_traits([told(1, plan=nothing)]) == {}


def test_a_value_of_another_type_is_a_value():
    history = fold_traits(
        [told(1, age=1), told(2, age=True), told(3, age="old"), told(4, age=["a"]), told(5, age="")]
    )["age"]
    assert values(history) == [(1, 1), (2, True), (3, "old"), (4, ["a"]), (5, "")]


def test_once_holds_where_nothing_is_known_and_gone_ends_it():
    events = [
        Told(time_us=2, ident=1, once={"source": "ads", "plan": "x"}, traits={"plan": "free"}),
        Told(time_us=3, ident=1, once={"source": "mail"}),
        Told(time_us=4, ident=1, gone=("source", "never-known")),
        Told(time_us=5, ident=1, once={"source": "shop"}),
    ]
    found = fold_traits(events)
    assert values(found["source"]) == [(2, "ads"), (4, None), (5, "shop")]
    assert values(found["plan"]) == [(2, "free")]
    assert "never-known" not in found


def test_the_value_at_an_instant_is_the_last_one_told_up_to_it():
    history = fold_traits([told(1, plan="free"), told(5, plan="pro")])["plan"]
    found = [value_at(history, at) for at in (0, 1, 4, 5, 99)]
    assert found == [None, "free", "free", "pro", "pro"]
