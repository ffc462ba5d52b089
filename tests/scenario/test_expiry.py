"""Events older than a workspace's period go, every byte of them; what is inside is not touched."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from every_byte import EveryByte
from people_known import import_rows, word
from sojourn.app.clock import now_us
from sojourn.app.privacy.errors import NoPeriodError
from sojourn.base.timespan import DAY_US, to_datetime
from sojourn.cli.main import cli
from sojourn.compose import open_workspace
from sojourn.insight.overview.events import Events
from sojourn.insight.overview.person import NoPersonError, Person
from sojourn.server.chores import Chores

if TYPE_CHECKING:
    from pathlib import Path

    from databases import Databases
    from sojourn.app.workspace import Workspace

NOW_US = now_us()


def days_ago(days: int) -> str:
    return f"{to_datetime(NOW_US - days * DAY_US):%Y-%m-%d %H:%M:%S}"


def rows_of(workspace: Workspace) -> list[dict[str, object]]:
    return workspace.sql("SELECT * FROM events ORDER BY event_id").read_all().to_pylist()


def journeys(workspace: Workspace, people: list[str]) -> list[list[tuple[object, str]]]:
    """what each did in the last 90 days."""
    found = []
    for person in people:
        rows = workspace.ask(Person(person=person)).rows
        newest = to_datetime(NOW_US - 90 * DAY_US)
        found.append([(row.time, row.event) for row in rows if row.time and row.time > newest])
    return found


def expire(workspace: Workspace, period: str = "90d"):
    workspace.expiring().set(period, who="dpo")
    done = workspace.expiring().run()
    assert done.done
    return done


def old_and_new(folder: Path) -> tuple[Workspace, list[str], list[str]]:
    """A workspace with old events and new ones, and which words are only in the old ones."""
    workspace = open_workspace(folder / "ws", create=True)
    gone = [word() for _ in range(5)]
    kept = [word() for _ in range(4)]
    old, new = gone[0], kept[0]
    import_rows(workspace, folder, [
        (old, gone[1], days_ago(400), gone[2], "", "", gone[3]),
        (old, "", days_ago(91), "visit", "", "", gone[4]),
        (new, kept[1], days_ago(400), "login", "", "", ""),
        ("", kept[1], days_ago(80), "visit", "", "", kept[2]),
        (new, "", days_ago(89), "order", "", "", kept[3]),
    ])  # fmt: skip
    workspace.ask(Events())
    import_rows(workspace, folder, [(new, "", days_ago(1), "order", "", "", "")])
    workspace.ask(Events())
    return workspace, gone, kept


def test_what_is_older_goes_from_every_byte_and_the_rest_stays(
    tmp_path, any_databases: Databases
) -> None:
    workspace, gone, kept = old_and_new(tmp_path)
    root, server = tmp_path / "ws", any_databases.server
    every = EveryByte(root, server)
    assert all(every.places_with([value]) for value in gone)
    edge = to_datetime(NOW_US - 90 * DAY_US)
    inside = [row for row in rows_of(workspace) if row["time"] > edge]
    before = journeys(workspace, [kept[0]])
    done = expire(workspace)
    assert (done.events, done.files) == (3, 2)
    assert rows_of(workspace) == inside
    assert len(inside) == 3
    assert journeys(workspace, [kept[0]]) == before
    assert len(before[0]) == 3  # what was done on the device by somebody identified long ago, too
    with pytest.raises(NoPersonError):
        workspace.ask(Person(person=gone[0]))
    workspace.inbox.close()
    every = EveryByte(root, server)
    assert every.places_with(gone) == set()
    assert all(every.places_with([value]) for value in kept)
    assert [(run.events, run.done) for run in workspace.expiring().runs()] == [(3, True)]
    again = workspace.expiring().run()
    assert (again.events, again.done) == (0, True)
    assert rows_of(workspace) == inside


def test_whose_a_shared_device_is_stays_known_without_the_one_who_is_gone(tmp_path) -> None:
    workspace = open_workspace(tmp_path / "ws", create=True)
    first, second, third, device, own = (word() for _ in range(5))
    import_rows(workspace, tmp_path, [
        (first, device, days_ago(400), "login", "", "", ""),
        (second, device, days_ago(300), "login", "", "", ""),
        ("", device, days_ago(10), "visit", "", "", ""),
        (third, own, days_ago(400), "login", "", "", ""),
        ("", own, days_ago(10), "visit", "", "", ""),
        (second, "", days_ago(9), "order", "", "", ""),
    ])  # fmt: skip
    people = [f"anon:{device}#1", second, third]
    before = journeys(workspace, people)
    assert [len(rows) for rows in before] == [1, 1, 1]
    assert expire(workspace).events == 3
    assert journeys(workspace, people) == before
    assert EveryByte(tmp_path / "ws").places_with([first]) == set()
    import_rows(workspace, tmp_path, [(first, device, days_ago(1), "login", "", "", "")])
    assert journeys(workspace, people) == before  # who comes back takes nothing away
    workspace.erasing().ask(third)  # is known by the kept link alone
    workspace.erasing().run()
    (tmp_path / "people.csv").unlink()
    assert EveryByte(tmp_path / "ws").places_with([third, own]) == set()
    assert journeys(workspace, people[:2]) == before[:2]
    expire(workspace, "5d")
    every = EveryByte(tmp_path / "ws")
    assert every.places_with([second]) == set()
    assert every.places_with([first])
    assert workspace.ask(Person(person=first)).rows


def test_a_run_that_was_broken_off_goes_on_and_says_the_same(tmp_path) -> None:
    workspace, gone, _ = old_and_new(tmp_path)
    workspace.expiring().set("90d", who="dpo")

    class CutError(Exception):
        """Stands for a kill."""

    class Stopping:
        """People in the lake, whose method of one name never returns."""

        def __init__(self, people: object, name: str) -> None:
            self._people, self._name = people, name

        def __getattr__(self, name: str) -> object:
            if name == self._name:
                raise CutError
            return getattr(self._people, name)

    expiring = workspace.expiring()
    with pytest.raises(CutError):
        replace(expiring, people=Stopping(expiring.people, "forget")).run()
    assert expiring.is_due()
    assert not expiring.runs()[-1].done
    done = workspace.expiring().run()
    assert (done.events, done.files, done.done) == (3, 2, True)
    assert EveryByte(tmp_path / "ws").places_with(gone) == set()
    assert len(workspace.expiring().runs()) == 1


def test_nothing_goes_unless_it_is_set_and_a_day_has_passed(tmp_path) -> None:
    workspace, _, _ = old_and_new(tmp_path)
    expiring = workspace.expiring()
    assert (expiring.setting(), expiring.next_us(), expiring.is_due()) == (None, None, False)
    with pytest.raises(NoPeriodError):
        expiring.run()
    expiring.set("90d", who="dpo")
    later = replace(expiring, now_us=lambda: now_us() + 2 * DAY_US)
    assert (expiring.is_due(), later.is_due()) == (False, True)
    Chores(workspace).look()
    assert len(rows_of(workspace)) == 6
    expiring.off(who="dpo")
    assert not later.is_due()
    with pytest.MonkeyPatch.context() as patched:
        expiring.set("92d", who="dpo")
        patched.setattr("sojourn.compose.privacy.now_us", lambda: now_us() + 2 * DAY_US)
        tomorrow = open_workspace(tmp_path / "ws")
        Chores(tomorrow).look()
        assert len(rows_of(tomorrow)) == 3
        assert not tomorrow.expiring().is_due()
        tomorrow.inbox.close()
    workspace.inbox.close()


def test_events_without_a_time_are_as_old_as_their_arrival(tmp_path) -> None:
    workspace = open_workspace(tmp_path / "ws", create=True)
    (tmp_path / "paths.txt").write_text("home, cart, order\nhome\n")
    done = CliRunner().invoke(
        cli, ["import", str(tmp_path / "paths.txt"), "--format", "sequences", "-w", str(tmp_path / "ws")]
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert expire(workspace, "2d").events == 0
    expiring = replace(workspace.expiring(), now_us=lambda: now_us() + 4 * DAY_US)
    assert expiring.run().events == 4
    assert rows_of(workspace) == []


def test_the_command_sets_shows_runs_and_takes_back(tmp_path) -> None:
    workspace, _, _ = old_and_new(tmp_path)
    workspace.inbox.close()

    def run(*words: str) -> str:
        done = CliRunner().invoke(cli, ["expiry", *words, "-w", str(tmp_path / "ws")])
        assert done.exit_code == 0, done.output
        return done.output

    assert run("show") == "Events are kept for good.\n"
    assert "kept for 3 months; older ones go from" in run(
        "set", "--events", "3 months", "--who", "dpo"
    )
    assert "Events are kept for 3 months" in run("show")
    early = CliRunner().invoke(cli, ["expiry", "run", "-w", str(tmp_path / "ws")])
    assert "next run is due" in str(early.exception)
    assert "events from before" in run("run", "--yes")
    said = json.loads(run("show", "--json"))
    assert (said["events"], said["runs"][0]["events"]) == ("3months", 2)
    assert "2 events from before" in run("show")
    run("off")
    assert "kept for good" in run("show")
    wrong = CliRunner().invoke(
        cli, ["expiry", "set", "--events", "soon", "-w", str(tmp_path / "ws")]
    )
    assert wrong.exit_code != 0


def test_a_run_that_was_broken_off_takes_no_more_than_the_period_allows_by_now(tmp_path) -> None:
    workspace, _, _ = old_and_new(tmp_path)
    workspace.expiring().set("90d", who="dpo")

    class CutError(Exception):
        """Stands for a kill."""

    class Cut:
        """People in the lake: killed when what goes is written down, before it is gone."""

        def __init__(self, people: object) -> None:
            self._people = people

        def expire(self, before_us, marker, found, waiting) -> None:
            def cut(erased) -> None:
                found(erased)
                raise CutError

            self._people.expire(before_us, marker, cut, waiting)

    expiring = workspace.expiring()
    with pytest.raises(CutError):
        replace(expiring, people=Cut(expiring.people)).run()
    assert not workspace.expiring().runs()[-1].done
    assert len(rows_of(workspace)) == 6
    expiring.set("10y", who="dpo", why="thought again")
    workspace.expiring().run()
    assert len(rows_of(workspace)) == 6
    # nor what a clock allowed that was wrong
    expiring.set("90d", who="dpo")
    wrong = replace(expiring, people=Cut(expiring.people), now_us=lambda: now_us() + 9000 * DAY_US)
    with pytest.raises(CutError):
        wrong.run()
    workspace.expiring().run()
    assert len(rows_of(workspace)) == 3
    workspace.inbox.close()


def test_a_clock_that_was_wrong_once_does_not_put_off_what_is_due(tmp_path) -> None:
    workspace, _, _ = old_and_new(tmp_path)
    expiring = workspace.expiring()
    expiring.set("10y", who="dpo")
    replace(expiring, now_us=lambda: now_us() + 1000 * DAY_US).run()
    later = replace(expiring, now_us=lambda: now_us() + 2 * DAY_US)
    assert (expiring.is_due(), later.is_due()) == (False, True)
    later.run()
    assert not later.is_due()
    workspace.inbox.close()
