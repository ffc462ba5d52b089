"""Stage models as documents: there and back, and errors that name the place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from slow_stages import models
from sojourn.base.timespan import DAY_US, MINUTE_US
from sojourn.base.yamltree import DocumentError
from sojourn.stages.document import read_model, write_model
from sojourn.stages.model import Distinct, Without
from sojourn.stages.parts import written
from sojourn.stages.suggest.taxonomy import TAXONOMIES, taxonomy

TEXT = """\
sojourn: stages/1
stages:
- key: customer
  title: {en: Customer, ko: 고객}
  aliases: {aarrr: Revenue}
  enter:
  - events: [order_paid]
    where: value > 10
    at_least: 2
    distinct: days
    within: 30d
  lapse:
    quiet: 90d
    without: entry
    on:
    - events: [unsubscribed]
  window: 14d
"""


@settings(max_examples=60)
@given(models())
def test_a_model_comes_back_as_it_was(model) -> None:
    stages = tuple(
        replace(s, lapse=replace(s.lapse, without=Without.ANY)) if s.lapse.keep else s
        for s in model.stages  # events that keep a stage are named in place of ``without``
    )
    model = replace(model, stages=stages)
    assert read_model(write_model(model)) == model


def test_every_field_is_read() -> None:
    (stage,) = read_model(TEXT).stages
    (rule,) = stage.enter
    assert (stage.title.ko, dict(stage.aliases)) == ("고객", {"aarrr": "Revenue"})
    assert (rule.at_least, rule.distinct, rule.within_us) == (2, Distinct.DAYS, 30 * DAY_US)
    assert rule.evidence.where_text == "value > 10"
    assert (stage.lapse.quiet_us, stage.lapse.without) == (90 * DAY_US, Without.ENTRY)
    assert stage.lapse.on[0].events == ("unsubscribed",)
    assert write_model(read_model(write_model(read_model(TEXT)))) == write_model(read_model(TEXT))


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("enter:", "entr:", 6, "Did you mean 'enter'"),
        ("stages/1", "stages/2", 1, "sojourn: stages/1"),
        ("at_least: 2", "at_least: 0", 9, "at least 1"),
        ("distinct: days", "distinct: weeks", 10, "days, sessions, events"),
        ("within: 30d", "within: soon", 11, "45s, 30m"),
        ("value > 10", "value >", 8, "a value is missing"),
        ("- key: customer", "- key: ''", 3, "no key"),
        ("title: {en: Customer, ko: 고객}", "title: {ko: 고객}", 4, "English"),
    ],
)
def test_what_is_wrong_is_named_with_line_and_what_is_allowed(old, new, line, says) -> None:
    with pytest.raises(DocumentError) as caught:
        read_model(TEXT.replace(old, new), "my.yaml")
    assert f"my.yaml, line {line}" in caught.value.message
    assert says in caught.value.message


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x", "!!python/object:os.system x", "", "[", "a: 1\na: 2"]
)
def test_tricks_and_rubbish_are_refused(text) -> None:
    with pytest.raises(DocumentError):
        read_model(text)


def test_durations_are_written_as_people_do() -> None:
    assert (written(90 * MINUTE_US), written(2 * DAY_US), written(1)) == (
        "1h30m",
        "2d",
        "0.000001s",
    )


@pytest.mark.parametrize("key", TAXONOMIES)
def test_ready_taxonomies_read_and_ask_in_both_languages(key) -> None:
    found = taxonomy(key)
    assert len({stage.key for stage in found.stages}) == len(found.stages) >= 3
    for stage in found.stages:
        assert stage.title.en
        assert stage.title.ko
        assert stage.missing.ko.endswith("?")
        assert stage.enter
