"""Entries to segments and exits go with the period for which events are kept."""

from __future__ import annotations

import pytest

from segment_streams import START_US, Stream
from sojourn.adapters.sql.segments import store as sql
from sojourn.app.clock import now_us
from sojourn.base.timespan import DAY_US
from sojourn.compose import open_workspace
from sojourn.ports.segments import Change


@pytest.fixture
def stream(any_databases):
    made = Stream(any_databases.folder / "shop")
    yield made
    made.close()


def noted(store, *changes: tuple[str, int], sent: int) -> None:
    """Note changes of people at instants, the first ones as sent."""
    with store.step() as step:
        step.note([Change(person, "keen", 1, True, at, False) for person, at in changes])
    waiting = store.unsent(len(changes))
    store.sent(waiting[sent - 1][0])


def test_what_is_older_goes_in_parts_but_not_before_it_was_told(stream, monkeypatch) -> None:
    monkeypatch.setattr(sql, "EXPIRED_AT_ONCE", 2)
    store = stream.following.store
    noted(store, *((f"p{at % 2}", at) for at in (5, 1, 9, 2, 10, 3, 4)), sent=6)
    assert store.expire(9) == 4
    assert [each.at_us for each in store.changes("p1", 10)] == [9]
    assert [each.at_us for each in store.changes("p0", 10)] == [4, 10]
    assert [each.at_us for _, each in store.unsent(10)] == [4]
    assert store.expire(9) == 0


def test_an_expiry_takes_old_changes_along(stream, any_databases) -> None:
    old, new = "who-came-long-ago", "who-came-today"
    stream.keep(keen="{events: order, within: 3d}")
    stream.step()
    stream.send("order", user=old)
    stream.step()
    stream.now = now_us() - DAY_US
    stream.send("order", user=new)
    stream.step()
    stream.step()
    assert [each[0] for each in stream.changes(old)] == ["keen", "keen"]
    assert stream.changes(old)[0][2] == START_US
    stream.close()
    workspace = open_workspace(any_databases.folder / "shop")
    workspace.expiring().set("30d", who="dpo")
    workspace.expiring().run()
    assert stream.changes(new)
    assert stream.changes(old) == []
