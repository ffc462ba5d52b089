"""The invented meal-kit shop of the design pictures, as a map document; flows and rates add up.

Run ``python tests/unit/adapters/html/mealkit.py`` to rewrite ``web/fixtures/mealkit.json``.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from mealkit_cells import CELLS, LANES, OPEN_QUESTIONS

from sojourn.base.estimate import Estimate, MaybeEstimate, NotEstimable, wilson
from sojourn.insight.answer import to_json
from sojourn.maps.document import (
    DataNote,
    Flow,
    FlowKind,
    Goal,
    Health,
    Item,
    JourneyMap,
    Label,
    MapKind,
    Persona,
    Sojourn,
    SojournPoint,
    Stage,
    Stake,
    Step,
)

FIXTURE = Path(__file__).resolve().parents[4] / "web" / "fixtures" / "mealkit.json"


def _curve(median: float, spells: int, horizon: float) -> tuple[SojournPoint, ...]:
    """Return an exponential survival curve sampled like a Kaplan-Meier one, with its band."""
    points = []
    for i in range(25):
        days = horizon * i / 24
        staying = 0.5 ** (days / median)
        half = 1.96 * math.sqrt(staying * (1 - staying) / max(1.0, spells / 40))
        points.append(
            SojournPoint(
                days=round(days, 3),
                staying=round(staying, 4),
                low=round(max(0.0, staying - half), 4),
                high=round(min(1.0, staying + half), 4),
            )
        )
    return tuple(points)


def _sojourn(
    median: float, low: float, high: float, spells: int, exits: tuple[Item, ...] = ()
) -> Sojourn:
    return Sojourn(
        median_days=Estimate(value=median, low=low, high=high, n=spells),
        beyond_days=0.0,
        spells=spells,
        curve=_curve(median, spells, median * 2.6),
        active_days=Estimate(value=median * 0.6, low=low * 0.6, high=high * 0.6, n=spells),
        exits=exits,
    )


_WON = 1_000_000
ASSUMPTIONS = (
    Label(
        en="People lost in 91 days × expected 90-day revenue of ₩162k–211k each.",
        ko="91일 동안 이탈한 고객 × 한 명당 90일 예상 매출 16만 2,000~21만 1,000원이에요.",
    ),
    Label(
        en="8–20% of them are plausibly recoverable: the step's own best quartile of weeks, and "
        "the best comparable segment with n of 100 or more.",
        ko="그중 8~20%를 회복 가능하다고 봤어요. 이 스텝의 가장 좋은 주 4분위와 n이 100 이상인 "
        "가장 좋은 비교 세그먼트 기준이에요.",
    ),
)


def _stake(low: int, high: int) -> Stake:
    return Stake(
        low=low * _WON,
        high=high * _WON,
        unit="money",
        currency="KRW",
        days=91.0,
        assumptions=ASSUMPTIONS,
    )


def _leaks(total: int, *rows: tuple[str, int]) -> tuple[Item, ...]:
    return tuple(Item(label=name, count=count, share=wilson(count, total)) for name, count in rows)


def _points(value: float, half: float, n: int) -> MaybeEstimate:
    return Estimate(value=value, low=value - half, high=value + half, n=n)


STAGES = (
    Stage(
        key="awareness",
        title=Label(en="Awareness", ko="인지"),
        ever=148_204,
        people=60_980,
        at_start=8_120,
        entered=53_490,
        left=52_488,
        at_end=9_122,
        direct=0,
        conversion=wilson(11_910, 35_660),
        immature=17_830,
        window_days=30.0,
        change_points=_points(1.2, 0.7, 35_660),
        sojourn=_sojourn(4.6, 4.4, 4.8, 53_490),
        stake=_stake(12, 38),
        leaks_to=_leaks(
            34_006, ("landing_viewed", 19_812), ("reel_viewed", 9_406), ("blog_viewed", 4_788)
        ),
        definition=Label(
            en="Saw an ad, a reel or the first page. Lapses after 30 days without a visit.",
            ko="광고, 릴스 또는 첫 화면을 본 고객이에요. 30일 동안 방문이 없으면 이탈로 봐요.",
        ),
    ),
    Stage(
        key="consideration",
        title=Label(en="Consideration", ko="고려"),
        ever=61_877,
        people=24_905,
        at_start=5_410,
        entered=19_956,
        left=19_160,
        at_end=6_206,
        direct=0,
        conversion=wilson(5_502, 13_420),
        immature=6_536,
        window_days=30.0,
        change_points=_points(-0.4, 1.2, 13_420),
        sojourn=_sojourn(
            9.1,
            8.7,
            9.5,
            19_956,
            (
                Item(label="conversion", count=8_176, share=wilson(8_176, 19_956)),
                Item(label="awareness", count=1_180, share=wilson(1_180, 19_956)),
                Item(label="left", count=7_300, share=wilson(7_300, 19_956)),
            ),
        ),
        stake=_stake(24, 71),
        leaks_to=_leaks(
            9_804, ("plan_viewed", 5_120), ("recipe_viewed", 3_390), ("faq_viewed", 1_294)
        ),
        definition=Label(
            en="Opened two recipes or compared plans. Lapses after 30 days without either.",
            ko="레시피 두 개를 열거나 플랜을 비교한 고객이에요. 30일 동안 없으면 이탈로 봐요.",
        ),
    ),
    Stage(
        key="conversion",
        title=Label(en="Conversion", ko="전환"),
        ever=24_310,
        people=9_870,
        at_start=1_240,
        entered=9_204,
        left=9_230,
        at_end=1_214,
        direct=0,
        conversion=wilson(4_409, 7_790),
        immature=1_414,
        window_days=14.0,
        change_points=_points(-3.1, 1.6, 7_790),
        sojourn=_sojourn(1.8, 1.7, 1.9, 9_204),
        stake=_stake(38, 133),
        leaks_to=_leaks(
            1_902, ("payment_started", 1_022), ("box_built", 640), ("cart_viewed", 240)
        ),
        definition=Label(
            en="Built a box or started payment. Lapses after 14 days without either.",
            ko="박스를 구성하거나 결제를 시작한 고객이에요. 14일 동안 없으면 이탈로 봐요.",
        ),
    ),
    Stage(
        key="loyalty",
        title=Label(en="Loyalty", ko="충성"),
        ever=21_480,
        people=15_102,
        at_start=9_870,
        entered=5_428,
        left=3_770,
        at_end=11_528,
        direct=0,
        conversion=NotEstimable("not mature"),
        immature=5_310,
        window_days=90.0,
        change_points=NotEstimable("not mature"),
        sojourn=_sojourn(214.0, 198.0, 231.0, 5_428),
        stake=_stake(18, 52),
        leaks_to=_leaks(
            2_246, ("week_skipped", 1_300), ("box_delivered", 710), ("chat_opened", 236)
        ),
        definition=Label(
            en="Paid for a box. Lapses after 60 days without an order or on cancellation.",
            ko="박스를 결제한 고객이에요. 60일 동안 주문이 없거나 해지하면 이탈로 봐요.",
        ),
    ),
    Stage(
        key="advocacy",
        title=Label(en="Advocacy", ko="옹호"),
        ever=3_902,
        people=2_590,
        at_start=1_480,
        entered=1_136,
        left=310,
        at_end=2_306,
        direct=0,
        conversion=NotEstimable("the last stage"),
        immature=0,
        window_days=90.0,
        change_points=NotEstimable("the last stage"),
        sojourn=Sojourn(
            median_days=NotEstimable("more than half were still there"),
            beyond_days=180.0,
            spells=1_136,
            curve=_curve(600.0, 1_136, 180.0),
        ),
        stake=_stake(2, 7),
        leaks_to=_leaks(96, ("review_posted", 61), ("invite_opened", 35)),
        definition=Label(
            en="Posted a review or invited a friend. Lapses after 180 days without either.",
            ko="후기를 쓰거나 친구를 초대한 고객이에요. 180일 동안 없으면 이탈로 봐요.",
        ),
    ),
)

FLOWS = tuple(
    Flow(source=source, target=target, kind=kind, moves=moves)
    for source, target, kind, moves in (
        (None, "awareness", FlowKind.NEW, 52_310),
        ("awareness", "consideration", FlowKind.FORWARD, 17_842),
        ("awareness", "conversion", FlowKind.SKIP, 640),
        ("awareness", None, FlowKind.LEFT, 34_006),
        ("consideration", "awareness", FlowKind.BACK, 1_180),
        ("consideration", "conversion", FlowKind.FORWARD, 8_176),
        ("consideration", None, FlowKind.LEFT, 9_804),
        ("conversion", "consideration", FlowKind.BACK, 2_114),
        ("conversion", "loyalty", FlowKind.FORWARD, 5_214),
        ("conversion", None, FlowKind.LEFT, 1_902),
        ("loyalty", "conversion", FlowKind.BACK, 388),
        ("loyalty", "advocacy", FlowKind.FORWARD, 1_136),
        ("loyalty", None, FlowKind.LEFT, 2_246),
        ("advocacy", "loyalty", FlowKind.BACK, 214),
        ("advocacy", None, FlowKind.LEFT, 96),
    )
)

_FINE = Label(
    en="At or above the previous 91 days and the plan.", ko="이전 91일과 계획보다 낮지 않아요."
)
_WEAK = Label(
    en="Below the previous 91 days; the interval of the difference leaves out zero.",
    ko="이전 91일보다 낮아요. 차이의 95% 구간에 0이 없어요.",
)
_THIN = Label(
    en="Too few people are old enough to compare.", ko="비교할 만큼 기간이 지난 고객이 적어요."
)
_HEALTH = {Health.FINE: _FINE, Health.WEAK: _WEAK, Health.UNKNOWN: _THIN}

STEPS = tuple(
    Step(
        key=key,
        stage=stage,
        title=Label(en=en, ko=ko),
        events=events,
        reached=reached,
        progression=wilson(went_on, reached) if went_on else NotEstimable("the last stage"),
        health=health,
        health_reason=_HEALTH[health],
        stake=_stake(*stake) if stake else NotEstimable("not costed"),
    )
    for key, stage, en, ko, events, reached, went_on, health, stake in (
        ("discover", "awareness", "Discover", "발견", ("reel_viewed", "ad_clicked"),
         52_310, 33_918, Health.FINE, (9, 14)),
        ("first_visit", "awareness", "First visit", "첫 방문", ("landing_viewed",),
         33_918, 17_842, Health.WEAK, (12, 38)),
        ("browse", "consideration", "Browse recipes", "레시피 탐색", ("recipe_viewed",),
         21_730, 15_204, Health.FINE, None),
        ("compare", "consideration", "Compare plans", "플랜 비교", ("plan_viewed",),
         15_204, 8_176, Health.WEAK, (24, 71)),
        ("build_box", "conversion", "Build first box", "첫 박스 구성", ("box_built",),
         9_816, 7_412, Health.FINE, (6, 29)),
        ("pay", "conversion", "Pay", "결제", ("payment_started", "order_paid"),
         7_902, 5_214, Health.WEAK, (32, 104)),
        ("cook", "loyalty", "Cook first box", "첫 박스 요리", ("box_delivered", "recipe_cooked"),
         5_106, 3_641, Health.FINE, None),
        ("order_again", "loyalty", "Order again", "재주문", ("order_paid_again",),
         3_641, 1_304, Health.WEAK, (18, 52)),
        ("review", "advocacy", "Review", "후기", ("review_posted",),
         1_304, 0, Health.UNKNOWN, None),
        ("invite", "advocacy", "Invite a friend", "친구 초대", ("invite_sent",),
         742, 0, Health.UNKNOWN, (2, 7)),
    )
)  # fmt: skip


def mealkit() -> JourneyMap:
    """Return the map of the design pictures."""
    return JourneyMap(
        format="sojourn-map/1",
        id="weeknight-dinner",
        title=Label(en="Weeknight dinner subscription", ko="평일 저녁 밀키트 구독"),
        kind=MapKind.AS_IS,
        goal=Goal(
            text="72% of payers complete payment",
            kpi="payment completion",
            baseline="66.0%",
            target="72%",
            due="2026-02-28",
            owner="Minji Kim",
        ),
        persona=Persona(
            name="Weeknight parents",
            rule="household = with children and orders_on in (mon, tue, wed, thu)",
            share=wilson(19_346, 61_610),
        ),
        scenario="From the first reel to the first friend invited",
        currency="KRW",
        stages=STAGES,
        flows=FLOWS,
        steps=STEPS,
        lanes=LANES,
        cells=CELLS,
        open_questions=OPEN_QUESTIONS,
        data=DataNote(
            as_of="2025-12-05T00:41:00+00:00",
            start="2025-09-01",
            end="2025-11-30",
            timezone="Asia/Seoul",
            people=90_418,
            events=2_184_402,
            sources=("orders.parquet", "web_events.jsonl"),
            notes=(
                Label(
                    en="2,114 known bots are left out.",
                    ko="알려진 봇 2,114개는 뺐어요.",
                ),
                Label(
                    en="31 rows had no readable time and wait in quarantine.",
                    ko="시각을 읽을 수 없는 31행은 따로 보관했어요.",
                ),
            ),
            simulated=True,
        ),
        version=14,
    )


def as_json() -> str:
    """Return the fixture's text, one line a value so that it diffs readably."""
    return json.dumps(to_json(mealkit()), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FIXTURE.write_text(as_json(), encoding="utf-8")
