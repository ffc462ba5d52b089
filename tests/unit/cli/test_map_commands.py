"""``sojourn map`` and ``sojourn stages`` from a file to their outputs."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sojourn.app.stage_models import StageVersionError
from sojourn.base.errors import UnknownNameError
from sojourn.cli.main import cli
from sojourn.cli.mapping.draw import format_of
from sojourn.maps.formats.document import read_map


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "shop.csv"
    lines = ["person,time,event"]
    for person in range(30):
        for hour, name in enumerate(["home", "product_view", "purchase"][: 1 + person % 3]):
            lines.append(f"p{person},2025-01-{1 + person % 28:02d}T{hour:02d}:00:00Z,{name}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def workspace(log):
    folder = log.parent / "ws"
    run("import", str(log), "-w", str(folder))
    return folder


def run(*arguments, code=0):
    done = CliRunner().invoke(cli, list(arguments), catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.stdout


def run_for_error(*arguments):
    done = CliRunner().invoke(cli, list(arguments))
    assert done.exit_code != 0
    return f"{done.output}{done.exception}"


def test_a_file_becomes_a_map_without_a_workspace(log, tmp_path) -> None:
    out = tmp_path / "map.yaml"
    run("map", str(log), "-o", str(out), "--title", "Shop")
    drawn = read_map(out.read_text("utf-8"))
    assert (drawn.title.en, drawn.data.people, drawn.data.sources) == ("Shop", 30, ("shop.csv",))
    assert [p.name for p in tmp_path.iterdir()] == ["map.yaml"]


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_a_map_edited_by_hand_is_drawn_as_it_stands(log, tmp_path, kind) -> None:
    saved, again = tmp_path / f"shop.{kind}", tmp_path / "again.yaml"
    run("map", str(log), "-o", str(saved), "--title", "Shop")
    saved.write_text(saved.read_text("utf-8").replace("Shop", "Our shop"), encoding="utf-8")
    run("map", str(saved), "-o", str(again))
    assert read_map(again.read_text("utf-8")) == read_map(saved.read_text("utf-8"))
    assert read_map(again.read_text("utf-8")).title.en == "Our shop"
    saved.write_text(saved.read_text("utf-8").replace("sojourn-map/1", "sojourn-map/9"))
    assert "sojourn-map/1" in run_for_error("map", str(saved), "-o", str(again))


def test_the_name_of_the_output_says_its_format() -> None:
    assert format_of(None, Path("m.SVG")) == "svg"
    assert format_of("csv", Path("m.docx")) == "csv"
    assert (format_of(None, Path("map")), format_of(None, None)) == ("html", "html")
    with pytest.raises(UnknownNameError, match=r"\.docx"):
        format_of(None, Path("m.docx"))


def test_stages_are_suggested_checked_applied_and_measured(workspace) -> None:
    ws = ["-w", str(workspace)]
    model = workspace.parent / "stages.yaml"
    run("stages", "suggest", *ws, "-o", str(model))
    run("stages", "check", str(model), *ws)
    assert "version 1" in run("stages", "apply", str(model), *ws)
    assert run("stages", "show", *ws).startswith("# applied")
    found = json.loads(run("stages", "measure", *ws, "--json"))
    rows = {row["stage"]: row for row in found["rows"]}
    assert rows["conversion"]["ever"] == 10
    for row in rows.values():
        assert row["at_start"] + row["entered"] == row["left"] + row["at_end"]
    states = json.loads(run("stages", "on", "2025-01-31", *ws, "--json"))["rows"]
    assert sum(row["people"] for row in states) == 30
    history = json.loads(run("stages", "person", "p2", *ws, "--json"))["rows"]
    assert [row["target"] for row in history][:3] == ["awareness", "consideration", "conversion"]
    assert "conversion" in run("stages", "matrix", *ws)


def test_earlier_stage_models_are_listed_and_shown(log, tmp_path) -> None:
    ws = ["-w", str(tmp_path / "ws")]
    run("import", str(log), *ws)
    assert run("stages", "versions", *ws) == "No stage model was applied yet.\n"
    file = tmp_path / "stages.yaml"
    with pytest.raises(StageVersionError, match="none yet"):
        run("stages", "show", *ws, "--version", "1")
    run("stages", "suggest", *ws, "--taxonomy", "five", "-o", str(file))
    first = file.read_text("utf-8")
    run("stages", "apply", str(file), *ws, "--who", "ann", "--why", "a\nstart")
    file.write_text(first.replace("Five stages", "Our stages"), encoding="utf-8")
    run("stages", "apply", str(file), *ws, "--who", "bob")
    head, _, document = run("stages", "show", *ws, "--version", "1").partition("\n")
    assert head.startswith("# version 1, applied 2")
    assert head.endswith(" UTC by ann: a start")
    assert document == first
    assert "Our stages" in run("stages", "show", *ws)
    rows = json.loads(run("stages", "versions", *ws, "--json"))["rows"]
    assert [(row["version"], row["who"], row["why"]) for row in rows] == [
        (1, "ann", "a\nstart"),
        (2, "bob", ""),
    ]
    assert "bob" in run("stages", "versions", *ws)
    with pytest.raises(StageVersionError, match=r"no version 3.*\nAllowed: 1 to 2"):
        run("stages", "show", *ws, "--version", "3")
    run("stages", "show", *ws, "--version", "1", "--stages", str(file), code=2)


def test_a_rule_that_can_never_hold_fails_the_check(workspace) -> None:
    model = workspace.parent / "wrong.yaml"
    model.write_text(
        "sojourn: stages/1\nstages:\n- key: a\n  enter:\n  - events: [purchas]\n", encoding="utf-8"
    )
    assert "Did you mean 'purchase'" in run(
        "stages", "check", str(model), "-w", str(workspace), code=1
    )


def test_an_option_before_the_subcommand_names_the_subcommands() -> None:
    said = CliRunner().invoke(cli, ["stages", "-w", "shop"])
    assert said.exit_code == 2
    assert "Name a subcommand before -w: apply, check," in said.stderr


def test_nothing_on_standard_input_is_said_once(tmp_path) -> None:
    out = str(tmp_path / "map.html")
    done = CliRunner().invoke(cli, ["map", "-", "-o", out], input=b"")
    assert done.output == ""
    assert str(done.exception).startswith("standard input: standard input is empty.")


def test_a_map_that_cannot_be_written_leaves_the_older_one(
    log, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "map.yaml"
    out.write_text("older", encoding="utf-8")

    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "No space left" in run_for_error("map", str(log), "-o", str(out))
    assert out.read_text("utf-8") == "older"
    assert [path.name for path in tmp_path.iterdir()] == ["map.yaml"]
