"""Every row read ends as accepted, duplicate or quarantined, whatever happens."""

from __future__ import annotations

import errno
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from event_tables import Row, RowReader, at
from open_door import open_door
from sojourn.adapters.disk.errors import DiskFullError, UnwritableError
from sojourn.adapters.lake import datafiles
from sojourn.adapters.lake.table import DeltaLake
from sojourn.adapters.lake.writer import Bounds, LakeStore
from sojourn.adapters.sql.ledger import SqlLedger
from sojourn.adapters.sql.state import StateDatabase
from sojourn.adapters.workspace import folder
from sojourn.app.import_file import Listener, Source, Step
from sojourn.app.importing import Importer
from sojourn.base.errors import InputError, InternalError
from sojourn.ports.reader import ReadOptions
from sojourn.ports.workspace import Counts, ImportStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = 1_000_000


class Bench:
    """A workspace whose inputs are rows in memory, found by name."""

    def __init__(self, root: Path) -> None:
        self.layout, _ = folder.create(root / "ws", timezone="UTC", currency="XXX")
        self.inputs: dict[str, RowReader] = {}
        self.commit_rows = 1000
        self.state = StateDatabase(self.layout.state)
        self.ledger = SqlLedger(self.state, lambda: NOW)

    def open_reader(self, source, options, name) -> RowReader:
        assert name is None
        if source not in self.inputs:
            raise InputError(f"no file {source}")
        assert options.secret
        assert options.now_us == NOW
        return replace(self.inputs[source], name=source)

    def run(self, *rows, listener: Listener | None = None, **kwargs):
        """Import some lists of rows, or readers, each as one input."""
        names = []
        for i, given in enumerate(rows):
            names.append(f"in{i}.csv.gz")
            self.inputs[names[-1]] = given if isinstance(given, RowReader) else RowReader(given)
        importer = Importer(
            store=LakeStore(self.layout, Bounds(commit_rows=self.commit_rows, memory_bytes=2**28)),
            ledger=self.ledger,
            open_reader=self.open_reader,
            now_us=lambda: NOW,
            door=open_door(),
        )
        sources = [Source(name=name, content=name) for name in names]
        return importer.run(sources, ReadOptions(), listener=listener, **kwargs)

    def lake(self) -> list[dict[str, object]]:
        names = ["user_id", "event", "position", "source", "time", "month"]
        batches = DeltaLake(self.layout.lake).scan(names)
        rows = [row for batch in batches for row in batch.to_pylist()]
        return sorted(rows, key=lambda row: (str(row["source"]), int(str(row["position"]))))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.state.close()


VISITS = [Row(user=f"u{i}", time=i) for i in range(10)]


def test_new_rows_are_accepted_with_where_they_came_from(bench: Bench) -> None:
    report = bench.run(VISITS)
    assert report.counts == Counts(read=10, accepted=10)
    assert [(row["user_id"], row["position"], row["source"]) for row in bench.lake()] == [
        (f"u{i}", i + 1, "in0.csv.gz") for i in range(10)
    ]


def test_the_same_rows_again_add_nothing_wherever_they_stand(bench: Bench) -> None:
    bench.run(VISITS)
    report = bench.run(list(reversed(VISITS)), VISITS[3:6])
    assert [file.counts for file in report.files] == [
        Counts(read=10, duplicate=10), Counts(read=3, duplicate=3),
    ]  # fmt: skip
    assert len(bench.lake()) == 10


def test_overlapping_inputs_of_one_import(bench: Bench) -> None:
    report = bench.run(VISITS[:6], VISITS[4:])
    assert [file.counts.accepted for file in report.files] == [6, 4]
    assert [file.counts.duplicate for file in report.files] == [0, 2]


def test_identical_rows_of_one_input_are_kept_and_reported(bench: Bench) -> None:
    twice = [VISITS[0], VISITS[1], VISITS[0], *VISITS[2:6], VISITS[0]]
    first = bench.run(twice).files[0]
    assert (first.counts, first.identical) == (Counts(read=8, accepted=8), 2)
    again = bench.run([*twice, VISITS[0]]).files[0]
    assert (again.counts, again.identical) == (Counts(read=9, accepted=1, duplicate=8), 1)
    assert sum(row["user_id"] == "u0" for row in bench.lake()) == 4


