"""A merge changes the answers it must, and its undoing gives back every answer as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from sojourn.cli.main import cli

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    ("anonymous_id", "user_id", "timestamp", "event", "utm_source", "utm_medium", "value"),
    ("x1", "", "2026-01-01T08:00:00Z", "visit", "google", "cpc", ""),
    ("x1", "kim", "2026-01-01T08:05:00Z", "signed_up", "", "", ""),
    ("", "kim", "2026-01-03T08:00:00Z", "visit", "", "", ""),
    ("", "k.kim", "2026-01-02T09:00:00Z", "visit", "naver", "referral", ""),
    ("", "k.kim", "2026-01-09T10:00:00Z", "paid", "", "", "12.50"),
    ("x2", "", "2026-01-05T10:00:00Z", "visit", "instagram", "paid_social", ""),
    ("", "lee", "2026-01-06T10:00:00Z", "visit", "naver", "referral", ""),
    ("", "lee", "2026-01-06T11:00:00Z", "paid", "", "", "8.00"),
]
QUESTIONS = {
    "events": [],
    "funnel": ["visit", "paid", "--window", "30d"],
    "graph": [],
    "paths": [],
    "variants": [],
    "retention": ["--begin", "visit", "--return", "paid"],
    "lifecycle": [],
    "between": ["visit", "paid"],
    "sources": ["--goal", "paid", "--window", "30d"],
    "sessions": [],
    "person": ["kim"],
    "person ": ["k.kim"],
    "stages show": [],
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "log.csv").write_text("\n".join(map(",".join, ROWS)) + "\n", "utf-8")
    run(tmp_path, "import", str(tmp_path / "log.csv"))
    return tmp_path


def run(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(cli, [*words, "-w", str(folder / "ws")], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def every_answer(folder: Path) -> dict[str, object]:
    found = {}
    for question, more in QUESTIONS.items():
        found[question] = json.loads(run(folder, *question.split(), *more, "--json"))
    run(folder, "map", "-o", str(folder / "map.json"))
    drawn = json.loads((folder / "map.json").read_text("utf-8"))
    found["map"] = {name: part for name, part in drawn.items() if name not in {"made", "id"}}
    return found


def test_a_merge_undone_gives_back_every_answer_as_it_was(shop: Path) -> None:
    before = every_answer(shop)
    run(shop, "people", "merge", "kim", "k.kim", "--why", "one phone number")
    merged = every_answer(shop)
    changed = {name for name in before if merged[name] != before[name]}
    assert {"events", "funnel", "graph", "retention", "sources", "person", "map"} <= changed
    run(shop, "people", "unmerge", "kim", "--why", "two people after all")
    assert every_answer(shop) == before


def test_earlier_touches_count_for_who_is_kept_the_first_one_included(shop: Path) -> None:
    def paid() -> dict[str, int]:
        rows = json.loads(run(shop, "sources", "--goal", "paid", "--window", "30d", "--json"))
        return {row["channel"]: row["people"] for row in rows["rows"]}

    before = paid()
    run(shop, "people", "merge", "kim", "k.kim", "--why", "one phone number")
    after = paid()
    assert before["Paid Search"] == after["Paid Search"] == 1, "kim's first touch is k.kim's now"
    assert after["Organic Search"] == before["Organic Search"] - 1
    told = json.loads(run(shop, "person", "kim", "--json"))
    assert told["person"] == "k.kim"
    assert told["rows"][0]["properties"]["utm_medium"] == "cpc"
    assert [row["event"] for row in told["rows"]].count("visit") == 3


def test_the_order_of_merges_and_of_imports_changes_no_answer(shop: Path, tmp_path: Path) -> None:
    run(shop, "people", "merge", "kim", "k.kim", "--why", "a")
    run(shop, "people", "merge", "anon:x2", "kim", "--why", "b")
    expected = every_answer(shop)
    other = tmp_path / "other"
    other.mkdir()
    head = ",".join(ROWS[0])
    for number, rows in enumerate((ROWS[5:], ROWS[1:5])):
        text = "\n".join([head, *map(",".join, rows)]) + "\n"
        (other / f"{number}.csv").write_text(text, "utf-8")
        run(other, "import", str(other / f"{number}.csv"))
        if not number:
            run(other, "people", "merge", "x2", "k.kim", "--why", "b")
            run(other, "people", "unmerge", "x2", "--why", "to be said of kim")
    run(other, "people", "merge", "x2", "kim", "--why", "b")
    run(other, "people", "merge", "kim", "k.kim", "--why", "a")
    found = every_answer(other)
    for name in ("person", "funnel", "events", "sources", "retention", "graph"):
        assert found[name]["rows"] == expected[name]["rows"], name
