"""What every question is: a frozen Spec that becomes a Plan, run bucket by bucket."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self

from typing_extensions import TypeVar, override

from sojourn.base.predicate import ALWAYS, Predicate
from sojourn.base.timespan import TimeRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.answer import Answer

T = TypeVar("T")
R = TypeVar("R")


class Partial(Protocol):
    """Integer sufficient statistics of some buckets; they merge with ``+``."""

    def __add__(self, other: Self, /) -> Self:
        """Return the statistics of both parts together."""


PartialT = TypeVar("PartialT", bound=Partial, default=Partial)


class Plan(Protocol[PartialT]):
    """A question compiled against one catalog. Picklable, so that any engine can run it."""

    def over(self, bucket: Bucket) -> PartialT:
        """Return the partial of one bucket: one or a few kernel calls, no Python loop over rows."""

    def answer(self, total: PartialT) -> Answer[object]:
        """Return the typed answer; all float work happens here, after the merge."""


class SideBySide(Protocol):
    """Does the same with several things, perhaps at once; what comes of it is in their order."""

    def __call__(self, work: Callable[[T], R], things: Iterable[T], /) -> Iterable[R]:
        """Return what the work makes of each thing."""


def one_by_one(work: Callable[[T], R], things: Iterable[T], /) -> Iterable[R]:
    """Return what the work makes of each thing, done one after another."""
    return map(work, things)


class DividedPlan(Plan[PartialT]):
    """A plan whose answer falls into parts that an engine may work out at once."""

    @override
    def answer(self, total: PartialT) -> Answer[object]:
        return self.divided_answer(total, one_by_one)

    @abstractmethod
    def divided_answer(self, total: PartialT, side_by_side: SideBySide) -> Answer[object]:
        """Return the answer as ``answer`` does, its parts worked out as ``side_by_side`` does."""


class Spec(Protocol[PartialT]):
    """A question as a value: equal specs ask the same."""

    def plan(self, catalog: Catalog) -> Plan[PartialT]:
        """Return the plan of this question, with every name checked against the catalog."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose and which events a question looks at; a field of every Spec.

    Attributes
    ----------
    range : TimeRange
        Selects entries (see DEFINITIONS): step 1, first touch, cohort start; cuts journeys for
        graphs and variants.
    people : Predicate
        Holds for a person as of the entry; property fields there mean the entry event's.
    events : Predicate
        Removes other events before adjacency, sessions and steps are formed.
    """

    range: TimeRange = field(default_factory=TimeRange)
    people: Predicate = ALWAYS
    events: Predicate = ALWAYS
