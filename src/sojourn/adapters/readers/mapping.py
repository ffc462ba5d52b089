"""From the columns of a table to events."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.adapters.readers.errors import (
    EmptyInputError,
    MissingColumnError,
    UnreadableTimesError,
)
from sojourn.adapters.readers.finish import Limits
from sojourn.base.errors import UnknownNameError
from sojourn.events.properties import (
    PropertyColumn,
    PropertyKind,
    guess_kind,
    is_code_name,
)
from sojourn.events.role_names import NAMES, SPINE, Role, folded
from sojourn.events.roles import ColumnSample, Roles, find_roles, is_time_column
from sojourn.events.times import ColumnLook, TimePlan, decide, parse_times
from sojourn.ports.reader import RoleChoice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sojourn.ports.reader import ReadOptions

_ADDED: Final = frozenset(("sojourn_line", "sojourn_reason"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMap:
    """What each column of a table becomes."""

    roles: Roles
    properties: tuple[PropertyColumn, ...]
    times: Mapping[str, TimePlan]
    """How the columns of times are read."""
    event_times: tuple[str, ...]
    zone: str
    limits: Limits
    dropped: tuple[str, ...]
    """Columns left out, such as row numbers."""
    currency: str = ""
    """ISO code for amounts that carry none."""

    @property
    def positions_per_row(self) -> int:
        """Return how many positions a row has: one for each event it may give."""
        return len(self.event_times) or 1

    def shown(self) -> tuple[RoleChoice, ...]:
        """Return the choices for the user to see."""
        shown = []
        for choice in self.roles.choices:
            plan = self.times.get(choice.column)
            why = f"{choice.why}; {plan.why}" if plan and plan.why else choice.why
            shown.append(RoleChoice(role=choice.role, column=choice.column, why=why))
        for column in self.event_times:
            why = "; ".join(
                filter(None, ("one event for each of its times", self.times[column].why))
            )
            shown.append(RoleChoice(role=Role.TIME, column=column, why=why))
        if self.roles.event_name:
            why = f"every event is {self.roles.event_name!r}, {self.roles.event_why}"
            shown.append(RoleChoice(role=Role.EVENT, column="", why=why))
        return tuple(shown)


_FORESEEN = re.compile(
    r"estimat|expect|planned|scheduled|deadline|(^|_)(limit|due)(_|$)|예정|예상|기한", re.IGNORECASE
)
"""Names of times at which nothing has happened: no event is offered for them."""


def check_columns(
    names: Sequence[str], repeated: frozenset[str], options: ReadOptions, name: str
) -> None:
    """Check that the columns the user named are there, once.

    Raises
    ------
    UnknownNameError
        If a column does not exist.
    MissingColumnError
        If it stands more than once in the header.
    """
    for column in (*options.roles.values(), *options.event_times):
        if column and column not in names:
            raise UnknownNameError("column", column, names)
        if column in repeated:
            raise MissingColumnError(
                f"{name} has more than one column {column!r}.",
                allowed=", ".join(n for n in names if n.startswith(column)),
                remedy="Rename one of them in the file.",
            )


def plan_table(
    samples: Sequence[ColumnSample],
    options: ReadOptions,
    name: str,
    kinds: Mapping[str, PropertyKind] | None = None,
) -> TableMap:
    """Return what each column of a table becomes.

    Parameters
    ----------
    samples : sequence of ColumnSample
        The head of each column, as text.
    options : ReadOptions
    name : str
        The input's name, for messages.
    kinds : mapping of column to PropertyKind, optional
        For columns whose type is known; the others' is told from the sample.

    Raises
    ------
    EmptyInputError
        If there are no rows.
    MissingColumnError
        If person, time or event cannot be found.
    UnreadableTimesError
        If not one value of the chosen time column can be read.
    """
    if not samples or len(samples[0].values) == 0:
        raise EmptyInputError(f"{name} has a header and no rows.", allowed="at least one row")
    usable = [s for s in samples if s.name not in _ADDED]
    dropped = tuple(s.name for s in usable if _is_row_number(s))
    usable = [s for s in usable if s.name not in dropped or s.name in options.roles.values()]
    roles = find_roles(
        usable, options.roles, event_name=options.event_name, event_times=options.event_times
    )
    _check_found(roles, usable, options, name)
    return TableMap(
        roles=roles,
        properties=_properties(usable, roles, options.event_times, kinds or {}),
        times={},
        event_times=tuple(options.event_times),
        zone=options.timezone,
        limits=Limits.of(options),
        dropped=dropped,
        currency=options.currency,
    )


def with_times(table_map: TableMap, looks: Mapping[str, ColumnLook], now_us: int) -> TableMap:
    """Return the map with a decision for each column of times that was looked at."""
    plans = {column: decide(look, now_us) for column, look in looks.items()}
    return replace(table_map, times=plans)


def time_columns(table_map: TableMap) -> tuple[str, ...]:
    """Return the columns that hold times."""
    roles = table_map.roles
    found = (roles.column(role) for role in (Role.TIME, Role.DATE))
    return (*(column for column in found if column), *table_map.event_times)


def check_times(table_map: TableMap, samples: Sequence[ColumnSample], name: str) -> None:
    """Check that the columns of times hold at least one.

    Raises
    ------
    UnreadableTimesError
        If a column has values and not one of them is a time.
    """
    for sample in samples:
        plan = table_map.times.get(sample.name)
        if plan is None:
            continue
        values = pc.drop_null(sample.values)
        if len(values) and not parse_times(values, plan, table_map.zone).good.any():
            raise UnreadableTimesError(
                f"{name}: the column {sample.name!r} holds no times; "
                f"it reads {values[0].as_py()[:60]!r}.",
                allowed="2024-01-31 15:04, 31/01/2024, 20240131, seconds since 1970 and the like",
                remedy="Name the column of times (--time COLUMN).",
            )


def _is_row_number(sample: ColumnSample) -> bool:
    """Return whether an unnamed column just counts the rows, as some programs write it."""
    if not (sample.name.startswith("column ") or sample.name in {"Unnamed: 0", "rownames"}):
        return False
    if (
        len(sample.values) < 2
        or not pc.all(
            pc.fill_null(pc.match_substring_regex(sample.values, r"^\d{1,12}$"), False)
        ).as_py()
    ):
        return False
    numbers = pc.cast(sample.values, pa.int64()).to_numpy()
    return bool((np.diff(numbers) == 1).all())


def _check_found(
    roles: Roles, samples: Sequence[ColumnSample], options: ReadOptions, name: str
) -> None:
    names = ", ".join(s.name for s in samples)
    if roles.column(Role.PERSON) is None and roles.column(Role.ANONYMOUS) is None:
        raise MissingColumnError(
            f"No column of {name} seems to say who did it."
            f"{_meant(samples, roles, Role.PERSON, Role.ANONYMOUS)}",
            allowed=f"one of its columns: {names}",
            remedy="Name it as the person (--person COLUMN).",
        )
    if options.event_times:
        return
    if roles.column(Role.TIME) is None and roles.column(Role.DATE) is None:
        raise MissingColumnError(
            f"No column of {name} seems to say when it happened."
            f"{_unread_time(samples) or _meant(samples, roles, Role.TIME)}",
            allowed=f"one of its columns: {names}",
            remedy="Name it as the time (--time COLUMN).",
        )
    if roles.column(Role.EVENT) is None and roles.event_name is None:
        times = [s.name for s in samples if is_time_column(s) and not _FORESEEN.search(s.name)]
        wide = (
            f" Or, as several columns hold times, take one event from each "
            f"(--event-times {','.join(times)})."
            if len(times) > 1
            else ""
        )
        raise MissingColumnError(
            f"No column of {name} seems to say what happened.{_meant(samples, roles, Role.EVENT)}",
            allowed=f"one of its columns: {names}",
            remedy=f"Name it as the event (--event COLUMN), or give every event one name "
            f"(--event-name NAME).{wide}",
        )


def _meant(samples: Sequence[ColumnSample], roles: Roles, *wanted: Role) -> str:
    """Return a question whether a column is meant whose name is nearly one that is known."""
    taken = {choice.column for choice in roles.choices}
    for role in wanted:
        for sample in samples:
            near = get_close_matches(folded(sample.name), NAMES[role], n=1, cutoff=0.8)
            if near and sample.name not in taken:
                return f" Did you mean {sample.name!r}, which is nearly {near[0]!r}?"
    return ""


def _unread_time(samples: Sequence[ColumnSample]) -> str:
    """Return a sentence on a column that is called a time and holds none."""
    for sample in samples:
        values = pc.drop_null(sample.values)
        if folded(sample.name) in NAMES[Role.TIME] and len(values):
            return f" {sample.name!r} is called so, but reads {values[0].as_py()[:40]!r}."
    return ""


def _properties(
    samples: Sequence[ColumnSample],
    roles: Roles,
    event_times: Iterable[str],
    kinds: Mapping[str, PropertyKind],
) -> tuple[PropertyColumn, ...]:
    by_column = {choice.column: choice.role for choice in roles.choices}
    taken = {str(role) for role in by_column.values()}
    found: list[PropertyColumn] = []
    for sample in samples:
        role = by_column.get(sample.name)
        if role in SPINE or sample.name in event_times:
            continue
        key = str(role) if role else _free_key(sample.name, taken)
        taken.add(key)
        kind = _kind(sample, role, kinds.get(sample.name))
        found.append(PropertyColumn(key=key, column=sample.name, kind=kind))
    return tuple(found)


def _kind(sample: ColumnSample, role: Role | None, known: PropertyKind | None) -> PropertyKind:
    if role is Role.VALUE:
        return known or PropertyKind.NUMBER
    if role is not None and role is not Role.BOT:
        return PropertyKind.TEXT
    if known is PropertyKind.NUMBER and is_code_name(sample.name):
        return PropertyKind.TEXT
    return known or guess_kind(sample.name, sample.values)


def _free_key(name: str, taken: set[str]) -> str:
    key, count = name, 1
    while key in taken:
        count += 1
        key = f"{name} ({count})"
    return key
