"""Which addresses may be asked: public ones, and those that the operator names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TYPE_CHECKING, Final, TypeAlias

from sojourn.adapters.outbound.errors import OutboundSettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
_NAT64: Final = ip_network("64:ff9b::/96")
_HOST: Final = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,9}")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be asked although it is not public: hosts by name, networks by address."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def names(self, host: str, address: Address) -> bool:
        """Return whether the operator named a host, or a network its address lies in."""
        return host.lower() in self.hosts or any(address in network for network in self.networks)


def read_allowed(names: Sequence[str]) -> Allowed:
    """Return what a setting allows.

    Parameters
    ----------
    names : sequence of str
        Hosts, addresses and networks such as ``10.1.0.0/16``.

    Raises
    ------
    OutboundSettingError
        If one is none of these.
    """
    hosts, networks = set(), []
    for name in names:
        try:
            networks.append(ip_network(name.strip("[]")))
        except ValueError:
            if not _HOST.fullmatch(name.lower()):
                raise OutboundSettingError(
                    f"SOJOURN_OUTBOUND has {name!r}.",
                    allowed="hosts, addresses and networks: login.internal,10.1.0.0/16",
                ) from None
            hosts.add(name.lower())
    return Allowed(frozenset(hosts), tuple(networks))


def is_public(address: Address) -> bool:
    """Return whether an address belongs to the public internet, whatever it is wrapped in.

    Examples
    --------
    >>> [is_public(ip_address(text)) for text in ("8.8.8.8", "10.0.0.1", "::ffff:127.0.0.1")]
    [True, False, False]
    """
    inner = _inner(address)
    return inner.is_global and not inner.is_multicast


def _inner(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return ip_address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address
