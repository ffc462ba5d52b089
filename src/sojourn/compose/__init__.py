"""Where the use cases meet their adapters: the only module that knows both."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sojourn.adapters.lake.handle import LakeHandle
from sojourn.adapters.workspace import folder
from sojourn.app.clock import now_us
from sojourn.app.settings import Settings, read_settings
from sojourn.app.workspace import Parts, Workspace
from sojourn.compose.following import FollowedParts, following_of
from sojourn.identity.merging import merged_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from sojourn.adapters.index_files.settings import IndexSettings
    from sojourn.adapters.index_files.store import IndexStore
    from sojourn.adapters.lake.writer import LakeStore
    from sojourn.adapters.sql.backends.postgres import PostgresSchema
    from sojourn.adapters.sql.state import StateDatabase
    from sojourn.adapters.workspace.folder import Layout
    from sojourn.app.access.accounts import Accounts
    from sojourn.app.access.providing import ProviderSignIn
    from sojourn.app.handover import HandOver
    from sojourn.app.importing import Importer
    from sojourn.compose.privacy import PrivacyParts
    from sojourn.identity.merging import Arrow, Merged
    from sojourn.index.bucket import Index
    from sojourn.ports.engine import Engine
    from sojourn.ports.erasure import Hiding
    from sojourn.ports.inbox import Inbox
    from sojourn.ports.people import Merges
    from sojourn.ports.workspace import About, Documents, Ledger, WriteKeys

DATABASE = "SOJOURN_DATABASE"
Progress: TypeAlias = "Callable[[str, int, int], None]"


def open_workspace(
    path: str | Path,
    *,
    create: bool = False,
    timezone: str | None = None,
    currency: str | None = None,
    memory_bytes: int | None = None,
    progress: Progress | None = None,
) -> Workspace:
    """Return the workspace in a folder.

    Parameters
    ----------
    path : str or Path
    create : bool
        Whether to make one where there is none.
    timezone, currency : str, optional
        Of a workspace that is made; UTC and XXX (unknown) when left out.
    memory_bytes : int, optional
        In place of ``SOJOURN_MEMORY``.
    progress : callable of (str, int, int), optional
        Told what part of building the index is done, how much of it, and of how much.

    Raises
    ------
    NoWorkspaceError
        If there is none and none is to be made.
    NewerWorkspaceError
        If a newer version of sojourn made it.
    """
    settings = read_settings(os.environ)
    if memory_bytes is not None:
        settings = replace(settings, memory_bytes=memory_bytes)
    root = Path(path)
    make = create and not folder.exists(root)
    if make:
        layout, about = folder.create(
            root,
            timezone=timezone or "UTC",
            currency=currency or "XXX",
            database=address_without_password(settings.database),
        )
    else:
        layout, about = folder.read(root)
    composition = _Composition(layout, about, settings, progress)
    if make:
        composition.state.prepare()
    return composition.workspace()


def scratch_workspace(path: Path) -> Workspace:
    """Return a new workspace for a moment: in its folder, whatever database is set elsewhere."""
    settings = replace(read_settings(os.environ), database="")
    layout, about = folder.create(path, timezone="UTC", currency="XXX")
    composition = _Composition(layout, about, settings, None)
    composition.state.prepare()
    return composition.workspace()


def open_schema(
    layout: Layout, about: About, settings: Settings, left_behind: Sequence[Path]
) -> PostgresSchema | None:
    """Return the workspace's schema where its state is kept in PostgreSQL."""
    given, where = settings.database, DATABASE
    if not given:
        given, where = about.database, str(layout.settings)
    if not given:
        return None
    opening = import_module("sojourn.adapters.sql.backends.opening")
    schema: PostgresSchema = opening.open_schema(
        opening.Given(
            address=given, where=where, may_hold_password=where == DATABASE,
            password=settings.password, password_file=settings.password_file,
        ),
        about.id,
        left_behind=left_behind,
    )  # fmt: skip
    return schema


def parts_of(layout: Layout, about: About, settings: Settings) -> _Composition:
    """Return the parts of a workspace, each made when it is first asked for."""
    return _Composition(layout, about, settings, None)


