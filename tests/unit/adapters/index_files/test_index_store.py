"""Versions of the index: published whole, leased by readers, swept when nobody reads them."""

from __future__ import annotations

import errno
import gc
import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from lakes import Event, MemoryLake
from reading import expected_of, journeys_of

from sojourn.adapters.disk.errors import DiskFullError, UnwritableError
from sojourn.adapters.index_files import IndexSettings, IndexStore, arrays, overlay, writing
from sojourn.adapters.index_files.bucket import FileBucket
from sojourn.adapters.index_files.build import bucket_count, each_batch
from sojourn.adapters.index_files.errors import DamagedIndexError, LakeLostError
from sojourn.adapters.index_files.lease import Lease, leased_versions
from sojourn.base.errors import UnknownNameError

SETTINGS = IndexSettings(threads=2, overlay_from_rows=0, overlay_share=100.0)
ANEW = IndexSettings(threads=2)


def some_lake() -> MemoryLake:
    lake = MemoryLake()
    lake.add(
        Event(1, "visit", user="ann", properties={"device": "m", "n": 1}),
        Event(2, "buy", user="bob", properties={"value": 3}),
        Event(3, "visit", anonymous="x"),
    )
    return lake


def test_opening_again_builds_nothing(tmp_path):
    lake = some_lake()
    first = IndexStore(tmp_path).current(lake, ANEW)
    scans = lake.scans
    again = IndexStore(tmp_path).current(lake, ANEW)
    assert lake.scans == scans
    assert again.catalog == first.catalog
    assert journeys_of(again) == expected_of(lake.events)[0]


@pytest.mark.parametrize("kept", [True, False], ids=["one store", "opened anew"])
def test_an_index_outlives_a_lost_lake_until_there_is_one_again(tmp_path, kept):
    store, lake = IndexStore(tmp_path), some_lake()
    store.current(lake, ANEW)
    store = store if kept else IndexStore(tmp_path)
    with pytest.raises(LakeLostError, match="its folder lake/_delta_log holds nothing"):
        store.current(MemoryLake(), ANEW)
    assert (tmp_path / "CURRENT").read_text().strip() == "v000001"
    assert journeys_of(store.current(lake, ANEW)) == expected_of(lake.events)[0]
    begun_again = MemoryLake(name="other")  # which comes to the same version
    begun_again.add(Event(7, "visit", user="eve"))
    assert journeys_of(store.current(begun_again, ANEW)) == expected_of(begun_again.events)[0]


def test_a_version_stays_while_it_is_read_and_goes_after(tmp_path):
    lake = some_lake()
    reader = IndexStore(tmp_path).current(lake, ANEW)
    lake.add(Event(4, "visit", user="ann"))
    writer = IndexStore(tmp_path)
    writer.current(lake, ANEW)
    assert leased_versions(tmp_path) >= {"v000001"}
    assert len(journeys_of(reader)["ann"]) == 1  # columns not opened before the change
    reader.lease.close()
    del reader
    gc.collect()
    lake.add(Event(5, "visit", user="ann"))
    newest = writer.current(lake, ANEW)
    assert not (tmp_path / "v000001").exists()
    assert len(journeys_of(newest)["ann"]) == 3


def test_an_overlay_keeps_its_base(tmp_path):
    lake = some_lake()
    store = IndexStore(tmp_path)
    store.current(lake, SETTINGS)
    for time_ in (5, 6, 7):
        lake.add(Event(time_, "visit", user="ann"))
        index = store.current(lake, SETTINGS)
    gc.collect()
    assert journeys_of(index) == expected_of(lake.events)[0]
    assert (tmp_path / "v000001").exists()
    assert not (tmp_path / "v000002").exists()


def test_claims_of_ended_processes_are_swept(tmp_path):
    (tmp_path / "leases").mkdir()
    (tmp_path / "leases" / "v000009.1.0").touch()
    lease = Lease(tmp_path, "v000003")
    assert lease.held
    assert leased_versions(tmp_path) == {"v000003"}
    lease.close()
    assert not lease.held
    assert leased_versions(tmp_path) == set()


class Stop(BaseException):
    """A kill."""


