"""A browser window of somebody who works on a server's pages."""

from __future__ import annotations

WAIT_MS = 60_000


class Visit:
    """One browser window, signed in; afterwards no script may have failed or been refused."""

    def __init__(self, browser, server, state=None, **options) -> None:
        self.context = browser.new_context(
            **{"locale": "en-GB", "viewport": {"width": 1200, "height": 900}, **options},
            storage_state=state,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.home = f"{server.pages}/w/shop/"
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on(
            "console", lambda line: self.wrong.append(line.text) if "Policy" in line.text else None
        )

    def go(self, hash_: str, wait: str):
        self.page.goto("about:blank")  # another hash alone is no new visit
        self.page.goto(self.home + hash_)
        self.page.wait_for_selector(wait)
        return self.page

    def sign_up(self, link: str, email: str) -> None:
        self.page.goto(link)
        self.page.fill("input[name=email]", email)
        self.page.fill("input[name=password]", "correct horse battery")
        self.page.click("form button")
        self.page.wait_for_selector("#leave:not([hidden])")

    def ask(self, method: str, path: str, body: object = None):
        return self.page.evaluate(
            """async ([method, path, body]) => {
              const { ask } = await import('/static/server.js');
              return ask(method, path, body ?? undefined);
            }""",
            [method, path, body],
        )
