"""An answer as HTML for a notebook: figures with interval and n, definition, notes, as-of."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sojourn.insight.answer import to_json
from sojourn.insight.flat import words
from sojourn.insight.phrases import duration_words

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer

SHOWN = 50
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
    if isinstance(value, Mapping):
        title, text = _figure(name, value)
        hint = f' title="{html.escape(title)}"' if title else ""
        return f"<td{hint}>{html.escape(text)}</td>"
    return f"<td>{html.escape(_plain(value))}</td>"


def _figure(name: str, value: Mapping[str, JsonValue]) -> tuple[str, str]:
    """Return what hovering says, and the text."""
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
