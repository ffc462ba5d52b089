"""From raw origins to channels, sources and the levels below, with shares and conversions."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from sojourn.base.estimate import MaybeEstimate, NotEstimable, wilson
from sojourn.base.timespan import DAY_US, HOUR_US, to_datetime
from sojourn.events.channels import DIRECT_SOURCE, NO_MEDIUM, NOT_SET, UNASSIGNED
from sojourn.insight.answer import Answer, to_json
from sojourn.insight.phrases import event_phrase, people_phrase, scope_notes
from sojourn.insight.sources.counts import RawOrigin, SourceCounts, Tallied, added
from sojourn.insight.sources.values import (
    LEVELS,
    Basis,
    EntryPath,
    Landing,
    Origin,
    Revenue,
    SourceRow,
)
from sojourn.insight.untimed import untimed_answer
from sojourn.kernels.cohorts.visits import DIRECT, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.base.json import JsonObject
    from sojourn.events.channels import ChannelTable
    from sojourn.index.catalog import Catalog
    from sojourn.insight.sources.question import Sources

QUESTION = "sources"
UNTOLD = "no event carries a channel, a campaign parameter or a referrer"
UNKNOWN_CHANNEL = "Unknown"
NO_GOAL = "no goal was named"
YOUNG = "the window has not passed for anyone"
_SHOWN = 20
_VAGUE = frozenset({UNASSIGNED, "Paid Other"})


def answer_of(
    spec: Sources, catalog: Catalog, counts: SourceCounts, *, told: bool
) -> Answer[object]:
    """Return the answer from the counts of all buckets.

    Parameters
    ----------
    spec : Sources
    catalog : Catalog
    counts : SourceCounts
    told : bool
        Whether any property says where visits came from.
    """
    if not catalog.timed:
        return untimed_answer(QUESTION, spec, catalog)
    if not told:
        return _untold(spec, catalog)
    rows = _rows(spec, counts)
    return Answer(
        question=QUESTION,
        spec=spec,
        as_of=to_datetime(catalog.as_of_us),
        rows=rows,
        definition=_definition(spec),
        notes=_notes(spec, catalog, counts),
        extra=_extra(spec, counts),
    )


def origins_of(raw: Sequence[RawOrigin], table: ChannelTable) -> list[Origin]:
    """Return the origin of each raw one: source and medium, and the channel the rules give.

    A channel that events name themselves stands as it is named; a name or medium the table knows
    (``paid_search``, ``organic``) is spelled its way.

    Parameters
    ----------
    raw : sequence of RawOrigin
    table : ChannelTable
    """
    pairs = [_source_medium(origin, table) for origin in raw]
    found = table.channels(
        [source for source, _ in pairs],
        [medium for _, medium in pairs],
        [origin.campaign for origin in raw],
    )
    spelled = _spellings([origin.channel for origin in raw if origin.channel], table)
    origins = []
    for origin, (source, medium), channel in zip(raw, pairs, found, strict=True):
        own = spelled[origin.channel] if origin.channel else None
        name = UNKNOWN_CHANNEL if origin.says == UNKNOWN else own or channel
        origins.append(Origin(name, source, medium, origin.campaign, origin.content, origin.term))
    return origins


def _source_medium(origin: RawOrigin, table: ChannelTable) -> tuple[str | None, str | None]:
    if origin.says == UNKNOWN:
        return None, None
    if origin.says == DIRECT:
        return DIRECT_SOURCE, NO_MEDIUM
    if origin.source or origin.medium:
        return origin.source or NOT_SET, origin.medium or NOT_SET
    if origin.referrer:
        return table.from_referrer(origin.referrer)
    return None, None


def _spellings(named: Sequence[str], table: ChannelTable) -> dict[str, str]:
    """Return the spelling of channels that events name themselves."""
    distinct = list(dict.fromkeys(named))
    nothing = [""] * len(distinct)
    media = table.channels(nothing, distinct, nothing)
    known = {_folded(rule.channel): rule.channel for rule in table.rules}
    return {
        name: known.get(_folded(name), name if medium in _VAGUE else medium)
        for name, medium in zip(distinct, media, strict=True)
    }


def _folded(channel: str) -> str:
    return channel.lower().replace("_", " ").replace("-", " ").strip()


def _rows(spec: Sources, counts: SourceCounts) -> tuple[SourceRow, ...]:
    raw = list(counts.people)
    origins = dict(zip(raw, origins_of(raw, spec.channels), strict=True))
    depth = LEVELS.index(spec.level) + 1
    groups: dict[Origin, Tallied] = {}
    money: defaultdict[Origin, Counter[str]] = defaultdict(Counter)
    for origin, tally in counts.people.items():
        if _inside(origins[origin], spec):
            key = _cut(origins[origin], depth)
            groups[key] = added(groups.get(key, Tallied()), tally)
    for (origin, currency), minor in counts.money.items():
        if _inside(origins[origin], spec):
            money[_cut(origins[origin], depth)][currency] += minor
    everybody = sum(tally.people for tally in counts.people.values())
    ordered = sorted(groups, key=lambda key: (-groups[key].people, str(key)))
    return tuple(_row(spec, key, groups[key], money[key], everybody) for key in ordered)


def _inside(origin: Origin, spec: Sources) -> bool:
    return all(
        (origin[LEVELS.index(level)] or NOT_SET).lower() == value.lower()
        for level, value in spec.within
    )


def _cut(origin: Origin, depth: int) -> Origin:
    return Origin(*origin[:depth])


def _row(
    spec: Sources, key: Origin, tally: Tallied, money: Counter[str], everybody: int
) -> SourceRow:
    return SourceRow(
        channel=key.channel,
        source=key.source,
        medium=key.medium,
        campaign=key.campaign,
        content=key.content,
        term=key.term,
        people=tally.people,
        share=wilson(tally.people, everybody),
        mature=tally.mature,
        converted=tally.converted,
        conversion=_conversion(spec, tally),
        early=tally.early,
        revenue=tuple(
            Revenue(currency=currency, amount_minor=money[currency]) for currency in sorted(money)
        ),
    )


def _conversion(spec: Sources, tally: Tallied) -> MaybeEstimate:
    if spec.goal is None:
        return NotEstimable(NO_GOAL)
    if not tally.mature:
        return NotEstimable(YOUNG)
    return wilson(tally.converted, tally.mature)


def _extra(spec: Sources, counts: SourceCounts) -> JsonObject:
    if spec.goal is None:
        return {}
    reached = sum(counts.openings.values())
    openings = sorted(counts.openings.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
    paths = [
        EntryPath(path=path, goes_on=goes_on, people=n, share=wilson(n, reached))
        for (path, goes_on), n in openings
    ]
    landings = sorted(counts.landings.items(), key=lambda item: (-item[1].people, item[0]))
    pages = [
        Landing(
            landing=name,
            people=tally.people,
            mature=tally.mature,
            converted=tally.converted,
            conversion=_conversion(spec, tally),
        )
        for name, tally in landings[:_SHOWN]
    ]
    return {
        "converters": reached,
        "entry_paths": to_json(paths),
        "landings": to_json(pages),
    }


def _definition(spec: Sources) -> str:
    which = {
        Basis.ORIGINAL: "the touch that began their first visit",
        Basis.LATEST: "the touch in force when they reached the goal, or at as-of",
    }
    pause = _span(spec.session_gap_us)
    text = f"People by {which[spec.basis]}; a visit ends after {pause} without events."
    if spec.goal is not None:
        goal = event_phrase(spec.goal, spec.goal_title)
        text += f" Converted: {goal} within {_span(spec.window_us)} of their first event."
    return text


def _span(length_us: int) -> str:
    if length_us % DAY_US == 0:
        return f"{length_us // DAY_US:,} days"
    if length_us % HOUR_US == 0:
        return f"{length_us // HOUR_US:,} hours"
    return f"{length_us / HOUR_US * 60:,.0f} minutes"


def _notes(spec: Sources, catalog: Catalog, counts: SourceCounts) -> tuple[str, ...]:
    found = list(scope_notes(spec.scope, catalog, "their first event"))
    if spec.basis is Basis.LATEST:
        over = "takes the place of" if spec.direct_overwrites else "does not overwrite"
        found.append(f"A visit without a source {over} a known one.")
    young = sum(tally.people - tally.mature for tally in counts.people.values())
    if spec.goal is not None and young:
        found.append(
            f"For {people_phrase(young)} the window has not passed at as-of; they are in no rate."
        )
    if spec.own:
        found.append(f"Own sites, no source: {', '.join(spec.own)}.")
    found.append("Observed, not caused: people who came one way may differ in other ways too.")
    return tuple(found)


def _untold(spec: Sources, catalog: Catalog) -> Answer[object]:
    return Answer(
        question=QUESTION,
        spec=spec,
        as_of=to_datetime(catalog.as_of_us),
        rows=(),
        definition=f"Not estimable: {UNTOLD}.",
        notes=("Import with --channel COLUMN, or with columns utm_source, utm_medium, referrer.",),
        extra={"not_estimable": UNTOLD},
    )
