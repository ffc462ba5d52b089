"""The lanes of a drafted map and what data say in their cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sojourn.base.estimate import NotEstimable, wilson
from sojourn.insight.durations import DurationEstimate, Durations
from sojourn.maps.document import Cell, Evidence, Item, Label, Lane, LaneKind, Provenance, Stake
from sojourn.maps.draft.measure import CAME_BACK, REACHED, ROWS, STOPPED
from sojourn.maps.draft.names import label_of
from sojourn.maps.draft.questions import question_for
from sojourn.stages.suggest.kinds import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sojourn.index.catalog import Catalog, Column
    from sojourn.maps.document import Step
    from sojourn.maps.draft.facts import Measured
    from sojourn.maps.draft.steps import StepDef

TOP = 3
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
    touch, source = drawn.measured.columns.touch, drawn.measured.columns.source
    money = any(isinstance(s.stake, Stake) and s.stake.unit == "money" for s in drawn.steps)
    lost = ("value at stake", "걸린 금액") if money else ("people at stake", "걸린 사람 수")
    return (
        _lane(LaneKind.ACTIONS, ("Actions", "행동"), ("what happens next", "다음에 일어나는 일")),
        _lane(LaneKind.TOUCHPOINTS, ("Touchpoints", "접점"),
              _of(touch[0] if touch else None, "% of events", "이벤트 비중 %")),
        _lane(LaneKind.SOURCES, ("Sources", "유입 경로"),
              _of(source, "% of people", "사람 비중 %")),
        _lane(LaneKind.FRICTION, ("Friction", "마찰"),
              ("stops, returns, trouble, waits", "이탈·되돌아옴·문제·대기")),
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
        for kind in (LaneKind.FEELINGS, LaneKind.THOUGHTS, LaneKind.NEEDS):
            cells.append(
                Cell(
                    lane=kind.value,
                    step=step.key,
                    provenance=Provenance.UNKNOWN,
                    question=question_for(kind, step, stopped),
                )
            )
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
    """Return what people do next, most common first; repeats of the step itself left out."""
    counted = drawn.measured.facts.steps
    own = set(drawn.definitions[number].events)
    after = _top_events(counted.after[number], drawn.catalog, own)
    before = _top_events(counted.before[number], drawn.catalog, own)
    rows = int(counted.people[number, ROWS])
    step = drawn.steps[number].title
    if not after and not before:
        return _measured(drawn, LaneKind.ACTIONS, number, [], rows)
    text = Label(en=_sentence(before, after), ko=_sentence_ko(before, after))
    items = [
        Item(label=name, count=count, share=wilson(count, rows),
             note=Label(en=f"next after {step.en}", ko=f"‘{step.ko or step.en}’ 다음"))
        for name, count in after
    ]  # fmt: skip
    cell = _measured(drawn, LaneKind.ACTIONS, number, items, rows)
    return Cell(
        lane=cell.lane, step=cell.step, provenance=cell.provenance, text=text, items=cell.items,
        evidence=cell.evidence, updated=cell.updated,
    )  # fmt: skip


def _top_events(
    counts: NDArray, catalog: Catalog, own: set[str]
) -> list[tuple[str, int]]:
    found = []
    for code in counts.argsort(kind="stable")[::-1]:
        name, count = catalog.events[code], int(counts[code])
        if not count or len(found) == TOP:
            break
        if name not in own:
            found.append((name, count))
    return found


def _sentence(before: list[tuple[str, int]], after: list[tuple[str, int]]) -> str:
    came = f"Comes from {label_of(before[0][0]).en}" if before else "Starts here"
    names = " or ".join(label_of(name).en for name, _ in after[:2])
    return f"{came}, then {names}" if after else f"{came}, then ends"


def _sentence_ko(before: list[tuple[str, int]], after: list[tuple[str, int]]) -> str:
    first = label_of(before[0][0]) if before else None
    came = f"‘{first.ko or first.en}’ 다음에 와서" if first else "여기서 시작해"
    names = " 또는 ".join(f"‘{lab.ko or lab.en}’" for lab in (label_of(n) for n, _ in after[:2]))
    return f"{came} {names}(으)로 이어짐" if after else f"{came} 끝남"


def _touchpoints(drawn: Drawn, number: int) -> Cell:
    counted, columns = drawn.measured.facts.steps, drawn.measured.columns.touch
    step = drawn.steps[number].title
    if not columns:
        question = Label(
            en=f"{step.en}: on which device, page or channel? No property of the events says so.",
            ko=f"{step.ko or step.en}: 어떤 기기, 화면, 채널인가요? 이벤트에 그런 속성이 없습니다.",
        )
        return _asking(drawn, LaneKind.TOUCHPOINTS, number, question)
    items = _values(counted.touch[0][number], columns[0])
    return _measured(
        drawn, LaneKind.TOUCHPOINTS, number, items, int(counted.touch[0][number].sum())
    )


def _sources(drawn: Drawn, number: int) -> Cell:
    counted, column = drawn.measured.facts.steps, drawn.measured.columns.source
    step = drawn.steps[number].title
    if column is None:
        question = Label(
            en=f"{step.en}: where do they come from? No channel, campaign or referrer is recorded.",
            ko=f"{step.ko or step.en}: 어디에서 왔나요? 채널, 캠페인, 유입 출처가 기록되지 않았습니다.",
        )
        return _asking(drawn, LaneKind.SOURCES, number, question)
    items = _values(counted.source[number], column)
    return _measured(drawn, LaneKind.SOURCES, number, items, int(counted.source[number].sum()))


def _values(counts: NDArray, column: Column) -> list[Item]:
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
    """Return who stopped here, came back, met trouble next, and how long one in ten waits."""
    counted = drawn.measured.facts.steps
    row = counted.people[number]
    reached = int(row[REACHED])
    items = [
        Item(label="last-seen-here", count=int(row[STOPPED]), share=wilson(int(row[STOPPED]), reached),
             note=Label(en="last seen here, then left", ko="여기서 마지막으로 보이고 떠남")),
        Item(label="came-back", count=int(row[CAME_BACK]),
             share=wilson(int(row[CAME_BACK]), reached),
             note=Label(en="came back here after another step", ko="다른 단계에서 되돌아옴")),
    ]  # fmt: skip
    for name, count in _top_events(counted.after[number], drawn.catalog, set())[:TOP]:
        if kind_of(name) in TROUBLE:
            label = label_of(name)
            items.append(
                Item(label=name, count=count, share=wilson(count, int(row[ROWS])),
                     note=Label(en=f"then {label.en}", ko=f"그다음 {label.ko or label.en}"))
            )  # fmt: skip
    wait = _wait(counted.waits[number])
    if wait is not None:
        items.append(wait)
    return _measured(drawn, LaneKind.FRICTION, number, items, reached)


def _wait(waits: Durations) -> Item | None:
    slow = waits.quantile(0.9)
    if not isinstance(slow, DurationEstimate):
        return None
    en, ko = time_words(slow.seconds)
    return Item(
        label="wait-p90",
        count=waits.n - waits.at_most(int(slow.seconds * 1e6)),
        share=NotEstimable("a time, not a share"),
        note=Label(en=f"one in ten waits more than {en} for the next step",
                   ko=f"열에 한 명은 다음 단계까지 {ko} 넘게 걸림"),
    )  # fmt: skip


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
    step = drawn.steps[number]
    text = step.health_reason
    known = isinstance(step.stake, Stake)
    return Cell(
        lane=LaneKind.PAINS.value,
        step=step.key,
        provenance=Provenance.PARTLY if known else Provenance.UNKNOWN,
        text=text if known else None,
        question=None if known else Label(
            en=f"{step.title.en}: what does it cost us when people stop here?"
            f" Not estimable: {step.stake.reason if isinstance(step.stake, NotEstimable) else ''}.",
            ko=f"{step.title.ko or step.title.en}: 여기서 멈추면 얼마를 잃나요? 아직 추정할 수 없습니다.",
        ),
        stake=step.stake,
        evidence=(Evidence(kind="event", n=step.reached, date=drawn.date),) if known else (),
        updated=drawn.date if known else "",
    )  # fmt: skip
