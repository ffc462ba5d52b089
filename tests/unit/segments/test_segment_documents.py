"""What a segment's document may say, and what is refused with the place."""

from __future__ import annotations

import json

import pytest

from sojourn.base.timespan import DAY_US, HOUR_US
from sojourn.base.yamltree import DocumentError
from sojourn.segments.compiled import AtLeast, Newest, compile_segments, names_of
from sojourn.segments.document import read_segment, write_segment
from sojourn.segments.errors import SegmentError
from sojourn.segments.model import Did, Every, InStage, Which
from sojourn.segments.words import in_words

HEAD = "sojourn: segment/1\nkey: s\nwho:\n"
FULL = """
sojourn: segment/1
key: slipping
title: {en: Slipping away, ko: 멀어지는 고객}
note: for the team
active: false
who:
  all:
    - {events: [order_paid], where: value > 10, at_least: 2, within: 90d}
    - {events: cart_viewed, quiet: 2h, without: {events: order_paid}}
    - any: [{trait: plan = pro}, {trait: utm_source = naver, which: first}]
    - none: [{events: [order_paid], at_most: 3, within: 30d}]
    - {stage: [loyalty, lapsed]}
    - {sequence: [{events: a}, {events: any}], window: 7d, within: 1h30m}
"""


def read(body):
    return read_segment(HEAD + body)


def test_a_segment_is_read_and_written_back_whole() -> None:
    segment = read_segment(FULL)
    assert (segment.title.ko, segment.active) == ("멀어지는 고객", False)
    assert read_segment(write_segment(segment)) == segment
    orders, cart, traits, rest, stage, sequence = segment.who.rules
    assert (orders.at_least, orders.within_us, cart.quiet_us) == (2, 90 * DAY_US, 2 * HOUR_US)
    assert traits.rules[1].which is Which.FIRST
    assert (rest.rules[0].at_least, rest.rules[0].at_most) == (0, 3)
    assert stage == InStage(stages=("loyalty", "lapsed"))
    assert sequence.steps[1].events == ()


def test_json_is_read_too_and_a_list_means_all() -> None:
    text = json.dumps(
        {"sojourn": "segment/1", "key": "s", "who": [{"events": "a"}, {"trait": "p = 1"}]}
    )
    assert isinstance(read_segment(text).who, Every)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("  {}", "this is no rule"),
        ("  all: []", "the list of rules is empty"),
        ("  {events: a, at_least: 101}", "101 is too many"),
        ("  {events: a, at_least: 3, at_most: 2}", "below at_least"),
        ("  {events: a, within: 0d}", "longer than nothing"),
        ("  {events: a, whitin: 3d}", "Did you mean 'within'"),
        ("  {sequence: [{events: a}]}", "found 1 steps"),
        ("  {trait: plan =}", "cannot be read"),
        ("  {stage: []}", "no stage is named"),
        ("  any:\n" + "    - {events: a}\n" * 51, "too many rules"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_place(body, said) -> None:
    with pytest.raises(DocumentError, match=said) as raised:
        read(body)
    assert "line" in raised.value.message


@pytest.mark.parametrize("key", ["", "Aä", "-a", "a b", "a" * 65])
def test_a_key_is_fit_for_addresses(key) -> None:
    with pytest.raises(DocumentError, match="is no key"):
        read_segment(f"sojourn: segment/1\nkey: '{key}'\nwho: {{events: a}}\n")


def test_rules_that_ask_the_same_share_what_is_kept() -> None:
    first = read("  all: [{events: a, at_least: 2}, {events: a, at_most: 4, within: 1d}]")
    second = read("  {events: a, quiet: 3d}")
    rules = compile_segments((first, second), None)
    assert [type(clue) for clue in rules.clues] == [Newest]
    assert rules.keep == (5,)
    assert rules.tests[1].parts[0] == AtLeast(0, 1, None)


def test_a_trait_in_a_condition_on_an_event_is_refused() -> None:
    with pytest.raises(SegmentError, match="which is of the person"):
        compile_segments((read("  {events: a, where: trait.plan = pro}"),), None)


def test_a_stage_without_a_stage_model_is_refused() -> None:
    with pytest.raises(SegmentError, match="no stage model was applied"):
        compile_segments((read("  {stage: loyalty}"),), None)


def test_names_that_a_rule_asks_for() -> None:
    events, properties = names_of(read_segment(FULL).who)
    assert events == {"order_paid", "cart_viewed", "a"}
    assert properties == {"value", "plan", "utm_source"}


def test_rules_are_said_in_both_languages() -> None:
    rule = read("  {events: cart_viewed, quiet: 2h, without: {events: order_paid}}").who
    assert isinstance(rule, Did)
    words = in_words(rule)
    assert words.en == "cart_viewed at least 1× the last one 2h ago or more and no order_paid since"
    assert words.ko == "cart_viewed 1번 이상 마지막이 2h 이전 그 뒤 order_paid 없음"
