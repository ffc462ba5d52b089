"""Where what people may ask of a workspace meets the places that hold something of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from typing_extensions import override

from sojourn.app.clock import now_us
from sojourn.app.privacy.erasing import IndexFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sojourn.adapters.index_files.store import IndexStore
    from sojourn.adapters.lake.writer import LakeStore
    from sojourn.adapters.sql.backends.postgres import PostgresSchema
    from sojourn.adapters.sql.state import StateDatabase
    from sojourn.adapters.workspace.folder import Layout
    from sojourn.app.handover import HandOver
    from sojourn.app.privacy.erasing import Erasing
    from sojourn.app.privacy.expiring import Expiring
    from sojourn.app.privacy.suppression import Door
    from sojourn.identity.merging import Merged
    from sojourn.ports.erasure import Erasures, Hiding
    from sojourn.ports.segments import SegmentStore


@dataclass(frozen=True, kw_only=True)
class PrivacyParts:
    """What erasing is put together from.

    Attributes
    ----------
    layout : Layout
    timezone : str
        IANA name that calendar days follow.
    hiding : Hiding
    state : StateDatabase
    inbox : callable
        Returns the inbox's database.
    segments : Path or PostgresSchema
        Where it is kept who is in which segment.
    store : LakeStore
    index_store : IndexStore
    index : callable
        Brings the index up to date.
    hand_over : callable
        Returns what moves events from the inbox to the lake.
    merged : callable
        Returns who counts as whom.
    """

    layout: Layout
    timezone: str
    hiding: Hiding
    state: StateDatabase
    inbox: Callable[[], StateDatabase]
    segments: Path | PostgresSchema
    store: LakeStore
    index_store: IndexStore
    index: Callable[[], object]
    hand_over: Callable[[], HandOver]
    merged: Callable[[], Merged]

    @cached_property
    def erasures(self) -> Erasures:
        """The list of erased people."""
        sql = import_module("sojourn.adapters.sql.erasing.listed")
        erasures: Erasures = sql.SqlErasures(self.state)
        return erasures

    @cached_property
    def door(self) -> Door:
        """What lets events in."""
        suppression = import_module("sojourn.app.privacy.suppression")
        door: Door = suppression.Door(erasures=self.erasures, secret=self.store.secret)
        return door

    @cached_property
    def erasing(self) -> Erasing:
        """What erases people."""
        lake = import_module("sojourn.adapters.lake.people.erasing")
        purging = import_module("sojourn.adapters.sql.erasing.purging")
        quarantine = import_module("sojourn.adapters.workspace.quarantine")
        state = import_module("sojourn.adapters.sql.schema").STATE
        inbox = import_module("sojourn.adapters.sql.inbox.schema").INBOX
        groups = import_module("sojourn.adapters.sql.segments.schema").SEGMENTS
        erasing = import_module("sojourn.app.privacy.erasing")
        set_apart = quarantine.QuarantinePurge(self.layout.quarantine)
        made: Erasing = erasing.Erasing(
            people=lake.DeltaPeople(self.layout, now_us, self.index_store.paused),
            erasures=self.erasures,
            hiding=self.hiding,
            hand_over=lambda waiting: self.hand_over().run(waiting),
            merged=self.merged,
            index=_ForgettingIndex(self.index_store, self.index),
            purges=(
                set_apart,
                purging.TablesPurge(self.state, state),
                purging.TablesPurge(self.inbox(), inbox),
                purging.TablesPurge(self._groups, groups),
            ),
            compacts=(self.state.compact, self.inbox().compact, self._compact_groups),
            door=self.door,
            now_us=now_us,
            unfollow=self._unfollow,
            set_apart=set_apart.texts,
            sift_refused=purging.RefusedSieve(self.inbox()),
        )
        return made

    @cached_property
    def expiring(self) -> Expiring:
        """What removes events that are older than they may be."""
        expiring = import_module("sojourn.app.privacy.expiring")
        sql = import_module("sojourn.adapters.sql.documents")
        erasing = self.erasing
        made: Expiring = expiring.Expiring(
            people=erasing.people,
            index=erasing.index,
            documents=sql.SqlDocuments(self.state, now_us),
            hashed=lambda: self.door.hashed,
            zone=ZoneInfo(self.timezone),
            now_us=now_us,
            forgets=self._forget_changes,
            compacts=erasing.compacts,
        )
        return made

    @cached_property
    def _groups(self) -> StateDatabase:
        groups = import_module("sojourn.adapters.sql.segments.schema").SEGMENTS
        database = import_module("sojourn.adapters.sql.state").StateDatabase
        made: StateDatabase = database(self.segments, groups)
        return made

    def _followed(self) -> SegmentStore | None:
        """Return where segments are followed, where any ever were."""
        if isinstance(self.segments, Path) and not self.segments.exists():
            return None
        sql = import_module("sojourn.adapters.sql.segments.store")
        store: SegmentStore = sql.SqlSegmentStore(self._groups)
        return store

    def _unfollow(self, people: Sequence[str]) -> None:
        if store := self._followed():
            import_module("sojourn.app.segmenting.forgetting").forget_people(store, people)

    def _forget_changes(self, before_us: int) -> int:
        store = self._followed()
        return store.expire(before_us) if store else 0

    def _compact_groups(self) -> None:
        if self._followed():
            self._groups.compact()


@dataclass(frozen=True)
class _ForgettingIndex(IndexFiles):
    """The index as something that is to hold nothing of erased people."""

    store: IndexStore
    current: Callable[[], object]

    @override
    def refresh(self) -> bool:
        before = self.store.version
        if before is None:
            return False
        self.current()
        return self.store.version != before

    @override
    def forget_old(self, before_us: int) -> int:
        return self.store.forget_old(before_us)
