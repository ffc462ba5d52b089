"""Binding a taxonomy to events by what their names say and by how they lie in lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.base.counted import counted, span_words
from sojourn.base.predicate import Compare, Operator
from sojourn.base.timespan import DAY_US
from sojourn.events.paths import NO_DOING
from sojourn.index.catalog import ColumnKind
from sojourn.stages.model import (
    Distinct,
    EntryRule,
    Evidence,
    LapseRule,
    StageModel,
    StageRule,
    Without,
    Words,
)
from sojourn.stages.suggest.kinds import SHOP, Kind, kind_of
from sojourn.stages.suggest.result import Bound, Suggestion, Unbound
from sojourn.stages.suggest.times import Usual, usual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.stages.suggest.structure import Seen, Structured
    from sojourn.stages.suggest.taxonomy import KindRule, Taxonomy, TaxonomyStage

QUIET_SHARE = 0.9
CUSTOM_QUIET = 30 * DAY_US
CUSTOM_BUYS = 90 * DAY_US
MOST_AFTER = 0.6
"""Share of people who must have done the one before the other for ``after`` to hold."""
_PROMOTER = Compare(field="nps", operator=Operator.GE, values=(9.0,))


@dataclass(frozen=True, slots=True)
class _Found:
    """What the data offer, by kind."""

    structured: Structured
    kinds: tuple[Kind, ...]
    quiet: Usual
    buys: Usual
    ends: tuple[str, ...]

    def named(self, kinds: Sequence[Kind]) -> list[int]:
        return [place for place, kind in enumerate(self.kinds) if kind in kinds]


def bind(structured: Structured, taxonomy: Taxonomy) -> Suggestion:
    """Return the taxonomy bound to the events of the data; what fits nothing stays unbound."""
    kinds = tuple(kind_of(seen.name) for seen in structured.seen)
    quiet = usual(structured.gaps, QUIET_SHARE, coverage=structured.coverage, custom=CUSTOM_QUIET)
    ends = tuple(
        seen.name for seen, kind in zip(structured.seen, kinds, strict=True) if kind is Kind.CANCEL
    )
    buys = usual(structured.returns, QUIET_SHARE, coverage=structured.coverage, custom=CUSTOM_BUYS)
    found = _Found(structured, kinds, quiet, buys, ends)
    stages = tuple(_stage(stage, found) for stage in taxonomy.stages)
    used = {name for s in stages for rule in s.enter for name in rule.evidence.events}
    missing = {stage.key: stage.missing for stage in taxonomy.stages}
    return Suggestion(
        model=StageModel(stages=stages, title=taxonomy.title),
        basis="words",
        bound=tuple(
            Bound(stage=s.key, events=_events(s), why=s.note) for s in stages if s.observed
        ),
        unbound=tuple(
            Unbound(stage=s.key, question=missing[s.key]) for s in stages if not s.observed
        ),
        left_over=tuple(
            s.name for s in structured.seen if s.name not in used and s.name not in ends
        ),
        notes=_notes(found),
    )


def speaks(structured: Structured) -> float:
    """Return the share of events whose names say something that only customers do."""
    counts = dict(zip(structured.catalog.events, structured.catalog.event_counts, strict=True))
    total = sum(count for name, count in counts.items() if name not in NO_DOING)
    said = sum(counts[seen.name] for seen in structured.seen if kind_of(seen.name) in SHOP)
    return said / total if total else 0.0


def _stage(stage: TaxonomyStage, found: _Found) -> StageRule:
    rules, reasons = [], []
    for rule in stage.enter:
        entry = _entry(rule, found)
        if entry:
            rules.append(entry[0])
            reasons.append(entry[1])
    buying = stage.without is Without.ENTRY
    usual_us = max(found.quiet.us, found.buys.us) if buying else found.quiet.us
    quiet = usual_us if found.structured.coverage else None
    sells = any(Kind.PURCHASE in rule.kinds for rule in stage.enter)
    return StageRule(
        key=stage.key,
        title=stage.title,
        enter=tuple(rules),
        lapse=LapseRule(
            quiet_us=quiet,
            without=stage.without if rules else Without.ANY,
            on=(Evidence(events=found.ends),) if found.ends and rules else (),
        ),
        window_us=max(usual_us, found.buys.us) if sells else usual_us,
        aliases=stage.aliases,
        note="; ".join(reasons),
    )


def _entry(rule: KindRule, found: _Found) -> tuple[EntryRule, str] | None:
    if rule.score:
        return _score(found)
    places = found.named(rule.kinds)
    if rule.after is not None:
        places = [p for p in places if _follows(p, found.named((rule.after,)), found.structured)]
    seen = [found.structured.seen[place] for place in places]
    repeats = rule.distinct is not None
    if not seen or (repeats and not any(each.again for each in seen)):
        return None
    names = tuple(each.name for each in seen)
    evidence = Evidence(events=names)
    if repeats and not found.structured.coverage:
        return EntryRule(evidence=evidence, at_least=rule.at_least), _why(seen, rule)
    entry = EntryRule(
        evidence=evidence,
        at_least=rule.at_least,
        within_us=rule.within_us,
        distinct=rule.distinct,
    )
    return entry, _why(seen, rule)


def _said(seen: Sequence[Seen]) -> str:
    return "/".join(dict.fromkeys(kind_of(each.name).value for each in seen))


def _why(seen: Sequence[Seen], rule: KindRule) -> str:
    names = ", ".join(each.name for each in seen[:6]) + (" …" if len(seen) > 6 else "")
    if rule.distinct is Distinct.DAYS and rule.at_least > 1:
        again = max(each.again for each in seen)
        return f"{counted(again, 'person', 'people')} did {names} again on another day"
    if rule.after is not None:
        return f"{names} is named as {_said(seen)} and mostly comes after a {rule.after.value}"
    return f"{names}: named as {_said(seen)}"


def _follows(place: int, earlier: Sequence[int], structured: Structured) -> bool:
    people = structured.seen[place].people
    return any(int(structured.before[before, place]) >= MOST_AFTER * people for before in earlier)


def _score(found: _Found) -> tuple[EntryRule, str] | None:
    column = found.structured.catalog.find("nps")
    if column is None or column.kind is not ColumnKind.NUMBER:
        return None
    evidence = Evidence(where=_PROMOTER, where_text="nps >= 9")
    return EntryRule(evidence=evidence), "answers with nps of 9 or 10"


def _events(stage: StageRule) -> tuple[str, ...]:
    names = (name for rule in stage.enter for name in rule.evidence.events)
    return tuple(dict.fromkeys(names))


def _notes(found: _Found) -> tuple[Words, ...]:
    buys = found.buys
    if not found.structured.coverage or not buys.measured or buys.us <= found.quiet.us:
        return _quiet_notes(found)
    (en, ko), share = span_words(buys.us), f"{100 * buys.share:.0f}"
    return (
        *_quiet_notes(found),
        Words(
            en=f"Loyalty ends after {en} without a purchase: {share} % of all repeat"
            " purchases come sooner.",
            ko=f"{ko} 동안 구매가 없으면 충성 단계를 벗어난 것으로 봐요. 재구매의 "
            f"{share}%가 그 안에 일어나요.",
        ),
    )


def _quiet_notes(found: _Found) -> tuple[Words, ...]:
    if not found.structured.coverage:
        return (
            Words(
                en="These events carry no times: nobody lapses, and only the order is used.",
                ko="이 이벤트에는 시각이 없어 이탈을 정하지 않고 순서만 써요.",
            ),
        )
    en, ko = span_words(found.quiet.us)
    if not found.quiet.measured:
        return (
            Words(
                en=f"A stage ends after {en} without an event: a custom, since too few"
                " returns were seen to measure it.",
                ko=f"{ko} 동안 이벤트가 없으면 단계를 벗어난 것으로 봐요. 재방문이 적어 "
                "관례값을 썼어요.",
            ),
        )
    share = f"{100 * found.quiet.share:.0f}"
    return (
        Words(
            en=f"A stage ends after {en} without an event: {share} % of all returns come sooner.",
            ko=f"{ko} 동안 이벤트가 없으면 단계를 벗어난 것으로 봐요. 재방문의 "
            f"{share}%가 그 안에 돌아와요.",
        ),
    )
