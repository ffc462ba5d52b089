"""The local engine merges the partials of all buckets, in bucket order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from sojourn.adapters.engines.local import LocalEngine
from sojourn.base.errors import InternalError
from sojourn.index.arrays import ArrayIndex
from sojourn.index.memory import memory_index
from sojourn.insight.answer import Answer


@dataclass(frozen=True)
class Seen:
    people: tuple[str, ...]

    def __add__(self, other: Seen) -> Seen:
        return Seen(self.people + other.people)


@dataclass(frozen=True)
class WhoIsThere:
    def over(self, bucket) -> Seen:
        return Seen(tuple(bucket.person_ids(range(len(bucket.offsets) - 1))))

    def answer(self, total: Seen) -> Answer[object]:
        now = datetime(2026, 1, 1, tzinfo=UTC)
        return Answer(question="who", spec=None, as_of=now, rows=total.people, definition="")


@pytest.mark.parametrize("threads", [None, 1, 3])
@pytest.mark.parametrize("buckets", [1, 7])
def test_everybody_is_asked_once_and_in_bucket_order(threads, buckets):
    index = memory_index([(f"p{i}", i, "e") for i in range(40)], buckets=buckets)
    rows = LocalEngine(threads).ask(WhoIsThere(), index).rows
    expected = [i for b in index.buckets for i in WhoIsThere().over(b).people]
    assert list(rows) == expected
    assert sorted(rows) == sorted(f"p{i}" for i in range(40))


def test_bots_are_left_out_and_counted():
    index = memory_index([("p", 0, "e"), ("crawler", 1, "e", {"bot": True}), ("crawler", 2, "e")])
    assert LocalEngine().ask(WhoIsThere(), index).rows == ("p",)
    assert (index.catalog.bot_people, index.catalog.bot_rows) == (1, 2)
    assert [WhoIsThere().over(b).people for b in index.bots] == [("crawler",)]
    assert (index.catalog.people, index.catalog.rows, index.catalog.event_counts) == (1, 1, (1,))


def test_an_index_without_buckets_is_our_own_mistake():
    empty = ArrayIndex(catalog=memory_index([]).catalog, buckets=())
    with pytest.raises(InternalError):
        LocalEngine().ask(WhoIsThere(), empty)


def test_an_empty_index_answers_with_nobody():
    assert LocalEngine().ask(WhoIsThere(), memory_index([])).rows == ()
