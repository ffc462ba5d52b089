"""Which properties of the data say by what touchpoint, and from what source, people came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.index.catalog import ColumnKind
from sojourn.insight.sources.touches import ALL
from sojourn.stages.suggest.kinds import tokens

if TYPE_CHECKING:
    from sojourn.index.catalog import Catalog, Column

MOST_VALUES = 64
"""A property with more values than this is no touchpoint, source or segment."""

_TOUCH = ("device", "platform", "channel", "os", "browser", "app", "medium", "touchpoint",
          "country", "resource", "store", "page")  # fmt: skip
_SOURCE = ("acquisition channel", "channel", "utm source", "source", "utm medium", "medium",
           "referrer", "campaign", "utm campaign")  # fmt: skip
_ORIGIN = frozenset(ALL)
_OUTCOME = frozenset(("status", "state", "outcome", "result", "stage", "churn", "churned",
                      "converted", "success", "label", "target", "lifecycle"))  # fmt: skip
"""Properties that tell how it ended: no group of people, since nobody belongs to it beforehand."""
_PERSONAL = frozenset(("id", "ids", "email", "mail", "phone", "name", "address", "ip", "user",
                       "session", "token", "hash", "uuid", "url"))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The properties a map looks at.

    Attributes
    ----------
    touch : tuple of Column
        Said by each event; the first is drawn in the touchpoint lane.
    source : Column or None
        Said once for a person: the first known value, where nothing tells a channel.
    segments : tuple of Column
        Comparable groups for health and stake.
    money : Column or None
    """

    touch: tuple[Column, ...]
    source: Column | None
    segments: tuple[Column, ...]
    money: Column | None


def choose_columns(catalog: Catalog) -> Chosen:
    """Return the properties a map looks at, told from their names; none that name a person."""
    coded = [c for c in catalog.columns if c.kind is ColumnKind.CODES and _small(c)]
    touch = _ranked(coded, _TOUCH)
    source = _ranked(coded, _SOURCE)
    first_source = source[0] if source else None
    touch = [c for c in touch if c is not first_source and c.name not in _ORIGIN] or touch
    segments = [
        c
        for c in coded
        if 2 <= len(c.values) <= 12
        and c.rows >= 0.5 * catalog.rows
        and not _OUTCOME & set(tokens(c.name))
    ]
    money = next((c for c in catalog.columns if c.kind is ColumnKind.MONEY and c.rows), None)
    return Chosen(
        touch=tuple(touch[:2]),
        source=first_source,
        segments=tuple(segments[:6]),
        money=money,
    )


def _small(column: Column) -> bool:
    return 1 <= len(column.values) <= MOST_VALUES and not _PERSONAL & set(tokens(column.name))


def _ranked(columns: list[Column], wanted: tuple[str, ...]) -> list[Column]:
    found: list[Column] = []
    for words in wanted:
        for column in columns:
            name = " ".join(tokens(column.name))
            if column not in found and (name == words or name.endswith(f" {words}")):
                found.append(column)
    return found
