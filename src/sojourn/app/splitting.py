"""One question asked of groups of people and of two ranges, as ``by`` and ``compare`` say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.base.predicate import ALWAYS, Predicate
from sojourn.insight.breakdown import Split, ask_split, together
from sojourn.insight.top_values import TopValues, ValueRow

if TYPE_CHECKING:
    from sojourn.app.workspace import Workspace
    from sojourn.insight.answer import Answer
    from sojourn.insight.compare import Part, ScopedSpec
    from sojourn.insight.question import PartialT


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How a question is split.

    Attributes
    ----------
    by : str
        A property; empty for no groups.
    compare : bool
        Beside the range of equal length just before.
    entry : Predicate
        Which event is a person's entry, for choosing the commonest values of ``by``.
    """

    by: str = ""
    compare: bool = False
    entry: Predicate = ALWAYS


def ask_parts(
    workspace: Workspace, spec: ScopedSpec[PartialT], ways: Ways
) -> tuple[tuple[Part, ...], Answer[object]]:
    """Return the answers of all parts, and the one made of them: its rows carry labels.

    Parameters
    ----------
    workspace : Workspace
    spec : ScopedSpec
    ways : Ways

    Raises
    ------
    InputError
        If a name is unknown, or there is no earlier range to compare with.
    """
    values: tuple[str | float, ...] = ()
    if ways.by:
        top = workspace.ask(TopValues(scope=spec.scope, property=ways.by, entry=ways.entry))
        values = tuple(row.value for row in top.rows if isinstance(row, ValueRow))
    split = Split(by=ways.by, values=values, compare=ways.compare)
    parts = ask_split(spec, split, workspace.catalog, workspace.ask)
    return parts, together(spec, split, parts, workspace.catalog)
