"""What the columns of an index will be, decided once all rows have been seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.events.schema import BOT, OWN_ID, ROLE_PROPERTIES, VALUE
from sojourn.index.building.chunk import fitted
from sojourn.index.catalog import ColumnKind
from sojourn.index.encode import ALWAYS_CODED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.index.building.properties import PropertyScanner
    from sojourn.index.building.worker import Worker

COMMONEST = 32
"""Properties without a role that get a column."""
TRUE = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPlan:
    """One property's column or columns.

    Attributes
    ----------
    name : str
    text : ColumnKind or None
        ``CODES`` or ``TEXT`` if any value is a text.
    number, money : bool
    values : pyarrow large_string array
        The dictionary of a ``CODES`` column; code c is ``values[c - 1]``.
    recode : sequence of ndarray, uint32
        For each worker, the final code of each of its codes; 0 stays 0.
    texts : sequence of pyarrow large_string array
        For each worker, the text of each of its codes; of a ``TEXT`` column.
    """

    name: str
    text: ColumnKind | None = None
    number: bool = False
    money: bool = False
    values: pa.Array = field(default_factory=lambda: pa.array([], pa.large_string()))
    recode: Sequence[Codes] = ()
    texts: Sequence[pa.Array] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPlan:
    """The dictionaries and columns of an index to be.

    Attributes
    ----------
    events : pyarrow large_string array
    event_recode : sequence of ndarray
        For each worker, the final code of each of its event codes.
    columns : tuple of ColumnPlan
    others : tuple of str
        Properties met that get no column.
    bot_codes : sequence of int
        For each worker, its code of ``bot = true``; -1 where it met none.
    """

    events: pa.Array
    event_recode: Sequence[Codes]
    columns: tuple[ColumnPlan, ...]
    others: tuple[str, ...]
    bot_codes: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What is fixed before a plan is made: dictionaries that may only grow.

    Attributes
    ----------
    events : pyarrow array of text
    values : mapping of str to pyarrow array of text
    plain : frozenset of str
        Columns that are plain already.
    numbers : frozenset of str
        Properties that have numbers already.
    """

    events: pa.Array = field(default_factory=lambda: pa.array([], pa.large_string()))
    values: Mapping[str, pa.Array] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


def selected(counts: Mapping[str, int], forced: Iterable[str] = ()) -> frozenset[str]:
    """Return the properties that get a column: those with a role, forced ones, the commonest.

    Parameters
    ----------
    counts : mapping of str to int
        Values of each property.
    forced : iterable of str
    """
    fixed = {name for name in (*ROLE_PROPERTIES, *forced) if name in counts}
    rest = sorted(
        (n for n in counts if n not in fixed and n != OWN_ID), key=lambda n: (-counts[n], n)
    )
    return frozenset(fixed | set(rest[:COMMONEST]))


def total_counts(workers: Sequence[Worker]) -> dict[str, int]:
    """Return how often each property occurs."""
    counts: dict[str, int] = {}
    for worker in workers:
        for name, count in worker.scanner.counts.items():
            if name:
                counts[name] = counts.get(name, 0) + count
    return counts


def plan_index(
    workers: Sequence[Worker],
    event_counts: Sequence[NDArray[np.int64]],
    names: Iterable[str],
    plain_above: int,
    settled: Settled | None = None,
) -> IndexPlan:
    """Return what the index will hold.

    Parameters
    ----------
    workers : sequence of Worker
    event_counts : sequence of ndarray, int64
        For each worker, the rows of each of its event codes.
    names : iterable of str
        From :func:`selected`.
    plain_above : int
        A column with more distinct texts is stored plain.
    settled : Settled, optional
        Dictionaries of the base that an overlay extends.
    """
    settled = settled or Settled()
    names = frozenset(names)
    events, event_recode = _events(workers, event_counts, settled.events)
    scanners = [worker.scanner for worker in workers]
    columns = plan_columns(scanners, names, plain_above, settled)
    return IndexPlan(
        events=events,
        event_recode=event_recode,
        columns=columns,
        others=tuple(sorted(total_counts(workers).keys() - names)),
        bot_codes=[_bot_code(worker) for worker in workers],
    )


def plan_columns(
    scanners: Sequence[PropertyScanner],
    names: Iterable[str],
    plain_above: int,
    settled: Settled | None = None,
) -> tuple[ColumnPlan, ...]:
    """Return what the columns of some properties will be, by name."""
    settled = settled or Settled()
    return tuple(_column(name, scanners, plain_above, settled) for name in sorted(names))


def _events(
    workers: Sequence[Worker], counts: Sequence[NDArray[np.int64]], first: pa.Array
) -> tuple[pa.Array, list[Codes]]:
    """Return event names, the commonest first after those already settled."""
    names = [worker.events.texts(escaped=False) for worker in workers]
    totals: dict[str, int] = {}
    for texts, count in zip(names, counts, strict=True):
        for name, rows in zip(texts.to_pylist(), count.tolist(), strict=True):
            totals[name] = totals.get(name, 0) + rows
    known = first.to_pylist()
    held = set(known)
    new = sorted((name for name in totals if name not in held), key=lambda n: (-totals[n], n))
    events = pa.array(known + new, pa.large_string())
    return events, [fitted(_find(texts, events), len(events)) for texts in names]


def _column(
    name: str, scanners: Sequence[PropertyScanner], plain_above: int, settled: Settled
) -> ColumnPlan:
    series = [scanner.series.get(name) for scanner in scanners]
    if name == VALUE:
        return ColumnPlan(name=name, money=True)
    number = name in settled.numbers or any(one is not None and one.has_numbers for one in series)
    empty = pa.array([], pa.large_string())
    texts = [empty if one is None else one.words.texts() for one in series]
    plain = name in settled.plain or any(one is not None and one.plain for one in series)
    known = settled.values.get(name, empty).cast(pa.large_string())
    distinct = pc.unique(pa.concat_arrays(texts))
    new = distinct.filter(pc.invert(pc.is_in(distinct, value_set=known)))
    if name not in ALWAYS_CODED and (plain or len(known) + len(new) > plain_above):
        return ColumnPlan(name=name, text=ColumnKind.TEXT, number=number, texts=texts)
    values = pa.concat_arrays([known, new.take(pc.sort_indices(new))])
    if not len(values) and number:
        return ColumnPlan(name=name, number=True)
    recode = [
        np.concatenate((np.zeros(1, np.uint32), _find(own, values) + np.uint32(1))) for own in texts
    ]
    return ColumnPlan(
        name=name,
        text=ColumnKind.CODES,
        number=number,
        values=values,
        recode=[fitted(codes, len(values)) for codes in recode],
    )


def _find(texts: pa.Array, values: pa.Array) -> NDArray[np.uint32]:
    if not len(texts):
        return np.empty(0, np.uint32)
    return np.asarray(pc.index_in(texts, value_set=values).to_numpy(zero_copy_only=False)).astype(
        np.uint32
    )


def _bot_code(worker: Worker) -> int:
    series = worker.scanner.series.get(BOT)
    if series is None:
        return -1
    found = pc.index(series.words.texts(), TRUE).as_py()
    return int(found) + 1 if found >= 0 else -1
