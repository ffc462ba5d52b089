"""Drafted maps: conserved, reconciled, open questions where data are silent; formats."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pytest

from asking import Notebook
from sojourn.app.mapping import MapRequest, draft_map
from sojourn.base.estimate import Estimate, NotEstimable
from sojourn.base.predicate import Compare, Operator
from sojourn.base.timespan import DAY_US, HOUR_US
from sojourn.base.yamltree import DocumentError
from sojourn.index.memory import Calendar, memory_index
from sojourn.insight.question import Scope
from sojourn.maps.document import Filters, LaneKind, Provenance, Stake
from sojourn.maps.draft.stake import Place, difference, stake_of
from sojourn.maps.errors import PlanError
from sojourn.maps.formats.document import read_map, write_json, write_yaml
from sojourn.maps.formats.mermaid import write_mermaid
from sojourn.maps.formats.table import HEADER, write_csv
from sojourn.maps.whose import filter_notes, filters_of, persona_question
from sojourn.stages.document import read_model
from sojourn.stages.errors import NoStagesError


def shop(timed=True):
    rows = []
    for person in range(1200):
        at = person * 3 * HOUR_US
        device = "mobile" if person % 2 else "desktop"
        steps = ["home", "product_view", "add_to_cart", "purchase"]
        reach = 1 + (person // 2) % (4 if device == "desktop" else 7) % 4
        for k, name in enumerate(steps[:reach]):
            extra = {"device": device, "channel": "search"}
            if name == "purchase":
                extra["value"] = 20.0
            rows.append((f"p{person}", at + k * HOUR_US if timed else None, name, extra))
    return rows


@pytest.fixture(scope="module")
def drawn():
    index = memory_index(shop(), calendar=Calendar(currency="USD"))
    return draft_map(Notebook(index), MapRequest(title="=Shop", sources=("shop.csv",))).map


def test_people_are_conserved_and_flows_are_the_moves(drawn) -> None:
    for stage in drawn.stages:
        assert stage.at_start + stage.entered == stage.left + stage.at_end
        into = sum(flow.moves for flow in drawn.flows if flow.target == stage.key)
        out = sum(flow.moves for flow in drawn.flows if flow.source == stage.key)
        assert (into, out) == (stage.entered, stage.left)
    assert drawn.data.people == 1200
    assert drawn.data.events == len(shop())


QUIET_AFTER_A_WEEK = """sojourn: stages/1
stages:
- key: look
  enter:
  - events: [look]
  lapse:
    quiet: 7d
"""


def test_who_came_back_to_a_stage_is_one_of_its_people() -> None:
    rows = [(f"p{n}", day * DAY_US, "look") for n in range(5) for day in (0, 30)[: 1 + n % 2]]
    rows.append(("z", 60 * DAY_US, "look"))
    model = read_model(QUIET_AFTER_A_WEEK)
    back = draft_map(Notebook(memory_index(rows)), MapRequest(model=model)).map
    stage = back.stages[0]
    assert (stage.people, stage.at_start + stage.entered, back.data.people) == (6, 8, 6)
    lines = list(csv.DictReader(io.StringIO(write_csv(back))))
    counts = {row["figure"]: (row["value"], row["unit"]) for row in lines if row["stage"] == "look"}
    assert counts["people"] == ("6", "people")
    assert counts["entered"] == ("8", "moves")
    assert read_map(write_yaml(back)) == back


DESKTOP = Compare(field="device", operator=Operator.EQ, values=("desktop",))
NOT_HOME = Compare(field="event", operator=Operator.NE, values=("home",))


def test_a_filtered_map_says_so_and_counts_what_it_draws() -> None:
    index = memory_index(shop(), calendar=Calendar(currency="USD"))
    scope = Scope(people=DESKTOP, events=NOT_HOME)
    filtered = draft_map(Notebook(index), MapRequest(title="Shop", scope=scope)).map
    rows = [row for row in shop() if row[2] != "home" and row[3]["device"] == "desktop"]
    assert filtered.data.events == len(rows)
    assert filtered.data.people == len({row[0] for row in rows})
    assert filtered.filters == Filters(people="device = desktop", events="event != home")
    asked = filtered.open_questions[1].question
    notes = filtered.data.notes
    for said in ("device = desktop", "event != home"):
        assert said in asked.en
        assert said in asked.ko
        assert any(said in note.en and said in note.ko for note in notes)
        assert said in write_csv(filtered)
        assert said in write_mermaid(filtered)
    assert "everybody" not in asked.en
    assert "모든 고객" not in asked.ko
    assert read_map(write_yaml(filtered)) == filtered
    assert read_map(write_json(filtered)) == filtered


@pytest.mark.parametrize(
    ("scope", "said", "left_out"),
    [
        (Scope(people=DESKTOP), "device = desktop", "event"),
        (Scope(events=NOT_HOME), "event != home", "device"),
    ],
)
def test_only_the_condition_in_force_is_asked_about(scope, said, left_out) -> None:
    filters = filters_of(scope)
    asked = persona_question(filters)
    assert said in asked.en
    assert said in asked.ko
    assert left_out not in asked.en
    assert len(filter_notes(filters)) == 1


def test_a_map_without_conditions_draws_everybody(drawn) -> None:
    assert drawn.filters is None
    assert "everybody" in drawn.open_questions[1].question.en
    assert "filters" not in write_yaml(drawn)


def test_steps_stand_in_order_with_those_who_reached_them(drawn) -> None:
    reached = {step.events[0]: step.reached for step in drawn.steps}
    rows = shop()
    for name in ("home", "product_view", "add_to_cart", "purchase"):
        assert reached[name] == len({row[0] for row in rows if row[2] == name})
    order = [stage.key for stage in drawn.stages]
    places = [order.index(step.stage) for step in drawn.steps]
    assert places == sorted(places)


def test_every_unknown_cell_asks_in_both_languages(drawn) -> None:
    unknown = [cell for cell in drawn.cells if cell.provenance is Provenance.UNKNOWN]
    assert unknown
    for cell in unknown:
        assert cell.question is not None
        assert cell.question.en
        assert re.search(r"[가-힣]", cell.question.ko)
    lanes = {cell.lane for cell in unknown}
    assert {LaneKind.FEELINGS, LaneKind.THOUGHTS, LaneKind.NEEDS} <= lanes
    assert len(drawn.cells) == len(drawn.steps) * len(drawn.lanes)


def test_stakes_are_ranges_with_their_assumptions(drawn) -> None:
    stakes = [step.stake for step in drawn.steps if isinstance(step.stake, Stake)]
    assert any(stake.unit == "money" and stake.currency == "USD" for stake in stakes)
    for stake in stakes:
        assert 0 <= stake.low <= stake.high
        assert len(stake.assumptions) >= 3
    assert isinstance(drawn.steps[-1].stake, NotEstimable)


def test_yaml_and_json_come_back_as_they_were(drawn) -> None:
    assert read_map(write_yaml(drawn)) == drawn
    assert read_map(write_json(drawn)) == drawn
    assert write_yaml(read_map(write_yaml(drawn))) == write_yaml(drawn)
    assert json.loads(write_json(drawn))["format"] == "sojourn-map/1"


def test_a_wrong_map_names_the_place(drawn) -> None:
    text = write_yaml(drawn).replace("kind: as-is", "kind: as-was", 1)
    with pytest.raises(DocumentError, match=r"line \d+ \(kind\)"):
        read_map(text, "map.yaml")
    with pytest.raises(DocumentError, match="format"):
        read_map("id: x")


def test_csv_is_one_table_and_runs_nowhere(drawn) -> None:
    rows = list(csv.reader(io.StringIO(write_csv(drawn, "ko"))))
    assert tuple(rows[0]) == HEADER
    words = [
        cell for row in rows for name, cell in zip(HEADER, row, strict=True) if name == "words"
    ]
    assert not [cell for cell in words if cell.startswith(("=", "+", "-", "@", "\t"))]
    entered = {row[1]: row[6] for row in rows if row[0] == "stage" and row[4] == "entered"}
    assert entered == {stage.key: str(stage.entered) for stage in drawn.stages}


def test_mermaid_follows_its_grammar(drawn) -> None:
    """Lexer rules of mermaid's journey diagram: no # or ; anywhere, : only as the separator."""
    lines = write_mermaid(drawn, "en").splitlines()
    assert lines[0] == "journey"
    assert re.fullmatch(r"  title [^#\n;]+", lines[1])
    for line in lines[4:]:
        assert re.fullmatch(r"  section [^#:\n;]+|    [^#:\n;]+: [1-5]: [^#:\n;]+", line)


