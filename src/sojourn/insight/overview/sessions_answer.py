"""From counted sessions to their rows, entries, exits and lengths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.base.estimate import MaybeEstimate, NotEstimable, wilson
from sojourn.base.timespan import MINUTE_US, SECOND_US, to_datetime
from sojourn.events.schema import UTM_CAMPAIGN
from sojourn.insight.answer import Answer
from sojourn.insight.numbers.logbins import RELATIVE_ERROR
from sojourn.insight.phrases import scope_notes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from sojourn.base.json import JsonValue
    from sojourn.index.catalog import Catalog
    from sojourn.insight.durations import DurationEstimate, MaybeDuration
    from sojourn.insight.overview.sessions import SessionCounts, Sessions

    Ints: TypeAlias = NDArray[np.int64]
    Quantiles: TypeAlias = Mapping[int, tuple[DurationEstimate, ...]]

SHOWN_EDGES = 20
LENGTH_BOUNDS = (1, 2, 3, 4, 6, 11, 21, 51)
NOBODY = "no session"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """Sessions that began in one period, or all of them.

    Attributes
    ----------
    period : str or None
        First day of the day, week or month; None: all together.
    sessions, people, events : int
        People with such a session; events in them.
    per_person : float or NotEstimable
        sessions ÷ people.
    length_mean, length_median : float or NotEstimable
        Events of a session.
    depth_median : float or NotEstimable
        Kinds of event of a session.
    duration, duration_p90 : DurationEstimate or NotEstimable
        From the first event to the last: median, and nine in ten are no longer than.
    bounces : int
        Sessions of one event.
    bounce : Estimate or NotEstimable
        bounces ÷ sessions.
    """

    period: str | None
    sessions: int
    people: int
    events: int
    per_person: float | NotEstimable
    length_mean: float | NotEstimable
    length_median: float | NotEstimable
    depth_median: float | NotEstimable
    duration: MaybeDuration
    duration_p90: MaybeDuration
    bounces: int
    bounce: MaybeEstimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edges:
    """Where sessions begin and end.

    Attributes
    ----------
    labels : tuple of str
    counts : ndarray of shape (2, nodes), int64
    """

    labels: tuple[str, ...]
    counts: Ints

    def shown(self, side: int) -> JsonValue:
        """Return the commonest entries (side 0) or exits (side 1), the others together."""
        counts = self.counts[side]
        total = int(counts.sum())
        order = np.lexsort((np.arange(len(counts)), -counts))
        chosen = order[counts[order] > 0]
        named = [(self.labels[node], int(counts[node])) for node in chosen[:SHOWN_EDGES]]
        rest = chosen[SHOWN_EDGES:]
        if len(rest):
            named.append((f"Other ({len(rest)})", int(counts[rest].sum())))
        return [
            {"event": label, "count": count, "share": wilson(count, total).to_json()}
            for label, count in named
        ]


def answer_of(
    spec: Sessions,
    catalog: Catalog,
    found: tuple[SessionCounts, Edges],
    days: Sequence[date] | None,
) -> Answer[object]:
    """Return the answer: all sessions together first, then each period in order of time."""
    counts, edges = found
    together = _together(counts)
    rows = [_row(None, counts.totals.sum(axis=0), together, 0, people=counts.everybody)]
    if days is not None:
        parts = _quantiles(counts)
        rows += [
            _row(day.isoformat(), counts.totals[at], parts, at)
            for at, day in enumerate(days)
            if counts.totals[at, 0]
        ]
    return Answer(
        question="sessions",
        spec=spec,
        as_of=to_datetime(catalog.as_of_us),
        rows=tuple(rows),
        definition=_definition(spec),
        notes=(
            *scope_notes(spec.scope, catalog, "the session's first event"),
            *_precision(counts),
        ),
        extra={
            "entries": edges.shown(0),
            "exits": edges.shown(1),
            "lengths": _lengths(counts),
        },
    )


def _quantiles(counts: SessionCounts) -> tuple[Quantiles, Quantiles, Quantiles]:
    return (
        counts.lengths.quantiles((0.5,)),
        counts.depths.quantiles((0.5,)),
        counts.durations.quantiles((0.5, 0.9)),
    )


def _together(counts: SessionCounts) -> tuple[Quantiles, Quantiles, Quantiles]:
    return (
        counts.lengths.rekeyed(np.zeros_like).quantiles((0.5,)),
        counts.depths.rekeyed(np.zeros_like).quantiles((0.5,)),
        counts.durations.rekeyed(np.zeros_like).quantiles((0.5, 0.9)),
    )


def _row(
    period: str | None,
    totals: Ints,
    parts: tuple[Quantiles, Quantiles, Quantiles],
    key: int,
    *,
    people: int | None = None,
) -> SessionRow:
    sessions, seen, events, bounces = (int(total) for total in totals)
    people = seen if people is None else people
    lengths, depths, durations = parts
    nothing = NotEstimable(NOBODY)
    return SessionRow(
        period=period,
        sessions=sessions,
        people=people,
        events=events,
        per_person=sessions / people if people else nothing,
        length_mean=events / sessions if sessions else nothing,
        length_median=lengths[key][0].seconds * SECOND_US if sessions else nothing,
        depth_median=depths[key][0].seconds * SECOND_US if sessions else nothing,
        duration=durations[key][0] if sessions else nothing,
        duration_p90=durations[key][1] if sessions else nothing,
        bounces=bounces,
        bounce=wilson(bounces, sessions),
    )


def _lengths(counts: SessionCounts) -> JsonValue:
    sizes = counts.lengths.rekeyed(np.zeros_like).histogram(LENGTH_BOUNDS)
    total = int(sizes.sum())
    found: list[JsonValue] = []
    for at, low in enumerate(LENGTH_BOUNDS):
        high = LENGTH_BOUNDS[at + 1] - 1 if at + 1 < len(LENGTH_BOUNDS) else None
        count = int(sizes[at + 1])
        found.append(
            {"from": low, "to": high, "count": count, "share": wilson(count, total).to_json()}
        )
    return found


def _definition(spec: Sessions) -> str:
    rules = [f"after a gap of more than {spec.session_gap_us / MINUTE_US:g} min"]
    if spec.at_midnight:
        rules.append("at midnight")
    if spec.on_campaign:
        rules.append(f"with another {UTM_CAMPAIGN}")
    return (
        f"A person's new session begins {' or '.join(rules)}. Length = its events, depth = its "
        "kinds of event, duration = first event to last; a bounce is a session of one event."
    )


def _precision(counts: SessionCounts) -> tuple[str, ...]:
    if not counts.durations.coarse:
        return ()
    return (f"Durations are within {RELATIVE_ERROR:.1%} (more than 1,000,000 sessions).",)
