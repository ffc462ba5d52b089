"""From counts to the rows of a funnel: rates, intervals, times, trend, lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.base.estimate import MaybeEstimate, NotEstimable, wilson
from sojourn.base.timespan import to_datetime
from sojourn.insight.answer import Answer, Labelled
from sojourn.insight.breakdown import GROUP, MISSING, OTHER
from sojourn.insight.funnel.counts import Tally
from sojourn.insight.funnel.phrasing import definition, headline, notes
from sojourn.insight.funnel.tallying import required_steps
from sojourn.insight.funnel.timing import times_of, trend_of
from sojourn.insight.funnel.values import FunnelRow, Order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sojourn.base.calendar import Intervals
    from sojourn.base.json import JsonValue
    from sojourn.index.catalog import Catalog
    from sojourn.insight.funnel.counts import FunnelCounts, Ints, Listing
    from sojourn.insight.funnel.question import Funnel

ALL_GROUPS = "(all)"
_YOUNG = "no entry is mature"
_NOBODY = "nobody reached the step before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What gives counts their meaning."""

    spec: Funnel
    catalog: Catalog
    calendar: Intervals | None


def answer_of(frame: Frame, total: FunnelCounts) -> Answer[object]:
    """Return the answer: a row a step; with a breakdown, rows of all people and of each group."""
    spec, catalog = frame.spec, frame.catalog
    rows = rows_of(spec, total.total)
    return Answer(
        question="funnel",
        spec=spec,
        as_of=to_datetime(catalog.as_of_us),
        rows=tuple(_grouped(spec, total)) if spec.by else rows,
        definition=definition(spec, catalog),
        notes=notes(spec, catalog, total, rows),
        extra={
            "headline": headline(spec, catalog, rows),
            "immature": rows[0].people - rows[0].mature,
            "dropped": total.dropped,
            **_extra(frame, total, rows),
        },
    )


def rows_of(spec: Funnel, tally: Tally) -> tuple[FunnelRow, ...]:
    """Return a row for each step, in order."""
    reached = tally.people()
    rows: list[FunnelRow] = []
    first = before = reached[:, 0]
    required = 0
    for number, title, optional in _titles(spec):
        here = tally.beside[:, number - 1] if optional else reached[:, required]
        mature = int(here[1])
        rows.append(
            FunnelRow(
                step=title,
                number=number,
                people=int(here[0]),
                mature=mature,
                of_first=_rate(mature, first),
                of_previous=_rate(mature, before),
                lost=None if optional or number == 1 else int(before[1]) - mature,
                optional=optional,
            )
        )
        if not optional:
            before = here
            required += 1
    return tuple(rows)


def _titles(spec: Funnel) -> Iterator[tuple[int, str, bool]]:
    steps = len(spec.steps)
    for number, step in enumerate(spec.steps, 1):
        title = f"any {number} of {steps}" if spec.order is Order.ANY else step.title
        yield number, title, step.optional


def _rate(mature: int, before: Ints) -> MaybeEstimate:
    if before[1]:
        return wilson(mature, int(before[1]))
    return NotEstimable(_YOUNG if before[0] else _NOBODY)


def _grouped(spec: Funnel, total: FunnelCounts) -> Iterator[Labelled[FunnelRow]]:
    parts: list[tuple[str, Tally]] = [(ALL_GROUPS, total.total)]
    known = [(value, tally) for value, tally in total.groups.items() if value is not None]
    known.sort(key=lambda item: (-int(item[1].people()[0, 0]), item[0]))
    parts += known[: spec.groups]
    rest = Tally.none(required_steps(spec), len(spec.steps))
    for _, tally in known[spec.groups :]:
        rest += tally
    if len(known) > spec.groups:
        parts.append((OTHER, rest))
    if None in total.groups:
        parts.append((MISSING, total.groups[None]))
    for label, tally in parts:
        for row in rows_of(spec, tally):
            yield Labelled(labels=((GROUP, label),), row=row)


def _extra(frame: Frame, total: FunnelCounts, rows: tuple[FunnelRow, ...]) -> dict[str, JsonValue]:
    spec = frame.spec
    parts: dict[str, JsonValue] = {}
    if spec.order is Order.ANY:
        parts["own"] = [
            {"step": step.title, "people": int(total.total.beside[0, place])}
            for place, step in enumerate(spec.steps)
        ]
    if spec.times:
        parts["times"] = times_of(spec, frame.catalog, total.times, rows)
    if spec.trend is not None:
        parts["trend"] = trend_of(frame.calendar, total.trend)
    if spec.people_at:
        parts["people_at"] = {"step": spec.people_at, **_listed(total.at)}
    if spec.lost_at:
        parts["lost_at"] = {"step": spec.lost_at, **_listed(total.lost)}
    return parts


def _listed(listing: Listing) -> dict[str, JsonValue]:
    ranked = sorted(listing.then.items(), key=lambda item: (-item[1], item[0] or ""))
    return {
        "count": listing.count,
        "then": [{"event": event, "people": count} for event, count in ranked],
        "people": [
            {
                "person": one.person,
                "entry": to_datetime(one.entry_us).isoformat(),
                "last": to_datetime(one.last_us).isoformat(),
                "reached": one.reached,
                "mature": one.mature,
                "then": one.then,
            }
            for one in listing.people
        ],
    }
