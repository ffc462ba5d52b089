"""What a PostgreSQL server says when something is wrong, in plain words."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from sojourn.adapters.disk.errors import DiskFullError
from sojourn.adapters.sql.errors import StateUnusableError

if TYPE_CHECKING:
    from sojourn.base.errors import InputError

_DISK_FULL: Final = "53100"
_BROKEN_OFF: Final = ("08", "57P01", "57P02", "57P03", "57P05", "25P03")
_SERVER = (
    "Check the server and its log. Nothing that was accepted is lost; a running `sojourn serve`"
    " goes on by itself when the database does."
)
_LOGIN = (
    "Check the user in the address, and the password in the variable PGPASSWORD or the file"
    " ~/.pgpass."
)
_RIGHTS = (
    "Let the user make a schema in the database (GRANT CREATE ON DATABASE … TO …), or give it the"
    " schema that the address names."
)
_WORDS: Final = (
    ("28", "it does not let this user in", _LOGIN),
    ("3D000", "there is no such database", "Make it with createdb, or mend the address."),
    ("3F000", "its schema is gone", _SERVER),
    ("42P01", "tables of it are gone", _SERVER),
    ("42501", "the user may not do that there", _RIGHTS),
    ("25006", "it may only be read", "Name the server that may be written, not its copy."),
    ("53300", "all its connections are in use", "Raise max_connections of the server."),
    ("57P03", "it is just starting", _SERVER),
    ("57P", "it is being stopped", _SERVER),
    ("08", "the connection broke off", _SERVER),
    ("55P03", "another process has kept it locked for too long", _SERVER),
    ("40", "two processes wrote the same at the same moment", "Try again."),
)
"""Beginnings of the codes PostgreSQL gives its errors, the longer ones first."""
_NETWORK: Final = (
    (ConnectionRefusedError, "nothing answers there"),
    (ssl.SSLCertVerificationError, "its certificate is not to be trusted"),
    (socket.gaierror, "there is no computer of that name"),
    (TimeoutError, "it does not answer in time"),
    (FileNotFoundError, "there is no such socket or file"),
    (ConnectionError, "the connection broke off"),
)


def told(place: str, error: Exception) -> InputError | None:
    """Return what to tell the user about an error; None where it is not the database's.

    Parameters
    ----------
    place : str
        What the database is called.
    error : Exception
        As SQLAlchemy or the driver raised it.
    """
    if isinstance(error, PoolTimeoutError):
        return StateUnusableError(place, "it answers too slowly", remedy=_SERVER)
    if isinstance(error, OSError):
        return StateUnusableError(place, _of_network(error), remedy=_SERVER)
    if not isinstance(error, DBAPIError):
        return None
    code, said = said_by(error.orig)
    if not code:
        return StateUnusableError(place, _of_driver(error.orig), remedy=_SERVER)
    return DiskFullError(place) if code == _DISK_FULL else _of_server(place, code, said)


def is_broken_off(error: BaseException | None) -> bool:
    """Return whether a connection is of no more use after an error."""
    return isinstance(error, OSError) or said_by(error)[0].startswith(_BROKEN_OFF)


def said_by(error: BaseException | None) -> tuple[str, str]:
    """Return the code and the sentence of a server's error; both empty for one of the driver's.

    Of all that the server says only the sentence is taken: its details quote what was sent.
    """
    fields = error.args[0] if error is not None and error.args else None
    if not isinstance(fields, dict):
        return "", ""
    return str(fields.get("C", "")), str(fields.get("M", ""))


def _of_driver(error: BaseException | None) -> str:
    """Return the reason of an error that the driver met without the server."""
    cause = error.__cause__ if error is not None else None
    if isinstance(cause, OSError):
        return _of_network(cause)
    return "the connection broke off" if "network" in str(error) else str(error)


def _of_server(place: str, code: str, said: str) -> StateUnusableError:
    for beginning, words, remedy in _WORDS:
        if code.startswith(beginning):
            return StateUnusableError(place, words, remedy=remedy)
    return StateUnusableError(place, f"{said} (PostgreSQL's code {code})", remedy=_SERVER)


def _of_network(error: OSError) -> str:
    for kind, words in _NETWORK:
        if isinstance(error, kind):
            return words
    return (error.strerror or "the connection failed").lower()
