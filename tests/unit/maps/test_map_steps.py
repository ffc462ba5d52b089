"""Steps are what most people do, in their order; sources are channels; questions stand once."""

from __future__ import annotations

import re

import pytest

from asking import Notebook
from sojourn.app.mapping import MapRequest, draft_map
from sojourn.base.timespan import DAY_US, HOUR_US
from sojourn.index.memory import memory_index
from sojourn.maps.document import LaneKind
from sojourn.maps.draft.lanes import NOTABLE_BACK

USUAL = ("request", "check", "decide", "print", "close")


def office():
    """500 cases that take the usual way; every 25th makes detours at which nobody else comes by."""
    rows = []
    for case in range(500):
        way = list(USUAL)
        if case % 25 == 0:
            way[2:2] = ["draft advice", "adjust advice", "ask advice"]
        if case % 10 == 1:
            way[1], way[2] = way[2], way[1]
        rows += [(f"c{case}", case * HOUR_US + k * 60_000_000, name) for k, name in enumerate(way)]
    return rows


def subscribers():
    """A shop whose people come by ads or search, buy, and go on after the purchase."""
    rows = []
    for person in range(400):
        at = person * HOUR_US
        came = {"utm_source": "instagram", "utm_medium": "paid_social"}
        came = came if person % 2 else {"referrer": "https://www.google.com/"}
        rows.append((f"p{person}", at, "landing_viewed", came))
        rows.append((f"p{person}", at + HOUR_US, "product_view", {}))
        if person % 4:
            rows.append((f"p{person}", at + 2 * HOUR_US, "purchase", {"value": 10.0}))
            after = ("box_delivered", "meal_cooked", "order_renewed", "review_written")
            rows += [
                (f"p{person}", at + (k + 2) * DAY_US, name, {})
                for k, name in enumerate(after[: person % 5])
            ]
    return rows


@pytest.fixture(scope="module")
def process():
    return draft_map(Notebook(memory_index(office())), MapRequest()).map


@pytest.fixture(scope="module")
def shop():
    return draft_map(Notebook(memory_index(subscribers())), MapRequest()).map


def test_rare_detours_are_no_steps_and_common_ones_stand_in_order(process) -> None:
    names = [step.events[0] for step in process.steps]
    assert names == sorted(names, key=USUAL.index)
    assert set(names) <= set(USUAL)
    assert len(names) >= 4


def test_the_map_goes_on_after_the_purchase(shop) -> None:
    names = [step.events[0] for step in shop.steps]
    after = names[names.index("purchase") + 1 :]
    assert {"order_renewed", "review_written"} <= set(after)
    assert {"box_delivered", "meal_cooked"} & set(after)


def test_sources_are_channels_in_both_languages(shop) -> None:
    cell = next(c for c in shop.cells if c.lane == LaneKind.SOURCES)
    found = {item.label: (item.count, item.note and item.note.ko) for item in cell.items}
    assert found == {"Paid Social": (200, "소셜 광고"), "Organic Search": (200, "자연 검색")}


def test_a_stage_asks_for_feelings_and_needs_once(process, shop) -> None:
    for drawn in (process, shop):
        stage_of = {step.key: step for step in drawn.steps}
        for lane in (LaneKind.FEELINGS, LaneKind.NEEDS):
            asked: dict[str, set[str]] = {}
            for cell in drawn.cells:
                if cell.lane == lane:
                    step = stage_of[cell.step]
                    assert cell.question.en.startswith(f"{step.title.en}: ")
                    own = cell.question.en.removeprefix(f"{step.title.en}: ")
                    asked.setdefault(step.stage, set()).add(own)
            assert all(len(questions) == 1 for questions in asked.values())


def test_actions_say_where_journeys_start_and_end(process) -> None:
    texts = {c.step: c.text for c in process.cells if c.lane == LaneKind.ACTIONS}
    assert texts[process.steps[0].key].en.startswith("Starts here; next ")
    assert texts[process.steps[-1].key].en.endswith("; next ends here 100%")
    assert texts[process.steps[-1].key].ko.endswith("다음: 여기서 끝남 100%")


def test_going_back_is_a_share_of_all_events_at_the_step(process) -> None:
    for cell in process.cells:
        for item in cell.items:
            if item.label.startswith("back-to-"):
                reached = next(s.reached for s in process.steps if s.key == cell.step)
                assert item.count >= NOTABLE_BACK * reached
                assert item.share.n >= reached


def test_no_korean_is_stiff_or_doubled(process, shop) -> None:
    for drawn in (process, shop):
        assert not re.search(r"니다[.\"]|\([이을은으]\)|이\(가\)", repr(drawn))


def test_a_step_that_nobody_is_seen_at_says_so() -> None:
    # She pays on two days without ever pausing: the second day's is no visit of its own.
    rows = [
        ("solo", k * 5 * 60_000_000, ("home", "search", "cart", "pay")[k % 4]) for k in range(600)
    ]
    drawn = draft_map(Notebook(memory_index(rows)), MapRequest()).map
    empty = [step.key for step in drawn.steps if step.reached == 0]
    texts = {c.step: c.text for c in drawn.cells if c.lane == LaneKind.ACTIONS}
    assert empty
    assert all(texts[key].en == "Nobody is seen here" for key in empty)


@pytest.mark.parametrize("of_pages", ["asset", "page_leave", "web_vitals"])
def test_what_pages_do_by_themselves_is_no_step(of_pages: str) -> None:
    rows = [
        each
        for case, when, name in office()
        for each in ((case, when, name), (case, when + 1_000_000, of_pages))
    ]
    drawn = draft_map(Notebook(memory_index(rows)), MapRequest()).map
    assert drawn.steps
    assert of_pages not in {step.key for step in drawn.steps}


def test_assets_do_not_say_where_pages_are_seen() -> None:
    # A thousand people only load a picture; the pages are seen by others, "/" earlier than most.
    pages = ("/", "/blog/first", "/blog/second", "/about/us")
    rows = [(f"picture{k}", k * HOUR_US, "asset") for k in range(1000)]
    for k in range(400):
        way = [*pages[k % 4 :], *pages[: k % 4]][: 1 + k % 3 + k % 2]
        way = ["/", *way[:1]] if k % 5 == 0 else way
        rows += [(f"p{k}", k * HOUR_US + n * 60_000_000, page) for n, page in enumerate(way)]
    drawn = draft_map(Notebook(memory_index(rows)), MapRequest()).map
    stages = {step.title.en: step.stage for step in drawn.steps}
    assert stages["/"] == "arrived"
    assert {"blog / first", "about / us"} & set(stages)
