"""The password of a database, from the file where PostgreSQL's own programs look for it."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.adapters.sql.backends.address import DatabaseAddressError

if TYPE_CHECKING:
    from sojourn.adapters.sql.backends.address import Address

USUAL = "~/.pgpass"
_FIELD = re.compile(r"(?:\\.|[^\\:])*")


def password_of(address: Address, file: str) -> str:
    r"""Return the password that a file has for an address; empty where it has none.

    Parameters
    ----------
    address : Address
    file : str
        Empty for the usual one. One line a password: ``host:port:database:user:password``, where
        ``*`` stands for anything and ``\`` before ``:`` or ``\`` takes its meaning away.

    Raises
    ------
    DatabaseAddressError
        If others than its owner may read it, or nobody.
    """
    path = Path(file or USUAL).expanduser()
    try:
        readable = stat.S_IMODE(path.stat().st_mode) & 0o077
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise DatabaseAddressError(
            f"The file of passwords {path} cannot be read.", remedy="Check who may read it."
        ) from error
    if readable and os.name != "nt":
        raise DatabaseAddressError(
            f"The file of passwords {path} can be read by others than its owner.",
            remedy=f"Close it: chmod 600 {path}",
        )
    host = "localhost" if address.host.startswith("/") else address.host
    wanted = (host, str(address.port), address.database, address.user)
    found = (_password_in(line, wanted) for line in text.splitlines())
    return next((password for password in found if password is not None), "")


def _password_in(line: str, wanted: tuple[str, ...]) -> str | None:
    if line.startswith("#"):
        return None
    fields, rest = [], line
    for _ in wanted:
        match = _FIELD.match(rest)
        raw = match[0] if match else ""
        if rest[len(raw) : len(raw) + 1] != ":":
            return None
        fields.append(raw)
        rest = rest[len(raw) + 1 :]
    pairs = zip(fields, wanted, strict=True)
    fits = all(raw == "*" or _plain(raw) == want for raw, want in pairs)
    return _plain(rest) if fits else None


def _plain(raw: str) -> str:
    return re.sub(r"\\(.)", r"\1", raw)
