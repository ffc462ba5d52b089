"""Workbooks written here by hand: a ZIP of the few parts that the format asks for."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest

from readouts import read
from sojourn.adapters.readers.errors import (
    EmptyInputError,
    TruncatedInputError,
    UnpackedTooLargeError,
)

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TIME_STYLE = 1


def cell(value) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        days = (value - datetime.fromisoformat("1899-12-30")).total_seconds() / 86400
        return f'<c s="{TIME_STYLE}"><v>{days!r}</v></c>'
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value!r}</v></c>"


def workbook(*sheets) -> bytes:
    names = "".join(
        f'<sheet name="s{i}" sheetId="{i}" r:id="r{i}"/>' for i in range(1, len(sheets) + 1)
    )
    links = "".join(
        f'<Relationship Id="r{i}" Type="{REL}/worksheet" Target="worksheets/s{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="r0" Type="{REL}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    for i, rows in enumerate(sheets, 1):
        body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
        parts[f"xl/worksheets/s{i}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'
        )
    done = io.BytesIO()
    with zipfile.ZipFile(done, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return done.getvalue()


HEADER = ("고객번호", "이벤트", "일시", "금액", "확인")
ROWS = (
    ("007", "구매", datetime.fromisoformat("2025-01-02 03:04:05"), 12.5, True),
    (8, "구매", 45659.5, "₩1,000", None),
    (None, None, None, None, None),
    ("", "구매", datetime.fromisoformat("2025-01-02"), 1, False),
)


def test_the_first_sheet_that_holds_anything() -> None:
    found = read(workbook((), (("Report of January",), (), HEADER, *ROWS)))
    assert found.reader.format == "spreadsheet, sheet 's2'"
    assert found.column("user_id") == ["007", "8"]
    assert found.column("time") == [
        datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
        datetime(2025, 1, 2, 12, tzinfo=UTC),
    ]
    assert [e["properties"] for e in found.events] == [
        '{"value":12.5,"확인":true}',
        '{"value":1000}',
    ]
    assert found.faults == [(7, "no-person")]


def test_rejected_rows_become_csv(tmp_path) -> None:
    found = read(workbook((HEADER, *ROWS)))
    path = tmp_path / "rejected.csv"
    found.reader.write_rejected(tuple(found.rejected), str(path))
    again = read(path.read_text("utf-8-sig").replace(",,구매", ",9,구매"))
    assert again.column("user_id") == ["9"]


def test_names_can_be_given() -> None:
    found = read(workbook(ROWS), columns=HEADER)
    assert found.column("user_id") == ["007", "8"]


def test_empty_broken_and_swollen() -> None:
    with pytest.raises(EmptyInputError):
        read(workbook(()))
    with pytest.raises(EmptyInputError):
        read(workbook((HEADER,)))
    raw = workbook((HEADER, *ROWS))
    with pytest.raises(TruncatedInputError, match="spreadsheet"):
        read(raw[: len(raw) - 200])
    with pytest.raises(UnpackedTooLargeError):
        read(workbook((HEADER, *[ROWS[0]] * 800_000)), max_unpacked_ratio=5)
