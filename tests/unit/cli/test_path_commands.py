"""The commands about paths: what they print, at every width, and their JSON."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner

from sojourn.cli.main import cli
from sojourn.cli.viewing.words import name_of, padded, path_text

SHOP = ["home", "search", "view", "view", "cart", "pay"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    lines = ["user_id,time,event,page,device,value"]
    for person in range(40):
        for step, event in enumerate(SHOP[: 1 + person % 6]):
            hour, minute = 8 + person % 3 + (2 if step > 2 else 0), 2 * step
            value = "12.50" if event == "pay" else ""
            day = 1 + person % 20
            lines.append(
                f"u{person:02},2025-03-{day:02} {hour:02}:{minute:02}:00,{event},"
                f"/{event}/a-very-long-address-that-needs-room-{step},"
                f"{'mobile' if person % 2 else 'desktop'},{value}"
            )
    (folder / "shop.csv").write_text("\n".join(lines) + "\n", "utf-8")
    run(folder / "ws", "import", str(folder / "shop.csv"))
    return folder / "ws"


def run(workspace, *arguments, width=80, fails=False):
    result = CliRunner().invoke(
        cli, [arguments[0], "-w", str(workspace), *arguments[1:]], env={"COLUMNS": str(width)}
    )
    if fails:
        assert result.exit_code != 0
        return str(result.exception)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


COMMANDS = {
    "events": ("events",),
    "pages": ("events", "--node", "page"),
    "properties": ("events", "--properties"),
    "graph": ("graph", "--loops"),
    "sessions graph": ("graph", "--session", "--collapse", "--no-times", "--no-people"),
    "pages graph": ("graph", "--node", "page"),
    "variants": ("variants",),
    "few variants": ("variants", "--top", "2", "--session"),
    "paths": ("paths",),
    "after": ("paths", "--after", "view", "--until", "pay", "--depth", "3"),
    "before": ("paths", "--before", "pay", "--depth", "2", "--within", "none"),
    "before the end": ("paths", "--before", "end", "--depth", "2", "--no-times"),
    "every": ("paths", "--after", "view", "--which", "every"),
    "pattern": ("paths", "--pattern", "view -> any* -> pay", "--pattern", "start -> home -> end"),
    "sessions": ("sessions", "--every", "week"),
    "person": ("person", "u05"),
    "by": ("graph", "--by", "device"),
    "compare": ("variants", "--from", "2025-03-11", "--to", "2025-03-20", "--compare"),
}


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", COMMANDS)
def test_everything_fits_the_terminal(workspace, name, width) -> None:
    text = run(workspace, *COMMANDS[name], width=width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "Data up to 2025-03-20" in text
    cut = [line for line in text.splitlines() if line.rstrip().endswith("…")]
    assert all(line.rstrip().endswith("‹ …") for line in cut)  # no figure is cut short


@pytest.mark.parametrize("name", COMMANDS)
def test_json_and_csv_hold_the_same_rows(workspace, name) -> None:
    found = json.loads(run(workspace, *COMMANDS[name], "--json"))
    assert {"question", "spec", "as_of", "definition", "notes", "rows"} <= set(found)
    assert found["rows"]
    rows = list(csv.DictReader(io.StringIO(run(workspace, *COMMANDS[name], "--csv"))))
    assert len(rows) == len(found["rows"])


def test_the_contracted_keys(workspace) -> None:
    (row, *_) = json.loads(run(workspace, "events", "--json"))["rows"]
    assert (row["event"], row["count"], row["people"]) == ("view", 45, 26)
    edges = json.loads(run(workspace, "graph", "--json"))["rows"]
    found = {(edge["source"], edge["target"]): edge["count"] for edge in edges}
    assert found[None, "home"] == 40
    assert found["pay", None] == sum(person % 6 == 5 for person in range(40))
    variants = json.loads(run(workspace, "variants", "--json"))["rows"]
    assert {tuple(v["path"]): v["count"] for v in variants} == {
        tuple(SHOP[: 1 + n]): sum(person % 6 == n for person in range(40)) for n in range(6)
    }


def test_the_readable_answers_say_what_matters(workspace) -> None:
    graph = run(workspace, "graph")
    assert "moves between 5 events in the journeys of 40 people" in graph
    assert "begin with  home 40 (100%)" in graph
    assert "An empty source is the start of a journey" in " ".join(graph.split())
    variants = run(workspace, "variants")
    assert "6 different paths in the journeys of 40 people." in variants
    assert "view ×2 › cart › pay" in variants
    paths = run(workspace, "paths", "--after", "view", "--until", "pay")
    assert "What 26 people did after their first view" in paths
    assert "goal reached" in paths
    assert "everyone" in paths
    sessions = run(workspace, "sessions")
    assert "sessions of 40 people" in sessions
    assert "begin with" in sessions
    person = run(workspace, "person", "u05")
    assert "u05  6 events in 2 sessions" in person
    assert "Thu 2025-03-06 10:00  session 1 · 3 events · 4.0 min" in person
    assert "value 12.50" in person
    assert "throughout: device mobile" in person


def test_part_of_a_long_life_says_so(workspace) -> None:
    text = run(workspace, "person", "u05", "--limit", "2")
    assert "begins earlier" in text
    assert "The newest 2 of 6 events are shown." in text


def test_filters_reach_the_question(workspace) -> None:
    rows = json.loads(
        run(workspace, "graph", "--json", "--where", "not event in (view, search)",
            "--people", "device = mobile", "--matching", "cart -> end")
    )["rows"]  # fmt: skip
    assert {(r["source"], r["target"]) for r in rows} == set()
    rows = json.loads(run(workspace, "graph", "--json", "--matching", "cart -> pay"))["rows"]
    assert {r["count"] for r in rows if r["source"] is None} == {6}
    grouped = json.loads(run(workspace, "events", "--json", "--group", "look=?ea*"))
    assert {row["event"] for row in grouped["rows"]} == {"home", "look", "view", "cart", "pay"}


def test_mistakes_end_in_sentences(workspace) -> None:
    assert "one of them" in run(
        workspace, "paths", "--after", "view", "--before", "pay", fails=True
    )
    assert "Did you mean 'view'" in run(workspace, "paths", "--after", "vew", fails=True)
    assert "There is no person 'zoe'" in run(workspace, "person", "zoe", fails=True)
    assert "cannot be read" in run(workspace, "paths", "--pattern", "view ->", fails=True)
    assert "is not a duration" in run(workspace, "sessions", "--session-gap", "soon", fails=True)
    assert "fits no name" in run(workspace, "graph", "--group", "/x/*", fails=True)


@pytest.mark.parametrize("name", ["graph", "variants", "paths", "events", "sessions"])
def test_nothing_to_show_is_said(workspace, name) -> None:
    text = run(workspace, name, "--where", "value > 1000")
    assert "Nothing to show" in text


def test_long_names_keep_both_ends() -> None:
    assert name_of("short") == "short"
    assert name_of("/presentations/logstash/images", 12) == "/pres…images"
    assert len(name_of("x" * 99, 20)) == 20


def test_korean_names_take_two_cells_a_letter() -> None:
    assert padded("장바구니 담기", 10) == "장바구니… "
    assert padded("결제", 6) == "결제  "
    assert name_of("아주 긴 한국어 이벤트 이름", 12) == "아주…이름"
    assert path_text(["첫 방문", "검색", "상품 보기", "장바구니", "결제"], 22).endswith("› 결제")


def test_long_paths_keep_both_ends() -> None:
    assert path_text(SHOP, 80) == "home › search › view ×2 › cart › pay"
    assert path_text(SHOP, 27) == "home › search › 3 … › pay"
    assert path_text(SHOP, 5) == "home › 4 … › pay"
    assert path_text(["a"] * 5, 5) == "a ×5"


def test_a_path_of_a_hundred_thousand_steps_is_cut_without_trying_every_length() -> None:
    assert path_text(["a", "b"] * 50_000, 20) == "a › b › 99997 … › b"


def test_a_name_of_megabytes_is_cut_in_a_path() -> None:
    assert path_text(["x" * 5_000_000, "view"], 80) == "x" * 80 + "… › view"
