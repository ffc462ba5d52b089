from __future__ import annotations

from datetime import UTC, datetime

import pytest

from readouts import read
from sojourn.adapters.readers.errors import (
    BrokenInputError,
    EmptyInputError,
    TruncatedInputError,
    UnknownFormatError,
)
from sojourn.base.errors import UnknownNameError

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
LOG = (
    '<log xes.version="1.0">\n'
    '<extension name="Concept" prefix="concept" uri="x"/>\n'
    '<global scope="event"><string key="concept:name" value="__INVALID__"/></global>\n'
    "<trace>\n"
    '<string key="concept:name" value="007"/><int key="amount" value="5000"/>\n'
    '<event><string key="concept:name" value="가입"/>'
    '<date key="time:timestamp" value="2025-01-02T03:04:05.678+09:00"/>'
    '<string key="lifecycle:transition" value="complete"/>'
    '<float key="cost" value="1.50"/><boolean key="ok" value="true"/>'
    '<string key="nested" value="a"><int key="inner" value="1"/></string></event>\n'
    '<event><string key="concept:name" value="pay &amp; go"/>'
    '<date key="time:timestamp" value="2025-01-02T03:05:00Z"/><int key="n" value="x"/></event>\n'
    "</trace>\n"
    "<trace>\n"
    '<event><date key="time:timestamp" value="2025-01-02T03:05:00Z"/></event>\n'
    '<event><string key="concept:name" value="x"/></event>\n'
    "</trace>\n"
    "</log>\n"
)


def test_a_log() -> None:
    found = read(HEAD + LOG)
    assert found.reader.format == "XES"
    assert found.column("user_id") == ["007", "007"]
    assert found.column("event") == ["가입", "pay & go"]
    assert found.events[0]["time"] == datetime(2025, 1, 1, 18, 4, 5, 678_000, tzinfo=UTC)
    assert found.properties == [
        {
            "case:amount": 5000,
            "cost": 1.5,
            "lifecycle:transition": "complete",
            "nested": "a",
            "nested.inner": 1,
            "ok": True,
        },
        {"case:amount": 5000, "n": "x"},
    ]
    assert found.faults == [(11, "no-person"), (12, "no-person")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "euc-kr", "iso-8859-1"])
def test_the_declared_encoding_counts(encoding) -> None:
    declared = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16"}.get(encoding, encoding)
    text = HEAD.replace("UTF-8", declared) + LOG
    if encoding == "iso-8859-1":
        text = text.replace("가입", "né")
    found = read(text.encode(encoding))
    assert found.column("event")[0] == ("né" if encoding == "iso-8859-1" else "가입")


def test_a_namespace_and_attributes_after_the_events() -> None:
    text = LOG.replace("<log ", '<log xmlns="http://www.xes-standard.org/" ')
    assert len(read(text).events) == 2
    late = (
        '<x:log xmlns:x="u"><x:trace><x:event><x:string key="concept:name" value="a"/>'
        '<x:date key="time:timestamp" value="2025-01-02"/></x:event>'
        '<x:string key="concept:name" value="p"/></x:trace></x:log>'
    )
    assert read(late, format="xes").column("user_id") == ["p"]


def test_other_attributes_can_be_the_event() -> None:
    found = read(LOG, roles={"event": "lifecycle:transition", "value": "cost"})
    assert found.column("event") == ["complete"]
    assert found.properties[0]["value"] == 1.5
    assert found.properties[0]["concept:name"] == "가입"
    with pytest.raises(UnknownNameError, match="Did you mean 'lifecycle:transition'"):
        read(LOG, roles={"event": "lifecycle"})


def test_rejected_events_can_be_mended(tmp_path) -> None:
    found = read(LOG)
    path = tmp_path / "rejected.jsonl"
    found.reader.write_rejected(tuple(found.rejected), str(path))
    text = path.read_text("utf-8").replace(
        '"time:timestamp"', '"case:concept:name": "9", "concept:name": "y", "time:timestamp"'
    )
    again = read(text)
    assert again.column("user_id") == ["9"]
    assert again.column("event") == ["y"]


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE log SYSTEM "file:///etc/passwd">',
    ],
)
def test_document_types_are_refused(declared) -> None:
    with pytest.raises(BrokenInputError, match="refused"):
        read(HEAD + declared + LOG)


def test_broken_truncated_empty_and_other_xml() -> None:
    with pytest.raises(BrokenInputError, match="line 3"):
        read(LOG.replace("<global", "<glo<bal"))
    with pytest.raises(TruncatedInputError, match="ends before"):
        read(LOG[:600])
    with pytest.raises(EmptyInputError):
        read("<log></log>", format="xes")
    with pytest.raises(UnknownFormatError, match="<html>"):
        read("<?xml version='1.0'?><html></html>")
