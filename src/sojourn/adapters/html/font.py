"""A Pretendard subset with exactly the glyphs a file shows.

Pretendard is under the SIL Open Font License 1.1; the licence text lies beside the font and
its copyright line stays in the subset's name table.
"""

from __future__ import annotations

from importlib.resources import as_file
from io import BytesIO
from typing import TYPE_CHECKING

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from sojourn.adapters.html.bundle import FONT, part

if TYPE_CHECKING:
    from collections.abc import Iterable

PRINTABLE_ASCII = frozenset(map(chr, range(0x20, 0x7F)))
_NO_BREAK_SPACE = "\u00a0"
_FEATURES = ("kern", "tnum", "ccmp", "mark", "mkmk")
_COPYRIGHT, _LICENCE, _LICENCE_URL = 0, 13, 14


def characters(texts: Iterable[str]) -> frozenset[str]:
    """Return every character the texts can show, printable ASCII and the no-break space too."""
    found = {*PRINTABLE_ASCII, _NO_BREAK_SPACE}
    for text in texts:
        found.update(text)
    return frozenset(character for character in found if character >= " ")


def subset(shown: frozenset[str]) -> bytes:
    """Return a WOFF2 font with the glyphs of ``shown``, all weights.

    Characters the font does not have are left to the reader's own fonts.

    Parameters
    ----------
    shown : frozenset of str
        Single characters.
    """
    options = Options()
    options.layout_features = list(_FEATURES)
    options.hinting = False
    options.name_IDs = [_COPYRIGHT, 1, 2, _LICENCE, _LICENCE_URL]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(shown)))
    with as_file(part(FONT)) as path, TTFont(path, lazy=True, recalcTimestamp=False) as font:
        subsetter.subset(font)
        font.flavor = "woff2"
        out = BytesIO()
        font.save(out)
    return out.getvalue()
