"""A neutral model for data whose events come in no stable order: how far people go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.timespan import DAY_US
from sojourn.stages.model import (
    Distinct,
    EntryRule,
    Evidence,
    LapseRule,
    StageModel,
    StageRule,
    Words,
)
from sojourn.stages.suggest.result import Bound, Suggestion
from sojourn.stages.suggest.times import usual

if TYPE_CHECKING:
    from sojourn.stages.suggest.structure import Structured

RETURNS = 0.02
"""Share of people who must come back after a pause for coming back to be a stage."""


def by_depth(structured: Structured) -> Suggestion:
    """Return a model of how far people go: arrived, went on, explored, went deep, came back."""
    timed = structured.coverage > 0
    quiet = usual(structured.gaps, 0.9, coverage=structured.coverage, custom=DAY_US)
    lapse = LapseRule(quiet_us=quiet.us if timed else None)
    stages = [
        StageRule(key=key, title=title, enter=(rule,), lapse=lapse, window_us=quiet.us, note=why)
        for key, title, rule, why in _levels(structured)
    ]
    return Suggestion(
        model=StageModel(
            stages=tuple(stages), title=Words(en="How far people go", ko="얼마나 깊이 들어왔는가")
        ),
        basis="depth",
        bound=tuple(Bound(stage=s.key, events=(), why=s.note) for s in stages),
        unbound=(),
        left_over=(),
        notes=(
            Words(
                en="The events come in no stable order and name no purchase, so the stages say how"
                " far people go, not what they want.",
                ko="이벤트의 순서가 일정하지 않고 구매를 뜻하는 이름도 없어, 단계는 고객이 얼마나 "
                "깊이 들어왔는지만 나타내요.",
            ),
        ),
    )


def _levels(structured: Structured) -> list[tuple[str, Words, EntryRule, str]]:
    """Return the levels that split people, shallowest first."""
    rows, kinds = structured.depth[0], structured.depth[1]
    anything = Evidence()
    deep = _deep(rows)
    found = [
        ("arrived", Words(en="Arrived", ko="도착"), EntryRule(evidence=anything), "any event"),
        ("went-on", Words(en="Went on", ko="이어 보기"),
         EntryRule(evidence=anything, at_least=2), "a second event"),
    ]  # fmt: skip
    if kinds[3:].sum() > RETURNS * kinds.sum():
        rule = EntryRule(evidence=anything, at_least=3, distinct=Distinct.EVENTS)
        found.append(
            ("explored", Words(en="Explored", ko="둘러보기"), rule, "three kinds of event")
        )
    if deep > 3:
        rule = EntryRule(evidence=anything, at_least=deep)
        title = Words(en="Went deep", ko="깊이 보기")
        found.append(("went-deep", title, rule, f"{deep} events: one person in ten gets there"))
    returned = structured.gaps.n
    if structured.coverage and returned > RETURNS * structured.people:
        rule = EntryRule(evidence=anything, at_least=2, distinct=Distinct.SESSIONS)
        found.append(("came-back", Words(en="Came back", ko="재방문"), rule, "a second session"))
    return found


def _deep(rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> int:
    """Return the number of events that one person in ten reaches."""
    reached = rows[::-1].cumsum()[::-1] / max(1, int(rows.sum()))
    return int(np.flatnonzero(reached >= 0.1)[-1]) if len(rows) and rows.sum() else 0
