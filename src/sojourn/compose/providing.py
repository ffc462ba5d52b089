"""Where signing in at a provider meets the provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.adapters.oidc.provider import OidcProvider
from sojourn.adapters.outbound.addresses import read_allowed
from sojourn.adapters.outbound.client import OutboundClient
from sojourn.adapters.sql.providing.beginnings import SqlBeginnings
from sojourn.adapters.workspace.providers import read_client_secret, read_provider
from sojourn.app.access.providing import ProviderSignIn, joining_of

if TYPE_CHECKING:
    from sojourn.adapters.sql.state import StateDatabase
    from sojourn.adapters.workspace.folder import Layout
    from sojourn.app.access.accounts import Accounts
    from sojourn.app.settings import Settings


def provider_of(
    layout: Layout, settings: Settings, state: StateDatabase, accounts: Accounts
) -> ProviderSignIn | None:
    """Return what signs people in at the provider of a workspace; None where it has none."""
    found = read_provider(layout)
    if found is None:
        return None
    joining = joining_of(found)
    secret = read_client_secret(found.secret_file) if found.secret_file else settings.oidc_secret
    client = OutboundClient(read_allowed(settings.outbound))
    return ProviderSignIn(
        accounts=accounts,
        provider=OidcProvider(found, secret, client, accounts.now_us),
        beginnings=SqlBeginnings(state),
        joining=joining,
    )
