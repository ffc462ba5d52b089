"""Making write keys."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING, Final

from sojourn.base.errors import InputError
from sojourn.events.schema import OWN_SOURCE

if TYPE_CHECKING:
    from sojourn.ports.workspace import WriteKeys

_NAME: Final = re.compile(r"[\w.-]{1,64}")
_BYTES: Final = 24
PREFIX: Final = "wk_"


class KeyNameError(InputError):
    """A write key's name cannot be used. Remedy: letters, digits, dots, dashes, underscores."""

    code = "key-name"


def make_write_key(keys: WriteKeys, name: str) -> str:
    """Return the secret of a new write key; only its digest is kept.

    Parameters
    ----------
    keys : WriteKeys
    name : str
        What its events are called the source of.

    Raises
    ------
    InputError
        If the name cannot be used or is taken.
    """
    if not _NAME.fullmatch(name) or name == OWN_SOURCE:
        raise KeyNameError(
            f"{name!r} cannot name a write key.",
            allowed="up to 64 letters, digits, dots, dashes and underscores;"
            f" {OWN_SOURCE!r} is the source of our own events",
        )
    secret = PREFIX + secrets.token_urlsafe(_BYTES)
    keys.add(name, hashlib.sha256(secret.encode()).hexdigest())
    return secret
