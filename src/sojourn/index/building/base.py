"""The dictionaries of a base, as a plan for its overlay takes them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from sojourn.events.schema import BOT, OWN_ID, ROLE_PROPERTIES
from sojourn.index.building.chunk import fitted
from sojourn.index.building.plan import COMMONEST, TRUE, ColumnPlan, IndexPlan
from sojourn.index.catalog import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What a base holds, by property.

    Attributes
    ----------
    events : pyarrow array of text
    values : mapping of str to pyarrow array of text
        The dictionaries of its ``CODES`` columns.
    plain : frozenset of str
        Its ``TEXT`` columns.
    numbers : frozenset of str
        Properties of which it holds numbers.
    names : frozenset of str
        All properties with a column.
    others : frozenset of str
        Properties without one.
    """

    events: pa.Array
    values: Mapping[str, pa.Array] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


class OutgrownError(Exception):
    """An overlay would change how the base stores a column: it is time to merge."""


def names_over(base: Base, counts: Mapping[str, int]) -> frozenset[str]:
    """Return the properties with a column in an overlay: the base's, and new ones while few."""
    new = [name for name in counts if name not in base.names | base.others and name != OWN_ID]
    fixed = base.names | {name for name in new if name in ROLE_PROPERTIES}
    room = max(0, COMMONEST - sum(name not in ROLE_PROPERTIES for name in base.names))
    rest = sorted((n for n in new if n not in fixed), key=lambda name: (-counts[name], name))
    return fixed | frozenset(rest[:room])


def over_base(plan: IndexPlan, base: Base) -> IndexPlan:
    """Return a plan that also knows the codes of the base, under the number after the workers'.

    Raises
    ------
    OutgrownError
        If a column that has a dictionary in the base would lose it.
    """
    bots = base.values.get(BOT)
    bot_code = (
        bots.to_pylist().index(TRUE) + 1 if bots is not None and TRUE in bots.to_pylist() else -1
    )
    same = np.arange(len(base.events), dtype=np.uint32)
    return replace(
        plan,
        event_recode=[*plan.event_recode, fitted(same, len(plan.events))],
        columns=tuple(_with_base(column, base) for column in plan.columns),
        others=tuple(sorted({*plan.others, *base.others})),
        bot_codes=[*plan.bot_codes, bot_code],
    )


def _with_base(column: ColumnPlan, base: Base) -> ColumnPlan:
    name = column.name
    if column.text is ColumnKind.TEXT:
        if name in base.values:
            raise OutgrownError(name)
        return replace(column, texts=[*column.texts, pa.array([], pa.large_string())])
    known = base.values.get(name, pa.array([], pa.large_string()))
    if column.text is None and not len(known):
        return column
    same = fitted(np.arange(len(known) + 1, dtype=np.uint32), len(column.values))
    return replace(column, recode=[*column.recode, same])
