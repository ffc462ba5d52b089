"""Tables in a schema of a PostgreSQL server, one schema a workspace, every commit on disk."""

from __future__ import annotations

import hashlib
import ssl
import uuid
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateSchema
from typing_extensions import override

from sojourn.adapters.sql.backends import troubles
from sojourn.adapters.sql.backends.address import Address, DatabaseAddressError
from sojourn.adapters.sql.backends.backend import READING, Backend, is_beside, is_reading
from sojourn.adapters.sql.errors import StateLeftBehindError, StateUnusableError
from sojourn.base.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.engine import Dialect, ExceptionContext
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

    from sojourn.adapters.sql.chains import Chain
    from sojourn.base.errors import InputError

KEPT, MOST = 1, 4
"""Connections that are kept for a family of tables in a process, and how many it may have."""
_WAIT_S = 30
_ANSWER_S = 60
"""A server that is silent for so long is taken for gone."""


class PostgresSchema(Backend):
    """The schema of one workspace; see :class:`Backend`.

    Parameters
    ----------
    address : Address
    password : str
        Empty where none is needed.
    workspace : str
        The workspace's id.
    left_behind : sequence of Path
        The files of a workspace that was kept without a server before.

    Raises
    ------
    DatabaseAddressError
        If the id cannot name a schema.
    """

    def __init__(
        self, address: Address, password: str, workspace: str, left_behind: Sequence[Path] = ()
    ) -> None:
        self._address = address
        self._password = password
        self._left_behind = left_behind
        self.schema = schema_of(workspace)

    @property
    @override
    def place(self) -> str:
        return self._address.place

    @override
    def engine(self, chain: Chain, *, kept_open: bool) -> Engine:
        address = self._address
        socket = address.host.startswith("/")
        url = URL.create(
            "postgresql+pg8000", username=address.user, database=address.database,
            host=None if socket else address.host, port=None if socket else address.port,
        )  # fmt: skip
        try:
            engine = create_engine(
                url, poolclass=QueuePool, pool_size=KEPT, max_overflow=MOST - KEPT,
                pool_timeout=_WAIT_S, connect_args=self._connecting(),
            )  # fmt: skip
        except ModuleNotFoundError:
            raise MissingExtraError("pg8000, which speaks to PostgreSQL,", "postgres") from None
        _replace_broken(engine)
        if address.sslmode == "prefer":
            event.listen(engine, "do_connect", _connect_as_can_be)
        event.listen(engine, "connect", self._make_durable)
        event.listen(engine, "handle_error", _leave_broken)
        turn = _number(f"{self.schema}/{chain.versions}")

        def take_turn(connection: Connection) -> None:
            if not (is_reading(connection) or is_beside(connection)):
                connection.execute(select(func.pg_advisory_xact_lock(turn)))

        event.listen(engine, "begin", take_turn)
        return engine

    @override
    def at_one_instant(self, engine: Engine) -> Engine:
        return engine.execution_options(isolation_level="REPEATABLE READ")

    @override
    def make_room(self, engine: Engine) -> None:
        with engine.execution_options(**{READING: True}).begin() as connection:
            # One at a time over all families: of two that make it at once, one would fail.
            connection.execute(select(func.pg_advisory_xact_lock(_number(self.schema))))
            there = select(func.to_regnamespace(self.schema).is_not(None))
            if not connection.execute(there).scalar_one():
                self._check_nothing_is_left()
                connection.execute(CreateSchema(self.schema))

    @override
    def compact(self, engine: Engine, chain: Chain) -> None:
        quoted = engine.dialect.identifier_preparer.quote
        raw = engine.raw_connection()
        driver: Any = raw.driver_connection
        try:
            raw.rollback()  # it was looked at, which began a transaction
            driver.autocommit = True
            cursor = raw.cursor()
            for table in chain.metadata.sorted_tables:
                cursor.execute(f"VACUUM (FULL) {quoted(self.schema)}.{quoted(table.name)}")
            cursor.close()
        finally:
            raw.invalidate()  # not to be used as it is now

    @override
    def may_change(self) -> bool:
        return True

    @override
    def told(self, error: Exception) -> InputError | None:
        return troubles.told(self.place, error)

    def _check_nothing_is_left(self) -> None:
        """Refuse to begin anew beside what was kept before: it would seem to be lost."""
        left = [path for path in self._left_behind if path.exists()]
        if left:
            raise StateLeftBehindError(self.place, [str(path) for path in left])

    def _connecting(self) -> dict[str, object]:
        address = self._address
        arguments: dict[str, object] = {
            "password": self._password,
            "timeout": _ANSWER_S,
            "application_name": "sojourn",
            "ssl_context": _encryption(address),
            "startup_params": {
                "search_path": self.schema,
                "default_transaction_isolation": "read committed",
                "lock_timeout": f"{_WAIT_S}s",
                "idle_in_transaction_session_timeout": f"{_ANSWER_S}s",
            },
        }
        if address.host.startswith("/"):
            arguments["unix_sock"] = f"{address.host}/.s.PGSQL.{address.port}"
        return arguments

    def _make_durable(self, connection: _Connection, _: ConnectionPoolEntry) -> None:
        """Have commits on disk when they return, whatever the server's settings are."""
        cursor = connection.cursor()
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        fsync, commit = cursor.fetchone()
        if fsync != "on":
            connection.close()
            raise StateUnusableError(
                self.place,
                "it runs with fsync = off, so that nothing it confirms is sure to be kept",
                remedy="Set fsync = on in postgresql.conf and restart the server.",
            )
        if commit == "off":
            cursor.execute("SET synchronous_commit = 'on'")
        connection.commit()


