"""Figures of a process for Prometheus, on an address of their own that no client reaches."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from prometheus_client import (
    CollectorRegistry,
    Histogram,
    Info,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector as Told
from typing_extensions import override

from sojourn.__about__ import __version__
from sojourn.base.errors import InputError
from sojourn.base.timespan import SECOND_US

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prometheus_client.metrics_core import Metric

    from sojourn.app.workspace import Workspace
    from sojourn.server.asgi import Application, Message, Receive, Scope, Send

PARTS: Final = ("collector", "web", "worker")
"""In the order of their ports: the first's is the one asked for, the next one higher."""
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the figures of a process are read."""

    host: str
    port: int


class Figures:
    """The figures of one process.

    Parameters
    ----------
    part : {"collector", "web", "worker"}
    """

    def __init__(self, part: str) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        Info("sojourn_build", "Version and part.", registry=self.registry).info(
            {"version": __version__, "part": part}
        )

    def tell(self, place: Place) -> None:
        """Answer for the figures from now on, in a thread of their own.

        Raises
        ------
        OSError
            If the address cannot be listened on.
        """
        start_http_server(place.port, place.host, registry=self.registry)

    def add(self, told: Told) -> None:
        """Tell of something more."""
        self.registry.register(told)

    def timed(self, application: Application) -> Application:
        """Return the same application, its requests counted and timed."""
        seconds = Histogram(
            "sojourn_http_request_seconds",
            "From the head of a request to the end of its answer.",
            ["status"],
            registry=self.registry,
            buckets=_SECONDS,
        )

        async def timed(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await application(scope, receive, send)
                return
            began, status = time.perf_counter(), "none"

            async def noted(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = str(message["status"])
                await send(message)

            try:
                await application(scope, receive, noted)
            finally:
                seconds.labels(status).observe(time.perf_counter() - began)

        return timed


@dataclass(frozen=True, slots=True, eq=False)
class Counts(Told):
    """Counters that are kept elsewhere, as plain numbers, and looked at when asked for.

    Attributes
    ----------
    name, what : str
    label : str
        What tells the counters apart; empty for one alone.
    now : callable
        Returns them by the label's value.
    """

    name: str
    what: str
    label: str
    now: Callable[[], Mapping[str, float]]

    @override
    def collect(self) -> Iterable[Metric]:
        family = CounterMetricFamily(
            self.name, self.what, labels=[self.label] if self.label else []
        )
        for value, count in sorted(self.now().items()):
            family.add_metric([value] if self.label else [], count)
        yield family


@dataclass(frozen=True, slots=True, eq=False)
class OfWorkspaces(Told):
    """What waits to be moved to the lake, and how far the lake is, by workspace.

    Attributes
    ----------
    workspaces : mapping of str to Workspace
    now_us : callable
        Reads the clock.
    with_lake : bool
        Whether the process has the lake's folder.
    """

    workspaces: Mapping[str, Workspace]
    now_us: Callable[[], int]
    with_lake: bool

    @override
    def collect(self) -> Iterable[Metric]:
        waiting = _gauge("sojourn_inbox_items", "Accepted calls that are not in the lake yet.")
        lag = _gauge(
            "sojourn_inbox_oldest_seconds",
            "Age of the oldest of them: how far the lake is behind; 0 when none waits.",
        )
        version = _gauge("sojourn_lake_version", "Commits to the lake so far.")
        readable = _gauge("sojourn_inbox_readable", "Whether the inbox can be read: 1 or 0.")
        for name, workspace in self.workspaces.items():
            try:
                found = workspace.inbox.waiting()
            except InputError:
                readable.add_metric([name], 0)
                continue
            readable.add_metric([name], 1)
            waiting.add_metric([name], found.items)
            now_us = self.now_us()
            oldest_us = now_us if found.oldest_us is None else found.oldest_us
            lag.add_metric([name], max(0, now_us - oldest_us) / SECOND_US)
            if self.with_lake:
                version.add_metric([name], workspace.lake.version())
        yield from (readable, waiting, lag)
        if self.with_lake:
            yield version


def _gauge(name: str, what: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, labels=["workspace"])
