"""Accounts and tokens on a server's page: made, used by a program, ended; invited, removed."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
from visiting import Visit

from serving import served

pytestmark = pytest.mark.slow


def asked(address: str, token: str) -> dict[str, object]:
    """What the server says to a program that carries a token."""
    request = urllib.request.Request(address, headers={"authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_tokens_and_accounts_are_kept_on_a_page(tmp_path, browser) -> None:
    with served(tmp_path / "shop") as server:
        ann = Visit(browser, server)
        ann.sign_up(f"{server.pages}/w/shop/#setup={server.setup}", "ann@example.com")
        page = ann.go("#access", "text=You have made none yet")
        _a_token_works_until_it_is_ended(page, f"{server.pages}/w/shop/api/v1/session")

        page.select_option("form:has(button:text('Make an invitation')) select", "viewer")
        page.click("text=Make an invitation")
        link = page.inner_text("section:has-text('Make an invitation') .copied code")
        bob = Visit(browser, server)
        bob.sign_up(link, "bob@example.com")
        bob.go("#access", "h1 >> text=API tokens")
        assert "ann@example.com" not in bob.page.inner_text("main")  # a viewer sees their own
        assert bob.page.locator("select[name=role] option").count() == 1

        page = ann.go("#access", "td >> text=bob@example.com")
        page.select_option("[aria-label='Role of bob@example.com']", "analyst")
        page.wait_for_selector("#told >> text=bob@example.com has the role Analyst now.")
        assert bob.ask("GET", "/session")["role"] == "analyst"
        page.click("[aria-label='Remove bob@example.com']")
        page.click(".asked button:has-text('Remove bob@example.com')")
        page.wait_for_selector("#told >> text=bob@example.com was removed.")
        bob.page.reload()
        bob.page.wait_for_selector("input[name=password]")

        done = page.inner_text("section:has-text('What was done')")
        for words in (
            "made a token",
            "ended a token",
            "gave the role Analyst",
            "removed an account",
        ):
            assert words in done
        assert (ann.wrong, bob.wrong) == ([], [])


def _a_token_works_until_it_is_ended(page, address: str) -> None:
    page.fill("input[name=name]", "nightly-report")
    page.select_option("select[name=role]", "analyst")
    page.select_option("select[name=days]", "90")
    page.click("text=Make a token")
    token = page.inner_text(".copied code")
    assert asked(address, token)["role"] == "analyst"
    page.click("[aria-label='End the token nightly-report']")
    page.click(".asked button:has-text('End the token nightly-report')")
    page.wait_for_selector("text=You have made none yet")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        asked(address, token)