def address_without_password(given: str) -> str:
    """Return what a new workspace's settings say of the database it is made with."""
    if not given:
        return ""
    addresses = import_module("sojourn.adapters.sql.backends.address")
    address, _ = addresses.read_address(given, DATABASE, may_hold_password=True)
    text: str = address.text
    return text


# Adapters are named by their module and loaded when first used: a question on an index that is up
# to date needs neither Delta Lake nor SQLAlchemy nor DuckDB, which take most of a second.


@dataclass(frozen=True)
class _Composition:
    layout: Layout
    about: About
    settings: Settings
    progress: Progress | None

    def workspace(self) -> Workspace:
        return Workspace(
            Parts(
                path=str(self.layout.root),
                about=self.about,
                lake=lambda: self.lake,
                index=self.index,
                engine=lambda: self.engine,
                documents=lambda: self.documents,
                ledger=lambda: self.ledger,
                importer=self.importer,
                inbox=lambda: self.inbox,
                write_keys=lambda: self.write_keys,
                accounts=lambda: self.accounts,
                provider=lambda: self._provider,
                merges=lambda: _merges(self.state),
                hand_over=self.hand_over,
                following=cache(
                    lambda: following_of(
                        self._schema or self.layout.segments,
                        FollowedParts(
                            documents=self.documents,
                            lake=self.lake,
                            index=self.index,
                            inbox=self.inbox,
                            merged=lambda: _merged(self).kept,
                            hidden=self._hidden,
                            currency=self.about.currency,
                            timezone=self.about.timezone,
                        ),
                    )
                ),
                erasing=lambda: self._privacy.erasing,
                expiring=lambda: self._privacy.expiring,
                sql=self.sql,
            )
        )

    @cached_property
    def lake(self) -> LakeHandle:
        return LakeHandle(self.layout.lake)

    @cached_property
    def engine(self) -> Engine:
        local = import_module("sojourn.adapters.engines.local")
        engine: Engine = local.LocalEngine(self.settings.threads or None)
        return engine

    @cached_property
    def state(self) -> StateDatabase:
        state = import_module("sojourn.adapters.sql.state")
        database: StateDatabase = state.StateDatabase(self._schema or self.layout.state)
        return database

    @cached_property
    def _schema(self) -> PostgresSchema | None:
        return open_schema(
            self.layout, self.about, self.settings, (self.layout.state, self.layout.inbox)
        )

    @cached_property
    def documents(self) -> Documents:
        sql = import_module("sojourn.adapters.sql.documents")
        documents: Documents = sql.SqlDocuments(self.state, now_us)
        return documents

    @cached_property
    def ledger(self) -> Ledger:
        sql = import_module("sojourn.adapters.sql.ledger")
        ledger: Ledger = sql.SqlLedger(self.state, now_us)
        return ledger

    @cached_property
    def index_store(self) -> IndexStore:
        files = import_module("sojourn.adapters.index_files")
        store: IndexStore = files.IndexStore(self.layout.index)
        return store

    def index(self, columns: Sequence[str]) -> Index:
        files = import_module("sojourn.adapters.index_files.settings")
        wanted: IndexSettings = files.IndexSettings(
            timezone=self.about.timezone,
            currency=self.about.currency,
            now_us=now_us(),
            merged=_merged(self),
            memory_bytes=self.settings.memory_bytes,
            threads=self.settings.threads,
            progress=self.progress,
            hidden=self._hidden(),
        )
        return self.index_store.current(self.lake, wanted, columns)

    def _hidden(self) -> frozenset[str]:
        """People whom no question may see."""
        if not self.layout.hidden.exists():
            return frozenset()
        return frozenset(person for ids in self._hiding.get() for person in ids.people)

    @cached_property
    def _hiding(self) -> Hiding:
        file = import_module("sojourn.adapters.workspace.hiding")
        hiding: Hiding = file.HidingFile(self.layout.hidden)
        return hiding

    @cached_property
    def _inbox_database(self) -> StateDatabase:
        state = import_module("sojourn.adapters.sql.state")
        schema = import_module("sojourn.adapters.sql.inbox.schema")
        database: StateDatabase = state.StateDatabase(
            self._schema or self.layout.inbox, schema.INBOX, kept_open=True
        )
        return database

    @cached_property
    def inbox(self) -> Inbox:
        sql = import_module("sojourn.adapters.sql.inbox.store")
        inbox: Inbox = sql.SqlInbox(self._inbox_database)
        return inbox

    @cached_property
    def write_keys(self) -> WriteKeys:
        keys = import_module("sojourn.adapters.sql.keys")
        found: WriteKeys = keys.SqlWriteKeys(self.state, now_us)
        return found

    @cached_property
    def accounts(self) -> Accounts:
        access = import_module("sojourn.adapters.sql.access")
        argon = import_module("sojourn.adapters.passwords.argon")
        accounts = import_module("sojourn.app.access.accounts")
        found: Accounts = accounts.Accounts(
            users=access.SqlUsers(self.state),
            secrets=access.SqlSecrets(self.state),
            log=access.SqlAccessLog(self.state),
            hasher=argon.Argon2Hasher(),
            now_us=now_us,
        )
        return found

    @cached_property
    def _provider(self) -> ProviderSignIn | None:
        providing = import_module("sojourn.compose.providing")
        found: ProviderSignIn | None = providing.provider_of(
            self.layout, self.settings, self.state, self.accounts
        )
        return found

    @cached_property
    def store(self) -> LakeStore:
        writer = import_module("sojourn.adapters.lake.writer")
        bounds = writer.Bounds(
            commit_rows=self.settings.commit_rows, memory_bytes=self.settings.memory_bytes
        )
        store: LakeStore = writer.LakeStore(self.layout, bounds)
        return store

    def hand_over(self) -> HandOver:
        handover = import_module("sojourn.app.handover")
        calls = import_module("sojourn.adapters.readers.calls")
        found: HandOver = handover.HandOver(
            inbox=self.inbox, store=self.store, read=calls.read_calls, now_us=now_us,
            door=self._privacy.door,
        )  # fmt: skip
        return found

    def importer(self) -> Importer:
        readers = import_module("sojourn.adapters.readers")
        importing = import_module("sojourn.app.importing")
        importer: Importer = importing.Importer(
            store=self.store,
            ledger=self.ledger,
            open_reader=readers.open_reader,
            now_us=now_us,
            batch_rows=self.store.batch_rows,
            door=self._privacy.door,
        )
        return importer

    @cached_property
    def _privacy(self) -> PrivacyParts:
        parts: PrivacyParts = import_module("sojourn.compose.privacy").PrivacyParts(
            layout=self.layout, timezone=self.about.timezone, hiding=self._hiding, state=self.state,
            segments=self._schema or self.layout.segments,
            inbox=lambda: self._inbox_database, store=self.store, hand_over=self.hand_over,
            index_store=self.index_store, index=lambda: self.index(()),
            merged=lambda: _merged(self),
        )  # fmt: skip
        return parts

    def sql(self, query: str) -> pa.RecordBatchReader:
        table = import_module("sojourn.adapters.lake.table")
        duck = import_module("sojourn.adapters.lake.query")
        rows: pa.RecordBatchReader = duck.run_sql(
            table.DeltaLake(self.layout.lake),
            query,
            hidden=self._hiding.get(),
            memory_bytes=self.settings.memory_bytes,
            threads=self.settings.threads,
            scratch=self.layout.root / "index" / "sql",
        )
        return rows


def _merges(state: StateDatabase) -> Merges:
    merges = import_module("sojourn.adapters.sql.merges")
    found: Merges = merges.SqlMerges(state, now_us)
    return found


def _merged(composition: _Composition) -> Merged:
    """Return who counts as whom by the merges that stand, by a glance where that does."""
    layout, settings = composition.layout, composition.settings
    if not (settings.database or composition.about.database):
        glance = import_module("sojourn.adapters.sql.glance")
        found: tuple[Arrow, ...] | None = glance.standing_merges(layout.state)
        if found is not None:
            return merged_of(found)
    return merged_of(_merges(composition.state).arrows())
