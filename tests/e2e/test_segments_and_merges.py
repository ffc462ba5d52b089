"""Segments and merges on a server's pages, as somebody does it: kept, asked why, retired; undone."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING

import pytest
from visiting import Visit

from serving import served

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

PEOPLE = 25
HOSTILE = "<img src=x onerror=alert(1)>"


def segment(key: str, who: str = "{events: [Order Completed]}") -> str:
    return (
        f"sojourn: segment/1\nkey: {key}\ntitle: {{en: The {key}, ko: '{key} 고객'}}\nwho: {who}\n"
    )


def call(person: str, event: str, *, advertising: bool, plan: str) -> list[dict[str, object]]:
    consent = {"categoryPreferences": {"Advertising": advertising}}
    return [
        {
            "type": "identify",
            "userId": person,
            "traits": {"plan": plan},
            "context": {"consent": consent},
        },
        {"type": "track", "event": event, "userId": person},
    ]


def send(server, workspace: str, calls: list[dict[str, object]]) -> None:
    body = {"writeKey": server.keys[workspace], "batch": calls}
    request = urllib.request.Request(f"{server.url}/v1/batch", json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.load(answer)["refused"] == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, browser) -> Iterator[tuple[object, object]]:
    """A server with a shop of 25 buyers and one workspace without any segment; an admin's state."""
    folder = tmp_path_factory.mktemp("site")
    with served(folder / "shop", others=(folder / "blank",)) as server:
        for number in range(PEOPLE):
            send(
                server,
                "shop",
                call(
                    f"u{number:02}",
                    "Order Completed",
                    advertising=number % 2 == 0,
                    plan="pro" if number % 3 else "free",
                ),
            )
        send(server, "shop", call(HOSTILE, HOSTILE, advertising=True, plan=HOSTILE))
        send(server, "blank", call("ann", "Order Completed", advertising=True, plan="pro"))
        visit = Visit(browser, server)
        for name in ("shop", "blank"):
            visit.sign_up(
                f"{server.pages}/w/{name}/#setup={server.setups[name]}", "ann@example.com"
            )
            visit.page.wait_for_selector(".live")
        yield server, visit.context.storage_state()
        visit.context.close()


@pytest.fixture
def visit(site, browser) -> Iterator[Visit]:
    found = Visit(browser, *site)
    found.go("", ".live")
    yield found
    assert found.wrong == []
    found.context.close()


def test_the_first_segment_is_begun_mended_and_kept(site, visit) -> None:
    server, _ = site
    visit.home = f"{server.pages}/w/blank/"
    page = visit.go("#segments", ".empty")
    assert "Start with one of these" in page.inner_text(".empty")
    page.click("text=Did Order Completed in the last 30 days")
    page.wait_for_selector("textarea")
    good = page.input_value("textarea")
    assert 'events: ["Order Completed"]' in good
    page.fill("textarea", good.replace("within", "wthin"))
    page.fill("input[name=why]", "for spring")
    page.click(".editing .acts button")
    page.wait_for_selector("#document-error >> text=Did you mean 'within'?")
    assert page.get_attribute("textarea", "aria-invalid") == "true"
    line = page.evaluate(
        "(text => text.value.slice(text.selectionStart, text.selectionEnd))"
        "(document.querySelector('textarea'))"
    )
    assert line == "  wthin: 30d"  # the caret is where the mistake is
    page.reload()
    page.wait_for_selector("text=What you typed is still here")
    assert "wthin" in page.input_value("textarea")
    assert page.input_value("input[name=why]") == "for spring"
    page.fill("textarea", good)
    page.click(".editing .acts button")
    page.wait_for_selector("#told >> text=Version 1 is kept")
    page.wait_for_selector("h1:text-is('Active lately')")
    page.wait_for_selector(".loud >> text=1 person inside")
    assert "95% interval 20.7–100.0 · n 1" in page.inner_text(".figure")
    page.click("nav >> text=Segments")
    page.wait_for_selector("td .share")
    row = page.inner_text("tbody tr")
    assert "Active lately" in row
    assert "100.0%" in row
    assert "of all 1 seen by then; bots are left out. Data up to" in page.inner_text(".means")
    visit.go("#new-segment=recent&event=Order+Completed", "textarea")
    assert page.query_selector(".note") is None  # what was kept is no draft any more


