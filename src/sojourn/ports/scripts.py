"""The files that a site's pages load to tell what happens on them."""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Final

FIRST: Final = "sojourn.js"
"""What a page's tag loads."""
LATER: Final = "sojourn-vitals.js"
"""What the first file loads, by the path below: both are built together."""


@dataclass(frozen=True, kw_only=True)
class Script:
    """One file of the browser snippet."""

    name: str
    content: bytes

    @cached_property
    def digest(self) -> str:
        """What tells this content from any other: 16 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    @cached_property
    def path(self) -> str:
        """Where exactly this content is found, and never another."""
        return f"/sojourn/{self.digest}/{self.name}"

    @cached_property
    def integrity(self) -> str:
        """What a browser compares the content with before it runs it (Subresource Integrity)."""
        return f"sha384-{base64.b64encode(hashlib.sha384(self.content).digest()).decode()}"

    @cached_property
    def packed(self) -> bytes:
        """The content packed with gzip, the same at each start."""
        return gzip.compress(self.content, 9, mtime=0)
