"""Opening data for a notebook: a workspace, files, or a table that is at hand."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from sojourn.api.journeys import Journeys
from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from sojourn.app.workspace import Workspace

    Table: TypeAlias = (
        "pa.Table | pd.DataFrame | pl.DataFrame | pl.LazyFrame | duckdb.DuckDBPyRelation"
    )


class NothingToOpenError(InputError):
    """What was given is neither a workspace nor data. Remedy: the message lists what can be."""

    code = "nothing-to-open"


class UnreadableError(InputError):
    """The data could not become events. Remedy: the message says which column is missing."""

    code = "unreadable"


@runtime_checkable
class _ArrowStream(Protocol):
    """What polars, pyarrow, DuckDB and pandas share: the Arrow PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


def open_data(
    source: str | Path | Table,
    *,
    roles: Mapping[str, str] | None = None,
    event_name: str | None = None,
    timezone: str = "UTC",
    currency: str = "XXX",
) -> Journeys:
    """Return journeys to ask questions of.

    Parameters
    ----------
    source : path or table
        A workspace folder; a file that ``sojourn import`` reads; or a pandas or polars frame, an
        Arrow table or a DuckDB relation. Files and tables are brought into a workspace that lives
        as long as the returned object.
    roles : mapping of role to column name, optional
        ``{"person": "user_id", "time": "ts", "event": "name"}``; what is left out is found.
    event_name : str, optional
        The name of every event of data without a column for it.
    timezone : str
        IANA zone of times without one, and of calendar days.
    currency : str
        ISO code of amounts without one.

    Raises
    ------
    NothingToOpenError
        If ``source`` is none of these.
    UnreadableError
        If no events can be made of it.
    """
    from sojourn.compose import open_workspace

    if isinstance(source, str | Path) and (Path(source) / "sojourn.toml").is_file():
        return Journeys(open_workspace(source))
    folder = Path(mkdtemp(prefix="sojourn-"))
    workspace = open_workspace(
        folder / "workspace", create=True, timezone=timezone, currency=currency
    )
    journeys = Journeys(workspace, folder)  # from here on the folder goes when they do
    path = Path(source) if isinstance(source, str | Path) else _as_parquet(source, folder)
    _bring_in(workspace, path, roles or {}, event_name)
    return journeys


def _as_parquet(source: Table, folder: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = getattr(source, "collect", None)  # a lazy frame has no rows until it is collected
    table = arrow() if callable(arrow) else source
    if not isinstance(table, _ArrowStream):
        raise NothingToOpenError(
            f"A {type(source).__name__} cannot be opened.",
            allowed="a workspace folder, a file, a pandas or polars frame, an Arrow table, "
            "a DuckDB relation",
        )
    path = folder / "table.parquet"
    pq.write_table(pa.table(table), path)
    return path


def _bring_in(
    workspace: Workspace, path: Path, roles: Mapping[str, str], event_name: str | None
) -> None:
    from sojourn.app.import_file import Source
    from sojourn.ports.reader import ReadOptions

    if not path.is_file():
        raise NothingToOpenError(
            f"There is no workspace and no file at {str(path)!r}.",
            allowed="a folder with a sojourn.toml, or a file with events",
        )
    options = ReadOptions(
        roles=dict(roles),
        event_name=event_name,
        timezone=workspace.about.timezone,
    )
    report = workspace.import_files((Source(name=path.name, content=str(path)),), options)
    file = report.files[0]
    if file.message:
        raise UnreadableError(file.message)
