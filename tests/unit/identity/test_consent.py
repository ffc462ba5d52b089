"""Consent by hand: the latest word of each, and of two people the stricter."""

from __future__ import annotations

from itertools import permutations

import pytest

from sojourn.identity.consent import Consent, fold_consent, is_granted, standing_refusals
from sojourn.identity.traits import Told

MAIL = "consent.email.marketing"


def told(time, **traits):
    return Told(
        time_us=time, ident=time, traits={k.replace("__", "."): v for k, v in traits.items()}
    )


def mail(granted, since):
    return (Consent(purpose="marketing", channel="email", granted=granted, since_us=since),)


def test_the_latest_word_of_one_person_counts_and_what_was_never_asked_is_no_fact():
    events = [told(1, consent__email__marketing=True), told(5, consent__email__marketing=False)]
    assert fold_consent({0: events}) == mail(granted=False, since=5)
    events.append(told(9, consent__email__marketing="granted", plan="pro"))
    assert all(fold_consent({0: o}) == mail(granted=True, since=9) for o in permutations(events))
    assert fold_consent({0: [told(1, plan="pro", consent__="x")]}) == ()


@pytest.mark.parametrize("numbers", [(0, 1), (1, 0)])
def test_of_two_people_who_are_one_the_refusal_counts_whoever_spoke_last(numbers):
    one = [told(1, consent__email__marketing=False)]
    other = [told(7, consent__email__marketing=True)]
    both = dict(zip(numbers, (one, other), strict=True))
    assert fold_consent(both) == mail(granted=False, since=1)
    one.append(told(4, consent__email__marketing=True))
    assert fold_consent(both) == mail(granted=True, since=7)


def test_a_purpose_without_a_channel_holds_for_all_of_them():
    found = fold_consent({0: [told(3, consent__Advertising=False)]})
    assert found == (Consent(purpose="Advertising", channel="", granted=False, since_us=3),)


def test_a_consent_that_no_longer_holds_is_a_refusal():
    events = [told(1, consent__email__marketing=True), Told(time_us=2, ident=2, gone=(MAIL,))]
    assert fold_consent({0: events}) == mail(granted=False, since=2)


def test_a_refusal_stands_until_a_grant_and_its_last_event_is_named():
    events = [told(1, consent__email__marketing=False), told(3, consent__email__marketing=False)]
    assert {name: word.ident for name, word in standing_refusals(events).items()} == {MAIL: 3}
    granted = [*events, told(5, consent__email__marketing=True)]
    assert all(standing_refusals(order) == {} for order in permutations(granted))
    taken_back = [*granted, Told(time_us=7, ident=7, gone=(MAIL,))]
    assert standing_refusals(taken_back)[MAIL].ident == 7


@pytest.mark.parametrize("value", [False, 0, "no", "denied", "", "maybe", None, ["granted"], 1.5])
def test_what_does_not_clearly_grant_refuses(value):
    assert not is_granted(value)


@pytest.mark.parametrize("value", [True, 1, "Granted", " yes ", "subscribed"])
def test_clear_words_grant(value):
    assert is_granted(value)
