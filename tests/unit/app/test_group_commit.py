"""Many requests, one commit; every one is answered, whatever happens."""

from __future__ import annotations

import threading

import pytest

from sojourn.app.collecting.group_commit import (
    MOST_ITEMS,
    MOST_WAITING_BYTES,
    ClosingError,
    GroupCommit,
    OverloadedError,
)
from sojourn.ports.inbox import Item


def item(number: int, size: int = 1) -> Item:
    return Item("web", "segment", number, b"x" * size)


class Gate:
    """An inbox that commits when it is let."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.entered = threading.Event()
        self.commits: list[int] = []
        self.error: Exception | None = None

    def put(self, items, refused=()) -> None:
        assert not refused
        self.entered.set()
        assert self.open.wait(10)
        if self.error:
            raise self.error
        self.commits.append(len(items))


@pytest.fixture
def gate():
    found = Gate()
    yield found
    found.open.set()


def test_what_arrives_during_a_commit_goes_with_the_next(gate) -> None:
    commits = GroupCommit(gate)
    first = commits.submit([item(0)], [])
    assert gate.entered.wait(10)
    later = [commits.submit([item(n)], []) for n in range(1, 100)]
    assert not first.done()
    assert not any(each.done() for each in later)
    gate.open.set()
    for each in (first, *later):
        each.result(10)
    assert gate.commits == [1, 99]
    commits.close()


def test_a_commit_stays_small_enough_to_be_quick(gate) -> None:
    commits = GroupCommit(gate)
    commits.submit([item(0)], [])
    assert gate.entered.wait(10)
    rest = [commits.submit([item(n)] * 2000, []) for n in range(5)]
    gate.open.set()
    for each in rest:
        each.result(10)
    assert max(gate.commits) <= MOST_ITEMS
    assert sum(gate.commits) == 10_001
    commits.close()


def test_a_commit_that_fails_is_told_to_all_who_wait_and_the_next_goes_on(gate) -> None:
    commits = GroupCommit(gate)
    gate.error = OSError("full")
    gate.open.set()
    with pytest.raises(OSError, match="full"):
        commits.submit([item(0)], []).result(10)
    gate.error = None
    assert commits.submit([item(1)], []).result(10) is None
    assert gate.commits == [1]
    commits.close()


def test_whoever_gives_up_waiting_ends_neither_the_thread_nor_what_it_brought(gate) -> None:
    commits = GroupCommit(gate)
    under_way = commits.submit([item(0)], [])
    assert gate.entered.wait(10)
    assert not under_way.cancel()
    given_up = commits.submit([item(1)], [])
    beside = commits.submit([item(2)], [])
    assert given_up.cancel()
    gate.open.set()
    assert beside.result(10) is None
    assert commits.submit([item(3)], []).result(10) is None
    assert sum(gate.commits) == 4
    commits.close()


def test_what_waits_is_bounded(gate) -> None:
    commits = GroupCommit(gate)
    commits.submit([item(0, MOST_WAITING_BYTES + 1)], [])  # alone it goes, however large
    with pytest.raises(OverloadedError, match="after a second"):
        commits.submit([item(1)], [])
    gate.open.set()
    commits.close()


def test_closing_commits_what_waits_and_takes_no_more(gate) -> None:
    commits = GroupCommit(gate)
    waiting = [commits.submit([item(n)], []) for n in range(10)]
    gate.open.set()
    commits.close()
    assert all(each.done() for each in waiting)
    assert sum(gate.commits) == 10
    with pytest.raises(ClosingError):
        commits.submit([item(11)], [])
