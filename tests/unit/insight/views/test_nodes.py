"""What counts as one node."""

from __future__ import annotations

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slow_paths import ask
from sojourn.base.errors import UnknownNameError
from sojourn.index.memory import memory_index
from sojourn.insight.process.graph import Graph
from sojourn.insight.views.lens import View
from sojourn.insight.views.nodes import NodeError, NodeRule, fits

ROWS = [
    ("ann", 0, "view", {"page": "/product/1"}),
    ("ann", 1, "view", {"page": "/product/2"}),
    ("ann", 2, "view", {"page": "/cart"}),
    ("ann", 3, "buy"),
    ("bob", 0, "view", {"page": "/cart"}),
    ("bob", 1, "/cart"),
]


def moves(rule: NodeRule) -> dict[tuple[str | None, str | None], int]:
    answer = ask(Graph(view=View(nodes=rule)), ROWS)
    return {(row.source, row.target): row.count for row in answer.rows}


def test_a_property_is_the_node_and_the_name_where_it_is_missing() -> None:
    assert moves(NodeRule(property="page")) == {
        (None, "/product/1"): 1, ("/product/1", "/product/2"): 1, ("/product/2", "/cart"): 1,
        ("/cart", "buy"): 1, ("buy", None): 1, (None, "/cart"): 1, ("/cart", "/cart"): 1,
        ("/cart", None): 1,
    }  # fmt: skip


def test_groups_join_names() -> None:
    found = moves(NodeRule(property="page", groups=("/product/*", "Till=/c?rt")))
    assert found["/product/*", "/product/*"] == 1
    assert found["/product/*", "Till"] == 1
    assert found[None, "Till"] == 1


def test_groups_are_named_in_the_notes() -> None:
    rule = NodeRule(property="page", groups=("/product/*",))
    notes = ask(Graph(view=View(nodes=rule)), ROWS).notes
    assert "/product/* joins 2 names." in notes
    assert any("value of page" in note for note in notes)


def test_an_equals_sign_inside_an_address_names_nothing() -> None:
    rows = [("ann", 0, "/s?q=1"), ("ann", 1, "/s?q=2")]
    answer = ask(Graph(view=View(nodes=NodeRule(groups=("/s?q=*",)))), rows)
    assert answer.rows[0].source in ("/s?q=*", None)


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        (NodeRule(groups=("/none/*",)), "fits no name"),
        (NodeRule(groups=("Name=",)), "incomplete"),
        (NodeRule(keep=0), "cannot be kept"),
        (NodeRule(property="page", keep=2), "Only events"),
        (NodeRule(property="size"), "holds numbers"),
    ],
)
def test_rules_that_cannot_be_used_are_refused(rule: NodeRule, what: str) -> None:
    catalog = memory_index([*ROWS, ("cid", 0, "view", {"size": 3.0})]).catalog
    with pytest.raises(NodeError, match=what):
        rule.compile(catalog)


def test_an_unknown_property_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        NodeRule(property="pagee").compile(memory_index(ROWS).catalog)


@pytest.mark.parametrize("kinds", [200, 300, 70_000])
def test_codes_are_as_small_as_they_can_be(kinds: int) -> None:
    rows = [("ann", n, f"e{n}") for n in range(kinds)]
    index = memory_index(rows)
    nodes = NodeRule(groups=("first=e0",)).compile(index.catalog)
    assert nodes.of_event.dtype.itemsize == (1 if kinds <= 256 else 2 if kinds <= 65_536 else 4)
    assert sorted(nodes.of_event.tolist()) == list(range(kinds))


@given(st.text("ab/", max_size=8), st.text("ab/*?", max_size=6))
def test_wildcards_fit_as_everywhere(text: str, pattern: str) -> None:
    assert fits(text, pattern) == bool(re.match(fnmatch.translate(pattern), text))


def test_hostile_wildcards_take_no_time() -> None:
    assert not fits("a" * 300, "*a" * 100 + "b")
