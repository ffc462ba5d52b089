"""The lanes of a drafted map and what data say in their cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.estimate import wilson
from sojourn.base.particle import Particle, with_particle
from sojourn.insight.durations import DurationEstimate, Durations
from sojourn.maps.document import (
    Cell,
    Evidence,
    Health,
    Item,
    Label,
    Lane,
    LaneKind,
    Provenance,
    Stake,
)
from sojourn.maps.draft.measure import REACHED, ROWS, STOPPED
from sojourn.maps.draft.names import label_of
from sojourn.maps.draft.questions import question_for
from sojourn.maps.draft.sources import source_label
from sojourn.maps.draft.stake import gap_words, place_of
from sojourn.stages.suggest.kinds import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.index.catalog import Catalog, Column
    from sojourn.maps.document import Step
    from sojourn.maps.draft.facts import Measured
    from sojourn.maps.draft.steps import StepDef

TOP = 3
NEXT = 2
LEAST_NEXT = 0.01
"""What fewer do next is not said."""
NOTABLE = 0.02
"""Share of a step's events that trouble must follow to be shown."""
NOTABLE_BACK = 0.05
"""Share of a step's events after which people must go back to one earlier step."""
FEWEST_WAITS = 10
LEAST_WAIT_S = 60.0
"""Who waits less than this for the next step does not wait."""
ROAMING = frozenset({Kind.AD, Kind.VISIT, Kind.BROWSE, Kind.VIEW, Kind.SEARCH, Kind.COMPARE,
                     Kind.WISH, Kind.USE})  # fmt: skip
