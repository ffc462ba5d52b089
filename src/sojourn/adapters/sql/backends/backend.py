"""What a database has to offer beside SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from sojourn.adapters.sql.chains import Chain
    from sojourn.base.errors import InputError

READING = "sojourn_reading"
"""Execution option: nothing is changed, so nobody has to wait."""
BESIDE = "sojourn_beside"
"""Execution option: right whoever else writes at the same time."""


class Backend(Protocol):
    """Where tables lie, and what is particular about it."""

    @property
    def place(self) -> str:
        """What the database is called in a message; no password is in it."""

    def engine(self, chain: Chain, *, kept_open: bool) -> Engine:
        """Return an engine whose transactions are whole, durable, and writing ones one at a time.

        Parameters
        ----------
        chain : Chain
            The family of tables whose writers take turns.
        kept_open : bool
            Keep connections for the next transaction, where that is a choice.
        """

    def at_one_instant(self, engine: Engine) -> Engine:
        """Return an engine whose transactions see one instant from their beginning to their end."""

    def make_room(self, engine: Engine) -> None:
        """Make what the tables lie in, where it is not there."""

    def compact(self, engine: Engine, chain: Chain) -> None:
        """Leave nothing lying about of what was deleted from a family of tables."""

    def may_change(self) -> bool:
        """Return whether it is known that nothing may be written: False then."""

    def told(self, error: Exception) -> InputError | None:
        """Return what to tell the user about an error; None where it is not the database's."""


def is_reading(connection: Connection) -> bool:
    """Return whether a transaction said that it changes nothing."""
    return bool(connection.get_execution_options().get(READING, False))


def is_beside(connection: Connection) -> bool:
    """Return whether a transaction said that others may write at the same time."""
    return bool(connection.get_execution_options().get(BESIDE, False))
