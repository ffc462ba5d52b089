"""The documentation speaks of everything there is, and of nothing there is not."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING

import pytest

import sojourn
from sojourn.adapters.workspace import folder
from sojourn.base.errors import SojournError
from sojourn.cli.main import COMMANDS
from sojourn.cli.reference import reference
from sojourn.server.web.matrix import page as access_page

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def test_the_table_of_access_says_what_the_endpoints_ask_for() -> None:
    assert (DOCS / "access.md").read_text("utf-8") == access_page(), (
        "python -m sojourn.server.web.matrix > docs/access.md"
    )


def kinds(base: type[SojournError]) -> Iterator[type[SojournError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


def error_row(kind: type[SojournError]) -> str:
    """A row of the page, from the docstring: cause and remedy."""
    text = " ".join(inspect.cleandoc(kind.__doc__ or "").split("\n\n")[0].split())
    cause, mark, remedy = text.partition(" Remedy: ")
    assert mark, f"{kind.__name__} states no remedy"
    return f"| `{kind.code}` | {cause} | {remedy[0].upper()}{remedy[1:]} |"


def test_every_error_code_is_documented_with_its_remedy() -> None:
    for module in walk_packages(sojourn.__path__, "sojourn."):
        if "migrating" not in module.name:  # run by Alembic alone
            import_module(module.name)
    every = [k for k in set(kinds(SojournError)) if k.__module__.startswith("sojourn.")]
    assert len({kind.code for kind in every}) == len(every)
    rows = re.findall(r"^\| `.*\|$", (DOCS / "errors.md").read_text("utf-8"), re.MULTILINE)
    assert rows == [error_row(kind) for kind in sorted(every, key=lambda k: k.code)]


def test_every_reason_a_row_is_rejected_for_is_documented() -> None:
    text = (DOCS / "importing.md").read_text("utf-8").split("## Quarantine")[1]
    readers = (REPO / "src/sojourn/adapters/readers").rglob("*.py")
    source = "\n".join(p.read_text("utf-8") for p in readers)
    codes = set(re.findall(r"(?:\bcode=|return )\"([a-z]+-?[a-z]+)\"[,)]", source))
    assert codes >= {"ragged", "bad-json", "no-time"}
    assert sorted(code for code in codes if f"`{code}`" not in text) == []


def test_every_variable_of_the_environment_is_documented() -> None:
    source = "\n".join(p.read_text("utf-8") for p in (REPO / "src").rglob("*.py"))
    used = set(re.findall(r"\bSOJOURN_[A-Z_]+", source))
    page = (DOCS / "settings.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(SOJOURN_[A-Z_]+)`", page, re.MULTILINE)) == used


def test_every_setting_of_a_workspace_is_documented() -> None:
    page = (DOCS / "workspace.md").read_text("utf-8")
    named = set(re.findall(r"^(\w+) = ", folder._TOML + folder._TOML_DATABASE, re.MULTILINE))
    assert named >= {"timezone", "currency", "database"}
    assert sorted(name for name in named if f"`{name}`" not in page) == []


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


def test_commands_and_options_named_anywhere_exist() -> None:
    known = {name: options_of(name) for name in COMMANDS}
    named = [
        (page.name, call, name, option)
        for page, text in pages().items()
        for call in re.findall(r"(?:`|^|bin/)sojourn +([a-z][^`\n#|&]*)", text, re.MULTILINE)
        for name in [call.split()[0]]
        for option in ["", *re.findall(r"(?<!\S)--[a-z-]+", call)]
    ]
    assert len(named) > 100
    assert [
        (page, call)
        for page, call, name, option in named
        if name not in known or (option and option not in known[name])
    ] == []


def options_of(name: str) -> set[str]:
    """Every long option of a command and of the commands below it."""
    section = re.split(r"^## ", (DOCS / "commands.md").read_text("utf-8"), flags=re.MULTILINE)
    text = next(part for part in section if re.match(rf"`sojourn {name}`", part))
    return {"--help", *re.findall(r"--[a-z][a-z-]*", text)}


def test_every_page_is_linked_from_another() -> None:
    targets = {
        (page.parent / target).resolve()
        for page, text in pages().items()
        for target in re.findall(r"\]\(([^)#:\s]+)", text)
        if (page.parent / target).resolve() != page
    }
    assert [page.name for page in DOCS.rglob("*.md") if page.resolve() not in targets] == []
