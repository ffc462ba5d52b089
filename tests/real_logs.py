"""Public logs as indexes in memory, read by the product's own readers."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.adapters.engines.local import LocalEngine
from sojourn.adapters.readers import open_reader
from sojourn.base.timespan import from_datetime
from sojourn.index.arrays import ArrayBucket, ArrayIndex
from sojourn.index.catalog import Catalog
from sojourn.index.memory import memory_index
from sojourn.ports.reader import ReadOptions

NOW_US = from_datetime(datetime(2026, 9, 1, tzinfo=UTC))


def read(path, *properties, person="user_id", options=None, buckets=4):
    """Return an index of a file, with some of its properties as columns."""
    reader = open_reader(str(path), ReadOptions(now_us=NOW_US, **(options or {})))
    events = pa.concat_tables([batch.events for batch in reader.batches()])
    columns = {"person": events[person], "time": events["time"], "event": events["event"]}
    if properties:
        texts = [json.loads(text or "{}") for text in events["properties"].to_pylist()]
        for name in properties:
            columns[name] = pa.array([text.get(name) for text in texts])
    if None in (columns["person"][:1].to_pylist() or [""]):
        columns["person"] = events["anonymous_id"]
    return memory_index(pa.table(columns), buckets=buckets)


def ask(spec, index, threads=2):
    """Return the answer of a question."""
    return LocalEngine(threads).ask(spec.plan(index.catalog), index)


def msnbc(path, limit=None, buckets=8):
    """Return the msnbc log as an index: a line is a person, their pages in order, no times."""
    with gzip.open(path, "rt") as file:
        lines = [line for line in file if line.strip() and not line.startswith("%")]
    names = lines[0].split()
    lines = lines[1:][:limit]
    lengths = np.array([line.count(" ") for line in lines], np.int64)
    codes = np.fromstring("".join(lines), np.uint8, sep=" ") - 1
    return sequences(names, lengths, codes, buckets)


def sequences(names, lengths, codes, buckets):
    """Return an index over untimed journeys that lie one after the other."""
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    cuts = np.linspace(0, len(lengths), buckets + 1).astype(int)
    parts = []
    for low, high in pairwise(cuts):
        first, last = offsets[low], offsets[high]
        parts.append(
            ArrayBucket(
                offsets=offsets[low : high + 1] - first,
                time=np.arange(first, last, dtype=np.int64),
                event=codes[first:last].copy(),
                ids=[str(at) for at in range(low, high)],
                events=len(names),
            )
        )
    counts = np.bincount(codes, minlength=len(names))
    catalog = Catalog(
        version="sequences", events=tuple(names), event_counts=tuple(counts.tolist()), columns=(),
        people=len(lengths), rows=len(codes), untimed_rows=len(codes), first_us=0, last_us=0,
        as_of_us=0, timezone="UTC", currency="XXX",
    )  # fmt: skip
    return ArrayIndex(catalog=catalog, buckets=tuple(parts))


def counted(values):
    """Return how often each value occurs."""
    return {part["values"]: part["counts"] for part in pc.value_counts(values).to_pylist()}
