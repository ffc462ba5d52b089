"""The embedded font holds the glyphs the file shows, and those only."""

from __future__ import annotations

from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from sojourn.adapters.html.font import PRINTABLE_ASCII, characters, subset

WORDS = "여정 지도 58,210명 ₩32M–104M −1.2 “결제”"


@pytest.fixture(scope="module")
def font() -> TTFont:
    return TTFont(BytesIO(subset(characters([WORDS]))))


def test_every_character_shown_has_a_glyph(font: TTFont) -> None:
    cmap = font.getBestCmap()
    assert {c for c in characters([WORDS]) if ord(c) not in cmap} == set()
    assert all(cmap[ord(c)] != ".notdef" for c in WORDS)


def test_nothing_else_is_carried_along(font: TTFont) -> None:
    assert {chr(code) for code in font.getBestCmap()} <= characters([WORDS])
    assert len(subset(characters([WORDS]))) < 60_000


def test_all_weights_are_there(font: TTFont) -> None:
    axis = font["fvar"].axes[0]
    assert axis.axisTag == "wght"
    assert axis.minValue <= 400
    assert axis.maxValue >= 650


def test_figures_of_equal_width_are_kept(font: TTFont) -> None:
    features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    assert "tnum" in features


def test_the_copyright_line_stays(font: TTFont) -> None:
    names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert "Pretendard" in names[0] or "Kil" in names[0]
    assert "OFL" in names[13] or "Open Font License" in names[13]


def test_the_subset_is_repeatable() -> None:
    assert subset(characters([WORDS])) == subset(characters([WORDS]))


def test_control_characters_need_no_glyph() -> None:
    assert characters(["a\n\tb\x00"]) == PRINTABLE_ASCII | {"\u00a0"}


def test_a_character_no_font_has_is_left_out() -> None:
    found = TTFont(BytesIO(subset(characters(["가\U0001f9ea"])))).getBestCmap()
    assert ord("가") in found
    assert 0x1F9EA not in found
