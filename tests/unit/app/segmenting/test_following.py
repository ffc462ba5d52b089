"""Segments followed live: by events, by time, by who people turn out to be; each change told once."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from sqlalchemy.dialects import sqlite

from every_byte import EveryByte
from segment_streams import START_US, Stream
from sojourn.adapters.sql.segments import writing
from sojourn.app.collecting.keys import KeyNameError, make_write_key
from sojourn.app.segmenting import anew, arriving, follow
from sojourn.app.segmenting.state import unpacked
from sojourn.app.stage_models import apply_model
from sojourn.base.timespan import DAY_US, HOUR_US, SECOND_US
from sojourn.insight.overview.events import Events
from sojourn.ports.segments import KeptPerson
from sojourn.stages.document import read_model


@pytest.fixture
def stream(any_databases):
    made = Stream(any_databases.folder / "shop")
    yield made
    made.close()


KEEN = "{events: order, at_least: 2, within: 3d}"
GONE = "{events: order, quiet: 2d}"


def test_events_bring_people_in_and_time_takes_them_out_at_its_instant(stream) -> None:
    stream.keep(keen=KEEN, gone=GONE)
    stream.send("visit", user="bob")
    stream.step()
    stream.send("order", user="ann")
    stream.step()
    stream.send("order", user="ann")
    stream.step(wait=DAY_US)
    assert stream.changes("ann") == [("keen", True, START_US + DAY_US, False)]
    stream.step(wait=DAY_US - SECOND_US)
    assert len(stream.changes("ann")) == 1
    assert stream.step(wait=5 * SECOND_US).late_us == 4 * SECOND_US
    stream.step(wait=9 * DAY_US)
    assert stream.changes("ann")[1:] == [
        ("gone", True, START_US + 2 * DAY_US, True),
        ("keen", False, START_US + 3 * DAY_US, True),
    ]
    assert stream.changes("bob") == []


def test_changes_come_back_into_the_lake_and_are_no_activity(stream) -> None:
    stream.keep(keen=KEEN)
    stream.send("visit", anonymous="a1")
    stream.step()
    for _ in range(2):
        stream.send("order", anonymous="a1")
    stream.step(wait=SECOND_US)
    before = stream.workspace.ask(Events()).to_json()["rows"]
    stream.step(wait=SECOND_US)
    stream.step(wait=SECOND_US)
    (told,) = stream.ours()
    assert (told["event"], told["anonymous_id"]) == ("segment_entered", "a1")
    assert '"segment":"keen"' in told["properties"]
    assert stream.workspace.ask(Events()).to_json()["rows"] == before
    assert stream.workspace.catalog.rows == 3
    with pytest.raises(KeyNameError):
        make_write_key(stream.workspace.write_keys, "sojourn")


def test_whoever_is_inside_when_a_segment_begins_is_not_said_to_enter(stream) -> None:
    stream.send("order", user="ann")
    stream.send("order", user="ann")
    stream.step()
    stream.keep(keen=KEEN)
    assert stream.step().anew
    assert stream.changes("ann") == []
    assert stream.following.store.position().sizes == (1,)
    stream.step(wait=4 * DAY_US)
    assert stream.changes("ann") == [("keen", False, START_US + 3 * DAY_US, True)]


def test_somebody_identified_brings_along_what_they_did_before(stream) -> None:
    stream.keep(keen=KEEN)
    stream.send("order", anonymous="a1")
    stream.send("order", user="ann")
    stream.step()
    stream.send("signup", user="ann", anonymous="a1")
    followed = stream.step(wait=SECOND_US)
    assert stream.changes("ann") == [("keen", True, START_US + SECOND_US, False)]
    assert not followed.anew
    assert stream.following.store.person("anon:a1") is None


def test_a_late_identify_takes_events_away_again(stream) -> None:
    stream.keep(keen=KEEN)
    stream.step()
    stream.send("signup", user="ann", anonymous="a1", at=START_US - HOUR_US)
    for _ in range(2):
        stream.send("order", anonymous="a1")
    stream.step()
    assert stream.in_bulk("keen") == ["ann"]
    stream.send("signup", user="bob", anonymous="a1", at=START_US - 2 * HOUR_US)
    stream.step(wait=SECOND_US)
    assert stream.in_bulk("keen") == ["anon:a1#1"]
    now = START_US + SECOND_US
    assert stream.changes("ann") == [("keen", True, START_US, False), ("keen", False, now, False)]
    assert stream.changes("anon:a1#1") == [("keen", True, now, False)]
    assert stream.following.store.position().sizes == (1,)


def test_an_event_dated_ahead_counts_when_its_time_has_come(stream) -> None:
    stream.keep(keen="{events: order, at_least: 1}")
    stream.send("visit", user="ann")
    stream.step()
    stream.send("order", user="ann", at=START_US + HOUR_US)
    stream.step()
    assert stream.changes("ann") == []
    stream.step(wait=HOUR_US + SECOND_US)
    assert stream.changes("ann") == [("keen", True, START_US + HOUR_US, True)]


def test_people_merged_and_parted_are_worked_out_again(stream) -> None:
    merges = stream.workspace.merges
    stream.keep(keen=KEEN)
    stream.send("order", user="ann")
    stream.send("order", user="anna")
    stream.step()
    merges.add("anna", "ann", who="test", why="")
    stream.step()
    assert [change[:2] for change in stream.changes("ann")] == [("keen", True)]
    assert stream.following.store.person("anna") is None
    stream.send("order", user="anna")
    stream.step(wait=SECOND_US)
    merges.undo("anna", who="test", why="")
    stream.step(wait=SECOND_US)
    assert [change[:2] for change in stream.changes("ann")] == [("keen", True), ("keen", False)]
    assert [change[:2] for change in stream.changes("anna")] == [("keen", True)]
    assert stream.in_bulk("keen") == ["anna"]


STAGES = """
sojourn: stages/1
stages:
  - key: seen
    enter: [{events: [visit]}]
  - key: buyer
    enter: [{events: [order]}]
    lapse: {quiet: 2d, without: entry}
