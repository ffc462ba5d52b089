"""The map as one table: a row for every figure, the same as a reader sees."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sojourn.base.csv_cells import neutral_cell
from sojourn.base.estimate import Estimate, NotEstimable
from sojourn.base.money import from_minor
from sojourn.maps.document import Sojourn, Stake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.base.estimate import MaybeEstimate
    from sojourn.maps.document import Cell, Item, JourneyMap, Label, MaybeStake, Stage, Step

HEADER = ("part", "stage", "step", "lane", "figure", "item", "value", "low", "high", "n", "unit",
          "provenance", "words")  # fmt: skip

_COUNTS = (("people", "people"), ("ever", "people"), ("at_start", "people"), ("entered", "moves"),
           ("left", "moves"), ("at_end", "people"), ("direct", "people"),
           ("immature", "stays"))  # fmt: skip
"""Figures of a stage with what each counts; moves and stays count a person who came back again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    part: str
    stage: str = ""
    step: str = ""
    lane: str = ""
    figure: str = ""
    item: str = ""
    value: str = ""
    low: str = ""
    high: str = ""
    n: str = ""
    unit: str = ""
    provenance: str = ""
    words: str = ""


def write_csv(journey_map: JourneyMap, lang: str = "en") -> str:
    """Return a map as CSV, one figure a row; text that a spreadsheet would run is neutralised."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for row in _rows(journey_map, lang):
        texts = {name: str(getattr(row, name)) for name in HEADER}
        writer.writerow(neutral_cell(t) if _words(name) else t for name, t in texts.items())
    return out.getvalue()


def _words(name: str) -> bool:
    """Return whether a column holds words; the others are numbers we wrote ourselves."""
    return name not in ("value", "low", "high", "n")


def _rows(journey_map: JourneyMap, lang: str) -> Iterator[_Row]:
    if (filters := journey_map.filters) is not None:
        for figure, condition in (("people", filters.people), ("events", filters.events)):
            if condition:
                yield _Row(part="filter", figure=figure, words=condition)
    for stage in journey_map.stages:
        yield from _stage(stage, lang)
    for flow in journey_map.flows:
        yield _Row(
            part="flow", stage=flow.source or "", item=flow.target or "",
            figure=flow.kind.value, value=str(flow.moves), unit="moves",
        )  # fmt: skip
    stages = {step.key: step.stage for step in journey_map.steps}
    for step in journey_map.steps:
        yield from _step(step, lang)
    for cell in journey_map.cells:
        yield from _cell(cell, stages.get(cell.step, ""), lang)
    for question in journey_map.open_questions:
        yield _Row(part="question", item=question.where, words=said(question.question, lang))


def _stage(stage: Stage, lang: str) -> Iterator[_Row]:
    title = said(stage.title, lang)
    definition = said(stage.definition, lang)
    yield _Row(part="stage", stage=stage.key, figure="title", item=title, words=definition)
    for figure, unit in _COUNTS:
        count: int | None = getattr(stage, figure)
        if count is not None:
            yield _Row(part="stage", stage=stage.key, figure=figure, value=str(count), unit=unit)
    yield _estimate(_Row(part="stage", stage=stage.key, figure="conversion", unit="share"),
                    stage.conversion)  # fmt: skip
    yield _estimate(_Row(part="stage", stage=stage.key, figure="change", unit="points"),
                    stage.change_points)  # fmt: skip
    sojourn = stage.sojourn
    median = sojourn.median_days if isinstance(sojourn, Sojourn) else sojourn
    yield _estimate(_Row(part="stage", stage=stage.key, figure="median sojourn", unit="days"),
                    median)  # fmt: skip
    yield _stake(_Row(part="stage", stage=stage.key, figure="at stake"), stage.stake)
    for item in stage.leaks_to:
        yield _item(_Row(part="stage", stage=stage.key, figure="last seen at"), item, lang)


def _step(step: Step, lang: str) -> Iterator[_Row]:
    base = {"part": "step", "stage": step.stage, "step": step.key}
    title = said(step.title, lang)
    yield _Row(**base, figure="title", item=title, words=" | ".join(step.events))
    yield _Row(**base, figure="reached", value=str(step.reached), unit="people")
    yield _estimate(_Row(**base, figure="progression", unit="share"), step.progression)
    health = said(step.health_reason, lang)
    yield _Row(**base, figure="health", item=step.health.value, words=health)
    yield _stake(_Row(**base, figure="at stake"), step.stake)


def _cell(cell: Cell, stage: str, lang: str) -> Iterator[_Row]:
    base = {"part": "cell", "stage": stage, "step": cell.step, "lane": cell.lane,
            "provenance": cell.provenance.value}  # fmt: skip
    if cell.text is not None:
        yield _Row(**base, figure="text", words=said(cell.text, lang))
    if cell.question is not None:
        yield _Row(**base, figure="question", words=said(cell.question, lang))
    if cell.score is not None:
        yield _estimate(_Row(**base, figure="score", unit="-2 to +2"), cell.score)
    if cell.stake is not None:
        yield _stake(_Row(**base, figure="at stake"), cell.stake)
    for figure, items in (("item", cell.items), ("share", cell.shares)):
        for item in items:
            yield _item(_Row(**base, figure=figure), item, lang)


def _with(row: _Row, **values: str) -> _Row:
    return replace(row, **values)


def _item(row: _Row, item: Item, lang: str) -> _Row:
    """Return one line of a cell: the count as value; its share with interval in words."""
    words = said(item.note, lang) if item.note else ""
    if isinstance(item.share, Estimate):
        share = item.share
        words = f"{words} ({share.value:.4f}, {share.low:.4f}–{share.high:.4f})".strip()
        return _with(row, item=item.label, value=str(item.count), n=str(share.n), words=words)
    return _with(row, item=item.label, value=str(item.count), words=words)


def _estimate(row: _Row, figure: MaybeEstimate) -> _Row:
    if isinstance(figure, NotEstimable):
        return _with(row, words=figure.reason)
    return _with(row, value=_number(figure.value), low=_number(figure.low),
                 high=_number(figure.high), n=str(figure.n))  # fmt: skip


def _stake(row: _Row, stake: MaybeStake) -> _Row:
    if not isinstance(stake, Stake):
        return _with(row, words=stake.reason)
    if stake.unit == "people":
        return _with(row, low=str(stake.low), high=str(stake.high), unit="people")
    low, high = (str(from_minor(each, stake.currency)) for each in (stake.low, stake.high))
    return _with(row, low=low, high=high, unit=stake.currency)


def _number(value: float) -> str:
    return f"{value:.6g}"


def said(label: Label, lang: str) -> str:
    """Return a label in a language."""
    return (label.ko or label.en) if lang == "ko" else label.en
