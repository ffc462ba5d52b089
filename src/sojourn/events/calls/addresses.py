"""IP addresses in calls, shortened to the network they are of before anything keeps them."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sojourn.base.json import JsonObject, JsonValue

_KEYS: Final = ("ip", "$ip")
_HOLDERS: Final = ("context", "properties", "traits", "$set", "$set_once")
"""What may hold an address, or another of these."""
_V4: Final = re.compile(r"(?<![\d.])(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}(?![\d.])")
_MAYBE_V6: Final = re.compile(r"[0-9A-Fa-f:.]+(?:%\w+)?")
"""Wider than an address, so that no text takes more than one pass."""
_V6_LOST_BITS: Final = 128 - 48


def with_short_ips(call: JsonValue) -> JsonValue:
    """Return a call whose IP addresses are shortened, the same object where it has none.

    Looked at are ``ip`` and ``$ip`` of the call, its context, properties and traits.

    Examples
    --------
    >>> with_short_ips({"context": {"ip": "203.0.113.77"}})
    {'context': {'ip': '203.0.113.0'}}
    """
    return _shortened(call, 2) if isinstance(call, dict) else call


def _shortened(found: JsonObject, deeper: int) -> JsonObject:
    changed: dict[str, JsonValue] = {}
    for key in _KEYS:
        if key in found:
            changed[key] = _short(found[key])
    if deeper:
        for key in _HOLDERS:
            inner = found.get(key)
            if isinstance(inner, dict):
                short = _shortened(inner, deeper - 1)
                if short is not inner:
                    changed[key] = short
    return {**found, **changed} if changed else found


def _short(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return short_ip(value)
    if isinstance(value, list):
        return [short_ip(one) if isinstance(one, str) else one for one in value]
    return value


def short_ip(text: str) -> str:
    """Return a text with every address in it shortened: IPv4 to 24 bits, IPv6 to 48.

    Proxies write several, and ports; what is no address stays.

    Examples
    --------
    >>> short_ip("203.0.113.77:443, 2001:db8:1:2::3"), short_ip("::ffff:203.0.113.77")
    ('203.0.113.0:443, 2001:db8:1::', '::ffff:203.0.113.0')
    """
    short = _V4.sub(r"\1.0", text) if "." in text else text
    return _MAYBE_V6.sub(_short_v6, short) if text.count(":") > 1 else short


def _short_v6(found: re.Match[str]) -> str:
    text = found[0]
    if text.count(":") < 2:
        return text
    try:
        address = IPv6Address(text)
    except ValueError:
        return text
    mapped = address.ipv4_mapped
    if mapped is not None:
        return "::ffff:" + _V4.sub(r"\1.0", str(mapped))
    return str(IPv6Address(int(address) >> _V6_LOST_BITS << _V6_LOST_BITS))
