"""A workspace as the use cases and the command line see it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.app.watching import WatchedEngine
from sojourn.base.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from sojourn.app.access.accounts import Accounts
    from sojourn.app.access.providing import ProviderSignIn
    from sojourn.app.handover import HandOver
    from sojourn.app.import_file import Listener, Source
    from sojourn.app.import_report import ImportReport
    from sojourn.app.importing import Importer
    from sojourn.app.privacy.erasing import Erasing
    from sojourn.app.privacy.expiring import Expiring
    from sojourn.app.segmenting.follow import Following
    from sojourn.index.bucket import Index
    from sojourn.index.catalog import Catalog
    from sojourn.insight.answer import Answer
    from sojourn.insight.question import PartialT, Spec
    from sojourn.ports.engine import Engine
    from sojourn.ports.inbox import Inbox
    from sojourn.ports.lake import Lake
    from sojourn.ports.people import Merges
    from sojourn.ports.reader import ReadOptions
    from sojourn.ports.workspace import About, Documents, Ledger, WriteKeys


PROPERTY = "property"
"""What an error calls a property that is not in the index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a workspace is put together from; everything slow to load is made when asked for."""

    path: str
    about: About
    lake: Callable[[], Lake]
    index: Callable[[Sequence[str]], Index]
    """Returns the index of the lake's newest version with at least some columns, built where
    need be."""
    engine: Callable[[], Engine]
    documents: Callable[[], Documents]
    ledger: Callable[[], Ledger]
    importer: Callable[[], Importer]
    inbox: Callable[[], Inbox]
    write_keys: Callable[[], WriteKeys]
    accounts: Callable[[], Accounts]
    provider: Callable[[], ProviderSignIn | None]
    merges: Callable[[], Merges]
    hand_over: Callable[[], HandOver]
    following: Callable[[], Following]
    erasing: Callable[[], Erasing]
    expiring: Callable[[], Expiring]
    sql: Callable[[str], pa.RecordBatchReader]


class Workspace:
    """Events of one business, what is known from them, and the documents about them.

    Attributes
    ----------
    about : About
        Id, time zone and currency.
    path : str
        The folder.
    erasing : callable
        Returns what erases people.
    provider : callable
        Returns what signs people in at the workspace's provider; None where it has none.
    expiring : callable
        Returns what removes events that are older than they may be.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.about = parts.about
        self.path = parts.path
        self.erasing = parts.erasing
        self.provider = parts.provider
        self.expiring = parts.expiring

    @property
    def lake(self) -> Lake:
        """All events as received."""
        return self._parts.lake()

    @property
    def documents(self) -> Documents:
        """Versioned documents."""
        return self._parts.documents()

    @property
    def ledger(self) -> Ledger:
        """What was imported."""
        return self._parts.ledger()

    @property
    def inbox(self) -> Inbox:
        """Accepted events that are not in the lake yet."""
        return self._parts.inbox()

    @property
    def write_keys(self) -> WriteKeys:
        """Who may send events."""
        return self._parts.write_keys()

    @property
    def accounts(self) -> Accounts:
        """Who may sign in, and how."""
        return self._parts.accounts()

    @property
    def merges(self) -> Merges:
        """Who was merged with whom."""
        return self._parts.merges()

    @property
    def hand_over(self) -> HandOver:
        """What moves events from the inbox to the lake."""
        return self._parts.hand_over()

    @property
    def following(self) -> Following:
        """What follows the segments."""
        return self._parts.following()

    @property
    def catalog(self) -> Catalog:
        """Event names, properties and totals of the current index."""
        return self.index().catalog

    def index(self, columns: Sequence[str] = ()) -> Index:
        """Return the journey index of every event accepted so far.

        Parameters
        ----------
        columns : sequence of str
            Properties that must be in it, beside the common ones.

        Raises
        ------
        UnknownNameError
            If no event has one of the properties.
        """
        return self._parts.index(columns)

    def ask(self, spec: Spec[PartialT]) -> Answer[object]:
        """Return the answer to a question.

        A property that is in the events but not in the index is brought into the index first.

        Raises
        ------
        UnknownNameError
            If the question names an event or a property that no event has.
        """
        columns: list[str] = []
        while True:
            index = self.index(columns)
            try:
                plan = spec.plan(index.catalog)
            except UnknownNameError as error:
                if error.kind != PROPERTY or error.given in columns:
                    raise
                columns.append(error.given)
            else:
                return self._parts.engine().ask(plan, index)

    def watched(self, check: Callable[[], None]) -> Workspace:
        """Return the same workspace, its questions stopped when a check raises an error.

        Parameters
        ----------
        check : callable
            Called before each piece of a question's work.
        """
        inner = self._parts.engine
        return Workspace(replace(self._parts, engine=lambda: WatchedEngine(inner(), check)))

    def import_files(
        self,
        sources: Sequence[Source],
        options: ReadOptions,
        *,
        wait: bool = True,
        listener: Listener | None = None,
    ) -> ImportReport:
        """Return what became of the rows of some inputs; see :class:`Importer`."""
        return self._parts.importer().run(sources, options, wait=wait, listener=listener)

    def sql(self, query: str) -> pa.RecordBatchReader:
        """Return the rows of a SELECT over the view ``events``."""
        return self._parts.sql(query)


def name_of(workspace: Workspace) -> str:
    """Return what a workspace is called in addresses."""
    return name_in(workspace.path)


def name_in(path: str) -> str:
    """Return what a workspace is called: its folder's name, in signs that are safe in addresses."""
    return re.sub(r"[^\w.-]+", "-", Path(path).resolve().name).strip("-.") or "workspace"
