"""Each served requirement is visited at its door: the command a user types, on the demo shop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from sojourn.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("doors") / "shop"
    done = CliRunner().invoke(cli, ["demo", "-w", str(folder), "--people", "4000", "--no-open"])
    assert done.exit_code == 0, done.output
    return str(folder)


@pytest.fixture(scope="module")
def ask(shop: str) -> Callable[..., Any]:
    def asked(*words: str) -> Any:
        done = CliRunner().invoke(cli, [*words, "-w", shop, "--json"], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return asked


@pytest.fixture(scope="module")
def drawn(shop: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    target = tmp_path_factory.mktemp("doors") / "map.json"
    done = CliRunner().invoke(cli, ["map", "-w", shop, "-o", str(target)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(target.read_text("utf-8"))


def test_demo_makes_a_workspace_and_a_map_that_says_it_is_simulated(shop: str, drawn: Any) -> None:
    assert (Path(shop) / "meal-kit-map.html").stat().st_size < 2_000_000
    assert drawn["data"]["simulated"] is True


def test_stages_tell_where_people_are_on_a_date_and_how_they_moved(ask: Callable[..., Any]) -> None:
    on = ask("stages", "on", "2025-09-01")
    assert sum(row["people"] for row in on["rows"]) > 1000
    listed = ask("funnel", "order_paid", "--people-at", "1", "--limit", "1")
    moves = ask("stages", "person", listed["people_at"]["people"][0]["person"])
    assert moves["rows"]


def test_taxonomies_are_ready_made(ask: Callable[..., Any]) -> None:
    for taxonomy in ("aarrr", "lead", "purchase"):
        found = ask("stages", "suggest", "--taxonomy", taxonomy)
        assert found["rows"], taxonomy


def test_sources_of_those_who_bought_with_their_openings(ask: Callable[..., Any]) -> None:
    found = ask("sources", "--goal", "order_paid", "--window", "60d")
    by_channel = {row["channel"]: row for row in found["rows"]}
    assert (
        by_channel["Referral"]["conversion"]["value"]
        > by_channel["Paid Social"]["conversion"]["value"]
    )
    assert found["entry_paths"]


def test_original_and_latest_source_are_both_kept(ask: Callable[..., Any]) -> None:
    first, latest = ask("sources"), ask("sources", "--latest")
    assert sum(row["people"] for row in first["rows"]) == sum(
        row["people"] for row in latest["rows"]
    )


def test_exit_paths_show_where_people_are_lost(ask: Callable[..., Any]) -> None:
    found = ask("paths", "--after", "checkout_started")
    assert any(row["target"] is None for row in found["rows"])


def test_drop_off_per_step_with_segments(ask: Callable[..., Any]) -> None:
    found = ask("funnel", "checkout_started", "order_paid", "--window", "none", "--by", "device")
    groups = {row["group"] for row in found["rows"]}
    assert {"mobile", "desktop"} <= groups
    assert all(row["lost"] is None or row["lost"] >= 0 for row in found["rows"])


def test_the_map_ranks_what_each_weak_place_costs(drawn: Any) -> None:
    stakes = [step["stake"] for step in drawn["steps"] if "low" in step["stake"]]
    assert stakes
    assert all(0 <= stake["low"] <= stake["high"] for stake in stakes)
    assert any(stake["unit"] == "money" and stake["currency"] == "KRW" for stake in stakes)


def test_the_map_is_drafted_from_events_and_asks_what_it_cannot_know(drawn: Any) -> None:
    assert [stage["key"] for stage in drawn["stages"]] == [
        "awareness",
        "consideration",
        "conversion",
        "loyalty",
        "advocacy",
    ]
    assert drawn["open_questions"]
    unknown = [cell for cell in drawn["cells"] if cell["provenance"] == "unknown"]
    assert all(cell["question"]["en"] and cell["question"]["ko"] for cell in unknown)


def test_milestones_have_odds_and_times(ask: Callable[..., Any]) -> None:
    matrix = ask("stages", "matrix")
    assert matrix["rows"]
    wait = ask("between", "landing_viewed", "order_paid")
    assert wait["rows"][0]["median"]["seconds"] > 3600
