"""Sizes and shapes of the house; the list of exceptions is empty and stays so."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "sojourn"
MODULES = sorted(SRC.rglob("*.py"))
CORE = ("base", "events", "identity", "index", "kernels", "insight", "stages", "segments", "maps")
MODULE_LINES, FUNCTION_LINES, CLASS_LINES = 400, 50, 250
PUBLIC_METHODS, FOLDER_MODULES, FOLDER_DEPTH = 15, 15, 3


def functions(tree: ast.AST):
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """Lines of a definition without its docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SRC)))
def test_sizes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MODULE_LINES
    tree = ast.parse(text)
    assert {f.name: length(f) for f in functions(tree) if length(f) > FUNCTION_LINES} == {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            public = [f for f in node.body if isinstance(f, ast.FunctionDef) and f.name[0] != "_"]
            assert length(node) <= CLASS_LINES, node.name
            assert len(public) <= PUBLIC_METHODS, node.name


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SRC)))
def test_annotations_are_postponed_and_exports_are_true(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    code = [n for n in tree.body if not isinstance(n, ast.Expr)]
    if any(isinstance(n, ast.FunctionDef | ast.ClassDef) for n in code):
        assert "from __future__ import annotations" in text


def test_folders_are_neither_crowded_nor_deep() -> None:
    for folder in [SRC, *(p for p in SRC.rglob("*") if p.is_dir() and p.name != "__pycache__")]:
        modules = [p for p in folder.glob("*.py") if p.name != "__init__.py"]
        limit = 22 if folder.name == "cli" else FOLDER_MODULES  # one a command, six of the frame
        assert len(modules) <= limit, folder
        assert len(folder.relative_to(SRC).parts) <= FOLDER_DEPTH, folder


@pytest.mark.parametrize("layer", CORE)
def test_the_core_says_any_nowhere(layer: str) -> None:
    for path in (SRC / layer).rglob("*.py"):
        names = {
            n.id for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Name)
        }
        assert "Any" not in names, path


@pytest.mark.parametrize(
    "statement",
    ["import sojourn", "from sojourn.cli.main import cli; cli(['--help'], standalone_mode=False)"],
)
def test_starting_is_light(statement: str) -> None:
    code = f"import sys\n{statement}\nheavy = {{'numba', 'duckdb', 'pyarrow', 'deltalake', 'numpy', 'sqlalchemy', 'rich'}} & set(sys.modules)\nassert not heavy, heavy"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_no_two_files_of_tests_have_the_same_name() -> None:
    names = Counter(path.name for path in SRC.parents[1].joinpath("tests").rglob("test_*.py"))
    assert {name for name, count in names.items() if count > 1} == set()  # pytest could not tell
