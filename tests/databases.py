"""Databases of every kind that a workspace's state may lie in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.adapters.sql.state import StateDatabase

if TYPE_CHECKING:
    from pathlib import Path

    from postgres import Server
    from sojourn.adapters.sql.backends.backend import Backend
    from sojourn.adapters.sql.chains import Chain

KINDS = ("sqlite", "postgres")


class Clock:
    """A second later each time it is read."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        self.now += 1_000_000
        return self.now


@dataclass
class Databases:
    """Opens the families of tables of one workspace, as often as wanted."""

    folder: Path
    server: Server | None
    """None for SQLite files."""
    workspace: str = field(default_factory=lambda: str(uuid.uuid4()))
    opened: list[StateDatabase] = field(default_factory=list)

    def where(self, chain: Chain) -> Path | Backend:
        if self.server is None:
            return self.folder / f"{chain.versions}.db"
        return self.schema()

    def schema(self, **more: object):
        from sojourn.adapters.sql.backends.address import read_address
        from sojourn.adapters.sql.backends.postgres import PostgresSchema

        text = self.server.url_with_password()
        address, password = read_address(text, "the test", may_hold_password=True)
        return PostgresSchema(address, password, self.workspace, **more)

    def open(self, chain: Chain, *, kept_open: bool = False) -> StateDatabase:
        self.opened.append(StateDatabase(self.where(chain), chain, kept_open=kept_open))
        return self.opened[-1]

    def everything(self) -> bytes:
        """All that is kept: of files every byte, of a server every row of every table."""
        if self.server is None:
            return b"".join(path.read_bytes() for path in self.folder.glob("*.db*"))
        schema = self.schema().schema
        tables = self.server.run(f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}'")
        rows = [
            row for (name,) in tables for row in self.server.run(f"SELECT * FROM {schema}.{name}")
        ]
        return repr(rows).encode()

    def close(self) -> None:
        for one in self.opened:
            one.close()
