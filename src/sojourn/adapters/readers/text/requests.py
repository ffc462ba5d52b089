"""What a request line of an access log means to a marketer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from sojourn.events.paths import ASSET, normal_path, page_path

BAD_REQUEST: Final = "bad request"
"""The event of a request line that is none."""
_ASSETS: Final = re.compile(
    r"\.(?:css|m?js|map|json|png|jpe?g|gif|svg|webp|avif|ico|bmp|woff2?|ttf|otf|eot|webmanifest)$"
    r"|^/(?:robots|ads|humans|security)\.txt$|^/favicon|^/apple-touch-icon|/sitemap[^/]*\.xml$"
    r"|^/cdn-cgi/|^/\.well-known/",
    re.IGNORECASE,
)
_REQUEST: Final = re.compile(r"([A-Z]{3,16}) (\S+)(?: HTTP/[\d.]+)?")
_UTM: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request line, read."""

    event: str
    """The page's path with ids folded, or that of an asset or a :data:`BAD_REQUEST`."""
    page: str | None
    method: str | None
    utm: tuple[str | None, ...]
    """Source, medium, campaign, content, term."""

    @property
    def is_asset(self) -> bool:
        """Return whether a page loads this by itself."""
        return self.event == ASSET


def read_request(text: str) -> Request:
    """Return what a request line asks for; its query is dropped, save for UTM parameters.

    Examples
    --------
    >>> read_request("GET /item/8812?utm_source=news HTTP/1.1").event
    '/item/*'
    """
    found = _REQUEST.fullmatch(text)
    if found is None:
        return Request(event=BAD_REQUEST, page=None, method=None, utm=(None,) * len(_UTM))
    method, target = found.groups()
    page = page_path(target)
    event = ASSET if _ASSETS.search(page) else normal_path(target)
    return Request(event=event, page=page, method=method, utm=_utm(target))


def _utm(target: str) -> tuple[str | None, ...]:
    if "utm_" not in target:
        return (None,) * len(_UTM)
    query = parse_qs(target.partition("?")[2].partition("#")[0], errors="replace")
    return tuple(query[key][0] if query.get(key) else None for key in _UTM)
