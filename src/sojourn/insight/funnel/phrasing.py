"""A funnel in words: what it counts, its headline, what a reader must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.base import counted
from sojourn.base.estimate import Estimate
from sojourn.insight.funnel.compiled import policy_of
from sojourn.insight.funnel.values import LAST_STEP, Entry, Order, Unit
from sojourn.insight.phrases import UNTIMED, scope_notes, trait_notes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sojourn.index.catalog import Catalog
    from sojourn.insight.funnel.counts import FunnelCounts
    from sojourn.insight.funnel.question import Funnel
    from sojourn.insight.funnel.values import FunnelRow


def span_words(length_us: int) -> str:
    """Return a length of time in its largest whole unit.

    Examples
    --------
    >>> from sojourn.base.timespan import DAY_US, MINUTE_US
    >>> span_words(14 * DAY_US), span_words(90 * MINUTE_US), span_words(1)
    ('14 days', '90 minutes', '0.000001 seconds')
    """
    return counted.span_words(length_us)[0]


def counted_word(spec: Funnel, count: int) -> str:
    """Return the word for what is counted."""
    if policy_of(spec) is Entry.ALL:
        return "attempt" if count == 1 else "attempts"
    if spec.unit is Unit.SESSION:
        return "session" if count == 1 else "sessions"
    if spec.hold:
        return "pair" if count == 1 else "pairs"
    return "person" if count == 1 else "people"


def counted_one(spec: Funnel) -> str:
    """Return what one of those counted is, as the subject of a sentence."""
    if spec.unit is Unit.SESSION:
        return "A session"
    return f"A pair of person and {spec.hold}" if spec.hold else "A person"


def definition(spec: Funnel, catalog: Catalog) -> str:
    """Return what is counted, over whom, within what."""
    who = counted_one(spec)
    within = ""
    if spec.window_us is not None and catalog.timed:
        within = f" within {span_words(spec.window_us)}"
    if spec.order is Order.ANY:
        return (
            f"{who} counts at “any k of {len(spec.steps)}” when different events fill k of the "
            f"steps, in any order{within}{' of the first of them' if within else ''}."
        )
    how = "in order, other events allowed between"
    if spec.order is Order.STRICT:
        how = "directly one after another, with no other event between"
    if within:
        how = f"{how},{within} of the entry"
    if spec.ends_at_break and spec.order is Order.STRICT:
        attempts = "As in ClickHouse, the first break after the first entry is the end."
    else:
        attempts = _ENTRIES[policy_of(spec)]
    return f"{who} reaches a step with it and all steps before it {how}. {attempts}"


_ENTRIES = {
    Entry.BEST: "Of several attempts the one that gets furthest counts, the earliest of those.",
    Entry.FIRST: "Only the first entry counts.",
    Entry.ALL: (
        "Every attempt counts: a new one may begin once the last one is completed, out of its "
        "window, or ended by an exclusion."
    ),
}


def headline(spec: Funnel, catalog: Catalog, rows: Sequence[FunnelRow]) -> str:
    """Return the funnel in one sentence."""
    first, last = rows[0], [row for row in rows if not row.optional][-1]
    everybody = f"{first.people:,} {counted_word(spec, first.people)}"
    if not first.people:
        return f"Nobody did ‘{first.step}’."
    within = ""
    if spec.window_us is not None and catalog.timed:
        within = f" within {span_words(spec.window_us)}"
    if first is last:
        return f"{everybody} did ‘{first.step}’."
    if spec.order is Order.ANY:
        return f"Of {everybody}, {last.people:,} did all {len(rows)} steps{within}, in any order."
    if not isinstance(last.of_first, Estimate):
        return f"{everybody} did ‘{first.step}’; none of them long enough ago for a rate."
    share = last.of_first
    return (
        f"{share.value:.1%} of {counted_word(spec, 2)} who did ‘{first.step}’ reached "
        f"‘{last.step}’{within} (95 %: {share.low * 100:.1f}–{share.high * 100:.1f}, "
        f"n {share.n:,})."
    )


def notes(
    spec: Funnel, catalog: Catalog, total: FunnelCounts, rows: Sequence[FunnelRow]
) -> tuple[str, ...]:
    """Return what a reader must not miss."""
    inside = (*scope_notes(spec.scope, catalog), *trait_notes(*(s.predicate for s in spec.steps)))
    return (*dict.fromkeys(inside), *_notes(spec, catalog, total, rows))


def _notes(
    spec: Funnel, catalog: Catalog, total: FunnelCounts, rows: Sequence[FunnelRow]
) -> Iterator[str]:
    young = rows[0].people - rows[0].mature
    if young and spec.window_us is not None:
        yield (
            f"{young:,} {counted_word(spec, young)} entered less than "
            f"{span_words(spec.window_us)} before the data end: counted, but in no rate."
        )
    if not catalog.timed:
        yield f"No window applies: {UNTIMED}, only their order."
    yield from _option_notes(spec)
    if total.dropped:
        yield (
            f"{total.dropped:,} {counted_word(spec, total.dropped)} "
            f"{'was' if total.dropped == 1 else 'were'} left out altogether: an "
            "excluded event ended every attempt that got furthest."
        )
    if spec.by:
        at = "the last step reached" if spec.at == LAST_STEP else f"step {spec.at}"
        yield f"By {spec.by}: its value at the event of {at}."


def _option_notes(spec: Funnel) -> Iterator[str]:
    for number, step in enumerate(spec.steps, 1):
        limits = [f"at least {span_words(step.shortest_us)}"] if step.shortest_us > 0 else []
        if step.longest_us is not None:
            limits.append(f"at most {span_words(step.longest_us)}")
        if limits:
            yield f"Step {number} comes {' and '.join(limits)} after the required step before it."
    for exclusion in spec.exclusions:
        yield (
            f"‘{exclusion.title}’ between steps {exclusion.after} and {exclusion.before} spoils "
            "an attempt; steps reached before it count."
        )
    if spec.simultaneous_us:
        yield _simultaneous(spec)
    if spec.reuse_events:
        yield "One event may fill several steps."
    if spec.order is Order.ANY and spec.entry is not Entry.BEST:
        yield "Entry policies do not apply to steps in any order."


def _simultaneous(spec: Funnel) -> str:
    if spec.order is Order.STRICT and not spec.ends_at_break:
        return "Events at one time keep their order here: ‘directly after’ needs one."
    if spec.simultaneous_us == 1:
        return "Events at the same time count as in either order."
    unit = span_words(spec.simultaneous_us).removeprefix("1 ")
    return f"Times are cut to the {unit}; events of one {unit} count as in either order."
