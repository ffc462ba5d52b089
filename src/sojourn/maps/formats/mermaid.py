"""The map as a Mermaid user journey: stages as sections, steps as tasks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sojourn.base.estimate import Estimate
from sojourn.maps.document import LaneKind
from sojourn.maps.whose import filter_notes

if TYPE_CHECKING:
    from sojourn.maps.document import JourneyMap, Label, Step

NEUTRAL = 3
_RESERVED = re.compile(r"[#:;\r\n\t]+")
_TEXTS = {
    "en": ("Customers", "{n:,} people", "Score 3 means that nobody was asked how it feels.",
           "Journey map drawn from {events:,} events of {people:,} people."),
    "ko": ("고객", "{n:,}명", "3점은 아직 감정을 묻지 않았다는 뜻이에요.",
           "{people:,}명의 이벤트 {events:,}건으로 그린 여정 지도예요."),
}  # fmt: skip


def write_mermaid(journey_map: JourneyMap, lang: str = "en") -> str:
    """Return a map as a Mermaid ``journey``.

    Mermaid wants a score from 1 to 5 for every task, drawn as a face. It is the experience at
    the step where people were asked (−2 … +2 becomes 1 … 5), otherwise a neutral 3, which the
    description says.

    References
    ----------
    mermaid-js/mermaid, docs/syntax/userJourney.md.
    """
    actor, people, note, description = _TEXTS["ko" if lang == "ko" else "en"]
    data = journey_map.data
    who = _clean(journey_map.persona.name) if journey_map.persona else actor
    scores = {
        cell.step: cell.score.value
        for cell in journey_map.cells
        if isinstance(cell.score, Estimate) and cell.lane == LaneKind.FEELINGS
    }
    title = _clean(_said(journey_map.title, lang))
    lines = [
        "journey",
        f"  title {title}",
        f"  accTitle: {title}",
        f"  accDescr: {_clean(description.format(events=data.events, people=data.people))}"
        + "".join(f" {_clean(_said(each, lang))}" for each in filter_notes(journey_map.filters))
        + ("" if scores else f" {note}"),
    ]
    for stage in journey_map.stages:
        steps = [step for step in journey_map.steps if step.stage == stage.key]
        if not steps:
            continue
        lines.append(f"  section {_clean(_said(stage.title, lang))}")
        lines += [
            f"    {_task(step, people, lang)}: {_score(scores.get(step.key))}: {_actor(who)}"
            for step in steps
        ]
    return "\n".join(lines) + "\n"


def _task(step: Step, people: str, lang: str) -> str:
    return f"{_clean(_said(step.title, lang))} ({people.format(n=step.reached)})"


def _score(feeling: float | None) -> int:
    return NEUTRAL if feeling is None else min(5, max(1, round(feeling) + NEUTRAL))


def _said(label: Label, lang: str) -> str:
    return (label.ko or label.en) if lang == "ko" else label.en


def _clean(text: str) -> str:
    """Return text without what Mermaid reads as its own: # : ; and line ends."""
    return re.sub(r"\s+", " ", _RESERVED.sub(" ", text)).strip() or "-"


def _actor(text: str) -> str:
    return text.replace(",", " ")