@pytest.mark.parametrize("settings", [ANEW, SETTINGS], ids=["rebuild", "overlay"])
def test_a_stop_at_any_write_leaves_the_old_version_and_is_mended(tmp_path, monkeypatch, settings):
    lake = some_lake()
    IndexStore(tmp_path).current(lake, ANEW)
    before = journeys_of(IndexStore(tmp_path).current(lake, ANEW))
    old_lake = MemoryLake(dict(lake.contents), lake.number)
    lake.add(Event(9, "later", user="ann", properties={"city": "Seoul"}))
    real, calls = arrays.write_array, 0
    stopped = 0
    while True:
        calls += 1
        left = calls

        def write(path, array):
            nonlocal left
            left -= 1
            if left < 0:
                raise Stop
            if left == 0:  # the write itself is cut short
                real(path, array)
                os.truncate(path, path.stat().st_size // 2)
                raise Stop
            real(path, array)

        for module in (arrays, writing, overlay):
            monkeypatch.setattr(module, "write_array", write)
        try:
            index = IndexStore(tmp_path).current(lake, settings)
        except Stop:
            stopped += 1
            monkeypatch.undo()
            assert journeys_of(IndexStore(tmp_path).current(old_lake, settings)) == before
        else:
            break
    assert stopped > 15
    assert journeys_of(index) == expected_of(lake.events)[0]


def test_many_at_once_build_it_once(tmp_path):
    lake = some_lake()
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda _: IndexStore(tmp_path).current(lake, ANEW).catalog.version, range(8))
        )
    assert set(found) == {"v000001"}


def test_buckets_travel_to_other_processes(tmp_path):
    index = IndexStore(tmp_path).current(some_lake(), ANEW)
    bucket, catalog = pickle.loads(pickle.dumps((index.buckets[0], index.catalog)))
    assert isinstance(bucket, FileBucket)
    assert bucket.time.tolist() == index.buckets[0].time.tolist()
    assert catalog == index.catalog
    assert list(catalog.column("device").values) == ["m"]


def test_columns_are_mapped_once(tmp_path):
    lake = MemoryLake()
    lake.add(*[Event(t, "a", user="u", properties={"n": t}) for t in range(5000)])
    bucket = IndexStore(tmp_path).current(lake, ANEW).buckets[0]
    assert bucket.time is bucket.time
    assert bucket.number("n") is bucket.number("n")
    assert bucket.postings() is bucket.postings()
    assert type(bucket.time) is np.ndarray
    assert bucket.time.flags.writeable  # one type of array for every kernel


def test_as_of_is_the_earlier_of_asking_and_the_newest_event(tmp_path):
    store = IndexStore(tmp_path)
    lake = some_lake()
    assert store.current(lake, IndexSettings(now_us=10**12)).catalog.as_of_us == 3
    assert store.current(lake, IndexSettings(now_us=2)).catalog.as_of_us == 2
    assert (
        store.current(lake, IndexSettings(timezone="Asia/Seoul")).catalog.timezone == "Asia/Seoul"
    )
    assert store.current(lake, IndexSettings()).catalog.version == "v000001"


def test_another_currency_is_another_index(tmp_path):
    store = IndexStore(tmp_path)
    lake = some_lake()
    assert store.current(lake, ANEW).buckets[0].money("value").max() == 300
    won = store.current(lake, IndexSettings(currency="KRW"))
    assert won.buckets[0].money("value").max() == 3


def test_a_failed_build_leaves_nothing_behind_and_says_why(tmp_path, monkeypatch):
    lake = some_lake()

    def full(_path, _array):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing, "write_array", full)
    with pytest.raises(DiskFullError, match="disk is full"):
        IndexStore(tmp_path).current(lake, ANEW)
    assert {path.name for path in tmp_path.iterdir()} == {"build.lock"}
    monkeypatch.undo()
    assert IndexStore(tmp_path).current(lake, ANEW).catalog.rows == 3


