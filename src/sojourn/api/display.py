"""An answer as HTML for a notebook and as text for a console, with all a reader must know."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from sojourn.insight.answer import to_json
from sojourn.insight.flat import words
from sojourn.insight.phrases import duration_words

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer

SHOWN = 50
SHOWN_AS_TEXT = 20
WIDEST = 40
"""Cells of text in a console are cut after this many characters."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def answer_html(answer: Answer[object]) -> str:
    """Return a table of the first rows, and under it what a reader must know."""
    rows = [_row(to_json(row)) for row in answer.rows[:SHOWN]]
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f"<th>{html.escape(name.replace('_', ' '))}</th>" for name in names)
    body = "".join(
        f"<tr>{''.join(cell_html(name, row.get(name)) for name in names)}</tr>" for row in rows
    )
    left = len(answer.rows) - len(rows)
    more = f"<p>{left:,} more rows</p>" if left else ""
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in answer.notes)
    return (
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
        f"<p>{html.escape(answer.definition)}</p>"
        f"{f'<ul>{notes}</ul>' if notes else ''}<p>{html.escape(_sentence(answer))}</p>"
    )


def answer_text(answer: Answer[object]) -> str:
    """Return the same for a console: the first rows, and under them what a reader must know."""
    rows = [_row(to_json(row)) for row in answer.rows[:SHOWN_AS_TEXT]]
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = blocks([_column(name, rows) for name in names], get_terminal_size().columns)
    left = len(answer.rows) - len(rows)
    more = [f"… {left:,} more rows in .rows, .table() and .to_pandas()"] if left else []
    notes = [f"· {note}" for note in answer.notes]
    nothing = [] if rows else ["Nothing to show: no row meets the question."]
    return "\n".join((*nothing, *lines, *more, "", answer.definition, *notes, _sentence(answer)))


def _column(name: str, rows: Sequence[Mapping[str, JsonValue]]) -> list[str]:
    """Return a column of text with its head, every line as wide as the widest; counts right."""
    values = [row.get(name) for row in rows]
    counts = all(isinstance(value, int | float | None) for value in values)
    texts = [name.replace("_", " "), *(_cell(name, value)[1] for value in values)]
    texts = [set_cell_size(t, WIDEST - 1) + "…" if cell_len(t) > WIDEST else t for t in texts]
    width = max(map(cell_len, texts))
    gaps = [" " * (width - cell_len(text)) for text in texts]
    return [g + t if counts else t + g for t, g in zip(texts, gaps, strict=True)]


def blocks(columns: Sequence[list[str]], width: int) -> list[str]:
    """Return the lines of a table; columns that find no room stand below, beside the first again.

    Examples
    --------
    >>> blocks([["step", "view"], ["n", "3"], ["share", "1.00"]], 12)
    ['step  n', 'view  3', '', 'step  share', 'view  1.00']
    """
    lines: list[str] = []
    waiting = columns[1:]
    while lines == [] or waiting:
        taken = list(columns[:1])
        while waiting and (
            len(taken) < 2 or sum(cell_len(c[0]) + 2 for c in (*taken, waiting[0])) - 2 <= width
        ):
            taken.append(waiting[0])
            waiting = waiting[1:]
        lines += ["", *("  ".join(cells).rstrip() for cells in zip(*taken, strict=True))]
    return lines[1:]


def as_of_words(answer: Answer[object]) -> str:
    """Return up to when the data speak."""
    known = answer.as_of > _EPOCH
    return f"data up to {answer.as_of:%Y-%m-%d %H:%M} UTC" if known else "events without times"


def cell_html(name: str, value: JsonValue) -> str:
    """Return a table cell; an estimate shows its interval, and its n on hovering.

    Examples
    --------
    >>> cell_html("share", {"value": 0.5, "low": 0.4, "high": 0.6, "n": 1000})
    '<td title="n = 1,000">50.0% (40.0–60.0)</td>'
    """
    title, text = _cell(name, value)
    hint = f' title="{html.escape(title)}"' if title else ""
    return f"<td{hint}>{html.escape(text)}</td>"


def _cell(name: str, value: JsonValue) -> tuple[str, str]:
    """Return what hovering says, and the text."""
    return _figure(name, value) if isinstance(value, Mapping) else ("", _plain(value))


def _figure(name: str, value: Mapping[str, JsonValue]) -> tuple[str, str]:
    """Return the same of an estimate or of several figures."""
    if "not_estimable" in value:
        return str(value["not_estimable"]), "not estimable"
    main = value.get("value", value.get("seconds"))
    low, high = value.get("low"), value.get("high")
    if not isinstance(main, int | float):
        return "", "; ".join(f"{key} {_plain(inner)}" for key, inner in value.items())
    title = f"n = {words(value.get('n'))}"
    if "seconds" in value:
        ends = " to ".join(duration_words(e) for e in (low, high) if isinstance(e, int | float))
        return title, f"{duration_words(main)}{f' ({ends})' if ends else ''}"
    share = not name.endswith(("_days", "_minor"))
    texts = [
        (f"{each * 100:.1f}" if share else f"{each:,.1f}") if isinstance(each, int | float) else "…"
        for each in (main, low, high)
    ]
    return title, f"{texts[0]}{'%' if share else ''} ({texts[1]}–{texts[2]})"


def _plain(value: JsonValue) -> str:
    if isinstance(value, list):
        if any(isinstance(item, list | Mapping) for item in value):
            return ", ".join(_several(item) for item in value)
        return " › ".join(words(item) for item in value)
    return _several(value)


def _several(value: JsonValue) -> str:
    """Return the parts of one item, such as a name and its count."""
    if isinstance(value, Mapping):
        return " ".join(_plain(inner) for inner in value.values())
    return " ".join(map(_plain, value)) if isinstance(value, list) else words(value)


def _row(row: JsonValue) -> Mapping[str, JsonValue]:
    return row if isinstance(row, Mapping) else {"value": row}


def _sentence(answer: Answer[object]) -> str:
    text = as_of_words(answer)
    return f"{text[0].upper()}{text[1:]}."
