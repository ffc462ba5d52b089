"""Reading one batch ahead, so that reading and taking go on side by side."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T", bound=object)


def prefetched(items: Iterator[T]) -> Iterator[T]:
    """Return the same items, the next of which is made in another thread meanwhile.

    An error of ``items`` is raised where its item would have come. When the caller stops early,
    the item being made is finished first.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading-ahead") as pool:
        coming: Future[T | None] = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
