"""The options every question shares, and how they become an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import click

from sojourn.base.dates import instant_of
from sojourn.base.grammar import parse_predicate
from sojourn.base.predicate import ALWAYS, Predicate
from sojourn.base.timespan import TimeRange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sojourn.app.workspace import Workspace
    from sojourn.insight.question import Scope

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """How the answer is printed."""

    as_json: bool = False
    as_csv: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the shared options of a question said."""

    workspace: Path
    output: Output
    where: str | None = None
    people: str | None = None
    start: str | None = None
    end: str | None = None
    by: str | None = None
    compare: bool = False

    def open(self) -> Workspace:
        """Return the opened workspace."""
        from sojourn.cli.importing.progress import building
        from sojourn.compose import open_workspace

        return open_workspace(self.workspace, progress=building())

    def without_groups(self) -> Asked:
        """Return the same without ``--by``, for a question that breaks down by itself."""
        return replace(self, by=None)

    def scope(self, timezone: str) -> Scope:
        """Return whose and which events are looked at; dates follow the workspace's zone."""
        from sojourn.insight.question import Scope

        return Scope(
            range=TimeRange(
                start_us=_instant(self.start, timezone, last=False),
                end_us=_instant(self.end, timezone, last=True),
            ),
            people=_predicate(self.people),
            events=_predicate(self.where),
        )


def question_options(function: Callable[P, R]) -> Callable[P, R]:
    """Add the shared options; the command receives them as one ``asked``."""
    return options_but()(function)


def options_but(*left_out: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return what adds the shared options except those that mean nothing to the question."""

    def add(function: Callable[P, R]) -> Callable[P, R]:
        for name, option in reversed(_OPTIONS.items()):
            function = function if name in left_out else option(function)

        @wraps(function)
        def gathered(*args: P.args, **kwargs: P.kwargs) -> R:
            kwargs["asked"] = _asked({name: kwargs.pop(name, None) for name in _OPTIONS})
            return function(*args, **kwargs)

        return gathered

    return add


def _asked(given: Mapping[str, object]) -> Asked:
    return Asked(
        workspace=cast("Path", given["workspace"]),
        output=Output(as_json=bool(given["as_json"]), as_csv=bool(given["as_csv"])),
        where=cast("str | None", given["where"]),
        people=cast("str | None", given["people"]),
        start=cast("str | None", given["start"]),
        end=cast("str | None", given["end"]),
        by=cast("str | None", given["by"]),
        compare=bool(given["compare"]),
    )


_OPTIONS = {
    "workspace": click.option(
        "-w", "--workspace", type=click.Path(path_type=Path), required=True,
        envvar="SOJOURN_WORKSPACE", help="The workspace folder (or set SOJOURN_WORKSPACE).",
    ),
    "where": click.option("--where", metavar="CONDITION",
                          help="Look only at events that meet this."),
    "people": click.option("--people", metavar="CONDITION",
                           help="Look only at people like this (at entry)."),
    "start": click.option("--from", "start", metavar="DATE",
                          help="First day (or instant) of the range."),
    "end": click.option("--to", "end", metavar="DATE",
                        help="Last day of the range, included."),
    "by": click.option("--by", metavar="PROPERTY", help="Break down by this property."),
    "compare": click.option("--compare", is_flag=True,
                            help="Beside the range of equal length just before."),
    "as_json": click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
    "as_csv": click.option("--csv", "as_csv", is_flag=True, help="Print the rows as CSV."),
}  # fmt: skip


def _predicate(text: str | None) -> Predicate:
    return parse_predicate(text) if text else ALWAYS


def _instant(text: str | None, timezone: str, *, last: bool) -> int | None:
    return None if text is None else instant_of(text, timezone, last=last)
