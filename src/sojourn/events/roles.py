"""Finding which column plays which role, and saying why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from sojourn.base.errors import UnknownNameError
from sojourn.events.role_names import (
    NAMES,
    PAGE_NAMES,
    PATTERNS,
    RATING_NAMES,
    STATUS_NAMES,
    Role,
    folded,
)
from sojourn.events.times import decide, look_at, parse_times
from sojourn.events.times.groups import groups, tidy
from sojourn.events.times.numeric import are_numbers
from sojourn.events.times.shapes import read_shape

PURCHASE: Final = "purchase"
REVIEW: Final = "review"
_SAMPLE: Final = 2_000
_LONE_ID: Final = 8
"""Characters from which the only value of a column is taken for an id, as its kin would be in a
longer export."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSample:
    """A column's name and its first values, as text."""

    name: str
    values: pa.StringArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A column for a role, and why."""

    role: Role
    column: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The columns of a table that play a role."""

    choices: tuple[Choice, ...]
    event_name: str | None = None
    """The name of every event, where no column names them."""
    event_why: str = ""

    def column(self, role: Role) -> str | None:
        """Return the column that plays a role, or None."""
        return next((c.column for c in self.choices if c.role is role), None)


_Test: TypeAlias = Callable[[ColumnSample], bool]


def find_roles(
    samples: Sequence[ColumnSample],
    given: Mapping[str, str],
    *,
    event_name: str | None = None,
    event_times: Sequence[str] = (),
) -> Roles:
    """Return which column plays which role.

    Parameters
    ----------
    samples : sequence of ColumnSample
        The columns in the order of the file.
    given : mapping of role to column
        What the user said; an empty column name means that no column plays the role.
    event_name : str, optional
        The name of every event, said by the user.
    event_times : sequence of str
        Columns of times that are events themselves; no other time is looked for.

    Raises
    ------
    UnknownNameError
        If a role or a column that was given does not exist.
    """
    said = given_choices(given, [s.name for s in samples])
    finder = _Finder(samples, said, frozenset(event_times))
    finder.person()
    if not event_times:
        finder.time()
        if event_name is None:
            finder.event()
    finder.own_id()
    finder.properties()
    name, why = event_name, "as you said" if event_name else ""
    if name is None and not event_times and finder.missing(Role.EVENT):
        name, why = finder.event_from_kind()
    return Roles(choices=tuple(finder.choices), event_name=name, event_why=why)


def given_choices(given: Mapping[str, str], columns: Sequence[str]) -> dict[Role, str]:
    """Return the roles a user gave, checked.

    Raises
    ------
    UnknownNameError
        If a role or a column does not exist.
    """
    said: dict[Role, str] = {}
    for name, column in given.items():
        if name not in set(Role):
            raise UnknownNameError("role", name, [str(role) for role in Role])
        if column and column not in columns:
            raise UnknownNameError("column", column, columns)
        said[Role(name)] = column
    return said


