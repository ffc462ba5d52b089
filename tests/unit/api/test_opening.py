"""One question asked of the same events, however they were opened."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from pathlib import Path

import pytest

import sojourn
from sojourn.api.opening import NothingToOpenError, UnreadableError
from sojourn.base.errors import InputError

CSV = """user,when,what,device
ann,2026-01-01 10:00,view,mobile
ann,2026-01-01 10:05,cart,mobile
ann,2026-01-02 10:05,purchase,desktop
bob,2026-01-03 10:00,view,desktop
bob,2026-01-03 11:00,view,desktop
"""
ROLES = {"person": "user", "time": "when", "event": "what"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("api") / "events.csv"
    file.write_text(CSV, encoding="utf-8")
    return file


def tables(path: Path) -> dict[str, object]:
    pl, pd, duckdb = (pytest.importorskip(name) for name in ("polars", "pandas", "duckdb"))
    from pyarrow import csv

    return {
        "file": path,
        "arrow": csv.read_csv(path),
        "pandas": pd.read_csv(path),
        "polars": pl.read_csv(path),
        "lazy polars": pl.scan_csv(path),
        "duckdb": duckdb.sql(f"select * from '{path}'"),
    }


@pytest.mark.parametrize("kind", ["file", "arrow", "pandas", "polars", "lazy polars", "duckdb"])
def test_every_kind_of_data_gives_the_same_answers(path: Path, kind: str) -> None:
    shop = sojourn.open(tables(path)[kind], roles=ROLES)
    assert (shop.catalog.people, shop.catalog.rows) == (2, 5)
    assert [row.people for row in shop.funnel("view", "cart", "purchase").rows] == [2, 1, 1]
    moves = {(row.source, row.target): row.count for row in shop.graph().rows}
    assert moves == {(None, "view"): 2, ("view", "cart"): 1, ("cart", "purchase"): 1, ("purchase", None): 1, ("view", "view"): 1, ("view", None): 1}  # fmt: skip


def test_every_question_has_a_method_that_answers(path: Path) -> None:
    shop = sojourn.open(path, roles=ROLES)
    assert {row.event: row.count for row in shop.events().rows} == {
        "view": 3,
        "cart": 1,
        "purchase": 1,
    }
    assert [row.count for row in shop.variants(top=1).rows] == [1]
    assert len(shop.paths("view")) > 0
    assert len(shop.retention("view", "purchase")) > 0
    assert shop.lifecycle().rows[0].new >= 1
    assert shop.between("view", "purchase").rows[0].ended_people == 1
    assert "no event carries a channel" in shop.sources("purchase").definition
    assert len(shop.sessions()) > 0
    assert [row.event for row in shop.person("ann").rows] == ["view", "cart", "purchase"]
    assert [
        row.people for row in shop.funnel("view", start=datetime(2026, 1, 3, tzinfo=UTC)).rows
    ] == [1]
    assert [row.people for row in shop.funnel("view", people="device = mobile").rows] == [1]


def test_a_map_is_shown_in_place_and_saved_as_one_file(path: Path, tmp_path: Path) -> None:
    shown = sojourn.open(path, roles=ROLES).map(title="A <b>shop</b>")
    saved = shown.save(tmp_path / "map.html", lang="ko")
    assert "<b>shop</b>" not in saved.read_text("utf-8")
    assert shown._repr_html_().startswith("<iframe srcdoc=")
    assert shown.to_json()["title"]["en"] == "A <b>shop</b>"


def test_what_cannot_be_opened_is_said(tmp_path: Path, path: Path) -> None:
    with pytest.raises(NothingToOpenError, match="no workspace and no file"):
        sojourn.open(tmp_path / "nothing")
    with pytest.raises(NothingToOpenError, match="list cannot be opened"):
        sojourn.open([1, 2])
    with pytest.raises(UnreadableError, match="nobody"):
        sojourn.open(path, roles={"person": "nobody"})
    with pytest.raises(InputError, match="Did you mean 'purchase'"):
        sojourn.open(path, roles=ROLES).funnel("purchse")
    with pytest.raises(AttributeError, match="nothing_here"):
        _ = sojourn.nothing_here


def test_data_that_were_brought_in_leave_nothing_behind(path: Path) -> None:
    shop = sojourn.open(path, roles=ROLES)
    folder = Path(shop._workspace.path)
    assert folder.is_dir()
    del shop
    gc.collect()
    assert not folder.exists()
