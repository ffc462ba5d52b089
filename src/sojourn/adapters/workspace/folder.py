"""The folder of a workspace: where things lie, its settings file, its secret."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
import tomllib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sojourn.adapters.disk.errors import as_write_error
from sojourn.adapters.disk.sync import make_folder, write_whole
from sojourn.adapters.workspace.errors import (
    NewerWorkspaceError,
    NoWorkspaceError,
    WorkspaceSettingsError,
)
from sojourn.ports.workspace import About

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
"""Of the folder as a whole; raised when older versions could not read it any more."""

_TOML = """\
# A Sojourn workspace. timezone and currency may be changed here; leave format and id alone.
format = {format}
id = "{id}"
timezone = "{timezone}"
currency = "{currency}"
"""
_TOML_DATABASE = """\
database = {database}
"""
_DATABASE_LINE = re.compile(r"^\s*database\s*=.*\n?", re.MULTILINE)
_TABLE = re.compile(r"^\s*\[", re.MULTILINE)
_SETTINGS, _SECRET = "sojourn.toml", "secret"
_SECRET_BYTES = 32
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the parts of a workspace lie."""

    root: Path

    @property
    def settings(self) -> Path:
        """Format version, time zone, currency, id."""
        return self.root / _SETTINGS

    @property
    def secret(self) -> Path:
        """The key of hashes, readable by its owner only."""
        return self.root / _SECRET

    @property
    def lake(self) -> Path:
        """The Delta table: the source of truth."""
        return self.root / "lake"

    @property
    def index(self) -> Path:
        """The journey index; derived."""
        return self.root / "index" / "journeys"

    @property
    def ids(self) -> Path:
        """Sorted event ids of the lake; derived."""
        return self.root / "index" / "ids"

    @property
    def scratch(self) -> Path:
        """Whatever lives no longer than a command."""
        return self.root / "index" / "scratch"

    @property
    def segments(self) -> Path:
        """What is kept of people for segments; derived."""
        return self.root / "segments.db"

    @property
    def state(self) -> Path:
        """Documents, the import ledger, write keys."""
        return self.root / "state.db"

    @property
    def inbox(self) -> Path:
        """Accepted events that are not in the lake yet."""
        return self.root / "inbox.db"

    @property
    def quarantine(self) -> Path:
        """Rows that were no events, to be mended."""
        return self.root / "quarantine"

    @property
    def hidden(self) -> Path:
        """People hidden from questions until they are erased; there while somebody is."""
        return self.root / "hidden.json"

    @property
    def lock(self) -> Path:
        """The lock of the one writer."""
        return self.root / "lock"


def create(root: Path, *, timezone: str, currency: str, database: str = "") -> tuple[Layout, About]:
    """Return a new workspace in a folder that holds none.

    Parameters
    ----------
    root : Path
    timezone, currency : str
    database : str
        Address of its database, without a password; empty for files in the folder.

    Raises
    ------
    WorkspaceSettingsError
        If the time zone is unknown.
    NoWorkspaceError
        If the folder cannot be made or is a file.
    """
    _check_zone(timezone, "the time zone")
    _check_path(root)
    layout = Layout(root)
    about = About(
        id=str(uuid.uuid4()), timezone=timezone, currency=currency.upper(), database=database
    )
    try:
        make_folder(root, mode=0o700)  # what people did is nobody else's to read
        read_secret(layout)
        content = _TOML.format(
            format=FORMAT, id=about.id, timezone=about.timezone, currency=about.currency
        )
        if database:  # JSON's texts are TOML's too
            content += _TOML_DATABASE.format(database=json.dumps(database, ensure_ascii=False))
        write_whole(layout.settings, content.encode())
    except (FileExistsError, NotADirectoryError) as error:
        raise NoWorkspaceError(str(root), why="it is a file") from error
    except OSError as error:
        raise as_write_error(str(root), error) from error
    return layout, about


def exists(root: Path) -> bool:
    """Return whether a folder is a workspace."""
    return Layout(root).settings.is_file()


def read(root: Path) -> tuple[Layout, About]:
    """Return the workspace in a folder.

    Raises
    ------
    NoWorkspaceError
        If there is none.
    NewerWorkspaceError
        If it has a format this version does not know.
    WorkspaceSettingsError
        If its settings cannot be read.
    """
    layout = Layout(root)
    _check_path(root)
    try:
        text = layout.settings.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        why = "it has no sojourn.toml" if root.exists() else "it does not exist"
        raise NoWorkspaceError(str(root), why=why) from None
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceSettingsError(f"{layout.settings} cannot be read: {error}") from None
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceSettingsError(f"{layout.settings} is not TOML: {error}") from None
    number = found.get("format")
    if not isinstance(number, int) or number < 1:
        raise WorkspaceSettingsError(
            f"{layout.settings} has format = {number!r}.", allowed=f"1 to {FORMAT}"
        )
    if number > FORMAT:
        raise NewerWorkspaceError(str(root), number, FORMAT)
    values = [found.get(name) for name in ("id", "timezone", "currency")]
    names = [value for value in values if isinstance(value, str)]
    if len(names) != len(values):
        raise WorkspaceSettingsError(f"{layout.settings} lacks id, timezone or currency.")
    _check_zone(names[1], f"timezone in {layout.settings}")
    database = found.get("database", "")
    if not isinstance(database, str):
        raise WorkspaceSettingsError(
            f"{layout.settings} has database = {database!r}.", allowed="the address as text"
        )
    return layout, About(id=names[0], timezone=names[1], currency=names[2], database=database)


def settle(root: Path, database: str) -> tuple[Layout, About]:
    """Return a workspace whose settings name the database it is kept in from now on.

    Parameters
    ----------
    root : Path
    database : str
        Its address, without a password; empty for files in the folder.
    """
    layout, about = read(root)
    if about.database != database:
        text = _DATABASE_LINE.sub("", layout.settings.read_text("utf-8"))
        if database:  # before the first table: after it, the line would belong to that
            line = _TOML_DATABASE.format(database=json.dumps(database, ensure_ascii=False))
            table = _TABLE.search(text)
            at = table.start() if table else len(text)
            text = f"{text[:at]}{line}{text[at:]}"
        write_whole(layout.settings, text.encode())
    return read(root)


def read_secret(layout: Layout) -> bytes:
    """Return the key that hashes addresses; made at first need, readable by its owner only."""
    path = layout.secret
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except FileNotFoundError:
        key = secrets.token_bytes(_SECRET_BYTES)
        write_whole(path, key.hex().encode(), mode=0o600)
    except ValueError:
        raise WorkspaceSettingsError(f"{path} is damaged: it is not hexadecimal.") from None
    if os.name != "nt" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o600)
    return key


def _check_path(root: Path) -> None:
    """Raise for a path that Delta Lake would take for an escaped one (delta-rs 1.6)."""
    found = _ESCAPE.search(str(root.absolute()))
    if found:
        raise WorkspaceSettingsError(
            f"The path {root.absolute()} contains {found[0]!r}.",
            allowed="any name without a percent sign followed by two hexadecimal digits",
        )


def _check_zone(name: str, what: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WorkspaceSettingsError(
            f"{what} is {name!r}, which is no time zone.",
            allowed="IANA names such as UTC, Asia/Seoul, Europe/Berlin",
        ) from None
