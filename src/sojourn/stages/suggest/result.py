"""What a proposal is: a model, what was bound and why, and what was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.stages.model import StageModel, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One stage that events lead into.

    Attributes
    ----------
    stage : str
    events : tuple of str
    why : str
    """

    stage: str
    events: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbound:
    """One stage that no event of the data leads into, with the question to ask."""

    stage: str
    question: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A proposed stage model.

    Attributes
    ----------
    model : StageModel
    basis : str
        ``words`` (event names told the stages), ``order`` (milestones in their usual order) or
        ``depth`` (how far people go).
    bound : tuple of Bound
    unbound : tuple of Unbound
    left_over : tuple of str
        Common events that no stage uses.
    notes : tuple of Words
        What a reader must know about the proposal.
    """

    model: StageModel
    basis: str
    bound: tuple[Bound, ...]
    unbound: tuple[Unbound, ...]
    left_over: tuple[str, ...]
    notes: tuple[Words, ...] = ()
