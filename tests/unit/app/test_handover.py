"""From the inbox to the lake, once, wherever it is broken off."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from sojourn.adapters.sql.inbox.schema import INBOX
from sojourn.adapters.sql.inbox.store import SqlInbox
from sojourn.adapters.sql.inbox.writing import REFUSED_KEPT
from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.compose import open_workspace
from sojourn.events.calls.intake import SEGMENT
from sojourn.ports.inbox import Inbox, Refused

NOW_US = 1_772_366_400_000_000  # 2026-03-01 12:00


def items(*ids: str, **more: object):
    calls = [
        {"type": "track", "event": "Bought", "userId": "ann", "messageId": each, **more}
        for each in ids
    ]
    request = Request(calls=calls, dialect=SEGMENT, source="web", sent=None, received_us=NOW_US)
    return take_in(request, Limits(), lambda: "made").items


@pytest.fixture
def shop(any_databases):
    workspace = open_workspace(any_databases.folder / "shop", create=True)
    yield workspace
    workspace.inbox.close()


def lake(workspace):
    names = ["event_id", "user_id", "source", "position", "event", "properties"]
    return [row for batch in workspace.lake.scan(names) for row in batch.to_pylist()]


class BrokenError(Exception):
    """The process ends here."""


@dataclass
class Breaking(Inbox):
    """An inbox whose process is killed at the n-th call of it."""

    inner: Inbox
    left: int
    after: bool
    calls: list[str] = field(default_factory=list)

    def _do(self, name, *args):
        self.calls.append(name)
        self.left -= 1
        if self.left == 0 and not self.after:
            raise BrokenError
        found = getattr(self.inner, name)(*args)
        if self.left == 0:
            raise BrokenError
        return found

    def identity(self):
        return self._do("identity")

    def newest(self):
        return self._do("newest")

    def renew(self):
        return self._do("renew")

    def put(self, items, refused=()):
        return self._do("put", items, refused)

    def mark(self, most):
        return self._do("mark", most)

    def forget(self, number):
        return self._do("forget", number)

    def waiting(self):
        return self._do("waiting")

    def refused(self, most):
        return self._do("refused", most)

    def close(self):
        self.inner.close()


def over(workspace, inbox, most=7):
    plain = workspace.hand_over
    return replace(plain, inbox=inbox, most=most)


def test_everything_that_waits_comes_to_the_lake_in_order(shop) -> None:
    shop.inbox.put(items(*(f"m{n}" for n in range(20)), properties={"value": 3}))
    handed = over(shop, shop.inbox).run()
    assert (handed.items, handed.events) == (20, 20)
    assert shop.inbox.waiting().items == 0
    rows = sorted(lake(shop), key=lambda row: row["position"])
    assert [json.loads(row["properties"])["$event_id"] for row in rows] == [
        f"m{n}" for n in range(20)
    ]
    assert {(row["user_id"], row["source"], row["event"]) for row in rows} == {
        ("ann", "web", "Bought")
    }
    assert over(shop, shop.inbox).run().items == 0


def test_it_ends_where_events_never_cease(shop) -> None:
    count = itertools.count()

    class Flooded(Breaking):
        """More comes with each batch that is taken."""

        def mark(self, most):
            self.inner.put(items(*(f"more{next(count)}" for _ in range(most))))
            return self.inner.mark(most)

    shop.inbox.put(items(*(f"m{n}" for n in range(20))))
    assert 20 <= over(shop, Flooded(shop.inbox, left=0, after=False)).run().items < 40


def test_an_id_is_in_the_lake_once_whenever_it_comes_again(shop) -> None:
    for again in range(3):
        shop.inbox.put(items("m1", "m1", f"n{again}"))
        over(shop, shop.inbox).run()
    assert len(lake(shop)) == 4


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(2, 10))
def test_broken_off_anywhere_and_tried_again_nothing_is_lost_or_doubled(shop, step, after) -> None:
    ids = [f"m{n}" for n in range(20)]
    for first in range(0, len(ids), 7):  # one request each, and so one batch
        shop.inbox.put(items(*ids[first : first + 7]))
    broken = Breaking(shop.inbox, left=step, after=after)
    with pytest.raises(BrokenError):
        over(shop, broken).run()
    shop.inbox.put(items("late"))
    over(shop, shop.inbox).run()
    found = [json.loads(row["properties"])["$event_id"] for row in lake(shop)]
    assert sorted(found) == sorted([*ids, "late"])
    assert shop.inbox.waiting().items == 0


def test_an_inbox_older_than_the_lake_loses_nothing(tmp_path) -> None:
    """A copy of the inbox is put back: the lake knows numbers that it will give again."""
    shop = open_workspace(tmp_path / "shop", create=True)
    shop.inbox.put(items("a", "b"))
    over(shop, shop.inbox).run()
    shop.inbox.put(items("c"))
    over(shop, shop.inbox).run()
    shop.inbox.put(items("waits"))
    shop.inbox.close()
    copy = (tmp_path / "shop" / "inbox.db").read_bytes()
    over(shop, shop.inbox).run()
    shop.inbox.put(items("d"))
    over(shop, shop.inbox).run()
    shop.inbox.close()
    (tmp_path / "shop" / "inbox.db").write_bytes(copy)

    again = open_workspace(tmp_path / "shop")
    again.inbox.put(items("new", "newer"))
    over(again, again.inbox, most=2).run()
    found = [json.loads(row["properties"])["$event_id"] for row in lake(again)]
    assert sorted(found) == ["a", "b", "c", "d", "new", "newer", "waits"]
    again.inbox.close()


def test_of_nothing_the_inbox_finds_out_whether_it_could_be_written(any_databases) -> None:
    inbox = SqlInbox(any_databases.open(INBOX))
    inbox.put(items("a"))
    number = inbox.mark(5).number
    before = inbox.identity()
    for _ in range(3):
        inbox.put(())
    assert (inbox.identity(), inbox.newest()) == (before, number)
    assert inbox.waiting().items == 1
    inbox.close()


def test_positions_and_batch_numbers_are_never_used_twice(any_databases) -> None:
    def opened():
        return SqlInbox(any_databases.open(INBOX))

    first = opened()
    first.put(items("a", "b"))
    batch = first.mark(10)
    first.forget(batch.number)
    again = opened()
    assert again.identity() == first.identity()
    again.put(items("a", "c"))
    later = again.mark(10)
    assert later.number > batch.number
    assert min(kept.position for kept in later.items) > max(k.position for k in batch.items)
    assert again.mark(10) == later  # marked for good: what comes after waits


def test_refused_calls_are_kept_and_the_oldest_go(any_databases) -> None:
    inbox = SqlInbox(any_databases.open(INBOX))
    many = [Refused("web", n, "no-person", "nobody", b"{}") for n in range(REFUSED_KEPT + 50)]
    for start in range(0, len(many), 1000):
        inbox.put((), many[start : start + 1000])
    kept = inbox.refused(REFUSED_KEPT * 2)
    assert len(kept) == REFUSED_KEPT
    assert kept[0] == many[-1]
    inbox.close()


def test_whatever_a_refused_call_held_can_be_kept(any_databases) -> None:
    """A NUL in one call must not cost the others of the same commit their answer."""
    inbox = SqlInbox(any_databases.open(INBOX))
    call = Refused("web", 1, "no-person", "'a\0b' stands for nobody, {\"\\'한글", b"\0\xff{}")
    inbox.put(items("good"), [call])
    assert inbox.waiting().items == 1
    (kept,) = inbox.refused(5)
    assert kept == replace(call, reason=call.reason.replace("\0", "\u2400"))


def test_calls_that_turn_out_to_be_no_events_are_set_apart(shop) -> None:
    shop.inbox.put(items("good", "bad"))
    plain = shop.hand_over

    def read(kept):
        events, _ = plain.read(kept)
        return events.slice(0, 1), [(kept[1], "it was no event after all")]

    replace(plain, read=read).run()
    assert len(lake(shop)) == 1
    (path,) = Path(shop.path).glob("quarantine/*")
    (line,) = path.read_text("utf-8").splitlines()
    assert json.loads(line)["messageId"] == "bad"
    assert json.loads(line)["sojourn_reason"] == "it was no event after all"
