"""Calls that came together lie in one row of the inbox, in every database."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from sojourn.adapters.sql.erasing.purging import TablesPurge
from sojourn.adapters.sql.inbox import packing
from sojourn.adapters.sql.inbox.packing import kept_of, packs_of
from sojourn.adapters.sql.inbox.schema import INBOX, packs
from sojourn.adapters.sql.inbox.store import SqlInbox
from sojourn.identity.mentions import Mentions
from sojourn.ports.inbox import Item

if TYPE_CHECKING:
    import pytest

    from databases import Databases

ITEMS = st.lists(
    st.builds(
        Item, source=st.sampled_from(["web", "앱"]), dialect=st.just("segment"),
        received_us=st.integers(0, 2), body=st.binary(max_size=5),
    )
)  # fmt: skip


@given(ITEMS)
def test_what_is_packed_comes_out_as_it_was_in_its_order(items) -> None:
    found = [kept for n, pack in enumerate(packs_of(items), 1) for kept in kept_of(n, pack)]
    assert [kept.item for kept in found] == items
    places = [kept.position for kept in found]
    assert places == sorted(set(places))


def test_packs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert packing.MOST_CALLS <= packing.PLACES
    monkeypatch.setattr(packing, "MOST_CALLS", 3)
    monkeypatch.setattr(packing, "MOST_BYTES", 10)
    bodies = [b"1", b"2", b"3", b"4", b"12345678", b"12345678901234", b"5", b"", b"", b""]
    found = list(packs_of([Item("web", "segment", 1, body) for body in bodies]))
    assert [(pack.calls, pack.sizes) for pack in found] == [
        (3, "1,1,1"), (2, "1,8"), (1, "14"), (3, "1,0,0"), (1, "0"),
    ]  # fmt: skip


def item(person: str) -> Item:
    return Item("web", "segment", 1, f'{{"userId":"{person}"}}'.encode())


def test_of_one_request_an_erased_persons_calls_go_and_others_stay(
    any_databases: Databases,
) -> None:
    database = any_databases.open(INBOX)
    inbox = SqlInbox(database)
    inbox.put([item("ann"), item("bob"), item("ann"), item("cho")])
    inbox.put([item("ann")])
    purge = TablesPurge(database, INBOX)
    assert purge(Mentions(["ann"]), remove=False)["waiting"] == 3
    assert inbox.waiting().items == 5
    assert purge(Mentions(["ann"]), remove=True)["waiting"] == 3
    assert inbox.waiting().items == 2
    assert [kept.item for kept in inbox.mark(9).items] == [item("bob"), item("cho")]
    database.compact()
    database.close()
    assert b"ann" not in any_databases.everything()


def test_a_batch_takes_what_one_request_brought_whole(any_databases: Databases) -> None:
    inbox = SqlInbox(any_databases.open(INBOX))
    for size in (3, 2, 1, 6):
        inbox.put([item("ann")] * size)
    sizes = []
    while batch := inbox.mark(4):
        sizes.append(len(batch.items))
        inbox.forget(batch.number)
    assert sizes == [3, 3, 6]


def test_what_waited_in_an_older_inbox_waits_on(any_databases: Databases) -> None:
    old = any_databases.open(dataclasses.replace(INBOX, head="i0001"))
    rows = [
        {"place": place, "key": bytes([place] * 16), "body": item(name).body, "batch": batch}
        for place, name, batch in ((7, "ann", 3), (8, "bob", None), (9, "gone", None))
    ]
    with old.transaction() as connection:
        connection.execute(text("INSERT INTO inbox_about (id, last_batch) VALUES ('me', 3)"))
        connection.execute(
            text(
                "INSERT INTO inbox_items (position, key, source, dialect, received_us, body, batch)"
                " VALUES (:place, :key, 'web', 'segment', 1, :body, :batch)"
            ),
            rows,
        )
        if any_databases.server is not None:
            connection.execute(text("SELECT setval('inbox_items_position_seq', 9)"))
        connection.execute(text("DELETE FROM inbox_items WHERE position = 9"))
    old.close()

    database = any_databases.open(INBOX)
    inbox = SqlInbox(database)
    assert (inbox.identity(), inbox.newest(), inbox.waiting().items) == ("me", 3, 2)
    marked = inbox.mark(10)
    assert (marked.number, [kept.item for kept in marked.items]) == (3, [item("ann")])
    inbox.forget(3)
    inbox.put([item("cho")])
    assert [kept.item for kept in inbox.mark(10).items] == [item("bob"), item("cho")]
    with database.transaction(reading=True) as connection:
        assert connection.scalar(select(func.max(packs.c.position))) == 10
