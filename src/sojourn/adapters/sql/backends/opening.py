"""From what people wrote down to the schema of a workspace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.adapters.sql.backends.address import read_address
from sojourn.adapters.sql.backends.passwords import password_of
from sojourn.adapters.sql.backends.postgres import PostgresSchema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was given of a database.

    Attributes
    ----------
    address : str
    where : str
        Where the address stands, for a message.
    may_hold_password : bool
        Whether a password may stand in it.
    password : str
        From the environment; empty for none.
    password_file : str
        Empty for the usual one.
    """

    address: str = field(repr=False)
    where: str
    may_hold_password: bool
    password: str = field(repr=False)
    password_file: str


def open_schema(given: Given, workspace: str, left_behind: Sequence[Path]) -> PostgresSchema:
    """Return the schema of a workspace; nothing is connected to yet.

    Parameters
    ----------
    given : Given
    workspace : str
        The workspace's id.
    left_behind : sequence of Path
        The files of a workspace that was kept without a server before.

    Raises
    ------
    DatabaseAddressError
        If the address, the file of passwords or the id cannot be used.
    """
    address, inline = read_address(
        given.address, given.where, may_hold_password=given.may_hold_password
    )
    password = inline or given.password or password_of(address, given.password_file)
    return PostgresSchema(address, password, workspace, left_behind)
