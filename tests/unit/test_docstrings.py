"""Public names of the core say what they return, and arrays their shape."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TypeAlias

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "sojourn"
CORE = ("base", "events", "identity", "index", "kernels", "insight", "stages", "segments", "maps")
MODULES = [path for layer in CORE for path in sorted((SRC / layer).rglob("*.py"))]
Documented: TypeAlias = ast.FunctionDef | ast.ClassDef
ARRAY = re.compile(r"\b(NDArray|Codes)\b")


def public(body: list[ast.stmt]) -> list[Documented]:
    """The public functions and classes of a module or class that are not only overrides."""
    found = [n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    return [n for n in found if n.name[0] != "_" and "override" not in decorators(n)]


def decorators(node: Documented) -> set[str]:
    return {ast.unparse(d).split("(")[0] for d in node.decorator_list}


def names_of(path: Path) -> list[Documented]:
    """Every public function, class and method of a module."""
    top = public(ast.parse(path.read_text("utf-8")).body)
    return top + [m for c in top if isinstance(c, ast.ClassDef) for m in public(c.body)]


def arrays_of(node: Documented) -> list[str]:
    """Names of the parameters or fields that are arrays."""
    if isinstance(node, ast.ClassDef):
        fields = [f for f in node.body if isinstance(f, ast.AnnAssign)]
        pairs = [(ast.unparse(f.target), f.annotation) for f in fields]
    else:
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        pairs = [(a.arg, a.annotation) for a in every if a.annotation is not None]
    return [name for name, kind in pairs if ARRAY.search(ast.unparse(kind))]


def entry_of(name: str, text: str) -> str:
    """What the docstring says of a parameter or field below its heading."""
    for names, said in re.findall(
        r"^([\w, ]+?)((?: : .*)?\n(?: +.*\n|\n(?= ))*)", f"{text}\n", re.MULTILINE
    ):
        if name in names.split(", "):
            return str(said)
    return ""


def says_shape(name: str, text: str) -> bool:
    """Whether an array's entry, or the prose above, gives its shape or names who does."""
    prose = text.split("\nParameters\n", maxsplit=1)[0].split("\nAttributes\n", maxsplit=1)[0]
    said = prose + entry_of(name, text)
    return (
        re.search(r"\bshapes?\b|\(\w+,\)|:(func|class):|sequence of", said, re.IGNORECASE)
        is not None
    )


def beneath(node: Documented) -> dict[str, str]:
    """What stands below each field of a class that is documented in place."""
    pairs = zip(node.body, node.body[1:], strict=False)
    return {
        ast.unparse(field.target): str(text.value.value)
        for field, text in pairs
        if isinstance(field, ast.AnnAssign)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }


def gives(node: ast.FunctionDef) -> bool:
    """Whether a function gives a value back; a property is described by its noun."""
    back = node.returns is not None and ast.unparse(node.returns) not in {"None", "Never"}
    return back and not {"property", "cached_property", "overload"} & decorators(node)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SRC)))
def test_public_names_are_documented_and_say_what_they_return(path: Path) -> None:
    wrong = []
    for node in names_of(path):
        first = (ast.get_docstring(node) or "").split("\n")[0]
        says = re.search(r"\breturns?\b", first, re.IGNORECASE)
        if not first or (isinstance(node, ast.FunctionDef) and gives(node) and not says):
            wrong.append(f"{node.name}: {first}")
    assert wrong == []


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SRC)))
def test_arrays_say_their_shape(path: Path) -> None:
    wrong = []
    for node in names_of(path):
        text = ast.get_docstring(node) or ""
        wrong += [
            f"{node.name}({name})"
            for name in arrays_of(node)
            if not says_shape(name, text) and not says_shape(name, beneath(node).get(name, ""))
        ]
    assert wrong == []
