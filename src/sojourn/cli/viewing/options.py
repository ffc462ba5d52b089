"""The options of every question about paths: unit, nodes, repeats, pattern."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.insight.views.lens import View
    from sojourn.insight.views.nodes import NodeRule

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed:
    """What the shared options of path questions said."""

    session: bool
    session_gap: str
    node: str | None
    groups: tuple[str, ...]
    keep: int | None
    collapse: bool
    matching: str

    def nodes(self) -> NodeRule:
        """Return what counts as one node."""
        from sojourn.insight.views.nodes import NodeRule

        return NodeRule(property=self.node, groups=self.groups, keep=self.keep)

    def view(self) -> View:
        """Return how journeys are looked at."""
        from sojourn.base.timespan import parse_duration
        from sojourn.insight.views.lens import Unit, View

        return View(
            unit=Unit.SESSION if self.session else Unit.PERSON,
            session_gap_us=parse_duration(self.session_gap),
            nodes=self.nodes(),
            collapse=self.collapse,
            matching=self.matching,
        )


def view_options(function: Callable[P, R]) -> Callable[P, R]:
    """Add the options; the command receives them as one ``viewed``."""
    for option in reversed(_OPTIONS):
        function = option(function)

    @wraps(function)
    def gathered(*args: P.args, **kwargs: P.kwargs) -> R:
        given = {name: kwargs.pop(name, None) for name in _NAMES}
        kwargs["viewed"] = Viewed(
            session=bool(given["session"]),
            session_gap=cast("str", given["session_gap"]),
            node=cast("str | None", given["node"]),
            groups=cast("tuple[str, ...]", given["groups"]),
            keep=cast("int | None", given["keep"]),
            collapse=bool(given["collapse"]),
            matching=cast("str | None", given["matching"]) or "",
        )
        return function(*args, **kwargs)

    return gathered


SESSION_GAP = click.option(
    "--session-gap", default="30m", show_default=True, metavar="TIME",
    help="Pause that ends a session.",
)  # fmt: skip

NODE_OPTIONS = (
    click.option("--node", metavar="PROPERTY", help="A step is this property's value [the event]."),
    click.option(
        "--group", "groups", multiple=True, metavar="[NAME=]PATTERN",
        help="Join names as one: '/product/*', 'Shop=/product/*'. May be repeated.",
    ),
)  # fmt: skip

_NAMES = ("session", "session_gap", "node", "groups", "keep", "collapse", "matching")
_OPTIONS = (
    click.option("--session", is_flag=True, help="A journey is one session, not a whole life."),
    SESSION_GAP,
    *NODE_OPTIONS,
    click.option("--keep", type=int, metavar="N", help="Join all but the N commonest as Other."),
    click.option("--collapse", is_flag=True, help="Take equal steps in a row as one."),
    click.option("--matching", metavar="PATTERN", help="Only journeys a path pattern matches."),
)  # fmt: skip