def test_own_ids_decide_where_there_are_any(bench: Bench) -> None:
    rows = [Row(own="a", time=1), Row(own="a", time=2), Row(own="b", time=1), Row(own="", time=1)]
    file = bench.run(rows).files[0]
    assert file.counts == Counts(read=4, accepted=3, duplicate=1)
    assert (file.repeated_ids, file.identical) == (1, 0)
    assert bench.run([Row(own="b", time=77)]).counts == Counts(read=1, duplicate=1)


def test_rows_that_are_no_events_are_set_apart(bench: Bench) -> None:
    rows = [*VISITS[:3], Row(bad=True), *VISITS[3:], Row(bad=True)]
    file = bench.run(rows).files[0]
    assert file.counts == Counts(read=12, accepted=10, quarantined=2)
    assert file.quarantine == "quarantine/000001-in0.csv"
    written = (bench.layout.root / file.quarantine).read_text("utf-8")
    assert written == "4,no time\n12,no time\n"
    assert [(problem.line, problem.reason) for problem in file.problems] == [
        (4, "no time"), (12, "no time"),
    ]  # fmt: skip
    assert file.reasons == (("bad-time", 2),)


def test_only_the_first_few_problems_are_told(bench: Bench) -> None:
    file = bench.run(at([Row()] * 30, bad=True)).files[0]
    assert file.counts == Counts(read=30, quarantined=30)
    assert [problem.line for problem in file.problems] == [1, 2, 3, 4, 5]
    assert bench.lake() == []


def test_a_row_of_several_events_is_accepted_if_any_is_new(bench: Bench) -> None:
    wide = Row(event="opened", time=1, more=(Row(event="paid", time=2),))
    bench.run([wide])
    assert len(bench.lake()) == 2
    longer = replace(wide, more=(*wide.more, Row(event="sent", time=3)))
    report = bench.run([longer, wide.more[0]])
    assert report.counts == Counts(read=2, accepted=2, duplicate=0)
    assert bench.run([wide]).counts == Counts(read=1, duplicate=1)
    assert sorted(str(row["event"]) for row in bench.lake()) == ["opened", "paid", "paid", "sent"]


def test_small_commits_give_the_same_lake(bench: Bench) -> None:
    bench.commit_rows = 3
    report = bench.run(VISITS, VISITS)
    assert report.counts == Counts(read=20, accepted=10, duplicate=10)
    assert DeltaLake(bench.layout.lake).version() > 1
    assert len(bench.lake()) == 10


def test_what_cannot_be_opened_does_not_stop_the_others(bench: Bench) -> None:
    bench.run(VISITS[:1])
    bench.inputs.clear()
    importer_sources = [Source(name="gone", content="gone"), Source(name="in0", content="in0")]
    bench.inputs["in0"] = RowReader(VISITS)
    importer = Importer(
        store=LakeStore(bench.layout, Bounds(commit_rows=10, memory_bytes=2**28)),
        ledger=bench.ledger, open_reader=bench.open_reader, now_us=lambda: NOW,
        door=open_door(),
    )  # fmt: skip
    report = importer.run(importer_sources, ReadOptions())
    assert [file.status for file in report.files] == [ImportStatus.FAILED, ImportStatus.COMPLETE]
    assert report.files[0].message == "no file gone"
    assert report.failed == 1
    assert report.counts == Counts(read=10, accepted=9, duplicate=1)


def test_what_was_read_before_an_input_broke_stays(bench: Bench) -> None:
    report = bench.run(RowReader(VISITS, fails_after=6), VISITS[8:])
    assert [file.counts for file in report.files] == [
        Counts(read=6, accepted=6), Counts(read=2, accepted=2),
    ]  # fmt: skip
    assert report.files[0].message == "in0.csv.gz ends in the middle"
    assert len(bench.lake()) == 8