class _Finder:
    """The choices made so far; a column plays one role."""

    def __init__(
        self,
        samples: Sequence[ColumnSample],
        said: Mapping[Role, str],
        taken: frozenset[str],
    ) -> None:
        self._samples = samples
        self._refused = frozenset(role for role, column in said.items() if not column)
        self._taken = set(taken) | {column for column in said.values() if column}
        self.choices = [
            Choice(role=role, column=column, why="as you said")
            for role, column in said.items()
            if column
        ]

    def missing(self, *roles: Role) -> bool:
        return not any(choice.role in roles for choice in self.choices)

    def person(self) -> None:
        asked = self.missing(Role.PERSON)
        if self.missing(Role.ANONYMOUS):
            self._by_name(Role.ANONYMOUS, _any_value)
        if asked:
            self._by_name(Role.PERSON, _any_value)

    def time(self) -> None:
        if not self.missing(Role.TIME):
            self._clock_beside(Role.TIME)
            return
        if not self.missing(Role.DATE, Role.CLOCK):
            return
        if not self._by_name(Role.TIME, _has_date):
            self._by_value(Role.TIME, _has_written_date)
        self._clock_beside(Role.TIME)

    def _clock_beside(self, role: Role) -> None:
        """Where the time found is a day only, look for the time of day in another column."""
        choice = next((c for c in self.choices if c.role is role), None)
        if choice is None or Role.CLOCK in self._refused:
            return
        if not _is_day_only(self._sample(choice.column)):
            return
        clock = next((s for s in self._free() if _is_clock(s)), None)
        if clock is None:
            return
        self.choices.remove(choice)
        self.choices.append(Choice(role=Role.DATE, column=choice.column, why=choice.why))
        self._take(Role.CLOCK, clock.name, f"times of day beside the days of {choice.column!r}")

    def event(self) -> None:
        if not self.missing(Role.EVENT) or Role.EVENT in self._refused:
            return
        if self._by_name(Role.EVENT, _any_value):
            return
        if self._looks_like_orders():
            return
        if self._by_fallback(PAGE_NAMES, "a page") or any(map(is_time_column, self._free())):
            return  # a status beside several times is today's, and each time is an event
        self._by_fallback(STATUS_NAMES, "a status")

    def _by_fallback(self, names: Sequence[str], what: str) -> bool:
        for name in names:
            found = next((s for s in self._free() if folded(s.name) == name), None)
            if found is not None:
                self._take(Role.EVENT, found.name, f"the name means {what}; no event column")
                return True
        return False

    def own_id(self) -> None:
        self._by_name(Role.ID, _all_different)

    def properties(self) -> None:
        for role in NAMES:
            if role is Role.VALUE:
                self._by_name(role, _mostly_numbers)
            elif role not in _FOUND_APART:
                self._by_name(role, _any_value)

    def event_from_kind(self) -> tuple[str | None, str]:
        if not self.missing(Role.VALUE):
            column = next(c.column for c in self.choices if c.role is Role.VALUE)
            return PURCHASE, f"no column names events, and {column!r} holds amounts"
        for sample in self._free():
            if folded(sample.name) in RATING_NAMES:
                return REVIEW, f"no column names events, and {sample.name!r} holds ratings"
        return None, ""

    def _looks_like_orders(self) -> bool:
        return any(folded(s.name) in NAMES[Role.VALUE] for s in self._free())

    def _by_name(self, role: Role, test: _Test) -> bool:
        if role in self._refused or not self.missing(role):
            return False
        free = {folded(s.name): s for s in reversed(list(self._free()))}
        for name in NAMES[role]:
            if name in free and test(free[name]):
                self._take(role, free[name].name, _why(role))
                return True
        pattern = PATTERNS.get(role)
        for name, sample in reversed(free.items()):
            if pattern is not None and pattern.fullmatch(name) and test(sample):
                self._take(role, sample.name, _why(role))
                return True
        return False

    def _by_value(self, role: Role, test: _Test) -> None:
        if role in self._refused:
            return
        found = next((s for s in self._free() if test(s)), None)
        if found is not None:
            self._take(role, found.name, "its values are times")

    def _take(self, role: Role, column: str, why: str) -> None:
        self.choices.append(Choice(role=role, column=column, why=why))
        self._taken.add(column)

    def _free(self) -> Iterable[ColumnSample]:
        return (s for s in self._samples if s.name not in self._taken)

    def _sample(self, column: str) -> ColumnSample:
        return next(s for s in self._samples if s.name == column)


_FOUND_APART: Final = frozenset(
    (
        Role.PERSON, Role.ANONYMOUS, Role.TIME, Role.DATE, Role.CLOCK, Role.EVENT, Role.ID,
        Role.VALUE,
    )
)  # fmt: skip


def _why(role: Role) -> str:
    extra = {Role.TIME: " and the values are times", Role.VALUE: " and the values are numbers"}
    return f"the name means {role}{extra.get(role, '')}"


def _any_value(_: ColumnSample) -> bool:
    return True


def _head(sample: ColumnSample) -> pa.StringArray:
    return pc.drop_null(sample.values[:_SAMPLE])


def _has_date(sample: ColumnSample) -> bool:
    """Return whether most values are times with a date; numbers count only where plausible."""
    values = _head(sample)
    if len(values) == 0:
        return True
    look = look_at(values)
    good = parse_times(values, decide(look, 0), "UTC").good
    if look.unit is not None and not look.unit_is_plausible:
        good &= ~are_numbers(values)
    return bool(good.mean() >= 0.5)


def _has_written_date(sample: ColumnSample) -> bool:
    values = _head(sample)
    written = len(values) > 0 and look_at(values).unit is None
    return written and _has_date(sample)


def is_time_column(sample: ColumnSample) -> bool:
    """Return whether a column holds written dates; plain numbers are not taken for them."""
    return _has_written_date(sample)


def _share(sample: ColumnSample, *, clock_only: bool) -> float:
    values = _head(sample)
    if len(values) == 0:
        return 0.0
    hits = 0
    for group in groups(tidy(values)):
        shape = read_shape(group.shape)
        if shape is not None and (shape.clock_only if clock_only else shape.hour is None):
            hits += group.rows.shape[0]
    return hits / len(values)


def _is_clock(sample: ColumnSample) -> bool:
    return _share(sample, clock_only=True) >= 0.8


def _is_day_only(sample: ColumnSample) -> bool:
    return _share(sample, clock_only=False) >= 0.8


def _mostly_numbers(sample: ColumnSample) -> bool:
    values = _head(sample)
    if len(values) == 0:
        return True
    plain = pc.replace_substring_regex(values, pattern=r"[,\s$€£₩¥원]", replacement="")
    marks = pc.match_substring_regex(plain, r"^-?\d*\.?\d+$")
    return bool(pc.mean(pc.cast(marks, pa.float64())).as_py() >= 0.8)


def _all_different(sample: ColumnSample) -> bool:
    """Return whether every row has a value of its own; a lone one must look like an id."""
    values = _head(sample)
    if len(values) == 1 and len(values[0].as_py()) < _LONE_ID:
        return False  # an event's kind is often called event_id, and numbered from 1
    return 0 < len(values) == len(pc.unique(values)) == len(sample.values[:_SAMPLE])
