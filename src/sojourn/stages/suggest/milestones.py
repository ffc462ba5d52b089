"""A neutral model for data without customers' words: milestones in their usual order."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from sojourn.base.timespan import DAY_US
from sojourn.stages.model import EntryRule, Evidence, LapseRule, StageModel, StageRule, Words
from sojourn.stages.suggest.kinds import Kind, kind_of, tokens
from sojourn.stages.suggest.result import Bound, Suggestion
from sojourn.stages.suggest.times import usual

if TYPE_CHECKING:
    from sojourn.stages.suggest.structure import Structured

MOST_MILESTONES = 6
FEWEST_PEOPLE = 0.05
"""A milestone is reached by at least this share of people."""
IN_ORDER = 0.85
"""Share of people in whom two milestones must come in their order."""
APART = 0.08
"""How far apart two milestones must lie, in place or in reach, to be worth a stage each."""
SAME = 0.02
"""Two events whose people differ by less than this share say the same about reach."""
ENDED = 0.05
"""At most this share of people reach a milestone for the first time after an ending."""


def orderly(structured: Structured) -> float:
    """Return how far people agree on the order of events: 0.5 not at all, 1 entirely."""
    before = structured.before
    both = before + before.T
    agreed = (before * (before >= before.T)).sum() - 0.5 * (before * (before == before.T)).sum()
    total = both.sum() / 2
    return float(agreed / total) if total else 0.5


def milestones(structured: Structured) -> Suggestion | None:
    """Return a model whose stages are the milestones in their usual order.

    None when fewer than two events come in a stable order.
    """
    chosen = _chosen(structured)
    if len(chosen) < 2:
        return None
    ends = _endings(structured, chosen)
    seen = [structured.seen[place] for place in chosen]
    timed = structured.coverage > 0
    quiet = usual(structured.gaps, 0.99, coverage=structured.coverage, custom=90 * DAY_US)
    window = usual(structured.spans, 0.9, coverage=structured.coverage, custom=30 * DAY_US)
    end_names = tuple(structured.seen[place].name for place in ends)
    on = (Evidence(events=end_names),) if end_names else ()
    stages = tuple(
        StageRule(
            key=_key(each.name, number),
            title=Words(en=spoken(each.name)),
            enter=(EntryRule(evidence=Evidence(events=(each.name,))),),
            lapse=LapseRule(on=on, quiet_us=quiet.us if timed and number < len(seen) - 1 else None),
            window_us=window.us,
            note=f"reached by {each.people:,} of {structured.people:,}",
        )
        for number, each in enumerate(seen)
    )
    model = StageModel(stages=stages, title=Words(en="Milestones", ko="주요 지점"))
    used = {each.name for each in seen} | set(end_names)
    return Suggestion(
        model=model,
        basis="order",
        bound=tuple(
            Bound(stage=s.key, events=s.enter[0].evidence.events, why=s.note) for s in stages
        ),
        unbound=(),
        left_over=tuple(s.name for s in structured.seen if s.name not in used),
        notes=_notes(end_names),
    )


def _chosen(structured: Structured) -> list[int]:
    """Return the places of the milestones, in order: start, end, then what lies furthest off."""
    fewest = max(1, math.ceil(FEWEST_PEOPLE * structured.people))
    able = [
        place
        for place, seen in enumerate(structured.seen)
        if seen.people >= fewest and kind_of(seen.name) not in (Kind.FAILED_END, Kind.PLANNED)
    ]
    once = [
        place
        for place in able
        if structured.seen[place].again <= 0.3 * structured.seen[place].people
    ]
    able = once if len(once) >= 3 else able
    if not able:
        return []
    start = max(able, key=lambda place: structured.seen[place].opens)
    last = max(able, key=lambda place: (structured.seen[place].rank, structured.seen[place].people))
    chosen = [start] if start == last else [start, last]
    while len(chosen) < MOST_MILESTONES:
        rest = [p for p in able if p not in chosen and _fits(p, chosen, structured)]
        if not rest:
            break
        fresh = [p for p in rest if not _same_people(p, chosen, structured)]
        best = max(fresh or rest, key=lambda place: _distance(place, chosen, structured))
        if _distance(best, chosen, structured) < APART or (not fresh and len(chosen) >= 4):
            break
        chosen.append(best)
    return sorted(chosen, key=lambda place: structured.seen[place].rank)


def _fits(place: int, chosen: list[int], structured: Structured) -> bool:
    """Return whether an event comes in a stable order with everything chosen."""
    for other in chosen:
        share = structured.order(place, other)
        if max(share, 1.0 - share) < IN_ORDER:
            return False
        earlier = structured.seen[place].rank < structured.seen[other].rank
        if (share > 0.5) != earlier:
            return False
    return True


def _same_people(place: int, chosen: list[int], structured: Structured) -> bool:
    """Return whether a chosen milestone is reached by practically the same people."""
    people = structured.seen[place].people
    return any(
        abs(people - structured.seen[other].people) <= SAME * structured.people
        and structured.before[place, other] + structured.before[other, place] >= (1 - SAME) * people
        for other in chosen
    )


def _distance(place: int, chosen: list[int], structured: Structured) -> float:
    def spot(each: int) -> tuple[float, float]:
        seen = structured.seen[each]
        return seen.rank, seen.people / max(1, structured.people)

    here = spot(place)
    return min(math.dist(here, spot(other)) for other in chosen)


def _endings(structured: Structured, chosen: list[int]) -> list[int]:
    """Return events whose name says failure and after which no milestone is reached any more."""
    return [
        place
        for place, seen in enumerate(structured.seen)
        if kind_of(seen.name) is Kind.FAILED_END
        and all(structured.before[place, m] <= ENDED * seen.people for m in chosen)
    ]


def spoken(name: str) -> str:
    """Return an event's name as words, kept as it is where it already is a phrase.

    Of a page's path the last two parts are kept, apart, so that it can be broken there.

    Examples
    --------
    >>> spoken("add_to_cart"), spoken("Send Fine"), spoken("A_SUBMITTED")
    ('Add to cart', 'Send Fine', 'A submitted')
    >>> spoken("/files/xdotool/docs/xdo_8h.html")
    'docs / xdo_8h.html'
    """
    if name.startswith("/") and name.strip("/"):
        return " / ".join([part for part in name.split("/") if part][-2:])
    if re.search(r"\s", name) or not tokens(name) or re.search(r"[^\x00-\x7f]", name):
        return name
    words = list(tokens(name))
    while len(words) > 1 and words[-1] in ("timestamp", "at", "date", "time", "datetime", "ts"):
        words.pop()
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _key(name: str, number: int) -> str:
    words = "-".join(tokens(name))[:32].strip("-")
    return words or f"milestone-{number + 1}"


def _notes(ends: tuple[str, ...]) -> tuple[Words, ...]:
    notes = [
        Words(
            en="The event names fill too few of the five usual stages, so the stages are the"
            " commonest milestones in their usual order, from start to end.",
            ko="이벤트 이름만으로는 흔히 쓰는 다섯 단계를 채울 수 없어, 자주 지나는 지점을 보통의 "
            "순서대로 단계로 삼았어요.",
        )
    ]
    if ends:
        names = ", ".join(ends)
        notes.append(
            Words(
                en=f"Read as leaving, because of their names and because nothing follows: {names}.",
                ko=f"이름의 뜻과 그 뒤로 이어지는 지점이 없다는 점에서 이탈로 본 이벤트: {names}.",
            )
        )
    return tuple(notes)