def test_versions_stand_beside_each_other_and_none_is_passed_over(visit) -> None:
    visit.ask("POST", "/segments", {"document": segment("clash"), "why": "the first"})
    page = visit.go("#edit-segment=clash", "textarea")
    page.fill("textarea", segment("clash", "{events: [Order Completed], within: 9d}"))
    theirs = segment("clash", "{events: [Order Completed], within: 2d}")
    visit.ask("POST", "/segments", {"document": theirs, "why": "theirs"})
    page.click(".editing .acts button")
    page.wait_for_selector("#document-error >> text=ann@example.com kept version 2 meanwhile")
    assert visit.ask("GET", "/segments/clash")["version"] == 2
    page.click(".editing .acts button")
    page.wait_for_selector("#told >> text=Version 3 is kept")
    assert "within: 9d" in page.inner_text("pre")
    assert "theirs" in page.inner_text('.card:has(h2:text-is("Versions"))')
    page.click('[aria-label="Show version 1"]')
    page.wait_for_selector("text=This is version 1; the newest is 3")
    assert "within" not in page.inner_text("pre")
    page.go_back()
    page.wait_for_selector(".chip >> text=Version 3")
    page.goto("about:blank")
    page = visit.go("#new-segment=empty", "textarea")
    page.fill("textarea", segment("clash"))
    page.click(".editing .acts button")
    page.wait_for_selector("#document-error >> text=There is a segment clash already")


def test_members_come_page_by_page_and_lead_to_why_and_to_the_person(visit) -> None:
    visit.ask("POST", "/segments", {"document": segment("paged")})
    page = visit.go("#segment=paged", ".members")
    assert "1 to 20 of 25, by id" in page.inner_text("main")
    assert len(page.query_selector_all(".members li")) == 20
    page.click("text=Next")
    page.wait_for_selector("text=21 to 25 of 25, by id")
    assert page.evaluate("document.activeElement.textContent") == "People inside"
    page.reload()  # every page is a link
    page.wait_for_selector("text=21 to 25 of 25, by id")
    page.go_back()
    page.wait_for_selector("text=1 to 20 of 25, by id")
    page.click('[aria-label="Why is u03 inside?"]')
    page.wait_for_selector("h3 >> text=u03 is inside")
    reasons = page.inner_text(".reasons")
    assert "Order Completed at least 1×" in reasons
    assert "1 event counts" in reasons
    page.fill("input[name=why]", HOSTILE)
    page.click("form.row button")
    page.wait_for_selector(f"h3:has-text('{HOSTILE} is not inside')")
    page.click("text=Open the person")
    page.wait_for_selector("h1:has-text('<img')")
    page.wait_for_selector("td:has-text('onerror')")
    assert page.query_selector("main img") is None
    page.fill("input[name=other]", HOSTILE)
    page.fill("input[name=why]", "none")
    page.click("text=Preview the merge")
    page.wait_for_selector("text=These are one person already")


def test_a_segment_is_retired_after_a_question_and_followed_again(visit) -> None:
    visit.ask("POST", "/segments", {"document": segment("tired")})
    page = visit.go("#segment=tired", ".loud")
    page.click("button:text-is('Retire')")
    assert page.evaluate("document.activeElement.textContent") == "Retire The tired?"
    page.keyboard.press("Escape")
    assert page.query_selector(".asked") is None
    assert page.evaluate("document.activeElement.textContent") == "Retire"
    page.click("button:text-is('Retire')")
    page.click("text=Retire, 25 inside")
    page.wait_for_selector("#told >> text=The tired is retired")
    assert visit.ask("GET", "/segments/tired")["active"] is False
    page.click("text=Follow again")
    page.wait_for_selector("#told >> text=followed again, as version 3")
    assert visit.ask("GET", "/segments/tired")["active"] is True


