"""Rules in words, English and Korean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.segments.model import (
    Did,
    Every,
    InStage,
    Neither,
    Sequence,
    Some,
    Trait,
    Which,
)
from sojourn.stages.model import Words
from sojourn.stages.parts import written

if TYPE_CHECKING:
    from sojourn.segments.model import Evidence, Rule


def in_words(rule: Rule) -> Words:
    """Return what a rule says; of a group only how its rules go together.

    Examples
    --------
    >>> in_words(InStage(stages=("loyalty",))).en
    'is in stage loyalty'
    """
    words = Words(en="")
    match rule:
        case Every():
            words = Words(en="all of", ko="모두 만족")
        case Some():
            words = Words(en="any of", ko="하나라도 만족")
        case Neither():
            words = Words(en="none of", ko="하나도 만족하지 않음")
        case InStage(stages=stages):
            named = ", ".join(stages)
            words = Words(en=f"is in stage {named}", ko=f"{named} 단계에 있음")
        case Trait(where_text=text, which=which):
            first = which is Which.FIRST
            words = Words(
                en=f"{'first' if first else 'last'} known: {text}",
                ko=f"{'처음' if first else '마지막으로'} 알려진 값: {text}",
            )
        case Sequence():
            words = _sequence(rule)
        case Did():
            words = _did(rule)
    return words


def _evidence(evidence: Evidence) -> Words:
    events = " | ".join(evidence.events)
    where = f" where {evidence.where_text}" if evidence.where_text else ""
    condition = f" ({evidence.where_text})" if evidence.where_text else ""
    return Words(en=(events or "any event") + where, ko=(events or "아무 이벤트") + condition)


def _sequence(rule: Sequence) -> Words:
    steps = [_evidence(step) for step in rule.steps]
    en = ", then ".join(step.en for step in steps)
    ko = " → ".join(step.ko for step in steps)
    if rule.window_us is not None:
        length = written(rule.window_us)
        en, ko = f"{en}, within {length} of the first", f"{ko} (첫 단계부터 {length} 안에)"
    if rule.within_us is not None:
        length = written(rule.within_us)
        en, ko = f"{en}, done in the last {length}", f"{ko}, 최근 {length} 안에 마침"
    return Words(en=en, ko=ko)


def _did(rule: Did) -> Words:
    named = _evidence(rule.evidence)
    en, ko = [named.en], [named.ko]
    if rule.at_most is not None:
        least = f"{rule.at_least} to " if rule.at_least else "at most "
        en.append(f"{least}{rule.at_most}×")
        ko.append(
            f"{rule.at_least}~{rule.at_most}번" if rule.at_least else f"{rule.at_most}번 이하"
        )
    else:
        en.append(f"at least {rule.at_least}×")
        ko.append(f"{rule.at_least}번 이상")
    if rule.within_us is not None:
        en.append(f"in the last {written(rule.within_us)}")
        ko.append(f"최근 {written(rule.within_us)} 안에")
    if rule.quiet_us is not None:
        en.append(f"the last one {written(rule.quiet_us)} ago or more")
        ko.append(f"마지막이 {written(rule.quiet_us)} 이전")
    if rule.without is not None:
        other = _evidence(rule.without)
        en.append(f"and no {other.en} since")
        ko.append(f"그 뒤 {other.ko} 없음")
    return Words(en=" ".join(en), ko=" ".join(ko))
