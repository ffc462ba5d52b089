"""What a server is told to listen on, and where it is reached."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

from sojourn.base.errors import InputError
from sojourn.server.figures import PARTS

_LAST_PORT = 65535
_URL = re.compile(r"(https?)://([^/?#@\s]+)/?")


class AddressError(InputError):
    """The address cannot be listened on or is none. Remedy: choose another."""

    code = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line says."""

    host: str
    port: int
    collect_port: int
    url: str = ""
    collect_url: str = ""
    proxies: tuple[str, ...] = ()
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None

    def arguments(self) -> tuple[str, ...]:
        """Return the same as arguments of the command, the ports left out."""
        said: list[str] = ["--host", self.host]
        for name, value in (("--url", self.url), ("--collect-url", self.collect_url)):
            said += [name, value] if value else []
        for proxy in self.proxies:
            said += ["--proxy", proxy]
        return tuple(said)

    def check_figures(self, workers: int) -> None:
        """Raise where there are not ports enough for the figures of every process.

        Raises
        ------
        AddressError
            If the last of them would be none.
        """
        last = (self.metrics_port or 0) + PARTS.index("worker") + workers - 1
        if last > _LAST_PORT:
            raise AddressError(
                f"The last worker's figures would be at port {last}.",
                allowed=f"a --metrics-port up to {_LAST_PORT - last + (self.metrics_port or 0)}",
            )

    def figures(self, part: str, number: int = 0) -> tuple[str, ...]:
        """Return the arguments that say where a process tells its figures.

        Parameters
        ----------
        part : {"collector", "web", "worker"}
        number : int
            Which of the workers it is, from 0.
        """
        if self.metrics_port is None:
            return ()
        port = self.metrics_port + PARTS.index(part) + number
        return ("--metrics-host", self.metrics_host, "--metrics-port", str(port))


def listening_on(host: str, port: int, handle: int | None = None) -> socket.socket:
    """Return the listening socket: the parent's where there is one.

    Raises
    ------
    AddressError
        If the address cannot be listened on.
    """
    if handle is not None:
        return socket.socket(fileno=handle)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        raise AddressError(
            f"{host} port {port} cannot be listened on: {error}.",
            remedy="Choose another with --host, --port and --collect-port.",
        ) from error


def address_of(host: str, port: int) -> str:
    """Return the address of a server of ours."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def checked_url(url: str) -> re.Match[str] | None:
    """Return the parts of an address, its scheme and its host; None where none is given.

    Raises
    ------
    AddressError
        If it is none.
    """
    if not url:
        return None
    found = _URL.fullmatch(url)
    if not found:
        raise AddressError(f"{url!r} is no address.", allowed="such as https://sojourn.example.com")
    return found
