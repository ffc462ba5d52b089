"""Puts map, renderer and font together into one file."""

from __future__ import annotations

from base64 import b64encode
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from sojourn.adapters.html.bundle import text
from sojourn.adapters.html.escape import in_text, inline_code, json_block
from sojourn.adapters.html.font import characters, subset
from sojourn.base.errors import UnknownNameError
from sojourn.insight.answer import to_json

if TYPE_CHECKING:
    from sojourn.maps.document import JourneyMap, Label

_NOTICE = (
    "Made with Sojourn (Apache-2.0). Holds Preact (MIT, (c) Jason Miller) and a subset of "
    "Pretendard (SIL Open Font License 1.1, (c) 2021 Kil Hyung-jin, with Reserved Font Name "
    "Pretendard). "
    "Aggregates only: no person ids, nothing is loaded from anywhere."
)
_NO_SCRIPT = {
    "en": "This map is drawn by a script inside the file. Please allow scripts for it.",
    "ko": "이 지도는 파일 안의 스크립트가 그려요. 이 파일의 스크립트를 허용해 주세요.",
}
_FONT_FACE = (
    '@font-face{{font-family:"Pretendard";font-weight:45 920;font-style:normal;'
    'src:url(data:font/woff2;base64,{data}) format("woff2")}}'
)


class MapTheme(StrEnum):
    """Colours the file opens in."""

    LIGHT = "light"
    DARK = "dark"


class MapMode(StrEnum):
    """What the file shows first."""

    PAGE = "page"
    """To read and explore."""
    PRINT = "print"
    """Sheets of paper."""
    PICTURE = "picture"
    """The whole map at once, nothing scrolls."""


class MapPaper(StrEnum):
    """What the map is printed on, always landscape."""

    A3 = "a3"
    A4 = "a4"
    """Split by stage."""
    A0 = "a0"
    """Type twice as large."""


def render_html(
    journey_map: JourneyMap,
    *,
    lang: str = "en",
    theme: str = "light",
    mode: str = "page",
    width: int = 1728,
    paper: str = "a3",
) -> str:
    """Return the map as one HTML document that works without server or network.

    Parameters
    ----------
    journey_map : JourneyMap
        What is drawn; both languages of its labels are embedded.
    lang : str
        ``en`` or ``ko``: the language the file opens in.
    theme : str
        ``light`` or ``dark``.
    mode : str
        ``page``, or ``print`` and ``picture`` for exports.
    width : int
        Width of a picture in pixels.
    paper : str
        What it is printed on: ``a3``, ``a4`` (split by stage) or ``a0`` (type twice as large).

    Raises
    ------
    RendererMissingError
        If the package was installed without its web parts.
    UnknownNameError
        If language, theme, mode or paper is none of those.
    """
    _check("language", lang, ("en", "ko"))
    _check("theme", theme, tuple(MapTheme))
    _check("mode", mode, tuple(MapMode))
    _check("paper", paper, tuple(MapPaper))
    document = json_block(to_json(journey_map))
    options = json_block(
        {"lang": lang, "theme": theme, "mode": mode, "width": width, "paper": paper}
    )
    script, style = inline_code(text("map.js")), inline_code(text("map.css"))
    notice = _NO_SCRIPT[lang]
    font = subset(characters((document, script, style, notice)))
    face = _FONT_FACE.format(data=b64encode(font).decode("ascii"))
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="{lang}" data-theme="{theme}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(script)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{in_text(_title(journey_map.title, lang))}</title>",
            f"<!-- {_NOTICE} -->",
            f'<style id="sojourn-font">{face}</style><style>{style}</style>',
            "</head>",
            "<body>",
            f'<div id="sojourn-root"><noscript>{in_text(notice)}</noscript></div>',
            f'<script type="application/json" id="sojourn-map">{document}</script>',
            f'<script type="application/json" id="sojourn-options">{options}</script>',
            f"<script>{script}</script>",
            "</body>",
            "</html>",
            "",
        )
    )


def _check(kind: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise UnknownNameError(kind, given, known)


def _title(title: Label, lang: str) -> str:
    return title.ko if lang == "ko" and title.ko else title.en


def _policy(script: str) -> str:
    digest = b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii")
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'sha256-{digest}'",
            "style-src 'unsafe-inline'",
            "font-src data:",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
