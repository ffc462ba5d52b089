"""The map as a reader meets it: keyboard, table twin, phone, languages, themes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sojourn.maps.document import Label

EVIL = "<img src=x onerror=alert(1)>"


def text_of(page) -> str:
    return page.inner_text("body")


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_opens_in_each_language_and_theme(open_map, lang: str, theme: str) -> None:
    page = open_map(lang=lang, theme=theme).page
    assert page.get_attribute("html", "data-theme") == theme
    assert page.get_attribute("html", "lang") == lang
    title = "평일 저녁 밀키트 구독" if lang == "ko" else "Weeknight dinner subscription"
    assert page.inner_text("h1") == title
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(15, 16, 19)" if theme == "dark" else "rgb(246, 246, 247)")


def test_language_and_theme_switch_in_place(open_map) -> None:
    page = open_map().page
    page.get_by_role("button", name="한국어").click()
    assert "고객 흐름" in text_of(page)
    page.get_by_role("button", name="어둡게").click()
    assert page.get_attribute("html", "data-theme") == "dark"
    page.get_by_role("button", name="EN", exact=True).click()
    assert "Sojourn" in text_of(page)
    assert "Consideration" in text_of(page)


def test_every_stage_step_and_lane_is_there(open_map, shop) -> None:
    page = open_map(width=1728).page
    found = text_of(page)
    for part in (*shop.stages, *shop.steps, *shop.lanes):
        assert part.title.en in found
    assert page.locator("[role=grid]").count() == 1


@pytest.mark.parametrize("width", [360, 390, 767, 768, 1024, 1440, 1728])
def test_the_page_never_scrolls_sideways(open_map, width: int) -> None:
    page = open_map(width=width, height=740).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_on_a_phone_is_wider_than_the_phone(open_map) -> None:
    page = open_map(width=360, height=740, touch=True).page
    wide = page.evaluate("""() => [...document.querySelectorAll('.sj-phone *')]
        .filter((e) => !e.closest('.sj-table-scroll') && e.getBoundingClientRect().right > 361)
        .map((e) => e.className.toString())""")
    assert wide == []


def test_touch_targets_of_steps_are_44_high(open_map) -> None:
    page = open_map(width=360, height=740, touch=True).page
    heights = page.evaluate(
        "[...document.querySelectorAll('.sj-ph-step')].map((e) => e.getBoundingClientRect().height)"
    )
    assert len(heights) == 10
    assert min(heights) >= 44


def test_a_step_opens_as_a_sheet_on_a_phone(open_map) -> None:
    page = open_map(width=360, height=740, touch=True).page
    page.get_by_role("button", name="Pay").tap()
    sheet = page.get_by_role("dialog", name="Pay")
    assert "66.0%" in sheet.inner_text()
    assert "₩32M–104M" in sheet.inner_text()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    page.get_by_role("button", name="Conversion").first.tap()
    assert "56.6%" in page.get_by_role("dialog", name="Conversion").inner_text()
    page.get_by_role("button", name="Back", exact=True).tap()
    assert page.get_by_role("dialog").count() == 0


def test_arrows_move_through_the_map(open_map) -> None:
    page = open_map().page
    page.locator("[data-row='0'][data-col='0']").focus()

    def here() -> tuple[str, str]:
        focused = page.locator(":focus")
        return focused.get_attribute("data-row"), focused.get_attribute("data-col")

    page.keyboard.press("ArrowRight")
    assert here() == ("0", "2")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    assert here() == ("3", "2")
    page.keyboard.press("End")
    assert here() == ("3", "9")
    page.keyboard.press("Home")
    assert here() == ("3", "0")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_enter_goes_into_a_cell_and_escape_comes_out(open_map) -> None:
    page = open_map().page
    page.locator("[data-row='2'][data-col='0']").focus()
    page.keyboard.press("Enter")
    popover = page.get_by_role("tooltip")
    assert "4.6 d" in popover.inner_text()
    assert "Kaplan" in popover.inner_text()
    page.keyboard.press("Escape")
    assert page.locator(":focus").get_attribute("data-row") == "2"
    assert popover.count() == 0


def test_enter_on_a_step_opens_its_panel_and_escape_returns(open_map) -> None:
    page = open_map().page
    page.locator("[data-row='3'][data-col='5']").focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name="Pay")
    assert "66.0%" in panel.inner_text()
    panel.focus()
    page.keyboard.press("Escape")
    assert panel.count() == 0
    assert page.locator(":focus").get_attribute("data-col") == "5"


def test_one_tab_stop_leads_into_the_map(open_map) -> None:
    page = open_map().page
    assert page.evaluate("document.querySelectorAll('.sj-map [tabindex=\"0\"]').length") == 1


def test_hovering_a_figure_tells_value_interval_n_and_definition(open_map) -> None:
    page = open_map().page
    page.locator(".sj-conv").first.hover()
    told = page.get_by_role("tooltip").inner_text()
    for part in ("33.4%", "32.9–33.9", "n 35,660", "Wilson", "As of 5 Dec 2025, 09:41"):
        assert part in told
    page.mouse.move(5, 5)
    assert page.get_by_role("tooltip").count() == 0


def test_a_pinned_figure_stays_until_a_press_elsewhere(open_map) -> None:
    page = open_map().page
    page.locator(".sj-stake").first.click()
    page.mouse.move(5, 300)
    popover = page.get_by_role("tooltip")
    assert "plausibly recoverable" in popover.inner_text()
    assert "₩12M–38M" in popover.inner_text()
    page.mouse.click(700, 20)
    assert popover.count() == 0


def test_the_open_page_saves_its_own_svg(open_map, shop) -> None:
    page = open_map(lang="ko", theme="dark").page
    page.get_by_role("button", name="내보내기").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="그림 (SVG)").click()
    svg = download.value.path().read_text(encoding="utf-8")
    assert download.value.suggested_filename == f"{shop.id}.svg"
    assert "친구 초대" in svg
    assert "foreignObject" not in svg
    assert page.locator("[role=grid]").count() == 1


def test_the_table_twin_has_the_figures_and_a_csv(open_map) -> None:
    page = open_map().page
    page.keyboard.press("t")
    assert "17,842" in page.inner_text("#sj-flow-table")
    assert page.locator("table").count() == 4
    with page.expect_download() as download:
        page.locator("[data-csv=flows]").click()
    content = download.value.path().read_text(encoding="utf-8-sig")
    assert content.splitlines()[0] == "From,To,Move,Count,of the stage"
    assert "Awareness,Consideration,forward,17842" in content
    page.keyboard.press("t")
    assert page.locator("[role=grid]").count() == 1


def test_the_ribbon_is_an_image_with_words_and_a_table(open_map) -> None:
    page = open_map().page
    label = page.get_attribute(".sj-ribbon-cell svg", "aria-label")
    assert "Awareness: 61,610 stays, 34,006 left." in label
    target = page.get_attribute(".sj-ribbon-cell svg", "aria-describedby")
    assert "34,006" in page.locator(f"#{target}").text_content()


def test_zoom_by_keys_changes_what_is_shown(open_map) -> None:
    page = open_map().page
    page.keyboard.press("-")
    assert page.locator(".sj-zoom-overview").count() == 1
    assert page.locator(".sj-lane").count() == 1
    page.keyboard.press("0")
    page.keyboard.press("+")
    assert page.locator(".sj-zoom-stage").count() == 1


def test_every_control_has_a_name(open_map) -> None:
    for width in (360, 1440):
        page = open_map(width=width).page
        nameless = page.evaluate("""() => [...document.querySelectorAll('button, a, [role=img], [role=grid]')]
            .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim())).map((e) => e.outerHTML)""")
        assert nameless == []


def test_hostile_names_are_shown_as_text(open_map, shop) -> None:
    label = Label(en=EVIL, ko=EVIL)
    steps = tuple(replace(step, title=label, events=(EVIL,)) for step in shop.steps)
    stages = tuple(replace(stage, title=label) for stage in shop.stages)
    cells = tuple(replace(cell, text=label if cell.text else None) for cell in shop.cells)
    hostile = replace(shop, title=label, steps=steps, stages=stages, cells=cells)
    page = open_map(hostile, width=1728).page
    page.keyboard.press("t")
    assert page.locator("img").count() == 0
    assert EVIL in text_of(page)


def test_three_hundred_steps_stay_usable(open_map, shop) -> None:
    steps = tuple(
        replace(
            shop.steps[0], key=f"s{i}", stage=shop.stages[i // 60].key, title=Label(en=f"Step {i}")
        )
        for i in range(300)
    )
    page = open_map(replace(shop, steps=steps, cells=()), width=1440).page
    assert page.locator(".sj-zoom-overview").count() == 1
    assert page.locator(".sj-steps [role=columnheader]").count() < 300
    page.keyboard.press("0")
    page.evaluate("document.querySelector('.sj-scroll').scrollLeft = 1e6")
    page.get_by_text("Step 299", exact=True).wait_for()
    assert page.locator(".sj-steps [role=columnheader]").count() < 80
    page.evaluate("document.querySelector('.sj-scroll').scrollLeft = 0")
    page.locator("[data-row='3'][data-col='0']").focus()
    page.keyboard.press("End")
    page.wait_for_selector("[data-row='3'][data-col='299']:focus")
    page.keyboard.press("Home")
    page.wait_for_selector("[data-row='3'][data-col='0']:focus")


def test_an_empty_map_says_what_will_be_here(open_map, shop) -> None:
    empty = replace(
        shop, stages=(), flows=(), steps=(), lanes=(), cells=(), open_questions=(), goal=None
    )
    for width in (360, 1440):
        page = open_map(empty, width=width).page
        assert "No stage has people yet" in text_of(page)


def test_reduced_motion_is_respected(open_map) -> None:
    page = open_map().page
    page.emulate_media(reduced_motion="reduce")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.sj-mark')).transitionProperty")
        == "none"
    )
