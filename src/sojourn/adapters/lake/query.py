"""Ad-hoc SQL over the lake: DuckDB reading it through Arrow, shut off from everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from sojourn.adapters.lake.people.hidden import without
from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sojourn.adapters.lake.table import DeltaLake
    from sojourn.identity.erasing import PersonIds


class SqlError(InputError):
    """The SQL cannot be run. Remedy: the message is DuckDB's; the only table is events."""

    code = "sql"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The query cannot be run: {reason}",
            allowed="one SELECT over events, in DuckDB's SQL",
        )


def run_sql(
    lake: DeltaLake,
    query: str,
    *,
    hidden: Sequence[PersonIds] = (),
    memory_bytes: int,
    threads: int,
    scratch: Path,
) -> pa.RecordBatchReader:
    """Return the rows of one SELECT over the view ``events``.

    Parameters
    ----------
    lake : DeltaLake
    query : str
        In DuckDB's SQL. It sees ``events`` and nothing else: no files, no network, no extensions
        beyond those built in, no settings.
    hidden : sequence of PersonIds
        People whose events it does not see.
    memory_bytes : int
        What DuckDB may hold before it spills to ``scratch``.
    threads : int
        0 for one a core.
    scratch : Path
        Made when it is needed, and removed.

    Raises
    ------
    SqlError
        If the query is no single SELECT, or DuckDB refuses it.
    """
    connection = _connect(memory_bytes, threads, scratch)
    try:
        statements = connection.extract_statements(query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise SqlError("it is not one SELECT statement")
        connection.register("events", without(lake.dataset(lake.files()), hidden))
        connection.execute("SET lock_configuration = true")
        return pa.RecordBatchReader.from_stream(connection.sql(query))
    except duckdb.Error as error:
        raise SqlError(str(error)) from error


def _connect(memory_bytes: int, threads: int, scratch: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{memory_bytes}B",
            "temp_directory": str(scratch),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
            **({"threads": threads} if threads else {}),
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    return connection
