"""Taking people's events out of the lake, its log and its old files."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
from deltalake.exceptions import DeltaError
from typing_extensions import override

from sojourn.adapters.disk.errors import as_write_error
from sojourn.adapters.disk.sync import sync_file, sync_folder
from sojourn.adapters.lake.checkpoints import LAST_CHECKPOINT, last_checkpoint
from sojourn.adapters.lake.entries import Stamp
from sojourn.adapters.lake.ids import LakeIds
from sojourn.adapters.lake.people.expiring import find_older, links_left
from sojourn.adapters.lake.people.finding import (
    Theirs,
    find_events,
    has_id,
    ids_in,
    lake_links,
    read_file,
)
from sojourn.adapters.lake.people.kept import settle_links, strip_links
from sojourn.adapters.lake.people.refusing import keep_refusals
from sojourn.adapters.lake.people.rewriting import rewrite
from sojourn.adapters.lake.recovery import LOG
from sojourn.adapters.lake.table import WRITER, DeltaLake
from sojourn.adapters.workspace.lock import writer_lock
from sojourn.events.schema import EVENT_SCHEMA, MONTH
from sojourn.identity.erasing import links_that_stay
from sojourn.index.building.worker import LINK_COLUMNS
from sojourn.ports.erasure import Erased, IdKind, LakePeople

_COLUMNS = {IdKind.USER: "user_id", IdKind.ANONYMOUS: "anonymous_id"}
_KEYS = 4_000_000
"""Ids held in memory while files of ids are made anew: 64 MB."""

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sojourn.adapters.lake.people.finding import Found
    from sojourn.adapters.workspace.folder import Layout
    from sojourn.identity.erasing import PersonIds


class DeltaPeople(LakePeople):
    """People in a Delta table; see :class:`sojourn.ports.erasure.LakePeople`.

    Parameters
    ----------
    layout : Layout
    now_us : callable
        Reads the clock.
    unread : callable
        Returns a context in which nobody builds an index from the lake's files.
    """

    def __init__(
        self,
        layout: Layout,
        now_us: Callable[[], int],
        unread: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._layout = layout
        self._now_us = now_us
        self._unread = unread

    @override
    def links(self) -> pa.Table:
        return lake_links(DeltaLake(self._layout.lake))

    @override
    def has_user(self, user_id: str) -> bool:
        return has_id(DeltaLake(self._layout.lake), "user_id", user_id)

    @override
    def has_anonymous(self, anonymous_id: str) -> bool:
        return has_id(DeltaLake(self._layout.lake), "anonymous_id", anonymous_id)

    @override
    def ids(self, wanted: Callable[[IdKind, str], bool]) -> Mapping[IdKind, Collection[str]]:
        lake = DeltaLake(self._layout.lake)
        return {
            kind: ids_in(lake, column, partial(wanted, kind)) for kind, column in _COLUMNS.items()
        }

    @override
    def events(self, ids: Sequence[PersonIds], links: pa.Table) -> Iterator[pa.Table]:
        lake = DeltaLake(self._layout.lake)
        for found in find_events(lake, Theirs(ids, links)):
            rows = read_file(lake, found.file).take(pa.array(found.rows))
            month = pa.repeat(pa.scalar(found.file.month), len(rows))
            yield rows.append_column(EVENT_SCHEMA.field(MONTH), month)

    @override
    def erase(
        self,
        ids: Sequence[PersonIds],
        marker: Callable[[str], str],
        found: Callable[[Sequence[Erased]], None],
        waiting: Callable[[str], None],
    ) -> None:
        with self._writing(waiting) as (lake, fence):
            links = lake_links(lake)
            present = list(find_events(lake, Theirs(ids, links)))
            stay = links_that_stay(ids, links, marker)
            if present:
                found([_counted(lake, present, Theirs([one], links)) for one in ids])
            stamp = Stamp(WRITER, fence, self._now_us())
            try:
                if present or len(stay):
                    rewrite(lake, present, stay, stamp)
                users = {user for one in ids for user in one.users}
                strip_links(lake.folder, users, {own for one in ids for own in one.own})
            except (OSError, pa.ArrowException, DeltaError) as error:
                lake.recover()
                raise as_write_error(str(lake.folder), error) from error

    @override
    def expire(
        self,
        before_us: int,
        marker: Callable[[str], str],
        found: Callable[[Erased], None],
        waiting: Callable[[str], None],
    ) -> None:
        with self._writing(waiting) as (lake, fence):
            older = keep_refusals(lake, list(find_older(lake, before_us)))
            if not older:
                return
            found(Erased(events=sum(len(one.rows) for one in older), files=len(older)))
            stamp = Stamp(WRITER, fence, self._now_us())
            try:
                number = rewrite(lake, older, links_left(lake, older, marker), stamp)
                settle_links(lake.folder, number)
            except (OSError, pa.ArrowException, DeltaError) as error:
                lake.recover()
                raise as_write_error(str(lake.folder), error) from error

    @override
    def forget(self, waiting: Callable[[str], None]) -> int:
        with self._writing(waiting) as (lake, _), self._unread():
            if lake.version() < 0:
                return 0
            try:
                LakeIds(self._layout.ids, _KEYS).open(lake)  # of the files that are left
                _forget_log(lake)
                return _forget_files(lake)
            except (OSError, DeltaError) as error:
                raise as_write_error(str(lake.folder), error) from error

    @contextmanager
    def _writing(self, waiting: Callable[[str], None]) -> Iterator[tuple[DeltaLake, int]]:
        lake = DeltaLake(self._layout.lake)
        with writer_lock(
            self._layout.lock,
            wait=True,
            waiting=waiting,
            last_fence=lambda: lake.transaction_version(WRITER),
        ) as held:
            lake.recover()
            yield lake, held.fence


def _counted(lake: DeltaLake, present: Sequence[Found], theirs: Theirs) -> Erased:
    """Return how much of some files is one person's."""
    counts = [
        sum(len(theirs.rows(batch)) for batch in lake.scan(LINK_COLUMNS, [one.file]))
        for one in present
    ]
    return Erased(events=sum(counts), files=sum(count > 0 for count in counts))


def _forget_log(lake: DeltaLake) -> None:
    """Write a checkpoint of now and remove every older entry: they name what the events were."""
    version = lake.version()
    log = lake.folder / LOG
    lake.write_checkpoint()
    for path in log.glob(f"{version:020d}.checkpoint*.parquet"):
        sync_file(path)
    sync_file(log / LAST_CHECKPOINT)
    sync_folder(log)
    if last_checkpoint(log) != version:
        return
    for path in [*log.glob("*.json*"), *log.glob("*.checkpoint*.parquet")]:
        number = path.name.partition(".")[0]
        torn = path.name.endswith(".torn")
        if number.isdigit() and (int(number) < version or torn):
            path.unlink()
    sync_folder(log)


def _forget_files(lake: DeltaLake) -> int:
    """Remove every data file that the newest version does not name; return how many."""
    present = {file.path for file in lake.files()}
    removed = 0
    for folder in lake.folder.glob(f"{MONTH}=*"):
        removed += _remove_others(lake.folder, folder, present)
    return removed


def _remove_others(root: Path, folder: Path, present: set[str]) -> int:
    removed = 0
    for path in folder.glob("*.parquet"):
        if path.relative_to(root).as_posix() not in present:
            path.unlink(missing_ok=True)
            removed += 1
    with suppress(OSError):  # others are in it
        folder.rmdir()
    return removed
