"""Text from data, made safe for the place in HTML where it goes."""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue

_IN_SCRIPT = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
_PATTERN = re.compile("[<>&\u2028\u2029]")
_CLOSING = re.compile(r"<(?=/(?:script|style))|<(?=!--)", re.IGNORECASE)


def in_text(value: str) -> str:
    """Return text for between tags or inside a quoted attribute."""
    return escape(value, quote=True)


def json_block(value: JsonValue) -> str:
    r"""Return JSON that can stand inside ``<script type="application/json">``.

    No character of it can end the element or begin a comment; parsing gives the value back.

    Examples
    --------
    >>> json_block({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    plain = plain.encode("utf-8", "replace").decode("utf-8")
    return _PATTERN.sub(lambda match: _IN_SCRIPT[match.group()], plain)


def inline_code(source: str) -> str:
    """Return built script or style text that cannot end its own element."""
    return _CLOSING.sub(lambda _: "\\x3C", source)
