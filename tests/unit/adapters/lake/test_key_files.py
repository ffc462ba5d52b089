"""Runs of keys in memory and in files, and the multiset made of them, beside a Counter."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sojourn.adapters.lake import runs
from sojourn.adapters.lake.keyset import KeySet
from sojourn.adapters.lake.runs import FileRun, MemoryRun, count_in, merged, open_run, write_run
from sojourn.events.identity_keys import sort_order, take_ids

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "BLOCK_KEYS", 7)


def random_keys(rng: np.random.Generator, size: int, spread: int) -> np.ndarray:
    keys = rng.integers(0, spread, (size, 2)).astype(np.uint64)
    return take_ids(keys, sort_order(keys))


def distinct(keys: np.ndarray) -> np.ndarray:
    return np.unique(keys, axis=0)


def counted(held: Counter, keys: np.ndarray) -> list[int]:
    return [held[tuple(key)] for key in keys.tolist()]


@pytest.mark.parametrize("in_file", [False, True])
@pytest.mark.parametrize("size", [0, 1, 7, 8, 100])
def test_counting_in_a_run(tmp_path: Path, size: int, in_file: bool) -> None:
    rng = np.random.default_rng([size, in_file])
    keys, asked = random_keys(rng, size, 6), distinct(random_keys(rng, 30, 7))
    run = MemoryRun(keys)
    if in_file and size:
        run = write_run(tmp_path / "a.ids", run.blocks(), size, sync=True)
    counts = np.zeros(len(asked), np.int64)
    count_in(run, asked, counts)
    assert counts.tolist() == counted(Counter(map(tuple, keys.tolist())), asked)


@pytest.mark.parametrize("sizes", [(0, 5), (5, 0), (1, 60), (60, 1), (33, 40)])
def test_merging_runs_of_files(tmp_path: Path, sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(sizes)
    parts = [random_keys(rng, size, 5) for size in sizes]
    files = [
        write_run(tmp_path / f"{i}.ids", MemoryRun(part).blocks(), len(part), sync=False)
        if len(part)
        else MemoryRun(part)
        for i, part in enumerate(parts)
    ]
    together = np.concatenate([np.array(block) for block in merged(*files)])
    assert together.tolist() == sorted(np.concatenate(parts).tolist())


def test_a_torn_or_foreign_file_is_no_run(tmp_path: Path) -> None:
    path = tmp_path / "a.ids"
    assert open_run(path) is None
    write_run(path, MemoryRun(np.ones((3, 2), np.uint64)).blocks(), 3, sync=False)
    assert open_run(path) == FileRun(path, 3)
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole + b"x", b"", whole[:10], b"NOTIDS00" + whole[8:]):
        path.write_bytes(damaged)
        assert open_run(path) is None


@pytest.mark.parametrize("memory_keys", [0, 20, 10**6])
def test_the_set_counts_like_a_counter(tmp_path: Path, memory_keys: int) -> None:
    rng = np.random.default_rng(memory_keys)
    held: Counter = Counter()
    keys = KeySet(tmp_path / "spill", memory_keys)
    for size in (1, 40, 3, 0, 200, 5, 5, 5, 90):
        new = random_keys(rng, size, 12)
        asked = distinct(new)
        assert keys.count(asked).tolist() == counted(held, asked)
        keys.add(new)
        held.update(map(tuple, new.tolist()))
    assert len(keys) == sum(held.values())
    every = np.concatenate([np.array(block) for block in keys.keys().blocks()])
    assert Counter(map(tuple, every.tolist())) == held
    assert sorted(every.tolist()) == every.tolist()


def test_what_spills_is_removed(tmp_path: Path) -> None:
    keys = KeySet(tmp_path / "spill", 10)
    for start in range(0, 200, 20):
        keys.add(np.arange(start, start + 40, dtype=np.uint64).reshape(-1, 2))
    assert list((tmp_path / "spill").iterdir())
    keys.clear()
    assert list((tmp_path / "spill").iterdir()) == []
    assert len(keys) == 0


def test_few_runs_even_after_many_batches(tmp_path: Path) -> None:
    keys = KeySet(tmp_path / "spill", 10**6)
    for i in range(100):
        keys.add(np.array([[i, i]], np.uint64))
        assert len(keys._runs) <= 6
