"""Plots leave nothing out without a word, and tell apart what they draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from sojourn.api.plots.draw import draw
from sojourn.base.estimate import MaybeEstimate, wilson
from sojourn.insight.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from sojourn.base.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    property: str
    share: MaybeEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    currency: str
    age: int
    per_person_minor: float
    cohort: str | None = None


@pytest.fixture
def axes() -> Iterator[Axes]:
    pytest.importorskip("matplotlib").use("agg")
    from matplotlib import pyplot as plt

    figure, drawn = plt.subplots()
    yield drawn
    plt.close(figure)


def answer(question: str, *rows: object, extra: JsonObject | None = None) -> Answer[object]:
    as_of = datetime(2026, 1, 2, tzinfo=UTC)
    return Answer(question=question, spec=None, as_of=as_of, rows=rows, definition="", extra=extra)


def strokes(axes: Axes, names: list[str]) -> set[tuple[str, str]]:
    lines = [line for line in axes.lines if line.get_label() in names]
    return {(str(line.get_color()), str(line.get_linestyle())) for line in lines}


def test_ten_stages_have_ten_lines_and_no_two_look_alike(axes: Axes) -> None:
    names = [f"stage {number}" for number in range(10)]
    curve: list[JsonObject] = [{"days": 3.0, "staying": 0.5, "low": 0.4, "high": 0.6}]
    sojourn: list[JsonObject] = [{"stage": name, "curve": [*curve]} for name in names]
    draw(answer("stages", Shown(name="row"), extra={"sojourn": [*sojourn]}), axes)
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == names
    assert len(strokes(axes, names)) == 10


def test_money_in_two_currencies_is_two_lines_with_their_names(axes: Axes) -> None:
    rows = [
        Paid(currency=currency, age=age, per_person_minor=5.0 + age)
        for currency in ("KRW", "USD")
        for age in range(3)
    ]
    draw(answer("retention", *rows), axes)
    assert len(strokes(axes, ["KRW", "USD"])) == 2
    assert axes.get_legend() is not None


@pytest.mark.parametrize(("count", "said"), [(25, "properties"), (30, "the first 25 of 30")])
def test_shares_left_out_are_said(axes: Axes, count: int, said: str) -> None:
    rows = [Known(property=f"p{number}", share=wilson(5, 10)) for number in range(count)]
    draw(answer("properties", *rows), axes)
    assert len(axes.patches) == min(25, count)
    assert axes.get_title(loc="left").endswith(said)
