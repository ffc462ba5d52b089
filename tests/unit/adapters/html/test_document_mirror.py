"""The renderer's contract and the document are one: held together here."""

from __future__ import annotations

import json

from document_types import MIRROR, mirror
from mealkit import FIXTURE, as_json, mealkit

from sojourn.maps.document import FlowKind, LaneKind, Provenance

REGENERATE = "run python tests/unit/adapters/html/"


def test_the_typescript_mirror_is_current() -> None:
    assert MIRROR.read_text(encoding="utf-8") == mirror(), REGENERATE + "document_types.py"


def test_the_renderers_fixture_is_the_documents_json() -> None:
    assert FIXTURE.read_text(encoding="utf-8") == as_json(), REGENERATE + "mealkit.py"


def test_the_fixture_shows_every_kind_of_thing() -> None:
    shop = mealkit()
    assert {cell.provenance for cell in shop.cells} == set(Provenance)
    assert {flow.kind for flow in shop.flows} == set(FlowKind) - {FlowKind.RETURNED}
    assert {lane.kind for lane in shop.lanes} == set(LaneKind) - {LaneKind.NEEDS, LaneKind.TEXT}
    assert any(cell.span > 1 for cell in shop.cells)
    text = json.loads(as_json())
    assert text["stages"][3]["conversion"] == {"not_estimable": "not mature"}


def test_the_fixture_conserves_people() -> None:
    shop = mealkit()
    for stage in shop.stages:
        entered = sum(flow.moves for flow in shop.flows if flow.target == stage.key)
        left = sum(flow.moves for flow in shop.flows if flow.source == stage.key)
        assert (entered, left) == (stage.entered, stage.left)
        assert stage.at_start + entered == left + stage.at_end
