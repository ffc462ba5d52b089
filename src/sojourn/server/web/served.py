"""What the web process answers about: workspaces by name, each with its own accounts."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sojourn.app.access.accounts import Accounts
    from sojourn.app.workspace import Workspace

AT_ONCE = 2
"""Heavy questions of one workspace that run at the same time; others wait their turn."""
SIGNING_IN = 4
"""People of one workspace who sign in at its provider at the same time."""


@dataclass(frozen=True, slots=True)
class Served:
    """One workspace."""

    name: str
    workspace: Workspace
    accounts: Accounts
    turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))
    signing_in: anyio.CapacityLimiter = field(
        default_factory=lambda: anyio.CapacityLimiter(SIGNING_IN)
    )
    """Threads of their own: a provider that does not answer holds nobody else's request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All that one web process answers about, and where it is reached.

    Attributes
    ----------
    served : mapping of str to Served
        By name, as it stands in addresses.
    hosts : frozenset of str
        What a request's Host header may say, in small letters.
    https : bool
        It is reached through TLS, so cookies are sent that way only.
    collector : str
        Address of the collector, for people to copy.
    """

    served: Mapping[str, Served]
    hosts: frozenset[str]
    https: bool = False
    collector: str = ""

    def __iter__(self) -> Iterator[Served]:
        """Return the workspaces."""
        return iter(self.served.values())
