"""What can be set for a whole process, read once in :mod:`sojourn.compose`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
LEAST_MEMORY = 512 * 1024 * 1024


class SizeError(InputError):
    """A size cannot be read or is too small. Remedy: write it as 512MB or 2GB."""

    code = "size"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Bounds within which imports, index builds and SQL work, and the way to a database."""

    memory_bytes: int = 2 * 1024**3
    """About what one command may hold in memory (``SOJOURN_MEMORY``)."""
    commit_rows: int = 4_000_000
    """Events collected before they are committed to the lake (``SOJOURN_COMMIT_ROWS``)."""
    threads: int = 0
    """Threads for reading and questions; 0 is one for each core (``SOJOURN_THREADS``)."""
    database: str = field(default="", repr=False)
    """Address of a PostgreSQL database, in place of the workspace's (``SOJOURN_DATABASE``); it may
    hold a password."""
    password: str = field(default="", repr=False)
    """Of the database's user (``PGPASSWORD``, as PostgreSQL's own programs have it)."""
    password_file: str = ""
    """File of passwords (``PGPASSFILE``); empty for ``~/.pgpass``."""
    oidc_secret: str = field(default="", repr=False)
    """The secret of a workspace's sign-in provider (``SOJOURN_OIDC_SECRET``)."""
    outbound: tuple[str, ...] = ()
    """Hosts and networks of our own that may be asked (``SOJOURN_OUTBOUND``)."""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings an environment gives, defaults for the rest.

    Raises
    ------
    SizeError
        If a value is not a size or a whole number.
    """
    fallback = Settings()
    memory = environment.get("SOJOURN_MEMORY")
    return Settings(
        memory_bytes=parse_size(memory) if memory else fallback.memory_bytes,
        commit_rows=whole(environment, "SOJOURN_COMMIT_ROWS", fallback.commit_rows, least=1),
        threads=whole(environment, "SOJOURN_THREADS", fallback.threads, least=0),
        database=environment.get("SOJOURN_DATABASE", ""),
        password=environment.get("PGPASSWORD", ""),
        password_file=environment.get("PGPASSFILE", ""),
        oidc_secret=environment.get("SOJOURN_OIDC_SECRET", ""),
        outbound=tuple(environment.get("SOJOURN_OUTBOUND", "").replace(",", " ").split()),
    )


def parse_size(text: str) -> int:
    """Return a size in bytes; k, M, G, T are powers of 1024.

    Raises
    ------
    SizeError
        If the text is not a size, or less than 512 MB.

    Examples
    --------
    >>> parse_size("2GB") == 2 * 1024**3
    True
    """
    size = bytes_of(text)
    if size < LEAST_MEMORY:
        raise SizeError(f"{text!r} of memory is too little.", allowed="512MB or more")
    return size


def bytes_of(text: str) -> int:
    """Return a written size in bytes, whatever it is of.

    Raises
    ------
    SizeError
        If the text is not a size.
    """
    match = _SIZE.fullmatch(text)
    if not match:
        raise SizeError(f"{text!r} is not a size.", allowed="a number and a unit: 512MB, 2GB")
    return int(float(match[1]) * 1024 ** _POWERS[match[2].lower()])


def whole(environment: Mapping[str, str], name: str, fallback: int, *, least: int) -> int:
    """Return a whole number of the environment."""
    text = environment.get(name)
    if not text:
        return fallback
    if not text.isdigit() or int(text) < least:
        raise SizeError(f"{name}={text!r} is not usable.", allowed=f"a whole number from {least}")
    return int(text)
