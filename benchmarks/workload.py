"""The two seeded workloads every benchmark uses, as columns in order of time.

*Common*: 20 event names with Zipf(1) frequencies, steps among the frequent ones.
*Rare*: 400 names with Zipf(1) frequencies, steps among names of about one event in a thousand.
A person has 20 events on average over 30 days; times and people are drawn uniformly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

START_US = 1_735_689_600_000_000  # 2025-01-01 UTC
SPAN_US = 30 * 86_400_000_000
CHUNK = 1_000_000
SEED = 7


@dataclass(frozen=True, slots=True)
class Workload:
    """A size and a shape; equal workloads give equal rows on every machine."""

    rows: int
    rare: bool = False

    @property
    def people(self) -> int:
        return max(1, self.rows // 20)

    @property
    def names(self) -> list[str]:
        return [f"event_{i:03d}" for i in range(400 if self.rare else 20)]

    @property
    def steps(self) -> list[str]:
        """Four steps of a funnel with a window of seven days."""
        return [self.names[i] for i in ((120, 150, 180, 210) if self.rare else (0, 2, 4, 6))]

    def chunks(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Person (int64), time (int64 µs, ascending) and event code (int64), chunk by chunk."""
        rng = np.random.default_rng([SEED, self.rows, int(self.rare)])
        weights = 1 / np.arange(1, len(self.names) + 1)
        edges = np.cumsum(weights / weights.sum())
        done = 0
        while done < self.rows:
            n = min(CHUNK, self.rows - done)
            low = START_US + SPAN_US * done // self.rows
            high = START_US + SPAN_US * (done + n) // self.rows
            person = rng.integers(0, self.people, n)
            time = np.sort(rng.integers(low, high, n))
            event = np.searchsorted(edges, rng.random(n), side="right").clip(0, len(edges) - 1)
            yield person, time, event
            done += n

    def tables(self) -> Iterator[pa.Table]:
        """The same rows as Arrow tables: person (text), time (µs UTC), event (text)."""
        names = pa.array(self.names)
        for person, time, event in self.chunks():
            ids = pa.array(person).cast(pa.string())
            yield pa.table(
                {
                    "person": pa.compute.binary_join_element_wise("p", ids, ""),
                    "time": pa.array(time, pa.timestamp("us", tz="UTC")),
                    "event": pa.DictionaryArray.from_arrays(pa.array(event, pa.int32()), names),
                }
            )