"""


def test_stages_are_followed_with_their_lapses(stream) -> None:
    apply_model(stream.workspace.documents, read_model(STAGES), who="test")
    stream.keep(buyers="{stage: buyer}", seen="{stage: seen}")
    stream.send("visit", user="ann")
    stream.step()
    stream.send("order", user="ann")
    stream.step(wait=HOUR_US)
    stream.step(wait=3 * DAY_US)
    left = START_US + 2 * DAY_US
    assert stream.changes("ann")[-4:] == [
        ("buyers", True, START_US + HOUR_US, False), ("seen", False, START_US + HOUR_US, False),
        ("buyers", False, left, True), ("seen", True, left, True),
    ]  # fmt: skip
    assert (stream.in_bulk("buyers"), stream.in_bulk("seen")) == ([], ["ann"])


def test_stages_are_followed_without_asking_the_index(stream, monkeypatch) -> None:
    apply_model(stream.workspace.documents, read_model(STAGES), who="test")
    stream.keep(buyers="{stage: buyer}")
    stream.send("visit", anonymous="a1")
    stream.step()

    def asked(_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(stream.following, "index", asked)
    stream.send("order", anonymous="a1")
    stream.send("order", anonymous="a1", at=START_US - HOUR_US)
    stream.step(wait=SECOND_US)
    stream.send("visit", user="ann", anonymous="a1")
    stream.step(wait=SECOND_US)
    stream.step(wait=3 * DAY_US)
    assert [change[1] for change in stream.changes("anon:a1")] == [True]
    left = START_US + 2 * DAY_US
    assert stream.changes("ann")[-1] == ("buyers", False, left, True)


def test_very_many_events_at_once_are_worked_out_in_bulk_and_told(stream, monkeypatch) -> None:
    stream.keep(keen=KEEN)
    stream.send("order", anonymous="a1")
    stream.step()
    monkeypatch.setattr(follow, "IN_BULK_FROM", 3)
    stream.send("signup", user="ann", anonymous="a1")
    stream.send("order", user="ann")
    for _ in range(2):
        stream.send("order", user="bob")
    assert stream.step(wait=SECOND_US).anew
    now = START_US + SECOND_US
    assert stream.changes("ann") == stream.changes("bob") == [("keen", True, now, False)]
    assert stream.following.store.person("anon:a1") is None
    assert stream.following.store.position().sizes == (2,)


def in_parts(stream, monkeypatch):
    """Have everybody worked out one by one."""
    monkeypatch.setattr(anew, "AT_ONCE", 1)
    for number in range(4):
        stream.send("order", user=f"u{number}")
        stream.send("order", user=f"u{number}")


def test_working_everybody_out_can_be_left_off_and_is_begun_again(stream, monkeypatch) -> None:
    in_parts(stream, monkeypatch)
    stream.keep(keen=KEEN)
    stream.hand_over.run()
    worked = []
    following = replace(
        stream.following, working=lambda done, people: worked.append((done, people))
    )
    assert not following.run(lambda: len(worked) == 2).anew
    assert worked == [(1, 4), (2, 4)]
    assert following.store.position().unfinished == "untold"
    assert following.run().anew
    assert following.store.position().unfinished == ""
    assert following.store.position().sizes == (4,)
    assert [stream.changes(f"u{number}") for number in range(4)] == [[]] * 4


def test_left_off_while_telling_each_change_is_told_once(stream, monkeypatch) -> None:
    stream.keep(keen=KEEN)
    stream.step()
    in_parts(stream, monkeypatch)
    monkeypatch.setattr(follow, "IN_BULK_FROM", 3)
    stream.hand_over.run()
    stops = iter((False, False, True))
    assert not stream.following.run(lambda: next(stops)).anew
    assert stream.step(wait=SECOND_US).anew
    assert [len(stream.changes(f"u{number}")) for number in range(4)] == [1] * 4
    assert stream.following.store.position().sizes == (4,)
    stream.step(wait=SECOND_US)
    assert len(stream.ours()) == 4


def test_time_goes_on_while_everybody_is_worked_out(stream, monkeypatch) -> None:
    stream.keep(keen=KEEN)
    in_parts(stream, monkeypatch)
    stream.step()
    stream.send("visit", user="u0")
    monkeypatch.setattr(follow, "IN_BULK_FROM", 1)
    stream.hand_over.run()
    told = []

    def working(done, _people):
        stream.now += 4 * DAY_US if done == 2 else 0
        told.append([len(stream.changes(f"u{number}")) for number in range(4)])

    followed = replace(stream.following, working=working).run()
    assert (followed.changes, followed.late_us) == (4, DAY_US)
    assert told[1:3] == [[0] * 4, [1] * 4]  # two of them not worked out yet
    left = [("keen", False, START_US + 3 * DAY_US, True)]
    assert [stream.changes(f"u{number}") for number in range(4)] == [left] * 4
    assert stream.following.store.position().sizes == (0,)


def test_somebody_erased_meanwhile_is_not_worked_out(stream, monkeypatch) -> None:
    in_parts(stream, monkeypatch)
    stream.keep(keen=KEEN)
    stream.hand_over.run()
    files = stream.following.lake.files
    lost = []
    monkeypatch.setattr(stream.following, "working", lambda *_: lost.append(True))
    monkeypatch.setattr(type(stream.following.lake), "files", lambda _: [] if lost else files())
    assert not stream.following.run().anew
    lost.clear()
    with stream.following.store.step() as step:
        assert len(list(step.everyone())) == 1
    monkeypatch.setattr(stream.following, "working", lambda *_: None)
    assert stream.following.run().anew
    assert stream.following.store.position().sizes == (4,)


def test_a_lake_that_lost_files_is_followed_anew(stream) -> None:
    stream.keep(keen=KEEN)
    stream.send("order", user="ann")
    stream.step()
    stream.send("order", user="ann")
    stream.step()
    with stream.following.store.step() as step:
        at = step.position()
        step.move_to(replace(at, files=(*at.files, "month=2026-03/gone.parquet")))
        step.put([KeptPerson("erased", step.people(["ann"])["ann"].body, None)])
    assert stream.step(wait=SECOND_US).anew
    assert stream.following.store.person("erased") is None
    assert stream.following.store.position().sizes == (1,)
    assert len(stream.changes("ann")) == 1


def test_without_segments_nothing_is_kept(stream, tmp_path) -> None:
    stream.send("order", user="ann")
    assert stream.step().people == 0
    assert not (tmp_path / "shop" / "segments.db").exists()


def test_bots_are_never_inside(stream) -> None:
    stream.keep(all="{events: any}")
    stream.step()
    stream.send("visit", user="crawler")
    stream.step()
    stream.send("visit", user="crawler", bot=True)
    stream.step(wait=SECOND_US)
    assert [change[1] for change in stream.changes("crawler")] == [True, False]


class KilledError(Exception):
    """The process ends here."""


@pytest.mark.parametrize("place", ["move_to", "note", "put", "inbox", "sent"])
def test_killed_anywhere_a_change_is_told_once(stream, monkeypatch, place) -> None:
    from sojourn.adapters.sql.segments.store import SqlSegmentStep, SqlSegmentStore

    stream.keep(keen=KEEN)
    stream.step()
    stream.send("order", user="ann")
    stream.send("order", user="ann")
    stream.hand_over.run()

    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        if place == "inbox":
            patch.setattr(type(stream.following.inbox), "put", killed)
        else:
            owner = SqlSegmentStore if place == "sent" else SqlSegmentStep
            patch.setattr(owner, place, killed)
        with pytest.raises(KilledError):
            stream.following.run()
    for _ in range(3):
        stream.step(wait=SECOND_US)
    assert len(stream.changes("ann")) == 1
    assert len(stream.ours()) == 1
    assert stream.following.store.unsent(10) == []


def test_what_is_kept_of_a_person_is_bounded(stream) -> None:
    stream.keep(keen=KEEN, chain="{sequence: [{events: order}, {events: order}], window: 1h}")
    stream.step()
    for _ in range(120):
        stream.send("order", user="ann")
    stream.step()
    facts = unpacked(stream.following.store.person("ann")).facts
    assert [len(keys) for keys in facts.newest.values()] == [2]
    assert [len(chain.events) for chain in facts.chains.values()] == [32]


def test_forgetting_somebody_leaves_nothing_of_them(stream) -> None:
    stream.keep(keen=KEEN)
    stream.step()
    for _ in range(2):
        stream.send("order", user="forget-me-please")
    stream.send("signup", user="forget-me-please", anonymous="device-of-theirs")
    stream.step()
    store = stream.following.store
    assert store.person("forget-me-please") is not None
    store.forget(["forget-me-please"])
    assert store.person("forget-me-please") is None
    assert store.changes("forget-me-please", 10) == []
    with store.step() as step:
        assert step.links(["device-of-theirs"]) == []


def test_somebody_who_is_to_be_erased_is_in_no_segment_any_more(stream, any_databases) -> None:
    gone, device = "to-be-erased-soon", "device-of-the-erased"
    stream.keep(keen=KEEN, gone=GONE)
    stream.step()
    for who in (gone, "other-one"):
        for _ in range(2):
            stream.send("order", user=who)
    stream.send("signup", user=gone, anonymous=device)
    stream.step()
    stream.send("order", user=gone)
    stream.step(wait=SECOND_US)
    store = stream.following.store
    assert store.position().sizes == (0, 2)
    assert store.changes(gone, 10)
    stream.send("order", user=gone)  # comes into the lake before they are hidden, unseen so far
    stream.workspace.erasing().ask(gone)
    for wait in (0, SECOND_US, 30 * DAY_US):
        assert store.person(gone) is None
        assert store.changes(gone, 10) == []
        stream.step(wait=wait)
    assert store.position().sizes == (1, 0)
    assert [change[:2] for change in stream.changes("other-one")][-2:] == [
        ("gone", True), ("keen", False),
    ]  # fmt: skip
    stream.workspace.erasing().run()
    stream.step(wait=SECOND_US)
    stream.workspace.inbox.close()
    every = EveryByte(any_databases.folder / "shop", any_databases.server)
    assert every.places_with([gone, device]) == set()
    assert every.places_with(["other-one"])


def test_a_refused_call_of_an_erased_person_goes_also_when_it_comes_later(stream) -> None:
    stream.send("visit", user="erased-person")
    stream.hand_over.run()
    erasing = stream.workspace.erasing()
    erasing.ask("erased-person")
    erasing.run()
    calls = [{"type": "trick", "userId": user} for user in ("erased-person", "somebody-else")]
    stream.refuse(*calls)
    newest = erasing.sift()
    (left,) = stream.workspace.inbox.refused(10)
    assert b"somebody-else" in left.body
    assert sum(one.dropped for one in erasing.erasures.suppressed()) == 1
    stream.refuse(calls[0])
    assert erasing.sift(newest) == newest + 1
    assert len(stream.workspace.inbox.refused(10)) == 1


def test_how_many_events_are_very_many_depends_on_how_many_people_there_are(
    stream, monkeypatch
) -> None:
    stream.keep(keen=KEEN)
    for number in range(16):
        stream.send("order", user=f"u{number}")
    stream.step()
    monkeypatch.setattr(follow, "IN_BULK_FROM", 1)
    for rows, anew_expected in ((3, False), (3, False), (4, True)):
        for _ in range(rows):
            stream.send("visit", user="ann")
        assert stream.step(wait=SECOND_US).anew is anew_expected
    assert stream.following.store.position().people == 17


def test_changes_that_wait_are_found_without_looking_at_all_that_were_made(tmp_path) -> None:
    stream = Stream(tmp_path / "shop")
    stream.keep(keen=KEEN)
    stream.send("order", user="ann")
    stream.step()
    stream.close()
    database = sqlite3.connect(tmp_path / "shop" / "segments.db")
    query = writing.unsent_query(10).compile(
        dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
    )
    (plan,) = database.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert plan[3].endswith("USING INDEX segment_waiting")


def test_while_nothing_is_written_the_lake_is_not_looked_at(stream, monkeypatch) -> None:
    stream.keep(keen=KEEN)
    stream.send("order", user="ann")
    stream.step()
    stream.step()
    looked = []
    lake = type(stream.following.lake)
    files = lake.files
    monkeypatch.setattr(lake, "files", lambda self: looked.append(True) or files(self))
    stream.following.run()
    assert looked == []
    stream.send("order", user="ann")
    stream.step()
    assert looked


def test_links_are_the_same_however_often_they_are_sorted(stream, monkeypatch) -> None:
    for number in range(12):
        at = START_US - HOUR_US + number
        stream.send("order", user=f"u{number}", anonymous=f"a{number % 3}", at=at)
        stream.hand_over.run()
    lake = stream.workspace.lake
    at_once = arriving.all_links(lake, lake.files())
    assert [(link.anonymous_id, link.user_id) for link in at_once] == [
        ("a0", "u0"), ("a0", "u3"), ("a1", "u1"), ("a1", "u4"), ("a2", "u2"), ("a2", "u5"),
    ]  # fmt: skip
    monkeypatch.setattr(arriving, "SORTED_FROM", 1)
    assert arriving.all_links(lake, lake.files()) == at_once
