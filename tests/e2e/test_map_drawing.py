"""What is drawn: people conserved in the shapes, no empty boxes, pictures and paper."""

from __future__ import annotations

import io
import re
import subprocess
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from sojourn.adapters.browser import export_map
from sojourn.adapters.html import render_html
from sojourn.base.errors import UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path

COVERED = """
() => {
  const svg = document.querySelector('.sj-ribbon-cell svg');
  const tall = (id, x) => {
    const path = svg.querySelector(`[data-mark="${id}"] path`);
    if (!path) return 0;
    let inside = 0;
    for (let y = 0; y < 200; y += 0.1) {
      const point = svg.createSVGPoint(); point.x = x; point.y = y;
      if (path.isPointInFill(point)) inside += 0.1;
    }
    return inside;
  };
  return [...svg.querySelectorAll('.sj-node-fill')].map((node, i) => {
    const x = Number(node.getAttribute('x'));
    const arcs = [...svg.querySelectorAll('.sj-arc')].filter((a) => {
      const path = a.querySelector('path').getAttribute('d');
      return Math.abs(Number(/M([\\d.]+)/.exec(path)[1]) - x - 3) < 12;
    }).map((a) => Number(a.dataset.moves));
    return {
      height: Number(node.getAttribute('height')), arcs,
      out: ['forward', 'still', 'left'].map((kind) => tall(`${kind}:${i}`, x + 6.4)),
    };
  });
}
"""


def test_what_leaves_a_node_is_as_high_as_the_node(open_map, shop) -> None:
    page = open_map(width=1728).page
    totals = [stage.at_start + stage.entered for stage in shop.stages]
    scale = 110 / max(totals)
    for node, total in zip(page.evaluate(COVERED), totals, strict=True):
        assert node["height"] == pytest.approx(total * scale, abs=0.5)
        drawn = sum(node["out"]) + sum(node["arcs"]) * scale
        assert drawn == pytest.approx(node["height"], abs=2.0)


def test_marks_are_to_scale_in_pixels(open_map) -> None:
    page = open_map(width=1728).page
    node = page.evaluate(COVERED)[0]
    forward, still, left = node["out"]
    assert left / forward == pytest.approx(34_006 / 17_842, rel=0.04)
    assert still / forward == pytest.approx(9_122 / 17_842, rel=0.04)


def test_the_colour_of_losses_covers_as_many_pixels_as_people_left(open_map) -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow reads the picture")
    page = open_map(width=1728).page
    base = page.locator("[data-mark='left:0'] .sj-left-base").bounding_box()
    shot = image.open(io.BytesIO(page.screenshot())).convert("RGB")
    y = round(base["y"])
    row = [
        shot.getpixel((x, y))
        for x in range(round(base["x"]) - 20, round(base["x"] + base["width"]) + 20)
    ]
    red = sum(1 for pixel in row if pixel[0] > 150 and pixel[1] < 100)
    assert red == pytest.approx(34_006 * 110 / 61_610, abs=3)


FONTS = "CSS.getPlatformFontsForNode"


def fonts_used(page) -> set[tuple[str, bool]]:
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": -1})["root"]
    found: set[tuple[str, bool]] = set()

    def walk(node) -> None:
        if node["nodeName"] in ("SCRIPT", "STYLE", "HEAD", "NOSCRIPT"):
            return
        if node["nodeType"] == 1 and any(c["nodeType"] == 3 for c in node.get("children", [])):
            fonts = session.send(FONTS, {"nodeId": node["nodeId"]})["fonts"]
            found.update((font["familyName"], font["isCustomFont"]) for font in fonts)
        for child in node.get("children", []):
            walk(child)

    walk(root)
    return found