def test_two_people_are_merged_after_a_look_at_both_and_told_apart_again(visit) -> None:
    page = visit.go("#person=u03", "input[name=other]")
    page.fill("input[name=other]", "nobody")
    page.fill("input[name=why]", "the same phone")
    page.click("text=Preview the merge")
    page.wait_for_selector("text=Nobody has this id")
    page.reload()
    page.wait_for_selector("input[name=other]")
    assert page.input_value("input[name=why]") == "the same phone"  # nothing typed is lost
    page.fill("input[name=other]", "u04")
    page.click("text=Preview the merge")
    page.wait_for_selector("h3 >> text=u04 would count as u03")
    preview = page.inner_text('.card:has(h3:has-text("would count"))')
    assert "After the merge: Consent · Advertising, denied." in preview
    assert visit.ask("GET", "/merges") == []  # looking merges nobody
    page.click("text=Merge, show both as u03")
    page.wait_for_selector("#told >> text=u04 counts as u03 from now on")
    page.wait_for_selector('dt:text-is("Merged into this person") + dd:text-is("u04")')
    known = page.inner_text("dl")
    assert "denied" in known
    assert "pro" in known
    assert "free" in known
    page = visit.go("#person=u04", "text=u04 counts as u03")
    page.click('[aria-label="Undo the merge of u04"]')
    page.fill(".asked input", "two sisters")
    page.click("text=Undo, tell them apart")
    page.wait_for_selector("#told >> text=u04 and u03 are two people again")
    page.wait_for_selector("h1:text-is('u04')")
    page.wait_for_selector('dt:text-is("Consent · Advertising") + dd:has-text("granted")')
    page = visit.go("#merges", "tbody")
    assert "two sisters" in page.inner_text("tbody")
    assert page.query_selector("tbody button") is None


def test_each_role_is_shown_what_it_may_do(site, browser, visit) -> None:
    server, _ = site
    visit.ask("POST", "/segments", {"document": segment("roles")})
    for role in ("viewer", "analyst"):
        path = visit.ask("POST", "/invitations", {"role": role})["path"]
        other = Visit(browser, server)
        other.sign_up(f"{server.pages}{path}", f"{role}@example.com")
        page = other.go("", ".live")
        assert (page.query_selector('a[href="#segments"]') is None) == (role == "viewer")
        for hash_ in (
            "#segments",
            "#segment=roles",
            "#edit-segment=roles",
            "#person=u01",
            "#merges",
        ):
            page = other.go(hash_, "h1")
            if role == "viewer" or hash_.startswith("#edit"):
                page.wait_for_selector("text=You need the role")
                continue
            page.wait_for_selector(".card .means, .card .waiting, .card tbody")
            for words in ("New version", "Retire", "New segment", "Merge with another", "Download"):
                assert page.query_selector(f"main >> text={words}") is None, (hash_, words)
        assert other.wrong == []
        other.context.close()


def test_every_page_fits_a_phone_in_korean_and_every_control_has_a_name(site, browser) -> None:
    server, state = site
    options = {"locale": "ko-KR", "color_scheme": "dark", "viewport": {"width": 360, "height": 780}}
    visit = Visit(browser, server, state, **options)
    visit.go("", ".live")
    visit.ask("POST", "/segments", {"document": segment("phone")})
    pages = {
        "#segments": ".share",
        "#segment=phone&why=u01": ".reasons",
        "#edit-segment=phone": "textarea",
        "#person=u01": "fieldset",
        "#merges": "main .card",
    }
    for hash_, wait in pages.items():
        page = visit.go(hash_, wait)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, hash_
        assert page.get_attribute("html", "lang") == "ko"
        nameless = page.evaluate(
            """[...document.querySelectorAll('main a, main button, main input, main textarea')]
              .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim()
                || [...(one.labels ?? [])].some((label) => label.textContent.trim())))
              .map((one) => one.outerHTML)"""
        )
        assert nameless == [], hash_
    page = visit.go("#segments", ".share")
    page.focus("text=phone 고객")
    page.keyboard.press("Enter")
    page.wait_for_selector(".loud >> text=명이 속해 있어요")
    assert page.evaluate("document.activeElement.tagName") == "H1"  # read from its beginning
    page.wait_for_selector("h1:text-is('phone 고객')")
    assert visit.wrong == []
    visit.context.close()