def test_lived_journeys_are_held_against_a_plan(drawn) -> None:
    index = memory_index(shop())
    found = draft_map(Notebook(index), MapRequest(plan=drawn)).map
    cells = [cell for cell in found.cells if cell.lane == LaneKind.CONFORMANCE and cell.shares]
    assert len(cells) == len(drawn.steps)
    for cell in cells:
        counts = {item.label: item.count for item in cell.shares}
        assert counts["on_plan"] == sum(counts.values())
    other = memory_index([("p", 0, "x"), ("p", DAY_US, "y")])
    with pytest.raises((PlanError, NoStagesError)):
        draft_map(Notebook(other), MapRequest(plan=drawn))


def test_without_times_order_still_makes_a_map() -> None:
    index = memory_index(shop(timed=False))
    found = draft_map(Notebook(index), MapRequest()).map
    assert found.data.as_of == ""
    assert all(isinstance(stage.sojourn, NotEstimable) for stage in found.stages)
    assert any(isinstance(stage.conversion, Estimate) for stage in found.stages)
    assert not [flow for flow in found.flows if flow.target is None]


def test_buckets_draw_the_same_map() -> None:
    maps = [
        draft_map(Notebook(memory_index(shop(), buckets=buckets), 2), MapRequest()).map
        for buckets in (1, 4)
    ]
    assert maps[0] == maps[1]


def test_a_model_that_fits_nothing_says_so() -> None:
    model = read_model("sojourn: stages/1\nstages:\n- key: a\n  enter:\n  - events: [nope]\n")
    index = memory_index([("p", 0, "x"), ("q", 1, "x")])
    with pytest.raises(NoStagesError, match="x"):
        draft_map(Notebook(index), MapRequest(model=model))


def test_newcombe_difference() -> None:
    """Newcombe (1998), table II, 56/70 against 48/80, method 10."""
    gap = difference((56, 70), (48, 80))
    assert (gap.value, gap.low, gap.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_where_nobody_goes_on_nothing_can_be_held_against() -> None:
    weeks = np.full((8, 2), (50, 0), np.int64)
    nobody = Place(n=400, went=0, weekly=weeks, groups=(), money=(0, 0))
    assert stake_of(nobody, "KRW", 56.0) == NotEstimable("nobody went on within the window")
    weeks[:4, 1] = 10
    some = Place(n=400, went=40, weekly=weeks, groups=(), money=(0, 0))
    found = stake_of(some, "KRW", 56.0)
    assert isinstance(found, Stake)
    assert found.high > 0
