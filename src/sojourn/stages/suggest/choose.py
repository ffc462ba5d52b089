"""Which proposal suits the data: by words, by order, or by depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.stages.suggest.bind import bind, speaks
from sojourn.stages.suggest.depth import by_depth
from sojourn.stages.suggest.milestones import milestones, orderly
from sojourn.stages.suggest.taxonomy import taxonomy

if TYPE_CHECKING:
    from sojourn.stages.suggest.result import Suggestion
    from sojourn.stages.suggest.structure import Structured

WORDS_ENOUGH = 0.5
"""Share of events that must speak of customers for two bound stages to be believed."""
ORDER_ENOUGH = 0.85


def suggest(structured: Structured, wanted: str | None = None) -> Suggestion:
    """Return the stage model that suits the data.

    Parameters
    ----------
    structured : Structured
    wanted : str, optional
        A taxonomy's name, taken whether or not it fits. By default the five stages where the
        event names speak of customers, otherwise milestones in order, otherwise depth.

    Raises
    ------
    UnknownNameError
        If there is no such taxonomy.
    """
    if wanted is not None:
        return bind(structured, taxonomy(wanted))
    by_words = bind(structured, taxonomy("five"))
    stages = len(by_words.bound)
    sells = any(bound.stage in ("conversion", "loyalty") for bound in by_words.bound)
    if stages >= 2 and sells and speaks(structured) >= WORDS_ENOUGH:
        return by_words
    if orderly(structured) >= ORDER_ENOUGH:
        by_order = milestones(structured)
        if by_order is not None:
            return by_order
    return by_depth(structured)