class _Cursor(Protocol):
    def execute(self, statement: str) -> object: ...

    def fetchone(self) -> Sequence[str]: ...


class _Connection(Protocol):
    """What is used here of the driver's connection."""

    def cursor(self) -> _Cursor: ...

    def commit(self) -> None: ...

    def close(self) -> None: ...


def schema_of(workspace: str) -> str:
    """Return the name of a workspace's schema.

    Raises
    ------
    DatabaseAddressError
        If the id is none that Sojourn made.

    Examples
    --------
    >>> schema_of("0d5a3c1e-8f1b-4c67-9a53-0f3de6a1b2c4")
    'sojourn_0d5a3c1e8f1b4c679a530f3de6a1b2c4'
    """
    try:
        return f"sojourn_{uuid.UUID(workspace).hex}"
    except ValueError:
        raise DatabaseAddressError(
            f"The workspace's id {workspace!r} cannot name a schema.",
            remedy="Set id in sojourn.toml to what it was when the workspace was made.",
        ) from None


def _number(name: str) -> int:
    """Return the 64-bit number by which processes take turns."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


def _encryption(address: Address) -> ssl.SSLContext | bool:
    """Return how the driver is to encrypt; False is not at all."""
    if address.host.startswith("/") or address.sslmode == "disable":
        return False
    if address.sslmode == "verify-full":
        try:
            return ssl.create_default_context(cafile=address.sslrootcert or None)
        except OSError as error:
            raise DatabaseAddressError(
                f"The certificates in {address.sslrootcert} cannot be read."
            ) from error
    # Made once: left to itself the driver loads the system's certificates for each connection,
    # which takes longer than connecting, and checks nothing by them.
    unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unchecked.check_hostname = False
    unchecked.verify_mode = ssl.CERT_NONE
    return unchecked


def _connect_as_can_be(
    dialect: Dialect, _: ConnectionPoolEntry, args: list[Any], more: dict[str, Any]
) -> DBAPIConnection:
    """Connect encrypted where the server can, plain where it cannot."""
    try:
        return dialect.connect(*args, **more)
    except dialect.loaded_dbapi.InterfaceError as error:
        if "refuses SSL" not in str(error):
            raise
    return dialect.connect(*args, **(more | {"ssl_context": False}))


def _replace_broken(engine: Engine) -> None:
    """Have each connection looked at before it is used again; the server may have restarted."""
    # TRICKY: SQLAlchemy's own way does not know the errors of the network that the driver lets
    # through as they are. This begins the transaction; what follows goes on in it.
    dead = (OSError, engine.dialect.loaded_dbapi.Error)

    def look(connection: _Connection, _: ConnectionPoolEntry, __: object) -> None:
        try:
            connection.cursor().execute("SELECT 1")
        except dead as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkout", look)


def _leave_broken(context: ExceptionContext) -> None:
    # TRICKY: the driver lets some errors of the network through as they are, and a server that is
    # being stopped answers with an error first; neither would be taken for the end of a connection.
    if troubles.is_broken_off(context.original_exception):
        context.is_disconnect = True