@pytest.mark.parametrize("view", ["map", "table"])
def test_korean_needs_no_font_of_the_system(launch, shop, tmp_path: Path, view: str) -> None:
    (tmp_path / "none").mkdir()
    config = tmp_path / "fonts.conf"
    config.write_text(
        f"<fontconfig><dir>{tmp_path}/none</dir><cachedir>{tmp_path}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    file = tmp_path / "map.html"
    file.write_text(render_html(shop, lang="ko"), encoding="utf-8")
    bare = launch({"FONTCONFIG_FILE": str(config)})
    page = bare.new_page(viewport={"width": 1728, "height": 1200})
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    if view == "table":
        page.keyboard.press("t")
    else:
        page.locator("[data-row='3'][data-col='5']").click()
    empty = page.evaluate(BOXES)
    used = fonts_used(page)
    bare.close()
    assert used
    assert {name for name, custom in used if not custom} == set()
    assert all("Pretendard" in name for name, _ in used)
    assert empty == []


# The picture of each character beside the picture of a character no font has.
BOXES = """
async () => {
  await document.fonts.ready;
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 40;
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  pen.font = '24px Pretendard';
  const picture = (c) => { pen.clearRect(0, 0, 40, 40); pen.fillText(c, 4, 30); return pen.getImageData(0, 0, 40, 40).data.join(); };
  const missing = picture('\\u{10fffd}');
  const blank = picture(' ');
  return [...new Set(document.body.innerText)].filter((c) => c.trim() && c > ' ')
    .filter((c) => { const p = picture(c); return p === missing || p === blank; });
}
"""


@pytest.mark.usefixtures("program")
def test_the_svg_is_real_text_and_shapes(shop) -> None:
    svg = export_map(shop, "svg", lang="ko").decode()
    root = ET.fromstring(svg)
    names = {element.tag.split("}")[1] for element in root.iter()}
    assert {"text", "path", "rect"} <= names
    assert not names & {"foreignObject", "image", "script"}
    assert "var(--" not in svg
    said = "".join(root.itertext())
    for part in (*shop.stages, *shop.steps, *shop.lanes):
        assert part.title.ko in said
    assert "17,842" in said
    assert "data:font/woff2" in svg
    assert len(svg) < 2_000_000


@pytest.mark.usefixtures("program")
def test_the_svg_stands_where_the_page_stands(open_map, shop) -> None:
    svg = export_map(shop, "svg").decode()
    page = open_map(mode="picture", width=1728).page
    title = page.locator("h1").bounding_box()
    found = re.search(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>Weeknight dinner subscription<', svg)
    assert found is not None
    assert float(found.group(1)) == pytest.approx(title["x"], abs=1)
    assert title["y"] < float(found.group(2)) < title["y"] + title["height"]


@pytest.mark.usefixtures("program")
def test_the_png_holds_the_whole_map(shop) -> None:
    data = export_map(shop, "png", theme="dark")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert width == 2 * 1728
    assert height > 2 * 1200


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.usefixtures("program")
def test_the_pdf_is_one_sheet_of_a3(shop) -> None:
    pdf = export_map(shop, "pdf")
    assert pdf[:5] == b"%PDF-"
    assert pages(pdf) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert box is not None
    assert (float(box.group(1)), float(box.group(2))) == pytest.approx((1191, 842), abs=2)


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    ("paper", "size", "sheets"),
    [("a4", (842, 595), range(3, 7)), ("a0", (3370, 2384), range(1, 2))],
)
def test_the_pdf_fits_the_paper_asked_for(shop, paper, size, sheets) -> None:
    pdf = export_map(shop, "pdf", paper=paper)
    assert pages(pdf) in sheets
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert box is not None
    assert (float(box.group(1)), float(box.group(2))) == pytest.approx(size, abs=2)


def test_a4_repeats_the_labels_and_keeps_every_question(open_map, shop) -> None:
    page = open_map(mode="print", paper="a4").page
    sheets = page.locator(".sj-sheet")
    drawn = page.locator(".sj-sheet .sj-map").count()
    assert drawn == sheets.count() - 1
    assert page.locator(".sj-sheet .sj-steps .sj-label").count() == drawn
    text = page.inner_text("body")
    for cell in shop.cells:
        assert cell.question is None or cell.question.en in text
    for number in range(sheets.count()):
        sheet, inside = (
            sheets.nth(number).locator(where).bounding_box() for where in ("xpath=.", ".sj-paper")
        )
        assert inside["height"] <= sheet["height"] + 1
        assert inside["width"] <= sheet["width"] + 1


def test_type_on_a0_is_twice_as_large(open_map) -> None:
    page = open_map(mode="print", paper="a0").page
    zoom = page.locator(".sj-paper").evaluate("node => Number(getComputedStyle(node).zoom)")
    assert zoom == pytest.approx(2)


def test_printing_from_the_page_gives_sheets(open_map) -> None:
    page = open_map(theme="dark").page
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert pages(pdf) == 1
    assert page.locator(".sj-page").count() == 1


def test_paper_holds_what_is_not_known_and_no_buttons(open_map, shop) -> None:
    page = open_map(mode="print").page
    text = page.inner_text("body")
    assert "What we do not know (6)" in text
    for cell in shop.cells:
        if cell.question:
            assert cell.question.en in text
    assert page.locator("button").count() == 0
    assert page.get_attribute("html", "data-theme") == "light"


def test_an_unknown_picture_is_refused(shop) -> None:
    with pytest.raises(UnknownNameError, match="svg"):
        export_map(shop, "sgv")


@pytest.mark.usefixtures("program")
def test_the_pdf_can_be_read_by_others(shop, tmp_path: Path) -> None:
    try:
        subprocess.run(["pdftotext", "-v"], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("pdftotext (poppler) is not installed")
    paper = tmp_path / "map.pdf"
    paper.write_bytes(export_map(shop, "pdf", lang="ko"))
    done = subprocess.run(["pdftotext", str(paper), "-"], capture_output=True, check=True)
    assert "첫 박스 구성" in done.stdout.decode()
