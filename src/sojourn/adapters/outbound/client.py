"""An HTTP client that cannot be led into our own network.

A name is looked up once and its addresses are judged; the connection then goes to an address that
was judged, so that a second look-up with another answer changes nothing. Redirections are not
followed, and proxies of the environment not asked: either would lead elsewhere.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from typing_extensions import Buffer, override

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
        try:
            parts = urlsplit(url)
            host, port = _place(parts)
        except ValueError as error:
            raise _failed("An address that is none", error) from error
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        agent = {"User-Agent": f"Sojourn/{__version__}", "Accept": "application/json"}
        try:
            with self._connected(host, port, ends, is_tls=parts.scheme == "https") as connected:
                connection = http.client.HTTPConnection(host, port)
                connection.sock = _Until(connected, ends)
                connection.request(method, target, body, {**agent, **headers})
                return _read(connection)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _failed(host, error) from error

    def _connected(self, host: str, port: int, ends: float, *, is_tls: bool) -> socket.socket:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        for address in addresses:
            self._check(host, address, is_tls=is_tls)
        made = _first_that_answers(addresses, port, ends)
        if not is_tls:
            return made
        try:
            made.settimeout(_left(ends))
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


@dataclass(frozen=True, slots=True)
class _Until:
    """A connection for ``http.client`` that is used until an instant and no longer.

    A time-out of the socket's own is for each piece: a server that sends its head letter by letter,
    or one "100 Continue" after another, would keep us busy for ever.
    """

    connected: socket.socket
    ends: float

    def sendall(self, data: bytes) -> None:
        self.connected.settimeout(_left(self.ends))
        self.connected.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """Leave it open: the answer may still be read."""


class _Reader(io.RawIOBase):
    def __init__(self, of: _Until) -> None:
        super().__init__()
        self._of = of

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int:
        self._of.connected.settimeout(_left(self._of.ends))
        return self._of.connected.recv_into(buffer)


def _left(ends: float) -> float:
    """Return how many seconds are left.

    Raises
    ------
    TimeoutError
        If none are.
    """
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("the answer takes too long")
    return left


def _place(parts: SplitResult) -> tuple[str, int]:
    """Return host and port of an address."""
    host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    if not host or not port or parts.username is not None:
        raise OutboundRefusedError(
            f"{parts.scheme}://{host} cannot be asked.", allowed="https://HOST/…"
        )
    return host, port


def _first_that_answers(addresses: list[str], port: int, ends: float) -> socket.socket:
    trouble: OSError = OSError("the name has no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=_left(ends))
        except OSError as error:
            trouble = error
    raise trouble


def _read(connection: http.client.HTTPConnection) -> Reply:
    """Return an answer; a large one raises, so that nobody fills our memory."""
    answer = connection.getresponse()
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read1(_PIECE):
        size += len(piece)
        if size > MOST_BYTES:
            raise ValueError(f"the answer is larger than {MOST_BYTES:,} bytes")
        pieces.append(piece)
    return Reply(answer.status, b"".join(pieces))


def _failed(whom: str, error: Exception) -> OutboundFailedError:
    return OutboundFailedError(f"{whom} cannot be asked: {error}.")
