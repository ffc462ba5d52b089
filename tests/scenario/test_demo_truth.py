"""The demo's known truth is found again in its events, by the same questions a user asks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from sojourn.app.demo.make import demo_map, make_demo
from sojourn.app.demo.simulate import Life, simulate
from sojourn.app.demo.truth import Truth
from sojourn.base.grammar import parse_predicate, parse_step
from sojourn.base.timespan import DAY_US
from sojourn.compose import open_workspace
from sojourn.insight.funnel.question import Funnel
from sojourn.insight.funnel.values import Step
from sojourn.insight.question import Scope
from sojourn.insight.rhythm.between import Between, BetweenRow
from sojourn.insight.sources.question import Sources

if TYPE_CHECKING:
    from sojourn.app.workspace import Workspace

SEED = 7
Z999 = (
    3.2905  # two-sided 99.9 %: a right parameter fails once in a thousand seeds, and ours is fixed
)


@dataclass(frozen=True)
class Shop:
    truth: Truth
    lives: list[Life]
    workspace: Workspace

    def funnel(self, *steps: str, people: str = "", by: str = "") -> list[tuple[str | None, int]]:
        read = [parse_step(step) for step in steps]
        spec = Funnel(
            steps=tuple(Step(title=s.title, predicate=s.predicate) for s in read),
            window_us=None,
            scope=Scope(people=parse_predicate(people)) if people else Scope(),
            by=by,
        )
        return [(row.group if by else None, row.people) for row in self.workspace.ask(spec).rows]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    truth = Truth()
    workspace = open_workspace(
        tmp_path_factory.mktemp("demo") / "ws", create=True, timezone="Asia/Seoul", currency="KRW"
    )
    made = make_demo(workspace, truth, SEED)
    assert made.report.counts.accepted == made.events
    return Shop(truth, list(simulate(truth, SEED)), workspace)


def holds(successes: int, n: int, probability: float) -> bool:
    """Whether a count is one that the probability would give, 99.9 % of the time."""
    return abs(successes - n * probability) <= Z999 * math.sqrt(n * probability * (1 - probability))


def test_the_same_seed_gives_the_same_shop_and_another_another() -> None:
    small = Truth(people=200)
    first, again, other = ([life.rows for life in simulate(small, seed)] for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_everybody_is_found_with_both_ids_as_one_person(shop: Shop) -> None:
    assert shop.workspace.catalog.people == len([life for life in shop.lives if life.rows])
    assert shop.workspace.catalog.rows == sum(len(life.rows) for life in shop.lives)


def test_the_funnel_counts_what_truly_happened(shop: Shop) -> None:
    counted = [
        people
        for _, people in shop.funnel("landing_viewed", "recipes_browsed", "box_built", "order_paid")
    ]
    events = [{row["event"] for row in life.rows} for life in shop.lives]
    truly = [
        sum(name in seen for seen in events)
        for name in ("landing_viewed", "recipes_browsed", "box_built", "order_paid")
    ]
    assert counted == truly


def test_each_channel_brings_the_people_and_the_conversion_it_truly_does(shop: Shop) -> None:
    goal = parse_step("recipes_browsed")
    answer = shop.workspace.ask(
        Sources(goal=goal.predicate, goal_title="recipes", window_us=60 * DAY_US)
    )
    rows = {row.channel: row for row in answer.rows}
    for channel in shop.truth.channels:
        arrived = [life for life in shop.lives if life.channel == channel.name and life.rows]
        assert rows[channel.name].people == len(arrived)
        old = [
            life
            for life in arrived
            if life.arrived_us < shop.workspace.catalog.as_of_us - 60 * DAY_US
        ]
        went = sum(life.considered_us is not None for life in old)
        assert holds(went, len(old), channel.to_consideration)
        share = rows[channel.name].conversion
        assert share.low - 0.01 <= channel.to_consideration <= share.high + 0.01


def arms(shop: Shop) -> dict[str, tuple[int, int]]:
    found = {}
    for arm in ("education", "discount"):
        entered, built = (
            n for _, n in shop.funnel(f"lesson_viewed where first_offer = {arm}", "box_built")
        )
        found[arm] = (entered, built)
    return found


def test_education_before_discount_raises_boxes_as_it_truly_does(shop: Shop) -> None:
    found = arms(shop)
    personas = shop.truth.personas
    base = shop.truth.box_chance * sum(p.share * p.lift for p in personas)
    (n1, x1), (n0, x0) = found["education"], found["discount"]
    error = math.sqrt((1 - x1 / n1) / x1 + (1 - x0 / n0) / x0)
    lift = math.log((x1 / n1) / (x0 / n0))
    assert abs(lift - math.log(1 + shop.truth.education_lift)) <= Z999 * error
    assert lift - Z999 * error > 0, "the demo is large enough to see the effect"
    assert abs(x0 / n0 - base) < 0.05


def test_slow_checkouts_lose_payers_as_they_truly_do(shop: Shop) -> None:
    slow = [
        n
        for _, n in shop.funnel(
            "checkout_started where device = mobile and load_ms > 4000", "order_paid"
        )
    ]
    fast = [
        n
        for _, n in shop.funnel(
            "checkout_started where device = mobile and load_ms <= 4000", "order_paid"
        )
    ]
    ratio = (slow[1] / slow[0]) / (fast[1] / fast[0])
    error = math.sqrt((1 - slow[1] / slow[0]) / slow[1] + (1 - fast[1] / fast[0]) / fast[1])
    assert abs(math.log(ratio) - math.log(shop.truth.slow_factor)) <= Z999 * error
    assert holds(slow[0], slow[0] + fast[0], shop.truth.slow_share)
    assert holds(fast[1], fast[0], shop.truth.pay_chance)


def test_the_time_to_consider_is_the_one_that_was_drawn(shop: Shop) -> None:
    first, then = parse_step("landing_viewed"), parse_step("recipes_browsed")
    row = shop.workspace.ask(Between(start=first.predicate, end=then.predicate)).rows[0]
    assert isinstance(row, BetweenRow)
    truly = shop.truth.awareness_days * math.log(2) * 86_400
    assert row.median.low - 600 <= truly <= row.median.high  # minutes of reading come before


def test_referral_gives_the_k_that_was_drawn(shop: Shop) -> None:
    loyal = [life for life in shop.lives if life.paid_us is not None]
    invited = [people for _, people in shop.funnel("order_paid", "friend_invited")]
    assert invited[0] == len(
        [life for life in loyal if any(r["event"] == "order_paid" for r in life.rows)]
    )
    assert holds(sum(life.shared for life in loyal), len(loyal), shop.truth.sharers)
    friends = shop.workspace.ask(Sources()).rows
    referred = next(row.people for row in friends if row.channel == "Referral")
    assert referred == len([life for life in shop.lives if life.invited_by and life.rows])


def test_the_map_says_simulated_conserves_people_and_has_the_ledgers_numbers(shop: Shop) -> None:
    drawn = demo_map(shop.workspace).map
    assert drawn.data.simulated
    for stage in drawn.stages:
        assert stage.at_start + stage.entered == stage.left + stage.at_end
    stages = {stage.key: stage for stage in drawn.stages}
    happened = [{row["event"] for row in life.rows} for life in shop.lives]
    assert stages["awareness"].ever == sum("landing_viewed" in seen for seen in happened)
    assert stages["loyalty"].ever == sum("order_paid" in seen for seen in happened)
    assert stages["advocacy"].ever == sum(
        bool({"review_written", "friend_invited"} & seen) for seen in happened
    )