def test_an_unknown_column_is_refused_without_building_again(tmp_path):
    lake = some_lake()
    with pytest.raises(UnknownNameError, match="Did you mean 'device'"):
        IndexStore(tmp_path).current(lake, ANEW, ["devise"])
    scans = lake.scans
    with pytest.raises(UnknownNameError, match="Did you mean 'device'"):
        IndexStore(tmp_path).current(lake, ANEW, ["devise"])
    assert lake.scans == scans
    lake.add(Event(8, "visit", user="ann", properties={"devise": "now it is there"}))
    index = IndexStore(tmp_path).current(lake, ANEW, ["devise"])
    assert list(index.catalog.column("devise").values) == ["now it is there"]


def test_a_failing_worker_stops_the_others():
    seen = []

    def fail(batch):
        seen.append(batch)
        raise ValueError(batch)

    with pytest.raises(ValueError, match=r"0|1"):
        each_batch(iter(range(1000)), [fail, fail])
    assert len(seen) <= 2


def test_bucket_counts_bound_the_memory_of_a_bucket():
    assert bucket_count(0, 2**31) == 1
    assert bucket_count(10**9, 2**31) == 1024
    for rows in (10**6, 10**7, 10**8):
        for memory in (2**28, 2**31):
            assert rows / bucket_count(rows, memory) <= max(200_000, memory // 1000)


CHILD = """
import sys
sys.path[:0] = [sys.argv[2]]
from lakes import Event, MemoryLake
from pathlib import Path
from sojourn.adapters.disk.errors import DiskFullError
from sojourn.adapters.index_files import IndexSettings, IndexStore
lake = MemoryLake(batch_rows=500)
for part in range(int(sys.argv[3])):
    lake.add(*[Event(t, f"e{t % 7}", user=f"u{t % 300}", anonymous=f"x{t % 50}", key=f"{part}.{t}",
                     properties={"n": t}) for t in range(2000)])
print("ready", flush=True)
index = IndexStore(Path(sys.argv[1])).current(lake, IndexSettings(overlay_from_rows=0, overlay_share=9))
print(index.catalog.rows, flush=True)
"""


@pytest.mark.slow
def test_kills_at_random_instants_lose_nothing(tmp_path):
    chance = np.random.default_rng(11)
    here = str(Path(__file__).parent)

    def child(files: int) -> subprocess.Popen:
        code = [sys.executable, "-c", CHILD, str(tmp_path), here, str(files)]
        return subprocess.Popen(code, stdout=subprocess.PIPE, text=True)

    files = 1
    for _ in range(20):
        process = child(files)
        process.stdout.readline()
        time.sleep(float(chance.random()) * 1.5)
        process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        process.communicate()
        if chance.random() < 0.5:
            done, _ = child(files).communicate()
            assert done.split() == ["ready", str(files * 2000)]
            files += 1
    done, _ = child(files).communicate()
    assert done.split() == ["ready", str(files * 2000)]


@pytest.mark.parametrize("length", [None, 0, 90])
def test_a_damaged_column_is_named_and_the_next_question_builds_anew(tmp_path, length):
    lake = some_lake()
    IndexStore(tmp_path).current(lake, ANEW)
    column = next(tmp_path.glob("v*/*/time.npy"))
    if length is None:
        column.unlink()
    else:
        os.truncate(column, length)
    with pytest.raises(DamagedIndexError, match=r"(?s)time\.npy.*Repeat the command"):
        journeys_of(IndexStore(tmp_path).current(lake, ANEW))
    again = IndexStore(tmp_path).current(lake, ANEW)
    assert journeys_of(again) == expected_of(lake.events)[0]


@pytest.mark.parametrize("content", [b"", b"v9", b"../../x", b"\xff\xfe"])
def test_a_damaged_note_of_the_current_version_means_to_build_anew(tmp_path, content):
    lake = some_lake()
    IndexStore(tmp_path).current(lake, ANEW)
    (tmp_path / "CURRENT").write_bytes(content)
    assert journeys_of(IndexStore(tmp_path).current(lake, ANEW)) == expected_of(lake.events)[0]


def test_a_folder_in_place_of_the_note_is_said(tmp_path):
    (tmp_path / "CURRENT").mkdir()
    with pytest.raises(UnwritableError, match="a folder stands where a file should be"):
        IndexStore(tmp_path).current(some_lake(), ANEW)
