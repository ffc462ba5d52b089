"""What can go wrong when a browser is asked to draw."""

from __future__ import annotations

from typing import ClassVar

from sojourn.base.errors import InputError

WITHOUT_BROWSER = (
    "`--format html|json|yaml|csv|mermaid` works without a browser; the HTML file itself saves SVG "
    "and prints to PDF from any browser's window."
)


class BrowserMissingError(InputError):
    """No browser was found for SVG, PNG or PDF. Remedy: install one or set SOJOURN_BROWSER."""

    code: ClassVar[str] = "browser-missing"

    def __init__(self, looked_for: tuple[str, ...], wanted: str = "") -> None:
        given = f"SOJOURN_BROWSER is {wanted!r}, which is not a program. " if wanted else ""
        super().__init__(
            f"{given}SVG, PNG and PDF are drawn by an installed browser, and none was found.",
            allowed=f"Chromium, Chrome or Edge; looked for {', '.join(looked_for)}",
            remedy="Install one of them, or set SOJOURN_BROWSER to the path of its program. "
            + WITHOUT_BROWSER,
        )


class BrowserFailedError(InputError):
    """The browser was started and gave no picture. Remedy: see its words in the message."""

    code: ClassVar[str] = "browser-failed"

    def __init__(self, program: str, reason: str) -> None:
        super().__init__(f"The browser {program} gave no picture: {reason}", remedy=WITHOUT_BROWSER)
