"""Cohorts and intervals: retention as curves, lifecycle as columns above and below the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.api.plots.ink import (
    BAD,
    COLD,
    FAINT,
    GOOD,
    INK,
    PALE,
    WARM,
    count,
    number,
    plain,
    records,
    stroke,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer

_FLOWS = (("new", COLD), ("returning", GOOD), ("resurrecting", WARM), ("dormant", BAD))


def retention(answer: Answer[object], axes: Axes) -> Axes:
    """Draw the share that returned by period: every cohort pale, all together with its interval."""
    rows = records(answer)
    money = any("currency" in row for row in rows)
    figure, scale = ("per_person_minor", 1.0) if money else ("share", 100.0)
    cohorts = dict.fromkeys((row.get("currency"), row.get("cohort")) for row in rows)
    currencies = list(dict.fromkeys(currency for currency, _ in cohorts))
    for currency, cohort in cohorts:
        line = [
            row for row in rows if (row.get("currency"), row.get("cohort")) == (currency, cohort)
        ]
        known = [row for row in line if number(row.get(figure)) is not None]
        ages = [count(row, "age") for row in known]
        values = [(number(row.get(figure)) or 0.0) * scale for row in known]
        if cohort is not None:
            axes.plot(ages, values, color=PALE, linewidth=0.8, zorder=1)
            continue
        low, high = (_ends(known, figure, part, scale) for part in ("low", "high"))
        colour, style = stroke(currencies.index(currency))
        axes.fill_between(ages, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(ages, values, style, color=colour, marker="o", markersize=3, label=str(currency))
    if len(currencies) > 1:
        axes.legend(fontsize=7, frameon=False)
    axes.set_ylim(bottom=min(0.0, float(axes.dataLim.y0)))  # refunds may outweigh what came in
    axes.set_xlabel("periods since the entry", fontsize=8)
    axes.set_ylabel("per person, minor units" if money else "returned (%)", fontsize=8)
    return plain(axes, "retention: all cohorts (95 %), single ones pale")


def _ends(rows: list[Mapping[str, JsonValue]], figure: str, part: str, scale: float) -> list[float]:
    ends = [(number(row.get(figure), part), number(row.get(figure)) or 0.0) for row in rows]
    return [(middle if end is None else end) * scale for end, middle in ends]


def lifecycle(answer: Answer[object], axes: Axes) -> Axes:
    """Draw who is new, returning and resurrecting above the line, dormant below."""
    rows = records(answer)
    places = range(len(rows))
    base = [0.0] * len(rows)
    for name, colour in _FLOWS:
        values = [count(row, name) for row in rows]
        under = [0.0] * len(rows) if name == "dormant" else list(base)
        axes.bar(places, values, bottom=under, color=colour, label=name, width=0.8)
        base = [one + two for one, two in zip(base, values, strict=True)]
    pale = [
        place for place, row in enumerate(rows) if not (row.get("complete") and row.get("history"))
    ]
    for place in pale:
        axes.axvspan(place - 0.5, place + 0.5, color=FAINT, alpha=0.12, linewidth=0)
    axes.axhline(0, color=INK, linewidth=0.8)
    step = max(1, len(rows) // 8)
    axes.set_xticks(list(places)[::step], [str(row.get("interval")) for row in rows][::step],
                    rotation=30, ha="right")  # fmt: skip
    axes.legend(fontsize=7, frameon=False, ncols=4, loc="upper left")
    axes.margins(y=0.15)
    return plain(axes, "lifecycle (shaded: not over, or too near the data's start)")
