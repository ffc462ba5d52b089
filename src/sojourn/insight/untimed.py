"""The answer to a question about time when events carry none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.base.timespan import to_datetime
from sojourn.insight.answer import Answer
from sojourn.insight.phrases import UNTIMED

if TYPE_CHECKING:
    from sojourn.index.catalog import Catalog


def untimed_answer(question: str, spec: object, catalog: Catalog) -> Answer[object]:
    """Return an answer without rows; ``not_estimable`` beside them says why.

    Parameters
    ----------
    question : str
    spec : object
        The question asked.
    catalog : Catalog
    """
    return Answer(
        question=question,
        spec=spec,
        as_of=to_datetime(catalog.as_of_us),
        rows=(),
        definition=f"Not estimable: {UNTIMED}, only their order is known.",
        extra={"not_estimable": UNTIMED},
    )
