"""What the rules of a stage say, in words of both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.base.particle import Particle, with_particle
from sojourn.base.timespan import DAY_US, HOUR_US, MINUTE_US
from sojourn.maps.document import Label
from sojourn.maps.draft.names import label_of
from sojourn.stages.model import Distinct, Without

if TYPE_CHECKING:
    from sojourn.stages.model import EntryRule, Evidence, LapseRule, StageRule

_APART = {
    Distinct.DAYS: ("on {n} different days", "서로 다른 {n}일에"),
    Distinct.SESSIONS: ("in {n} different sessions", "서로 다른 {n}번의 방문에서"),
    Distinct.EVENTS: ("of {n} different kinds", "서로 다른 {n}종류"),
}
MOST_NAMES = 4


def duration_words(us: int) -> tuple[str, str]:
    """Return a duration in words, English and Korean.

    Examples
    --------
    >>> duration_words(30 * DAY_US), duration_words(12 * HOUR_US)
    (('30 days', '30일'), ('12 hours', '12시간'))
    """
    for size, one, korean in (
        (DAY_US, "day", "일"), (HOUR_US, "hour", "시간"), (MINUTE_US, "minute", "분"),
    ):  # fmt: skip
        if us >= size:
            count = us / size
            return f"{count:g} {one}{'' if count == 1 else 's'}", f"{count:g}{korean}"
    return f"{us / 1e6:g} seconds", f"{us / 1e6:g}초"


def definition_of(stage: StageRule, *, timed: bool) -> Label:
    """Return a stage's entry and lapse rule in words."""
    if not stage.observed:
        return Label(
            en="No event of the data leads here.",
            ko="이 단계로 이어지는 이벤트가 데이터에 없어요.",
        )
    entries = [_entry(rule) for rule in stage.enter]
    lapse = _lapse(stage.lapse, timed=timed)
    return Label(
        en=f"Enters with {' or '.join(en for en, _ in entries)}. {lapse[0]}",
        ko=f"들어오는 조건: {' 또는 '.join(ko for _, ko in entries)}. {lapse[1]}",
    )


def _entry(rule: EntryRule) -> tuple[str, str]:
    en, ko = _evidence(rule.evidence)
    if rule.distinct is not None:
        more_en, more_ko = (text.format(n=rule.at_least) for text in _APART[rule.distinct])
        en, ko = f"{en} {more_en}", f"{more_ko} {ko}"
    elif rule.at_least > 1:
        en, ko = f"{en} {rule.at_least} times", f"{ko} {rule.at_least}번"
    if rule.within_us is not None:
        within = duration_words(rule.within_us)
        en, ko = f"{en} within {within[0]}", f"{within[1]} 안에 {ko}"
    return en, ko


def _evidence(evidence: Evidence) -> tuple[str, str]:
    labels = [label_of(name) for name in evidence.events[:MOST_NAMES]]
    more = len(evidence.events) - len(labels)
    en = ", ".join(label.en for label in labels) or "any event"
    ko = ", ".join(label.ko or label.en for label in labels) or "아무 이벤트"
    if more:
        en, ko = f"{en} or {more} more", f"{ko} 외 {more}가지"
    if evidence.where_text:
        en, ko = f"{en} where {evidence.where_text}", f"{ko}({evidence.where_text})"
    return en, ko


def _lapse(lapse: LapseRule, *, timed: bool) -> tuple[str, str]:
    english, korean = [], []
    if lapse.quiet_us is not None and timed:
        en, ko = duration_words(lapse.quiet_us)
        what_en, what_ko = _keeping(lapse)
        english.append(f"after {en} without {what_en}")
        korean.append(f"{ko} 동안 {what_ko} 없을 때")
    if lapse.on:
        parts = [_evidence(each) for each in lapse.on]
        english.append(f"with {' or '.join(en for en, _ in parts)}")
        korean.append(f"{' 또는 '.join(ko for _, ko in parts)} 때")
    if not english:
        return "It does not end by itself.", "저절로 끝나지 않아요."
    return f"Ends {' or '.join(english)}.", f"끝나는 조건: {' 또는 '.join(korean)}."


def _keeping(lapse: LapseRule) -> tuple[str, str]:
    if lapse.keep:
        parts = [_evidence(each) for each in lapse.keep]
        return " or ".join(en for en, _ in parts), with_particle(
            " 또는 ".join(ko for _, ko in parts), Particle.SUBJECT
        )
    if lapse.without is Without.ENTRY:
        return "any of these", "같은 이벤트가"
    return "any event", "아무 이벤트도"