def test_the_ledger_says_how_each_input_ended(bench: Bench) -> None:
    bench.run(VISITS, RowReader(VISITS, fails_after=2))
    bench.run(list(reversed(VISITS)))
    whole, broken, again = bench.ledger.entries()
    assert (whole.status, whole.counts) == (ImportStatus.COMPLETE, Counts(read=10, accepted=10))
    assert (broken.status, broken.message) == (
        ImportStatus.FAILED, "in1.csv.gz ends in the middle",
    )  # fmt: skip
    assert broken.fingerprint == ""
    assert again.fingerprint == whole.fingerprint != ""
    assert again.options == whole.options


def test_the_listener_hears_of_every_batch(bench: Bench) -> None:
    steps: list[Step] = []
    bench.run(VISITS, listener=Listener(step=steps.append))
    assert [step.counts.read for step in steps] == [4, 8, 10]
    assert {step.name for step in steps} == {"in0.csv.gz"}


class Killed(BaseException):
    """Stands for Ctrl-C."""


def test_an_interrupted_import_is_completed_by_repeating_it(bench: Bench) -> None:
    bench.commit_rows = 3

    def interrupt(step: Step) -> None:
        if step.counts.read >= 8:
            raise Killed

    with pytest.raises(Killed):
        bench.run(VISITS, listener=Listener(step=interrupt))
    assert [entry.status for entry in bench.ledger.entries()] == [ImportStatus.INTERRUPTED]
    kept = len(bench.lake())
    assert kept == 8
    report = bench.run(VISITS)
    assert report.counts == Counts(read=10, accepted=2, duplicate=8)
    assert len(bench.lake()) == 10


def test_an_entry_left_running_by_a_kill_is_marked_at_the_next_import(bench: Bench) -> None:
    bench.ledger.begin("killed.csv", size=1, options="")
    bench.run(VISITS)
    killed, complete = bench.ledger.entries()
    assert (killed.status, complete.status) == (ImportStatus.INTERRUPTED, ImportStatus.COMPLETE)


def test_a_full_disk_ends_the_import_and_repeating_completes_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.commit_rows = 4
    write, written = datafiles.pq.write_table, []

    def filling(*args: object, **kwargs: object) -> None:
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(write(*args, **kwargs))

    with monkeypatch.context() as patch:
        patch.setattr(datafiles.pq, "write_table", filling)
        with pytest.raises(DiskFullError):
            bench.run(VISITS)
    assert len(bench.lake()) == 4
    assert bench.ledger.entries()[0].status is ImportStatus.FAILED
    assert bench.run(VISITS).counts == Counts(read=10, accepted=6, duplicate=4)
    assert len(bench.lake()) == 10


def test_trouble_with_the_quarantine_file_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(RowReader, "write_rejected", refused)
    with pytest.raises(UnwritableError, match="no right to write"):
        bench.run([Row(bad=True)])


@pytest.mark.parametrize("where", ["KeySet.add", "LakeIds.open", "LakeIds.add", "writer_lock"])
def test_a_disk_full_for_anything_else_is_told_too(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"sojourn.adapters.lake.writer.{where}", no_room)
        with pytest.raises(DiskFullError):
            bench.run(VISITS)
    assert bench.run(VISITS).counts.read == 10
    assert len(bench.lake()) == 10


def test_a_reader_that_loses_rows_is_found_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = RowReader._batch
    monkeypatch.setattr(
        RowReader, "_batch", lambda self, rows: replace(original(self, rows), rows=99)
    )
    with pytest.raises(InternalError, match="99 rows gave 4 rows of events and 0 rejected"):
        bench.run(VISITS)


def test_counts_as_json(bench: Bench) -> None:
    said = bench.run([*VISITS, Row(bad=True)]).to_json()
    assert {key: said[key] for key in ("read", "accepted", "duplicate", "quarantined")} == {
        "read": 11, "accepted": 10, "duplicate": 0, "quarantined": 1,
    }  # fmt: skip
    [file] = said["files"]
    assert file["file"] == "in0.csv.gz"
    assert file["roles"] == [{"role": "id", "column": "message", "why": "named so"}]
    assert file["quarantine"] == "quarantine/000001-in0.csv"
    assert file["error"] is None
