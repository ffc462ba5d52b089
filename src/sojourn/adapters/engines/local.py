"""The engine of one machine: threads over buckets, since kernels release the GIL."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from typing_extensions import override

from sojourn.base.errors import InternalError
from sojourn.insight.question import DividedPlan
from sojourn.ports.engine import Engine

if TYPE_CHECKING:
    from sojourn.index.bucket import Index
    from sojourn.insight.answer import Answer
    from sojourn.insight.question import PartialT, Plan


class LocalEngine(Engine):
    """Runs plans on this machine's cores.

    Parameters
    ----------
    threads : int, optional
        Buckets worked on at once; all cores by default.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads or os.cpu_count() or 1

    @override
    def ask(self, plan: Plan[PartialT], index: Index) -> Answer[object]:
        buckets = index.buckets
        if not buckets:
            raise InternalError("an index has at least one bucket")
        if self._threads == 1 or len(buckets) == 1:
            return plan.answer(merged([plan.over(bucket) for bucket in buckets]))
        with ThreadPoolExecutor(max_workers=min(self._threads, len(buckets))) as pool:
            total = merged(list(pool.map(plan.over, buckets)))
            if isinstance(plan, DividedPlan):
                return plan.divided_answer(total, pool.map)
            return plan.answer(total)


def merged(parts: list[PartialT]) -> PartialT:
    """Return the sum of at least one part, by pairs: a part that grows is copied seldom."""
    while len(parts) > 1:
        pairs = zip(parts[::2], parts[1::2], strict=False)
        parts = [one + two for one, two in pairs] + parts[len(parts) // 2 * 2 :]
    return parts[0]
