"""The documentation speaks of everything there is, and of nothing there is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sojourn.cli.main import COMMANDS
from sojourn.cli.reference import reference

REPO = Path(__file__).resolve().parents[2]
DOCS = REPO / "docs"
QUESTIONS = ("events", "funnel", "graph", "paths", "variants", "retention", "lifecycle", "between",
             "sources", "sessions", "person", "stages")  # fmt: skip


def pages() -> dict[Path, str]:
    return {p: p.read_text("utf-8") for p in [REPO / "README.md", *DOCS.rglob("*.md")]}


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_is_in_the_reference(name: str) -> None:
    text = (DOCS / "commands.md").read_text("utf-8")
    assert re.search(rf"^## `sojourn {name}", text, re.MULTILINE)


def test_the_reference_says_what_the_program_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert (DOCS / "commands.md").read_text("utf-8") == reference(), (
        "python -m sojourn.cli.reference > docs/commands.md"
    )


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_has_a_page(name: str) -> None:
    page = DOCS / "stages.md" if name == "stages" else DOCS / "questions" / f"{name}.md"
    assert f"sojourn {name}" in page.read_text("utf-8")


def test_paths_named_in_the_tour_exist() -> None:
    named = set(
        re.findall(
            r"`((?:src|web|docs|tests|benchmarks)/[^`\s]+)`", (DOCS / "tour.md").read_text("utf-8")
        )
    )
    assert len(named) > 20
    assert sorted(path for path in named if not (REPO / path).exists()) == []


def test_links_between_pages_lead_somewhere() -> None:
    links = [
        (page, target)
        for page, text in pages().items()
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)
    ]
    assert links
    assert [
        (page.name, target) for page, target in links if not (page.parent / target).exists()
    ] == []


def test_every_adr_is_listed_and_complete() -> None:
    listed = (DOCS / "adr" / "README.md").read_text("utf-8")
    for adr in sorted((DOCS / "adr").glob("0*.md")):
        assert adr.name in listed
        text = adr.read_text("utf-8")
        assert all(f"## {part}" in text for part in ("Context", "Decision", "Consequences")), adr


def test_served_requirements_name_a_door_and_a_test_that_visits_it() -> None:
    rows = re.findall(
        r"^\| ([AB]\d+) \| (.+?) \| (.*?) \| (.*?) \| (.*?) \|$",
        (DOCS / "requirements.md").read_text("utf-8"),
        re.MULTILINE,
    )
    assert [r[0] for r in rows] == [f"A{i}" for i in range(1, 80)] + [f"B{i}" for i in range(1, 59)]
    for name, _, state, door, test in rows:
        assert state in {"served", "partly", "planned"}, name
        if state == "served":
            assert re.search(r"`sojourn \w+", door), name
            path, _, function = test.strip("`").partition("::")
            assert function, name
            assert f"def {function}" in (REPO / path).read_text("utf-8"), name
