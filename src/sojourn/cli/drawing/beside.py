"""What stands beside the steps of a funnel: times, trend, lists, each step by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from rich.table import Table
from rich.text import Text

from sojourn.cli.drawing.figures import HATCH, MISSING, bar, duration, percent

if TYPE_CHECKING:
    from rich.console import Console

    from sojourn.base.json import JsonObject, JsonValue

Record: TypeAlias = "Mapping[str, JsonValue]"
_MOST_EVENTS = 6


def draw_parts(console: Console, extra: JsonObject) -> None:
    """Draw the parts of a funnel's answer that were asked for."""
    for name, draw in (
        ("own", _own), ("times", _times), ("trend", _trend), ("people_at", _at), ("lost_at", _lost),
    ):  # fmt: skip
        if name in extra:
            console.print()
            part = extra[name]
            reason = _text(part, "not_estimable") if isinstance(part, Mapping) else ""
            if reason:
                console.print(f"{name.replace('_', ' ')}: {MISSING} ({reason})")
            else:
                draw(console, part)


def _own(console: Console, part: JsonValue) -> None:
    console.print("Each step by itself", style="bold")
    table = _table(("step", "left"), ("people", "right"))
    for row in _records(part):
        table.add_row(_text(row, "step"), f"{_number(row, 'people'):,.0f}")
    console.print(table)


def _times(console: Console, part: JsonValue) -> None:
    rows = _records(part)
    if not rows:
        console.print("Time to convert: there is one step only.")
        return
    last = _record(rows[-1], "from_first")
    n, median = _number(last, "n"), _seconds(last, "median")
    half = f"half within {_seconds(last, 'lower_quartile')} to {_seconds(last, 'upper_quartile')}"
    console.print(
        Text(f"Time to ‘{_text(rows[-1], 'step')}’: median {median}, {half} (n {n:,.0f})", "bold")
        if n
        else Text(f"Time to ‘{_text(rows[-1], 'step')}’: nobody old enough got there", "bold")
    )
    _histogram(console, _records(last.get("histogram")))
    table = _table(
        ("step", "left"), ("from first", "right"), ("middle half", "right"),
        ("from previous", "right"), ("middle half", "right"), ("n", "right"),
    )  # fmt: skip
    for row in rows:
        first, previous = _record(row, "from_first"), _record(row, "from_previous")
        table.add_row(
            f"{_number(row, 'number'):.0f} {_text(row, 'step')}",
            _seconds(first, "median"), _half(first),
            _seconds(previous, "median"), _half(previous),
            f"{_number(first, 'n'):,.0f}",
        )  # fmt: skip
    console.print(table)


def _histogram(console: Console, bins: Sequence[Record]) -> None:
    most = max((_number(one, "count") for one in bins), default=0)
    width = min(40, max(10, console.width - 36))
    for one in bins:
        until = one.get("to_seconds")
        to = duration(float(until)) if isinstance(until, int | float) else "more"
        label = f"{duration(_number(one, 'from_seconds'))} to {to}"
        count = _number(one, "count")
        console.print(f"  {label:>20}  {count:>8,.0f} {bar(count, most, width)}")
    if bins:
        console.print()


def _trend(console: Console, part: JsonValue) -> None:
    console.print("By entry", style="bold")
    table = _table(
        ("from", "left"), ("entered", "right"), ("rate", "right"), ("95 %", "right"), ("", "left")
    )
    rows = _records(part)
    width = min(40, max(10, console.width - 44))
    most = max((_number(_record(row, "rate"), "value") for row in rows), default=0.0)
    for row in rows:
        people, mature = _numbers(row, "people"), _numbers(row, "mature")
        entered, ripe = people[0], mature[0]
        rate = _record(row, "rate")
        if "value" in rate:
            value = _number(rate, "value")
            span = f"{_number(rate, 'low') * 100:.1f}–{_number(rate, 'high') * 100:.1f}"
            drawn = bar(value, most, width)
        else:
            value, span, drawn = -1.0, "", HATCH * (width // 4) if entered else ""
        young = f"  {entered - ripe:,.0f} not mature" if entered > ripe else ""
        table.add_row(
            _text(row, "interval"),
            f"{entered:,.0f}",
            percent(value) if value >= 0 else MISSING,
            span,
            Text(drawn).append(young, style="dim"),
        )
    console.print(table)


def _at(console: Console, part: JsonValue) -> None:
    record = part if isinstance(part, Mapping) else {}
    count = _number(record, "count")
    title = f"{count:,.0f} reached step {_number(record, 'step'):.0f}"
    console.print(Text(f"{title}{_shown(record)}", style="bold"))
    _people(console, record)


def _lost(console: Console, part: JsonValue) -> None:
    record = part if isinstance(part, Mapping) else {}
    count = _number(record, "count")
    title = f"{count:,.0f} were lost before step {_number(record, 'step'):.0f}"
    console.print(Text(f"{title}{_shown(record)}", style="bold"))
    then = _records(record.get("then"))
    if then:
        named = [
            f"{_text(one, 'event') or 'nothing more'} {percent(_number(one, 'people') / count)}"
            for one in then[:_MOST_EVENTS]
        ]
        rest = sum(_number(one, "people") for one in then[_MOST_EVENTS:])
        if rest:
            named.append(f"other {percent(rest / count)}")
        console.print(f"Directly after, within the window: {' · '.join(named)}")
    _people(console, record)


def _shown(record: Record) -> str:
    listed, count = len(_records(record.get("people"))), _number(record, "count")
    return f"; the newest {listed:,} are listed" if listed < count else ""


def _people(console: Console, record: Record) -> None:
    table = _table(
        ("person", "left"), ("entered", "left"), ("furthest step", "left"), ("then", "left")
    )
    for one in _records(record.get("people")):
        young = "" if one.get("mature") else " (not mature)"
        table.add_row(
            _text(one, "person"),
            _moment(_text(one, "entry")) + young,
            f"{_number(one, 'reached'):.0f}  {_moment(_text(one, 'last'))}",
            _text(one, "then") or MISSING,
        )
    console.print(table)


def _table(*columns: tuple[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for title, side in columns:
        right = side == "right"
        table.add_column(title, justify="right" if right else "left", no_wrap=right)
    return table


def _half(summary: Record) -> str:
    low, high = _seconds(summary, "lower_quartile"), _seconds(summary, "upper_quartile")
    return MISSING if MISSING in (low, high) else f"{low} to {high}"


def _seconds(summary: Record, name: str) -> str:
    found = _record(summary, name)
    return duration(_number(found, "seconds")) if "seconds" in found else MISSING


def _moment(text: str) -> str:
    return text.replace("T", " ")[:16]


def _records(value: JsonValue) -> list[Record]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [one for one in value if isinstance(one, Mapping)]


def _record(row: Record, name: str) -> Record:
    found = row.get(name)
    return found if isinstance(found, Mapping) else {}


def _numbers(row: Record, name: str) -> list[float]:
    found = row.get(name)
    if not isinstance(found, Sequence) or isinstance(found, str):
        return [0.0]
    return [float(one) for one in found if isinstance(one, int | float)] or [0.0]


def _number(row: Record, name: str) -> float:
    found = row.get(name)
    return float(found) if isinstance(found, int | float) else 0.0


def _text(row: Record, name: str) -> str:
    found = row.get(name)
    return found if isinstance(found, str) else ""