"""Going back and forth between these is looking around, not friction."""
_STARTS = Label(en="Starts here", ko="여기서 시작")
_ENDS = Label(en="Ends here", ko="여기서 끝남")
_NOBODY = Label(en="Nobody is seen here", ko="여기서 본 사람이 없어요")
_LEFT = Label(en="left here", ko="여기서 이탈")
_ENDED = Label(en="ends here", ko="여기서 끝남")
TROUBLE = frozenset({Kind.ERROR, Kind.SUPPORT, Kind.REFUND, Kind.CANCEL, Kind.FAILED_END})


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the cells of a lane are made from."""

    steps: tuple[Step, ...]
    definitions: tuple[StepDef, ...]
    measured: Measured
    catalog: Catalog
    date: str


def lanes_of(drawn: Drawn) -> tuple[Lane, ...]:
    """Return the lanes of a drafted map, in order."""
    touch, column = drawn.measured.columns.touch, drawn.measured.sources.column
    grouped = drawn.measured.sources.judge is not None
    source = ("first channel, % of people", "첫 채널, 고객 비중 %")
    money = any(isinstance(s.stake, Stake) and s.stake.unit == "money" for s in drawn.steps)
    lost = ("value at stake", "예상 손실 금액") if money else ("people at stake", "예상 손실 인원")
    return (
        _lane(LaneKind.ACTIONS, ("Actions", "행동"), ("before and after", "앞뒤로 하는 일")),
        _lane(LaneKind.TOUCHPOINTS, ("Touchpoints", "접점"),
              _of(touch[0] if touch else None, "% of events", "이벤트 비중 %")),
        _lane(LaneKind.SOURCES, ("Sources", "유입 경로"),
              source if grouped else _of(column, "% of people", "고객 비중 %")),
        _lane(LaneKind.FRICTION, ("Friction", "마찰"),
              ("exits, trouble, ways back, waits, %", "이탈·문제·되돌아감·대기 %")),
        _lane(LaneKind.FEELINGS, ("Feelings", "감정"), ("−2 to +2", "−2~+2")),
        _lane(LaneKind.THOUGHTS, ("Thoughts", "생각"), ("not asked yet", "아직 묻지 않음")),
        _lane(LaneKind.NEEDS, ("Needs", "필요"), ("not asked yet", "아직 묻지 않음")),
        _lane(LaneKind.PAINS, ("Pains", "페인포인트"), lost),
    )  # fmt: skip


def _lane(kind: LaneKind, title: tuple[str, str], note: tuple[str, str]) -> Lane:
    return Lane(
        key=kind.value,
        kind=kind,
        title=Label(en=title[0], ko=title[1]),
        note=Label(en=note[0], ko=note[1]),
    )


def _of(column: Column | None, en: str, ko: str) -> tuple[str, str]:
    return (en, ko) if column is None else (f"{column.name}, {en}", f"{column.name}, {ko}")


def cells_of(drawn: Drawn) -> tuple[Cell, ...]:
    """Return every cell of a drafted map: measured where data speak, else an open question."""
    cells: list[Cell] = []
    for number, step in enumerate(drawn.steps):
        stopped = int(drawn.measured.facts.steps.people[number, STOPPED])
        cells.append(_actions(drawn, number))
        cells.append(_touchpoints(drawn, number))
        cells.append(_sources(drawn, number))
        cells.append(_friction(drawn, number))
        stage = [each for each in drawn.steps if each.stage == step.stage]
        cells += [
            _asking(drawn, kind, number, question_for(kind, step, stage, stopped))
            for kind in (LaneKind.FEELINGS, LaneKind.THOUGHTS, LaneKind.NEEDS)
        ]
        cells.append(_pains(drawn, number))
    return tuple(cells)


def _measured(drawn: Drawn, lane: LaneKind, number: int, items: Sequence[Item], n: int) -> Cell:
    return Cell(
        lane=lane.value,
        step=drawn.steps[number].key,
        provenance=Provenance.MEASURED,
        items=tuple(items),
        evidence=(Evidence(kind="event", n=n, date=drawn.date),),
        updated=drawn.date,
    )


def _asking(drawn: Drawn, lane: LaneKind, number: int, question: Label) -> Cell:
    return Cell(
        lane=lane.value,
        step=drawn.steps[number].key,
        provenance=Provenance.UNKNOWN,
        question=question,
    )


def _actions(drawn: Drawn, number: int) -> Cell:
    """Return where people come from and what they do next; repeats of the step left out."""
    counted = drawn.measured.facts.steps
    rows = int(counted.people[number, ROWS])
    if not rows:  # e.g. "again" after a pause, of people who never pause
        return replace(_measured(drawn, LaneKind.ACTIONS, number, (), rows), text=_NOBODY)
    step = drawn.steps[number].title
    before, after = _around(drawn, number)
    items = [
        Item(label=name.en, count=count, share=wilson(count, rows),
             note=Label(en=f"{name.en} next after {step.en}",
                        ko=f"‘{_ko(step)}’ 다음 {_ko(name)}"))
        for name, count in after
    ]  # fmt: skip
    starts = (_STARTS, rows - int(counted.before[number].sum()))
    ends = (_ENDS, rows - int(counted.after[number].sum()))
    came = max((starts, *before[:1]), key=lambda each: each[1])[0]
    next_ = sorted((*after, ends), key=lambda each: -each[1])[:NEXT]
    cell = _measured(drawn, LaneKind.ACTIONS, number, items, rows)
    return replace(cell, text=_sentence(came, next_, rows))


def _around(drawn: Drawn, number: int) -> tuple[list[tuple[Label, int]], list[tuple[Label, int]]]:
    """Return the commonest things done before and after a step.

    They are events; where one event makes several steps (first, second …) they are steps.
    """
    counted = drawn.measured.facts.steps
    if drawn.definitions[number].rung:
        titles = [step.title for step in drawn.steps]
        return _top(counted.moves[:, number], titles), _top(counted.moves[number], titles)
    events = drawn.catalog.events
    own = set(drawn.definitions[number].events)
    names = [None if name in own else label_of(name) for name in events]
    return _top(counted.before[number], names), _top(counted.after[number], names)


def _top(counts: NDArray[np.int64], names: Sequence[Label | None]) -> list[tuple[Label, int]]:
    found = [
        (name, int(counts[place]))
        for place in counts.argsort(kind="stable")[::-1]
        if counts[place] and (name := names[place]) is not None
    ]
    return found[:TOP]


def _sentence(came: Label, next_: Sequence[tuple[Label, int]], rows: int) -> Label:
    """Return where people come from and go next, shares in whole percent."""
    parts = [
        (name, f"{100 * count / rows:.0f}") for name, count in next_ if count >= LEAST_NEXT * rows
    ]
    to_en = ", ".join(f"{_within(name)} {share}%" for name, share in parts)
    to_ko = ", ".join(f"{_ko(name)} {share}%" for name, share in parts)
    from_en = came.en if came is _STARTS else f"From {came.en}"
    from_ko = came.ko if came is _STARTS else f"‘{_ko(came)}’에서 옴"
    return Label(
        en=f"{from_en}; next {to_en}" if parts else from_en,
        ko=f"{from_ko}. 다음: {to_ko}" if parts else from_ko,
    )


def _within(name: Label) -> str:
    return name.en.lower() if name is _ENDS else name.en


def _ko(name: Label) -> str:
    return name.ko or name.en


def _touchpoints(drawn: Drawn, number: int) -> Cell:
    counted, columns = drawn.measured.facts.steps, drawn.measured.columns.touch
    step = drawn.steps[number].title
    if not columns:
        question = Label(
            en=f"{step.en}: on which device, page or channel? No property of the events says so.",
            ko=f"{step.ko or step.en}: 어떤 기기, 화면, 채널인가요? 이벤트에 그런 속성이 없어요.",
        )
        return _asking(drawn, LaneKind.TOUCHPOINTS, number, question)
    items = _values(counted.touch[0][number], columns[0])
    return _measured(
        drawn, LaneKind.TOUCHPOINTS, number, items, int(counted.touch[0][number].sum())
    )


def _sources(drawn: Drawn, number: int) -> Cell:
    counted, sources = drawn.measured.facts.steps, drawn.measured.sources
    step = drawn.steps[number].title
    if not sources.any:
        question = Label(
            en=f"{step.en}: where do they come from? No channel, campaign or referrer is recorded.",
            ko=f"{step.ko or step.en}: 어디에서 왔나요? 채널, 캠페인, 유입 출처가 기록되지 "
            "않았어요.",
        )
        return _asking(drawn, LaneKind.SOURCES, number, question)
    own = {name: count for (place, name), count in counted.source.items() if place == number}
    total = sum(own.values())
    ranked = sorted((-count, name) for name, count in own.items() if name)[:TOP]
    items = [
        Item(label=name, count=-less, share=wilson(-less, total), note=source_label(name))
        for less, name in ranked
    ]
    return _measured(drawn, LaneKind.SOURCES, number, items, total)


def _values(counts: NDArray[np.int64], column: Column) -> list[Item]:
    total = int(counts.sum())
    order = [int(value) for value in counts[1:].argsort(kind="stable")[::-1][:TOP]]
    return [
        Item(
            label=column.values[value],
            count=int(counts[value + 1]),
            share=wilson(int(counts[value + 1]), total),
        )
        for value in order
        if counts[value + 1]
    ]


def _friction(drawn: Drawn, number: int) -> Cell:
    """Return who was last seen here, met trouble next or went back, and what one in ten waits."""
    counted = drawn.measured.facts.steps
    row = counted.people[number]
    items = [
        Item(label="last-seen-here", count=int(row[STOPPED]),
             share=wilson(int(row[STOPPED]), int(row[REACHED])),
             note=_LEFT if drawn.catalog.timed else _ENDED)
    ] if row[STOPPED] else []  # fmt: skip
    items += [*_troubles(drawn, number), *_backwards(drawn, number)]
    wait = _wait(counted.waits[number])
    if wait is not None:
        items.append(wait)
    return _measured(drawn, LaneKind.FRICTION, number, items, int(row[REACHED]))


def _troubles(drawn: Drawn, number: int) -> list[Item]:
    """Return the troubles that come right after the step, most common first."""
    counts, rows = drawn.measured.facts.steps, int(drawn.measured.facts.steps.people[number, ROWS])
    after = counts.after[number]
    found = [
        (int(after[code]), drawn.catalog.events[code])
        for code in np.flatnonzero(after >= max(1.0, NOTABLE * rows))
        if kind_of(drawn.catalog.events[code]) in TROUBLE
    ]
    own = set(drawn.definitions[number].events)
    return [
        Item(label=name, count=count, share=wilson(count, rows),
             note=Label(en=f"then {lower(label_of(name).en)}",
                        ko=f"그다음 {label_of(name).ko or label_of(name).en}"))
        for count, name in sorted(found, key=lambda each: (-each[0], each[1]))[:2]
        if name not in own
    ]  # fmt: skip


def _backwards(drawn: Drawn, number: int) -> list[Item]:
    """Return the earlier step that people most often go back to from here."""
    if kind_of(drawn.definitions[number].events[0]) in ROAMING:
        return []
    counted = drawn.measured.facts.steps
    total, earlier = int(counted.people[number, ROWS]), counted.moves[number, :number]
    if not earlier.any() or earlier.max() < NOTABLE_BACK * total:
        return []
    to = int(earlier.argmax())
    title = drawn.steps[to].title
    towards = with_particle(title.ko or title.en, Particle.TOWARDS, quoted=True)
    return [
        Item(label=f"back-to-{drawn.steps[to].key}", count=int(earlier[to]),
             share=wilson(int(earlier[to]), total),
             note=Label(en=f"back to {lower(title.en)}",
                        ko=f"{towards} 되돌아감"))
    ]  # fmt: skip


def lower(title: str) -> str:
    """Return a title for inside a sentence; names in capitals stay."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _wait(waits: Durations) -> Item | None:
    slow = waits.quantile(0.9)
    if not isinstance(slow, DurationEstimate) or slow.n < FEWEST_WAITS:
        return None
    if slow.seconds < LEAST_WAIT_S:
        return None
    en, ko = time_words(slow.seconds)
    longer = waits.n - waits.at_most(int(slow.seconds * 1e6))
    return Item(
        label="wait-p90",
        count=longer,
        share=wilson(longer, waits.n),
        note=Label(en=f"waits over {en}", ko=f"{ko} 넘게 기다림"),
    )


