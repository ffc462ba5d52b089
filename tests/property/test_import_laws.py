"""Laws of import, over random inputs: repeating, reordering and cutting up change nothing."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from event_tables import Row, RowReader
from open_door import open_door
from sojourn.adapters.lake.table import DeltaLake
from sojourn.adapters.lake.writer import Bounds, LakeStore
from sojourn.adapters.sql.ledger import SqlLedger
from sojourn.adapters.sql.state import StateDatabase
from sojourn.adapters.workspace import folder
from sojourn.app.import_file import Source
from sojourn.app.importing import Importer
from sojourn.ports.reader import ReadOptions

ROW = st.builds(
    Row,
    user=st.sampled_from([None, "", "a", "b"]),
    time=st.sampled_from([None, 0, 1, 40 * 86_400_000_000]),
    event=st.sampled_from(["x", "y"]),
    own=st.sampled_from([None, None, None, "m1", "m2"]),
    bad=st.sampled_from([False, False, False, True]),
)
INPUT = st.lists(ROW, max_size=12)


def import_all(*imports: list[list[Row]], batch: int = 4, commit_rows: int = 100):
    """Run some imports, each of some inputs, in one new workspace; return reports and lake."""
    with tempfile.TemporaryDirectory() as root:
        layout, _ = folder.create(Path(root) / "ws", timezone="UTC", currency="XXX")
        state = StateDatabase(layout.state)
        reports = []
        for inputs in imports:
            readers = [RowReader(rows, batch=batch) for rows in inputs]
            importer = Importer(
                store=LakeStore(layout, Bounds(commit_rows=commit_rows, memory_bytes=2**28)),
                ledger=SqlLedger(state, lambda: 0),
                open_reader=lambda *given, readers=readers: readers[int(given[0])],
                now_us=lambda: 5,
                door=open_door(),
                batch_rows=commit_rows,
            )
            sources = [Source(name=str(i), content=str(i)) for i in range(len(readers))]
            reports.append(importer.run(sources, ReadOptions()))
        state.close()
        ids = Counter(
            value.as_py()
            for part in DeltaLake(layout.lake).scan(["event_id"])
            for value in part.column(0)
        )
    return reports, ids


def expected_events(inputs: list[list[Row]]) -> int:
    """An own id counts once; other rows as often as in the input that holds most of them."""
    own = {row.own for rows in inputs for row in rows if row.own and not row.bad}
    most: Counter[Row] = Counter()
    for rows in inputs:
        most |= Counter(row for row in rows if not row.own and not row.bad)
    return len(own) + sum(most.values())


@settings(max_examples=20)
@given(st.lists(INPUT, max_size=3))
def test_every_event_is_in_the_lake_once(inputs) -> None:
    [report], ids = import_all(inputs)
    assert set(ids.values()) <= {1}
    assert len(ids) == expected_events(inputs)
    for file, rows in zip(report.files, inputs, strict=True):
        counts = file.counts
        assert counts.read == len(rows)
        assert counts.read == counts.accepted + counts.duplicate + counts.quarantined
        assert counts.quarantined == sum(row.bad for row in rows)
    assert report.counts.accepted == len(ids)


@settings(max_examples=15)
@given(st.lists(INPUT, min_size=1, max_size=3))
def test_importing_again_is_a_no_op(inputs) -> None:
    [first, again], ids = import_all(inputs, inputs)
    assert again.counts.accepted == 0
    assert again.counts.duplicate == first.counts.accepted + first.counts.duplicate
    assert len(ids) == first.counts.accepted


@settings(max_examples=15)
@given(st.lists(INPUT, min_size=2, max_size=3))
def test_the_order_of_files_cannot_matter(inputs) -> None:
    _, forward = import_all(inputs)
    _, backward = import_all(*([rows] for rows in reversed(inputs)))
    assert forward == backward


@settings(max_examples=15)
@given(INPUT, st.integers(1, 5), st.integers(1, 5))
def test_batches_and_commits_cannot_matter(rows, batch, commit_rows) -> None:
    _, whole = import_all([rows], batch=100)
    _, cut = import_all([rows], batch=batch, commit_rows=commit_rows)
    assert cut == whole
