"""A funnel in the terminal: bars, rates with intervals, who was lost, groups side by side."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from sojourn.base.estimate import Estimate, MaybeEstimate
from sojourn.cli.drawing.beside import draw_parts
from sojourn.cli.drawing.figures import MISSING, interval, percent
from sojourn.insight.answer import Labelled
from sojourn.insight.funnel.question import Funnel
from sojourn.insight.funnel.values import FunnelRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from sojourn.insight.answer import Answer

LOST, KEPT = "#c0776e", "#3d6fb5"
WORST, BETTER = "#b23a2e", "#2e7d5b"
_MOST_BAR, _LEAST_BAR, _MOST_TITLE = 40, 6, 32
_WIDE, _NARROW = 100, 68
_EIGHTHS = " ▏▎▍▌▋▊▉"


def draw_funnel(console: Console, answer: Answer[object]) -> None:
    """Draw the steps of all people, then groups side by side and the parts asked for."""
    extra = answer.extra or {}
    groups = list(_groups(answer))
    rows = groups[0][1]
    _headline(console, str(extra.get("headline", "")), _largest_loss(rows))
    console.print()
    console.print(_steps(console.width, rows, _largest_loss(rows)))
    if len(groups) > 1:
        console.print()
        by = answer.spec.by if isinstance(answer.spec, Funnel) else ""
        console.print(_side_by_side(console.width, by, groups))
        console.print(
            "% of the step before; ▲▼ the 95 % interval excludes the rate of all", style="dim"
        )
    draw_parts(console, extra)


def _headline(console: Console, text: str, loss: FunnelRow | None) -> None:
    """Print the sentence; its interval and the largest loss below it."""
    said, found, rest = text.partition(" (95 %: ")
    console.print(Text(f"{said}." if found else said, style="bold"))
    below = [f"95 % interval {rest.removesuffix(').')}"] if found else []
    if loss is not None:
        below.append(f"most are lost before step {loss.number}, ‘{loss.step}’: {loss.lost:,}")
    if below:
        console.print(" · ".join(below), style="dim")


def _groups(answer: Answer[object]) -> Iterator[tuple[str, list[FunnelRow]]]:
    """Return the rows of all people first, then those of each group."""
    plain = [row for row in answer.rows if isinstance(row, FunnelRow)]
    if plain:
        yield "", plain
    labelled = [
        (" · ".join(value for _, value in row.labels), row.row)
        for row in answer.rows
        if isinstance(row, Labelled) and isinstance(row.row, FunnelRow)
    ]
    for label, rows in groupby(labelled, key=_label):
        yield label, [row for _, row in rows]


def _label(pair: tuple[str, FunnelRow]) -> str:
    return pair[0]


def _largest_loss(rows: Sequence[FunnelRow]) -> FunnelRow | None:
    losing = [row for row in rows if row.lost]
    if len(losing) < 2:
        return None
    return max(losing, key=_lost)


def _lost(row: FunnelRow) -> int:
    return row.lost or 0


def _steps(width: int, rows: Sequence[FunnelRow], worst: FunnelRow | None) -> Table:
    columns = list(_columns(rows, width))
    gap = 2 if width >= _WIDE else 1
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim")
    lines = [_cells(row, weakest=row is worst) for row in rows]
    titles = [line["step"].plain for line in lines]
    used = sum(
        max(len(head), *(len(line[name].plain) for line in lines)) + gap
        for name, head in columns
        if name not in ("step", "bar")
    )
    longest = max(10, min(max(map(len, titles)), _MOST_TITLE, width - used - gap - _LEAST_BAR))
    bar = max(_LEAST_BAR, min(_MOST_BAR, width - used - longest - 2 * gap))
    for name, head in columns:
        left = name in ("step", "bar")
        table.add_column(head, justify="left" if left else "right", no_wrap=True)
    before = 1.0
    for row, line in zip(rows, lines, strict=True):
        share = row.of_first.value if isinstance(row.of_first, Estimate) else 0.0
        line["step"] = Text(_cut(line["step"].plain, longest))
        line["bar"] = _bar(share, before, bar, faint=row.optional)
        table.add_row(*(line[name] for name, _ in columns))
        before = before if row.optional else share
    return table


def _columns(rows: Sequence[FunnelRow], width: int) -> Iterator[tuple[str, str]]:
    """Return the name and heading of each column there is room for."""
    wide = width >= _WIDE
    yield "step", "step"
    yield "people", "people"
    if any(row.people != row.mature for row in rows):
        yield "mature", "in rates" if wide else "mature"
    yield "first", "of first" if wide else "first"
    yield "bar", ""
    yield "previous", "of previous" if wide else "previous"
    if width >= _NARROW:
        yield "interval", "95 %"
    yield "lost", "lost"


def _cells(row: FunnelRow, *, weakest: bool) -> dict[str, Text]:
    later, style = row.number > 1, WORST if weakest else ""
    return {
        "step": Text(_title(row)),
        "people": Text(f"{row.people:,}"),
        "mature": Text(f"{row.mature:,}", style="dim"),
        "first": Text(_rate(row.of_first)),
        "bar": Text(""),
        "previous": Text(_rate(row.of_previous) if later else "", style=style),
        "interval": Text(_interval(row.of_previous) if later else "", style="dim"),
        "lost": Text("" if row.lost is None else f"{row.lost:,}", style=style),
    }


def _title(row: FunnelRow) -> str:
    return f"{row.number} {row.step}{'?' if row.optional else ''}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _rate(estimate: MaybeEstimate) -> str:
    return percent(estimate.value) if isinstance(estimate, Estimate) else MISSING


def _interval(estimate: MaybeEstimate) -> str:
    return interval(estimate) if isinstance(estimate, Estimate) else ""


def _bar(share: float, before: float, width: int, *, faint: bool) -> Text:
    """Return a bar of those who are here, and of those who were lost since the step before."""
    eighths = max(1, round(share * width * 8)) if share > 0 else 0
    kept = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
    text = Text(kept, style=f"dim {KEPT}" if faint else KEPT)
    if not faint:
        text.append("░" * max(0, round(before * width) - len(kept)), style=LOST)
    return text


def _side_by_side(width: int, by: str, groups: Sequence[tuple[str, list[FunnelRow]]]) -> Table:
    """Return a line a group: people at the first step, then the rate at each later one."""
    everybody = groups[0][1]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    names = max(len(by), *(len(label) for label, _ in groups))
    label = min(names, 24)
    table.add_column(_cut(by, label), no_wrap=True)
    later = len(everybody) - 1
    spans = width >= label + 32 + later * 10
    room = max(8, (width - label - (32 if spans else 21)) // max(1, later) - 2)
    table.add_column("people", justify="right", no_wrap=True)
    for row in everybody[1:]:
        table.add_column(_cut(_title(row), room), justify="right", no_wrap=True)
    table.add_column("overall", justify="right", no_wrap=True)
    if spans:
        table.add_column("95 %", justify="right", no_wrap=True)
    whole = [row for row in everybody if not row.optional][-1]
    for at, (name, rows) in enumerate(groups):
        last = [row for row in rows if not row.optional][-1]
        cells: list[str | Text] = [_cut(name, label), f"{rows[0].people:,}"]
        for row, all_row in zip(rows[1:], everybody[1:], strict=True):
            cells.append(_against(row.of_previous, all_row.of_previous))
        cells.append(_against(last.of_first, whole.of_first))
        if spans:
            cells.append(Text(_interval(last.of_first), "dim"))
        table.add_row(*cells, style="bold" if at == 0 else "")
    return table


def _against(rate: MaybeEstimate, everybody: MaybeEstimate) -> Text:
    """Return a rate, marked where its interval excludes the rate of all."""
    if not isinstance(rate, Estimate) or not isinstance(everybody, Estimate):
        return Text(f"{_rate(rate)}  ")
    if rate.high < everybody.value:
        return Text(f"{_rate(rate)} ▼", style=WORST)
    if rate.low > everybody.value:
        return Text(f"{_rate(rate)} ▲", style=BETTER)
    return Text(f"{_rate(rate)}  ")
