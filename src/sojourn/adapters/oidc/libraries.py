"""What is used of Authlib and joserfc, an optional part of the installation."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sojourn.base.errors import MissingExtraError


@dataclass(frozen=True, slots=True)
class Libraries:
    """Modules of Authlib (the protocol) and joserfc (signatures and keys)."""

    oauth2: Any
    pkce: Any
    requests: Any
    tokens: Any
    jwk: Any
    jwt: Any
    errors: Any


def loaded() -> Libraries:
    """Return the libraries.

    Raises
    ------
    MissingExtraError
        If they are not installed.
    """
    names = (
        "authlib.oauth2", "authlib.oauth2.rfc7636", "authlib.oauth2.rfc6749.parameters",
        "authlib.oidc.core", "joserfc.jwk", "joserfc.jwt", "joserfc.errors",
    )  # fmt: skip
    try:
        return Libraries(*(import_module(name) for name in names))
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] in {"authlib", "joserfc"}:
            raise MissingExtraError("Authlib, which speaks OpenID Connect,", "oidc") from None
        raise
