"""The sign-in provider that a workspace's settings name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sojourn.adapters.workspace.errors import WorkspaceSettingsError
from sojourn.ports.providers import ProviderSettings

if TYPE_CHECKING:
    from sojourn.adapters.workspace.folder import Layout

_TEXTS: Final = ("name", "issuer", "client_id", "client_secret_file", "verified_claim",
                 "groups_claim", "default_role")  # fmt: skip
_LISTS: Final = ("scopes", "domains")
_NEEDED: Final = ("issuer", "client_id")
KNOWN: Final = (*_TEXTS, *_LISTS, "roles")
"""What may stand in ``[oidc]``."""


def read_provider(layout: Layout) -> ProviderSettings | None:
    """Return what ``[oidc]`` says; None where there is none.

    Raises
    ------
    WorkspaceSettingsError
        If it has a key or a value that cannot be used.
    """
    place = f"[oidc] in {layout.settings}"
    found = tomllib.loads(layout.settings.read_text("utf-8")).get("oidc")
    if found is None:
        return None
    if not isinstance(found, dict):
        raise WorkspaceSettingsError(f"oidc in {layout.settings} is no table.", allowed="[oidc]")
    unknown = sorted(set(found) - set(KNOWN))
    if unknown:
        raise WorkspaceSettingsError(f"{place} has {unknown[0]!r}.", allowed=", ".join(KNOWN))
    texts = {key: _text(found[key], f"{key} in {place}") for key in _TEXTS if key in found}
    lists = {key: _texts(found[key], f"{key} in {place}") for key in _LISTS if key in found}
    missing = [key for key in _NEEDED if not texts.get(key)]
    if missing:
        raise WorkspaceSettingsError(f"{place} lacks {missing[0]}.")
    secret_file = texts.get("client_secret_file", "")
    usual = ProviderSettings(name="", issuer="", client_id="", roles={})
    return ProviderSettings(
        name=texts.get("name") or texts["issuer"].partition("://")[2].partition("/")[0],
        issuer=texts["issuer"],
        client_id=texts["client_id"],
        secret_file=str(layout.root / secret_file) if secret_file else "",
        scopes=lists.get("scopes", ()),
        verified_claim=texts.get("verified_claim", usual.verified_claim),
        groups_claim=texts.get("groups_claim", usual.groups_claim),
        domains=lists.get("domains", ()),
        default_role=texts.get("default_role", ""),
        roles=_roles(found.get("roles", {}), f"roles in {place}"),
    )


def read_client_secret(path: str) -> str:
    """Return the secret that lies in a file.

    Raises
    ------
    WorkspaceSettingsError
        If it cannot be read.
    """
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceSettingsError(f"client_secret_file {path} cannot be read: {error}") from None


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise WorkspaceSettingsError(f"{what} is {value!r}.", allowed="a text")
    return value


def _texts(value: object, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise WorkspaceSettingsError(f"{what} is {value!r}.", allowed="a list of texts")
    return tuple(value)


def _roles(value: object, what: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise WorkspaceSettingsError(f"{what} is {value!r}.", allowed="group = role")
    return {group: _text(role, f"{group} in {what}") for group, role in value.items()}
