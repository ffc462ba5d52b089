"""An HTTP client that cannot be led into our own network.

A name is looked up once and its addresses are judged; the connection then goes to an address that
was judged, so that a second look-up with another answer changes nothing. Redirections are not
followed, and proxies of the environment not asked: either would lead elsewhere.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sojourn.__about__ import __version__
from sojourn.adapters.outbound.addresses import Allowed, is_public
from sojourn.adapters.outbound.errors import OutboundFailedError, OutboundRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

MOST_BYTES: Final = 1024 * 1024
WAIT_S: Final = 10.0
_PIECE: Final = 64 * 1024
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Reply:
    """What another server answered."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class OutboundClient:
    """Asks other servers.

    Attributes
    ----------
    allowed : Allowed
        What may be asked although it is not public; only this may be asked without TLS.
    wait_s : float
        How long an answer may take from first to last, in seconds.
    """

    allowed: Allowed = field(default_factory=Allowed)
    wait_s: float = WAIT_S
    _tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Reply:
        """Return the answer to a request, whatever its status.

        Parameters
        ----------
        method, url : str
        headers : mapping of str to str
        body : bytes, optional

        Raises
        ------
        OutboundRefusedError
            If the address is not public and nobody allowed it, or asks for no TLS.
        OutboundFailedError
            If there is no answer, or one that is too large or too slow.
        """
        ends = time.monotonic() + self.wait_s
        parts = urlsplit(url)
        try:
            connection = self._connection(parts)
        except (OSError, ValueError) as error:
            raise _failed(parts, error) from error
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            agent = {"User-Agent": f"Sojourn/{__version__}", "Accept": "application/json"}
            connection.request(method, target, body, {**agent, **headers})
            return _read(connection, ends)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _failed(parts, error) from error
        finally:
            connection.close()

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        if not host or not port or parts.username is not None:
            raise OutboundRefusedError(
                f"{parts.scheme}://{host} cannot be asked.", allowed="https://HOST/…"
            )
        connected = self._connected(host, port, is_tls=parts.scheme == "https")
        connection = http.client.HTTPConnection(host, port, timeout=self.wait_s)
        connection.sock = connected
        return connection

    def _connected(self, host: str, port: int, *, is_tls: bool) -> socket.socket:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        for address in addresses:
            self._check(host, address, is_tls=is_tls)
        made = _first_that_answers(addresses, port, self.wait_s)
        if not is_tls:
            return made
        try:
            return self._tls.wrap_socket(made, server_hostname=host)
        except BaseException:
            made.close()
            raise

    def _check(self, host: str, address: str, *, is_tls: bool) -> None:
        parsed = ip_address(address.partition("%")[0])
        if self.allowed.names(host, parsed):
            return
        if not is_public(parsed):
            raise OutboundRefusedError(
                f"{host} is in a network of our own ({address}).",
                remedy="Name it in SOJOURN_OUTBOUND if it is meant.",
            )
        if not is_tls:
            raise OutboundRefusedError(f"{host} is asked for without TLS.", allowed="https://…")


def _first_that_answers(addresses: list[str], port: int, wait_s: float) -> socket.socket:
    trouble: OSError = OSError("the name has no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=wait_s)
        except OSError as error:
            trouble = error
    raise trouble


def _read(connection: http.client.HTTPConnection, ends: float) -> Reply:
    """Return an answer; slow and large ones raise, so that nobody keeps us busy."""
    answer = connection.getresponse()
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read1(_PIECE):
        size += len(piece)
        if size > MOST_BYTES:
            raise ValueError(f"the answer is larger than {MOST_BYTES:,} bytes")
        if time.monotonic() > ends:
            raise ValueError("the answer takes too long")
        pieces.append(piece)
    return Reply(answer.status, b"".join(pieces))


def _failed(parts: SplitResult, error: Exception) -> OutboundFailedError:
    return OutboundFailedError(f"{parts.hostname} cannot be asked: {error}.")
