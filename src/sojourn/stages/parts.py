"""What documents of stages and of segments share: words, evidence and times, there and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sojourn.base.errors import InputError
from sojourn.base.grammar import parse_predicate
from sojourn.base.predicate import ALWAYS, Predicate
from sojourn.base.timespan import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from sojourn.base.yamltree import Inline, Tree
from sojourn.stages.model import Evidence, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.base.json import JsonValue

EVIDENCE: Final = ("events", "where")
"""The fields of evidence."""
_LANGUAGES: Final = ("en", "ko")


def read_words(tree: Tree) -> Words:
    """Return words: a text, or one for each language."""
    if isinstance(tree.value, str):
        return Words(en=tree.value)
    fields = tree.mapping(_LANGUAGES)
    if "en" not in fields:
        raise tree.error("the English words are missing.", "en: …, and ko: … if you like")
    return Words(en=fields["en"].text(), ko=fields["ko"].text() if "ko" in fields else "")


def read_evidence(tree: Tree, allowed: tuple[str, ...] = EVIDENCE) -> Evidence:
    """Return the events that a place names, and the condition on them.

    Parameters
    ----------
    tree : Tree
    allowed : tuple of str
        The fields that may stand there; those of evidence are among them.
    """
    fields = tree.mapping(allowed)
    if "events" not in fields and "where" not in fields:
        raise tree.error("neither events nor a condition is given.", "events: […], where: …")
    events = fields.get("events")
    names = () if events is None or events.value == "any" else events.texts()
    if events is not None and events.value != "any" and not names:
        raise events.error("no event is named.", "events: [a, b], or events: any")
    text = fields["where"].text() if "where" in fields else ""
    where = read_condition(fields["where"]) if text else ALWAYS
    return Evidence(events=names, where=where, where_text=text)


def read_condition(tree: Tree) -> Predicate:
    """Return a condition."""
    try:
        return parse_predicate(tree.text())
    except InputError as error:
        raise tree.error(error.problem, error.allowed) from None


def read_duration(fields: Mapping[str, Tree], name: str) -> int | None:
    """Return a time above nothing in microseconds; None where it is not given."""
    if name not in fields:
        return None
    found = fields[name].duration()
    if found <= 0:
        raise fields[name].error("a time must be longer than nothing.", "such as 30d or 12h")
    return found


def plain_words(words: Words) -> dict[str, JsonValue]:
    """Return words as they are written."""
    return {"en": words.en, "ko": words.ko} if words.ko else {"en": words.en}


def plain_evidence(evidence: Evidence) -> dict[str, JsonValue]:
    """Return evidence as it is written."""
    plain: dict[str, JsonValue] = {}
    if evidence.events:
        plain["events"] = Inline(evidence.events)
    elif not evidence.where_text:
        plain["events"] = "any"
    if evidence.where_text:
        plain["where"] = evidence.where_text
    return plain


def written(us: int) -> str:
    """Return a duration as documents write it, exact to the microsecond.

    Examples
    --------
    >>> written(30 * DAY_US), written(90 * MINUTE_US)
    ('30d', '1h30m')
    """
    parts, rest = [], us
    for size, unit in ((DAY_US, "d"), (HOUR_US, "h"), (MINUTE_US, "m")):
        if rest >= size:
            parts.append(f"{rest // size}{unit}")
            rest %= size
    if rest or not parts:
        parts.append(f"{rest / SECOND_US:.6f}".rstrip("0").rstrip(".") + "s")
    return "".join(parts)
