"""Every reason why a figure of the map cannot be known has Korean words."""

from __future__ import annotations

import re
from pathlib import Path

REPO = Path(__file__).resolve().parents[4]
SOURCES = ("base/estimate.py", "stages", "maps")
REASON = re.compile(r'NotEstimable\(\s*"([^"]+)"')


def reasons() -> set[str]:
    found: set[str] = set()
    for name in SOURCES:
        path = REPO / "src" / "sojourn" / name
        files = [path] if path.is_file() else path.rglob("*.py")
        for file in files:
            found.update(REASON.findall(file.read_text(encoding="utf-8")))
    return found


def test_every_reason_is_translated() -> None:
    korean = (REPO / "web" / "src" / "text" / "ko.ts").read_text(encoding="utf-8")
    translated = set(re.findall(r'^    "([^"]+)":', korean, re.MULTILINE))
    assert len(reasons()) > 5
    assert sorted(reasons() - translated) == []