def time_words(seconds: float) -> tuple[str, str]:
    """Return a time as people say it, two significant digits.

    Examples
    --------
    >>> time_words(4.6 * 86400), time_words(95)
    (('4.6 d', '4.6일'), ('1.6 min', '1.6분'))
    """
    for size, en, ko in ((86400, "d", "일"), (3600, "h", "시간"), (60, "min", "분")):
        if seconds >= size:
            number = f"{seconds / size:.2g}" if seconds / size < 100 else f"{seconds / size:,.0f}"
            return f"{number} {en}", f"{number}{ko}"
    return f"{seconds:.2g} s", f"{seconds:.2g}초"


def _pains(drawn: Drawn, number: int) -> Cell:
    """Return what is weak about a step and what that costs."""
    step = drawn.steps[number]
    if not isinstance(step.stake, Stake):
        title = step.title
        question = Label(
            en=f"{title.en}: what does it cost us when people stop here?",
            ko=f"{title.ko or title.en}: 여기서 멈추면 무엇을 잃나요?",
        )
        weak = step.health is Health.WEAK
        return Cell(
            lane=LaneKind.PAINS.value,
            step=step.key,
            provenance=Provenance.PARTLY if weak else Provenance.UNKNOWN,
            text=step.health_reason if weak else None,
            question=None if weak else question,
            stake=step.stake,
            updated=drawn.date if weak else "",
        )
    place = place_of(drawn.measured.facts.steps.rates, number, drawn.measured.columns)
    text = step.health_reason if step.health is Health.WEAK else gap_words(place)
    return Cell(
        lane=LaneKind.PAINS.value,
        step=step.key,
        provenance=Provenance.PARTLY,
        text=text,
        stake=step.stake,
        evidence=(Evidence(kind="event", n=step.reached, date=drawn.date),),
        updated=drawn.date,
    )
