"""The address of a PostgreSQL database, as people write it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

SCHEMES = ("postgresql", "postgres")
PORT = 5432
ENCRYPTION = ("prefer", "disable", "require", "verify-full")
_FORM = (
    "postgresql://USER@HOST:PORT/DATABASE, with ?host=/FOLDER for a socket, ?sslmode=verify-full"
)
_KNOWN = ("host", "sslmode", "sslrootcert")


class DatabaseAddressError(InputError):
    """A database's address cannot be used. Remedy: write it as postgresql://user@host/database."""

    code = "database-address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a PostgreSQL database is, and who comes there; never with what they prove it.

    Attributes
    ----------
    host : str
        A name or a number of the network, or the folder of a socket, which begins with ``/``.
    sslmode : str
        One of :data:`ENCRYPTION`, in libpq's meaning.
    sslrootcert : str
        File of certificates to trust; empty for those of the system.
    """

    user: str
    host: str
    port: int
    database: str
    sslmode: str = "prefer"
    sslrootcert: str = ""

    @property
    def place(self) -> str:
        """What the database is called in a message."""
        return f"The PostgreSQL database {self.database!r} at {self.host}:{self.port}"

    @property
    def text(self) -> str:
        """The address as it is written down."""
        socket = self.host.startswith("/")
        host = "" if socket else f"[{self.host}]" if ":" in self.host else self.host
        options = {"host": self.host if socket else "", "sslrootcert": self.sslrootcert,
                   "sslmode": self.sslmode if self.sslmode != "prefer" else ""}  # fmt: skip
        given = "&".join(f"{name}={quote(value)}" for name, value in options.items() if value)
        user, database = (quote(part, safe="") for part in (self.user, self.database))
        return f"postgresql://{user}@{host}:{self.port}/{database}" + (f"?{given}" if given else "")


def read_address(text: str, where: str, *, may_hold_password: bool) -> tuple[Address, str]:
    """Return an address, and the password that stood in it, empty when none did.

    Parameters
    ----------
    text : str
    where : str
        Where it stands, for a message. The text itself is never shown: it may hold a password.
    may_hold_password : bool

    Raises
    ------
    DatabaseAddressError
        If it cannot be read, or holds a password where none may stand.
    """
    try:
        parts = urlsplit(text)
        port = parts.port or PORT
    except ValueError as error:
        raise _unreadable(where, "it is no address") from error
    if parts.scheme not in SCHEMES:
        raise _unreadable(where, f"it begins with {parts.scheme!r}" if parts.scheme else
                          "it does not begin with postgresql://")  # fmt: skip
    if parts.password is not None and not may_hold_password:
        raise DatabaseAddressError(
            f"{where} holds a password, which everybody who copies the folder would have.",
            remedy="Take it out, and put it into the variable PGPASSWORD or the file ~/.pgpass.",
        )
    options = dict(parse_qsl(parts.query))
    _check_options(options, where)
    address = Address(
        user=unquote(parts.username or ""),
        host=options.get("host") or parts.hostname or "localhost",
        port=port,
        database=unquote(parts.path.lstrip("/")),
        sslmode=options.get("sslmode", "prefer"),
        sslrootcert=options.get("sslrootcert", ""),
    )
    if not address.user or not address.database:
        raise _unreadable(where, "it names no user" if not address.user else "it names no database")
    return address, unquote(_password(parts))


def _check_options(options: dict[str, str], where: str) -> None:
    unknown = sorted(options.keys() - set(_KNOWN))
    if unknown:
        raise _unreadable(where, f"it has the option {unknown[0]!r}; known: {', '.join(_KNOWN)}")
    if options.get("sslmode", "prefer") not in ENCRYPTION:
        raise _unreadable(where, f"its sslmode is none of {', '.join(ENCRYPTION)}")


def _password(parts: SplitResult) -> str:
    return parts.password or ""


def _unreadable(where: str, why: str) -> DatabaseAddressError:
    return DatabaseAddressError(f"The address of the database in {where}: {why}.", allowed=_FORM)
