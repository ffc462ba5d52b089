"""Paths of pages with the parts that differ from visit to visit folded away."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from sojourn.events.schema import SEGMENT_ENTERED, SEGMENT_LEFT

ASSET: Final = "asset"
"""The event of everything that a page loads by itself: no doing of the visitor's."""
_OF_PAGES: Final = (ASSET, "page_leave", "web_vitals", "$pageleave", "$web_vitals")
_OF_PEOPLE: Final = (
    "identify", "alias", "group",
    "$identify", "$create_alias", "$groupidentify", "$set", "$merge_dangerously",
    SEGMENT_ENTERED, SEGMENT_LEFT,
)  # fmt: skip
NO_DOING: Final = frozenset((*_OF_PAGES, *_OF_PEOPLE))
"""Events that say something of a page or of who somebody is, and nothing that anybody did: no
step of a map, and no sign of a stage."""
ANY: Final = "*"
"""Stands for a part that was folded."""
_ORIGIN: Final = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//[^/?#]*", re.IGNORECASE)
_ID_PART: Final = re.compile(
    r"\d+"
    r"|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
    r"|(?=[a-z]*\d)[0-9a-f]{8,}"
    r"|(?-i:(?=\w*\d)(?=\w*[a-z])(?=\w*[A-Z])\w{20,}=*)",
    re.IGNORECASE,
)
"""Numbers, UUIDs, hexadecimal ids, and long words that mix digits, small and capital letters."""


def normal_path(url: str) -> str:
    """Return the path of a page without host, query and fragment, ids folded to ``*``.

    Examples
    --------
    >>> normal_path("https://shop.example/item/8812/reviews/?page=2#top")
    '/item/*/reviews'
    """
    parts = page_path(url).strip("/").split("/")
    return "/" + "/".join(ANY if _ID_PART.fullmatch(part) else part for part in parts)


def page_path(url: str) -> str:
    """Return the path of a page, decoded, without host, query, fragment and closing slash.

    Examples
    --------
    >>> page_path("//shop.example/%EC%83%81%ED%92%88/?x=1")
    '/상품'
    """
    bare = _ORIGIN.sub("", url, count=1)
    bare = re.split(r"[?#;]", bare, maxsplit=1)[0]
    text = unquote(bare, errors="replace")
    path = re.sub(r"/{2,}", "/", "/" + text.strip()).rstrip("/")
    return path or "/"


def host(url: str) -> str | None:
    """Return the host of an address, in small letters, without ``www.`` and port.

    Examples
    --------
    >>> host("https://www.Example.com:8080/x"), host("/x")
    ('example.com', None)
    """
    found = re.match(
        r"^(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]+)", url, re.IGNORECASE
    )
    return found.group(1).lower().removeprefix("www.") if found else None
