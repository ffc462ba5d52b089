"""``sojourn segments`` from a document to its members, on the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from sojourn.base.errors import UnknownNameError
from sojourn.cli.main import cli

DOCUMENT = """
sojourn: segment/1
key: keen
title: {en: Keen people, ko: 열심인 사람}
who: {events: [purchase], at_least: %d}
"""


def run(*arguments):
    done = CliRunner().invoke(cli, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("segments")
    lines = ["person,time,event,colour"]
    for person in range(6):
        days = range(1, 1 + person)
        lines += [f"p{person},2025-01-{day:02d}T10:00:00Z,purchase,red" for day in days]
    (folder / "log.csv").write_text("\n".join(lines), encoding="utf-8")
    run("import", str(folder / "log.csv"), "-w", str(folder / "ws"))
    for least in (2, 3):
        (folder / "keen.yaml").write_text(DOCUMENT % least, encoding="utf-8")
        run(
            "segments",
            "add",
            str(folder / "keen.yaml"),
            "-w",
            str(folder / "ws"),
            "--why",
            f"{least}",
        )
    return str(folder / "ws")


def test_a_segment_is_kept_in_versions_and_asked_for_any_of_them(workspace) -> None:
    shown = json.loads(run("segments", "show", "keen", "-w", workspace, "--json"))
    assert (shown["version"], [row["why"] for row in shown["rows"]]) == (2, ["2", "3"])
    now = json.loads(run("segments", "members", "keen", "-w", workspace, "--json"))
    assert [row["person"] for row in now["rows"]] == ["p3", "p4", "p5"]
    assert now["n"] == 5
    first = run("segments", "members", "keen", "-w", workspace, "--version", "1", "--csv")
    assert first.split() == ["person", "p2", "p3", "p4", "p5"]


def test_sizes_now_and_on_a_day(workspace) -> None:
    row = json.loads(run("segments", "list", "-w", workspace, "--json"))["rows"][0]
    assert (row["segment"], row["people"], row["share"]["n"]) == ("keen", 3, 5)
    past = json.loads(
        run("segments", "size", "keen", "-w", workspace, "--at", "2025-01-03", "--json")
    )
    assert (past["rows"][0]["people"], past["at"][:19]) == (3, "2025-01-03T23:59:59")
    korean = run("segments", "list", "-w", workspace, "--lang", "ko")
    assert "열심인 사람" in korean
    assert "명" in korean


def test_why_shows_the_events_that_count(workspace) -> None:
    found = run("segments", "why", "keen", "p2", "-w", workspace, "--lang", "ko")
    assert "✗  purchase 3번 이상" in found
    assert "2025-01-02 10:00:00 purchase" in found


def test_names_that_are_not_there_are_said_when_it_is_kept(workspace, tmp_path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text("sojourn: segment/1\nkey: odd\nwho: {events: purchas, where: color = red}\n")
    done = CliRunner().invoke(cli, ["segments", "add", str(path), "-w", workspace])
    assert done.exit_code == 0
    assert "There is no event 'purchas' yet. Did you mean 'purchase'?" in done.output
    assert "There is no property 'color' yet. Did you mean 'colour'?" in done.output
    assert "version 1" in run("segments", "show", "odd", "-w", workspace)
    run("segments", "retire", "odd", "-w", workspace)
    assert "odd (retired)" in run("segments", "list", "-w", workspace)


def test_an_unknown_segment_or_version_names_those_there_are(workspace) -> None:
    for arguments in (["size", "kean"], ["size", "keen", "--version", "9"]):
        done = CliRunner().invoke(cli, ["segments", *arguments, "-w", workspace])
        assert isinstance(done.exception, UnknownNameError)
        assert done.exception.allowed
