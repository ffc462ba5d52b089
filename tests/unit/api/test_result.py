from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from sojourn.api.display import cell_html
from sojourn.api.result import Result
from sojourn.base.errors import MissingExtraError
from sojourn.base.estimate import MaybeEstimate, NotEstimable, wilson
from sojourn.insight.answer import Answer
from sojourn.insight.flat import flat_row, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    step: str
    people: int
    rate: MaybeEstimate
    path: tuple[str, ...] = ()


def result(*rows: Row) -> Result[Row]:
    return Result(
        Answer(question="waiting", spec=None, as_of=datetime(2026, 1, 2, tzinfo=UTC), rows=rows, definition="People <b>", notes=("a note",)),
        rows,
    )  # fmt: skip


ROWS = (
    Row(step="<script>", people=1000, rate=wilson(5, 10), path=("a", "b")),
    Row(step="Pay", people=0, rate=NotEstimable("nobody to measure on")),
)


def test_arrow_spreads_estimates_and_keeps_reasons_and_lists() -> None:
    table = result(*ROWS).table()
    assert table.column_names == [
        "step",
        "people",
        "rate",
        "rate_low",
        "rate_high",
        "rate_n",
        "path",
        "rate_reason",
    ]
    assert table["rate"].to_pylist() == [0.5, None]
    assert table["rate_reason"].to_pylist() == [None, "nobody to measure on"]
    assert table["path"].to_pylist() == [["a", "b"], []]


def test_pandas_and_polars_hold_the_same() -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("polars")
    assert result(*ROWS).to_pandas()["people"].tolist() == [1000, 0]
    assert result(*ROWS).to_polars()["people"].to_list() == [1000, 0]


def test_the_notebook_display_escapes_and_says_what_is_counted() -> None:
    shown = result(*ROWS)._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "People &lt;b&gt;" in shown
    assert "1,000" in shown
    assert "a › b" in shown


def test_a_console_shows_the_table_and_what_to_know_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert str(result(*ROWS)).splitlines() == [
        "step      people  rate               path",
        "<script>   1,000  50.0% (23.7–76.3)  a › b",
        "Pay            0  not estimable",
        "",
        "People <b>",
        "· a note",
        "Data up to 2026-01-02 00:00 UTC.",
    ]
    assert repr(result()).startswith("Nothing to show: no row meets the question.\n")


def test_a_narrow_console_gets_the_table_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "36")
    assert str(result(Row(step="걸음", people=3, rate=wilson(5, 10)))).splitlines()[:5] == [
        "step  people  rate",
        "걸음       3  50.0% (23.7–76.3)",
        "",
        "step  path",
        "걸음",
    ]


def test_a_console_shows_the_first_rows_and_says_how_many_are_left() -> None:
    shown = repr(result(*[Row(step="[b]x", people=n, rate=wilson(1, 2)) for n in range(1, 1202)]))
    assert shown.count("[b]x") == 20
    assert "… 1,181 more rows in .rows, .table() and .to_pandas()" in shown


def test_no_rows_are_shown_as_no_rows() -> None:
    assert result().table().num_rows == 0
    assert "<table>" in result()._repr_html_()
    assert "<ul>" in result()._repr_html_()
    assert len(result()) == 0


def test_figures_are_shown_with_their_interval_n_and_as_of() -> None:
    shown = result(*ROWS)._repr_html_()
    assert '<td title="n = 10">50.0% (23.7–76.3)</td>' in shown
    assert '<td title="nobody to measure on">not estimable</td>' in shown
    assert "Data up to 2026-01-02 00:00 UTC." in shown
    assert cell_html("median", {"seconds": 60.0, "low": None, "high": 90.0, "n": 2}) == '<td title="n = 2">1.0 min (1.5 min)</td>'  # fmt: skip
    assert cell_html("median_days", {"value": 9.5, "low": 8, "high": None, "n": 3}) == '<td title="n = 3">9.5 (8.0–…)</td>'  # fmt: skip
    assert cell_html("last_seen", [["pay", 1000], ["view", 2]]) == "<td>pay 1,000, view 2</td>"
    assert cell_html("top", [{"value": "x", "count": 3}]) == "<td>x 3</td>"


def test_plots_have_a_bar_a_row_and_write_the_share_beside_it() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    axes = result(*ROWS).plot()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Pay", "<script>"]
    assert [bar.get_width() for bar in axes.patches] == [0, 1000]
    assert result().plot().get_title(loc="left") == "waiting: nothing to show"
    axes.figure.clear()


def test_a_missing_library_names_its_extra() -> None:
    assert "sojourn[plot]" in MissingExtraError("matplotlib", "plot").message


def test_words_and_flat_rows() -> None:
    assert [words(v) for v in (None, True, 1234567, 0.123456, ["a", 1], "x")] == [
        "—",
        "yes",
        "1,234,567",
        "0.1235",
        "a › 1",
        "x",
    ]
    assert flat_row(3) == {"value": 3}
