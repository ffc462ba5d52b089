"""The content policy of a page that carries its own scripts: exactly those may run."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

_SCRIPT: Final = re.compile(r"<script(?P<of>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
_REST: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)


def policy_of(page: str) -> str:
    """Return a policy under which the scripts that stand in a page run, and no others.

    Parameters
    ----------
    page : str
        HTML we made ourselves; data within it are escaped and never scripts.
    """
    hashes = [
        base64.b64encode(hashlib.sha256(found["text"].encode()).digest()).decode()
        for found in _SCRIPT.finditer(page)
        if "json" not in found["of"]
    ]
    allowed = " ".join(f"'sha256-{each}'" for each in hashes) or "'none'"
    return f"script-src {allowed}; {_REST}"
