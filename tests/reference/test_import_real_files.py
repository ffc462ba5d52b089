"""Real files in the lake, row for row as DuckDB reads them and as counted elsewhere.

Counts of the ratings come from ../shared/reference/dataset_facts.json, made with pandas 3.1.1 by
counting the rows of the file; exact duplicates are ``frame.duplicated().sum()``. The rows of the
shop come from DuckDB's own CSV reader.
"""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import duckdb
import pytest

from sojourn.app.import_file import Source
from sojourn.compose import open_workspace
from sojourn.ports.reader import ReadOptions
from sojourn.ports.workspace import Counts

if TYPE_CHECKING:
    from pathlib import Path

    from sojourn.app.workspace import Workspace


def imported(workspace: Workspace, *paths: Path):
    sources = [Source(name=path.name, content=str(path)) for path in paths]
    return workspace.import_files(sources, ReadOptions())


def test_the_shop_is_in_the_lake_row_for_row(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "retentioneering_ecom_synthetic" / "ecom.csv.gz"
    workspace = open_workspace(tmp_path / "ws", create=True)
    [file] = imported(workspace, path).files
    assert file.counts == Counts(read=31_106, accepted=31_106)
    assert file.identical == 30
    theirs = duckdb.sql(  # the file's row number is the position in the lake
        "SELECT row_number() OVER () AS position, user_id, event, "
        "epoch_us(timestamp::TIMESTAMP) AS t, session_id, platform AS device, "
        f"acquisition_channel AS channel, user_cohort FROM read_csv('{path}', all_varchar = true)"
    ).to_arrow_table()
    ours = workspace.sql(
        "SELECT position, user_id, event, epoch_us(time) AS t, properties->>'$.session_id' AS "
        "session_id, properties->>'$.device' AS device, properties->>'$.channel' AS channel, "
        "properties->>'$.user_cohort' AS user_cohort FROM events ORDER BY position"
    ).read_all()
    assert ours.to_pylist() == theirs.sort_by("position").to_pylist()
    assert imported(workspace, path).counts == Counts(read=31_106, duplicate=31_106)


@pytest.mark.slow
def test_half_a_million_ratings_are_counted_as_elsewhere(shared: Path, tmp_path: Path) -> None:
    facts = json.loads((shared / "reference" / "dataset_facts.json").read_text("utf-8"))
    expected = facts["anon_ratings_stream"]
    workspace = open_workspace(tmp_path / "ws", create=True)
    path = shared / "data" / "anon_ratings_stream" / "anonreviews.csv.bz2"
    [file] = imported(workspace, path).files
    # One reviewer's id is "0", which stands for nobody.
    assert file.counts == Counts(
        read=expected["rows"], accepted=expected["rows"] - 1, quarantined=1
    )
    assert file.identical == expected["exact_duplicates"]
    [row] = workspace.sql(
        "SELECT count(DISTINCT user_id) AS people, max(n) AS most, count(*) FILTER (n = 1) AS once "
        "FROM (SELECT user_id, count(*) AS n FROM events GROUP BY user_id)"
    ).read_all().to_pylist()  # fmt: skip
    assert row == {
        "people": expected["reviewers"] - 1,
        "most": expected["max_per_reviewer"],
        "once": expected["reviewers_with_1"] - 1,
    }
    by_year = workspace.sql(
        "SELECT year(time)::VARCHAR AS year, count(*) AS n FROM events GROUP BY ALL"
    ).read_all()
    years = dict(zip(*(by_year[name].to_pylist() for name in ("year", "n")), strict=True))
    [first] = file.problems
    assert (first.line, sum(years.values())) == (2, expected["rows"] - 1)
    years["2006"] += 1  # the quarantined one
    assert years == expected["rows_by_year"]


def test_overlapping_parts_of_a_real_file_make_the_whole(shared: Path, tmp_path: Path) -> None:
    """Exports that overlap and cut nothing between identical rows add up to the whole."""
    path = shared / "data" / "retentioneering_ecom_synthetic" / "ecom.csv.gz"
    header, *lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    (tmp_path / "b.csv").write_bytes(header + b"".join(lines[12_000:]))
    (tmp_path / "a.csv").write_bytes(header + b"".join(lines[:20_000]))
    workspace = open_workspace(tmp_path / "ws", create=True)
    report = imported(workspace, tmp_path / "b.csv", tmp_path / "a.csv")
    assert report.counts == Counts(read=39_106, accepted=31_106, duplicate=8_000)
    assert imported(workspace, path).counts == Counts(read=31_106, duplicate=31_106)
