"""How large what is sent may be, and what of it may be kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sojourn.app.settings import SizeError, bytes_of, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST_CALL: Final = 1024
MOST_BODY: Final = 64 * 1024 * 1024
"""As much as may wait for a commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large what is sent may be, in bytes once unpacked, and how much of it."""

    call_bytes: int = 32 * 1024
    request_bytes: int = 6 * 1024 * 1024
    """Segment's libraries send up to 500 KB at once, RudderStack's 4 MB, PostHog's 5 MB and one
    event more; none of them divides what is refused as too large, except PostHog's for Node."""
    calls: int = 10_000
    """Calls in one request."""
    per_key: int = 0
    """Calls a second with one write key; 0 is without limit."""
    whole_ips: bool = False
    """Keep IP addresses whole; else 24 bits of IPv4 and 48 of IPv6."""


def read_limits(environment: Mapping[str, str]) -> Limits:
    """Return the limits an environment gives, defaults for the rest.

    Raises
    ------
    SizeError
        If a value is no size or number, or a call may be larger than a request.
    """
    fallback = Limits()
    call, body = environment.get("SOJOURN_MOST_CALL"), environment.get("SOJOURN_MOST_BODY")
    found = Limits(
        call_bytes=bytes_of(call) if call else fallback.call_bytes,
        request_bytes=bytes_of(body) if body else fallback.request_bytes,
        calls=whole(environment, "SOJOURN_MOST_CALLS", fallback.calls, least=1),
        per_key=whole(environment, "SOJOURN_MOST_PER_KEY", fallback.per_key, least=0),
        whole_ips=bool(whole(environment, "SOJOURN_WHOLE_IPS", 0, least=0)),
    )
    if not LEAST_CALL <= found.call_bytes <= found.request_bytes <= MOST_BODY:
        raise SizeError(
            f"{found.call_bytes:,} bytes a call and {found.request_bytes:,} a request cannot be.",
            allowed="SOJOURN_MOST_CALL from 1KB to SOJOURN_MOST_BODY, which is 64MB at most",
        )
    return found
