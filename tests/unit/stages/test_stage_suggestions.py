"""Proposals: event names in two languages, order, depth, and what stays unbound."""

from __future__ import annotations

import pytest

from sojourn.app.mapping import suggest_stages
from sojourn.base.timespan import DAY_US, HOUR_US
from sojourn.index.memory import memory_index
from sojourn.insight.question import Scope
from sojourn.stages.errors import NoEventsError
from sojourn.stages.suggest.kinds import Kind, kind_of

from asking import Notebook  # isort: skip


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("page_leave", Kind.OTHER), ("web_vitals", Kind.OTHER),
        ("Order Completed", Kind.PURCHASE), ("payment_details", Kind.INTENT),
        ("payment_error", Kind.ERROR), ("addToCart", Kind.INTENT), ("결제완료", Kind.PURCHASE),
        ("장바구니 담기", Kind.INTENT), ("친구 초대", Kind.REFER), ("주문취소", Kind.REFUND),
        ("구독 해지", Kind.CANCEL), ("리뷰작성", Kind.REVIEW), ("A_SUBMITTED", Kind.OTHER),
        ("T02 Check confirmation of receipt", Kind.OTHER), ("order_estimated_delivery", Kind.PLANNED),
        ("상품 상세 조회", Kind.VIEW), ("A_DECLINED", Kind.FAILED_END), ("", Kind.OTHER),
    ],
)  # fmt: skip
def test_names_tell_kinds(name, kind) -> None:
    assert kind_of(name) is kind


def shop(names):
    visit, view, buy = names
    rows = []
    for person in range(60):
        start = person * HOUR_US
        rows += [(f"p{person}", start, visit), (f"p{person}", start + 1, view)]
        rows += [(f"p{person}", start + 2 + k * 20 * DAY_US, buy) for k in range(person % 3)]
    return rows


@pytest.mark.parametrize(
    "names", [("home", "product_view", "purchase"), ("홈 방문", "상품조회", "결제완료")]
)
def test_a_shop_gets_the_five_stages_and_is_told_what_is_missing(names) -> None:
    found = suggest_stages(Notebook(memory_index(shop(names))), Scope())
    assert found.basis == "words"
    assert [bound.stage for bound in found.bound] == [
        "awareness", "consideration", "conversion", "loyalty",
    ]  # fmt: skip
    assert [unbound.stage for unbound in found.unbound] == ["advocacy"]
    assert found.model.stages[4].enter == ()


def test_purchases_alone_bind_only_what_they_show() -> None:
    rows = [(f"p{p}", k * 30 * DAY_US, "purchase") for p in range(40) for k in range(1 + p % 3)]
    found = suggest_stages(Notebook(memory_index(rows)), Scope())
    assert {bound.stage for bound in found.bound} == {"conversion", "loyalty"}
    assert {unbound.stage for unbound in found.unbound} == {
        "awareness", "consideration", "advocacy",
    }  # fmt: skip


def test_a_process_gets_milestones_in_order_and_failed_ends_are_leaving() -> None:
    rows = []
    for case in range(50):
        steps = ["SUBMITTED", "CHECKED", "DECIDED"][: 1 + case % 3]
        steps += ["DECLINED"] if len(steps) < 3 else []
        rows += [(f"c{case}", case * DAY_US + k * HOUR_US, name) for k, name in enumerate(steps)]
    found = suggest_stages(Notebook(memory_index(rows)), Scope())
    assert found.basis == "order"
    assert [s.enter[0].evidence.events[0] for s in found.model.stages] == [
        "SUBMITTED", "CHECKED", "DECIDED",
    ]  # fmt: skip
    assert found.model.stages[0].lapse.on[0].events == ("DECLINED",)


def test_who_somebody_is_opens_no_stage() -> None:
    told = ("identify", "$identify", "alias", "$create_alias", "group", "segment_entered")
    rows = []
    for person in range(40):
        steps = ["Viewed pricing", "Order Completed"][: 1 + person % 2]
        steps = [told[person % 6], *steps, told[(person + 1) % 6], told[(person + 2) % 6]]
        rows += [(f"p{person}", person * DAY_US + k, name) for k, name in enumerate(steps)]
    found = suggest_stages(Notebook(memory_index(rows)), Scope())
    assert found.basis == "words"  # the calls are no reason to take the names for a process log's
    assert not {*found.left_over, *(name for b in found.bound for name in b.events)} & {*told}
    assert {bound.stage for bound in found.bound} >= {"consideration", "conversion"}


def test_nothing_but_who_people_are_still_gets_stages() -> None:
    rows = [(f"p{p}", p * DAY_US + k, "identify") for p in range(9) for k in range(1 + p)]
    assert suggest_stages(Notebook(memory_index(rows)), Scope()).basis == "depth"


def test_pages_without_times_get_depth() -> None:
    pages = ["news", "tech", "local", "weather"]
    rows = [(f"p{p}", None, pages[(p * k + k) % 4]) for p in range(60) for k in range(1 + p % 9)]
    found = suggest_stages(Notebook(memory_index(rows)), Scope())
    assert found.basis == "depth"
    assert [s.key for s in found.model.stages][:2] == ["arrived", "went-on"]
    assert all(s.lapse.quiet_us is None for s in found.model.stages)


def test_a_taxonomy_asked_for_is_given() -> None:
    rows = shop(("home", "product_view", "purchase"))
    found = suggest_stages(Notebook(memory_index(rows)), Scope(), "aarrr")
    assert [s.key for s in found.model.stages][-1] == "referral"


def test_nothing_to_suggest_from() -> None:
    with pytest.raises(NoEventsError):
        suggest_stages(Notebook(memory_index([])), Scope())


def test_a_pause_of_hours_is_said_in_hours() -> None:
    rows = [(f"p{p}", p * 60_000_000 + k, name) for p in range(90)
            for k, name in enumerate(("home", "product_view", "purchase"))]  # fmt: skip
    [note] = suggest_stages(Notebook(memory_index(rows)), Scope()).notes
    assert " days" not in note.en
    assert "minutes without" in note.en or "hour without" in note.en
    assert "분 동안" in note.ko or "시간 동안" in note.ko
