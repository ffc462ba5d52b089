"""Questions that can be stopped: somebody looks in between two buckets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from typing_extensions import override

from sojourn.insight.question import DividedPlan, PartialT, Plan, SideBySide
from sojourn.ports.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sojourn.index.bucket import Bucket, Index
    from sojourn.insight.answer import Answer

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class WatchedEngine(Engine):
    """An engine that asks before each bucket, and each part of an answer, whether to go on.

    Attributes
    ----------
    inner : Engine
    check : callable
        Raises an error to stop.
    """

    inner: Engine
    check: Callable[[], None]

    @override
    def ask(self, plan: Plan[PartialT], index: Index) -> Answer[object]:
        self.check()
        return self.inner.ask(_WatchedPlan(plan, self.check), index)


@dataclass(frozen=True, slots=True)
class _WatchedPlan(DividedPlan[PartialT]):
    inner: Plan[PartialT]
    check: Callable[[], None]

    @override
    def over(self, bucket: Bucket) -> PartialT:
        self.check()
        return self.inner.over(bucket)

    @override
    def divided_answer(self, total: PartialT, side_by_side: SideBySide) -> Answer[object]:
        self.check()
        if not isinstance(self.inner, DividedPlan):
            return self.inner.answer(total)

        def watched(work: Callable[[T], R], things: Iterable[T], /) -> Iterable[R]:
            def one(thing: T) -> R:
                self.check()
                return work(thing)

            return side_by_side(one, things)

        return self.inner.divided_answer(total, watched)
