"""Every question in Python gives what the command gives, with every option, and can be drawn."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import sojourn
from sojourn.api.result import SplitAxesError
from sojourn.app.stage_models import StageVersionError
from sojourn.base.errors import InputError
from sojourn.cli.main import cli
from sojourn.insight.funnel.written import FunnelTextError
from sojourn.insight.process.paths import AnchorError
from sojourn.insight.retention.values import RetentionCell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sojourn import Journeys, Result


def lines() -> str:
    """Sixty people over sixty days: all view, half put into the cart, a quarter pay, some again."""
    rows = ["user_id,timestamp,event,device,utm_source,value,utm_campaign"]
    for n in range(60):
        device, source = ("phone", "desk")[n % 2], ("google", "", "naver")[n % 3]
        for times in range(1 + n % 3):
            day = f"2025-{1 + (n + 20 * times) // 28:02d}-{1 + (n + 20 * times) % 28:02d}"
            rows.append(f"p{n:02d},{day}T10:00:00Z,view,{device},{source},,c{times}")
            if n % 2:
                rows.append(f"p{n:02d},{day}T10:0{n % 10}:30Z,cart,{device},,,")
            if n % 8 == 1:
                rows.append(f"p{n:02d},{day}T10:20:00Z,error,{device},,,")
            if n % 4 == 1:
                rows.append(f"p{n:02d},{day}T11:00:00Z,paid,{device},,{10 + n}.00,")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions")
    (folder / "log.csv").write_text(lines(), "utf-8")
    done = CliRunner().invoke(cli, ["import", str(folder / "log.csv"), "-w", str(folder / "ws")])
    assert done.exit_code == 0, done.output
    return folder / "ws"


@pytest.fixture(scope="module")
def shop(workspace: Path) -> Journeys:
    return sojourn.open(workspace)


def said(workspace: Path, *arguments: str) -> object:
    done = CliRunner().invoke(
        cli, [*arguments, "-w", str(workspace), "--json"], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


RANGE = ("--from", "2025-02-01", "--to", "2025-02-28")
SAME: dict[str, tuple[Callable[[Journeys], Result[object]], tuple[str, ...]]] = {
    "events": (lambda s: s.events(node="device", where="exists value"), ("events", "--node", "device", "--where", "exists value")),
    "properties": (lambda s: s.properties(people="device = desk"), ("events", "--properties", "--people", "device = desk")),
    "funnel": (
        lambda s: s.funnel("view", "cart as Basket", "paid", window="2h", order="ordered", entry="first", gaps=["1..2 <= 8m"], exclude=["error between 2 and 3"], drop_excluded=True, at="last", groups=3, trend="week", times=True, people_at=2, lost_at=3, limit=5, by="device"),
        ("funnel", "view", "cart as Basket", "paid", "--window", "2h", "--entry", "first", "--gap", "1..2 <= 8m", "--exclude", "error between 2 and 3", "--drop-excluded", "--at", "last", "--groups", "3", "--trend", "week", "--times", "--people-at", "2", "--lost-at", "3", "--limit", "5", "--by", "device"),
    ),
    "funnel of sessions": (
        lambda s: s.funnel("view", "cart", "paid", window=None, optional=[2], unit="session", session_gap="2h", ties="second", at=3),
        ("funnel", "view", "cart", "paid", "--window", "none", "--optional", "2", "--unit", "session", "--session-gap", "2h", "--ties", "second", "--at", "3"),
    ),
    "funnel held": (lambda s: s.funnel("view", "paid", order="strict", hold="device", start="2025-02-01", end=date(2025, 2, 28), compare=True), ("funnel", "view", "paid", "--order", "strict", "--hold", "device", "--compare", *RANGE)),
    "funnel as mixpanel": (lambda s: s.funnel("view", "paid", profile="mixpanel"), ("funnel", "view", "paid", "--profile", "mixpanel")),
    "profiles": (lambda s: s.explain_profiles(s.funnel("view", "paid"), own_windows=True), ("funnel", "view", "paid", "--explain-profiles")),
    "graph": (lambda s: s.graph(loops=True, collapse=True, keep=3), ("graph", "--loops", "--collapse", "--keep", "3")),
    "graph of sessions": (lambda s: s.graph(times=False, count_people=False, session=True, session_gap="1h", matching="view -> cart"), ("graph", "--no-times", "--no-people", "--session", "--session-gap", "1h", "--matching", "view -> cart")),
    "variants": (lambda s: s.variants(top=5, first=2, times=False, group=["Buy=pai*"], by="device"), ("variants", "--top", "5", "--first", "2", "--no-times", "--group", "Buy=pai*", "--by", "device")),
    "paths": (lambda s: s.paths("view", until="paid", which="every", depth=2, within="1d", min_share=0.1, top=3), ("paths", "--after", "view", "--until", "paid", "--which", "every", "--depth", "2", "--within", "1d", "--min-share", "10", "--top", "3")),
    "paths back": (lambda s: s.paths(before="end", times=False, within=None), ("paths", "--before", "end", "--no-times", "--within", "none")),
    "matches": (lambda s: s.matches("view -> any* -> paid", compare=True, start=datetime(2025, 2, 1), end="2025-02-28"), ("paths", "--pattern", "view -> any* -> paid", "--compare", *RANGE)),  # noqa: DTZ001 - local to the workspace
    "retention": (lambda s: s.retention("view", "paid", every="week", brackets=[(0, 0), (1, 3)], by="device"), ("retention", "--begin", "view", "--return", "paid", "--every", "week", "--brackets", "0,1-3", "--by", "device")),
    "retention rolling": (lambda s: s.retention("view", on_or_after=True, rolling=True, periods=4), ("retention", "--begin", "view", "--on-or-after", "--rolling", "--periods", "4")),
    "retention recurring": (lambda s: s.retention(recurring=True, every="month"), ("retention", "--recurring", "--every", "month")),
    "revenue": (lambda s: s.revenue_retention("value", "paid", every="week"), ("retention", "--money", "value", "--begin", "paid", "--every", "week")),
    "lifecycle": (lambda s: s.lifecycle("view", every="week", by="device"), ("lifecycle", "--active", "view", "--every", "week", "--by", "device")),
    "between": (lambda s: s.between("view", "paid", pairs="every"), ("between", "view", "paid", "--pairs", "every")),
    "sources": (lambda s: s.sources("paid", window="20d", latest=True, level="source", direct_overwrites=True, session_gap="1h", steps=2, channels="korea"), ("sources", "--goal", "paid", "--window", "20d", "--latest", "--level", "source", "--direct-overwrites", "--session-gap", "1h", "--steps", "2", "--channels", "korea")),
    "sources below": (lambda s: s.sources(channel="Organic Search", by="device"), ("sources", "--channel", "Organic Search", "--by", "device")),
    "sessions": (lambda s: s.sessions(session_gap="1h", at_midnight=True, on_campaign=True, every="month"), ("sessions", "--session-gap", "1h", "--at-midnight", "--on-campaign", "--every", "month")),
    "person": (lambda s: s.person("p05", limit=3, session_gap="1h", where="event = view"), ("person", "p05", "--limit", "3", "--session-gap", "1h", "--where", "event = view")),
    "stages": (lambda s: s.stages().measure(all_spells=True, by="device"), ("stages", "measure", "--all-spells", "--by", "device")),
    "stages on": (lambda s: s.stages().on("2025-02-10", by="device"), ("stages", "on", "2025-02-10", "--by", "device")),
    "stages of one": (lambda s: s.stages().person("p05"), ("stages", "person", "p05")),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_python_says_what_the_command_says(shop: Journeys, workspace: Path, name: str) -> None:
    asked, arguments = SAME[name]
    result = asked(shop)
    expected = said(workspace, *arguments)
    assert isinstance(expected, dict)
    assert expected["rows"]
    assert json.loads(json.dumps(result.to_json())) == expected
    assert result.table().num_rows == len(expected["rows"])
    shown = result._repr_html_()
    assert "Data up to 2025-04" in shown or "Data up to 2025-03" in shown
    labels = [{k: row[k] for k in ("group", "period") if k in row} for row in expected["rows"]]
    if name not in ("properties", "sessions"):  # a period of theirs is a column of its own
        assert [dict(each) for each in result.labels] == labels


@pytest.mark.parametrize("name", SAME)
def test_every_answer_can_be_drawn(shop: Journeys, name: str) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    result = SAME[name][0](shop)
    axes = result.plot()
    drawn = [
        len(each.patches) + len(each.lines) + len(each.collections) for each in axes.figure.axes
    ]
    assert drawn[0] > 0
    assert axes.get_title(loc="left")
    assert len(axes.figure.axes) >= min(8, len(result.parts()))
    axes.figure.canvas.draw()
    plt.close(axes.figure)


def test_revenue_needs_a_property_of_money(shop: Journeys) -> None:
    with pytest.raises(InputError, match="No property of money"):
        shop.revenue_retention("")


def test_retention_of_people_and_of_money_is_drawn_with_its_interval(shop: Journeys) -> None:
    pytest.importorskip("matplotlib").use("agg")
    for result in (shop.retention(), shop.revenue_retention("value")):
        axes = result.plot()
        assert "95 %" in axes.get_title(loc="left")
        row = result.rows[0]
        drawn = row.share if isinstance(row, RetentionCell) else row.per_person_minor
        scale = 100 if isinstance(row, RetentionCell) else 1
        ends = {float(y) for x, y in axes.collections[0].get_paths()[0].vertices if x == row.age}
        assert {drawn.low * scale, drawn.high * scale} <= ends
        assert drawn.low < drawn.value < drawn.high or scale == 100


def test_answers_in_groups_come_apart(shop: Journeys) -> None:
    pytest.importorskip("matplotlib").use("agg")
    result = shop.sessions(by="device")
    parts = {tuple(labels.values()): part for labels, part in result.parts()}
    assert set(parts) == {("phone",), ("desk",)}
    alone = shop.sessions(people="device = desk")
    assert parts["desk",].rows == alone.rows
    assert parts["desk",].beside["lengths"] == alone.beside["lengths"]
    with pytest.raises(SplitAxesError):
        result.plot(alone.plot())


def test_stages_are_shown_checked_and_applied(workspace: Path) -> None:
    shop = sojourn.open(workspace)
    stages = shop.stages(taxonomy="purchase")
    assert not [each for each in stages.check() if each.grave]
    assert stages.apply(why="a test") == 1
    assert shop.stages().document == stages.document
    assert [each.why for each in shop.stages().versions()] == ["a test"]
    assert shop.stages(version=1).document == stages.document
    with pytest.raises(StageVersionError, match="1 to 1"):
        shop.stages(version=2)
    with pytest.raises(StageVersionError, match="alone"):
        shop.stages(version=1, taxonomy="five")
    drawn = {stage.key for stage in shop.map().document.stages}
    assert drawn == {stage.key for stage in stages.model.stages}


def test_what_contradicts_itself_is_refused(shop: Journeys) -> None:
    with pytest.raises(AnchorError):
        shop.paths("view", before="paid")
    with pytest.raises(TypeError, match="no funnel"):
        shop.explain_profiles(shop.events())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "arguments",
    [
        ("person", "p05", "--by", "device"),
        ("stages", "on", "2025-02-10", "--compare"),
        ("stages", "person", "p05", "--from", "2025-02-01"),
    ],
)
def test_options_that_mean_nothing_are_not_taken(
    workspace: Path, arguments: tuple[str, ...]
) -> None:
    done = CliRunner().invoke(cli, [*arguments, "-w", str(workspace)])
    assert done.exit_code == 2
    assert "No such option" in done.output


def test_ways_of_counting_are_compared_for_one_group(workspace: Path) -> None:
    arguments = ["funnel", "view", "paid", "--explain-profiles", "--by", "device"]
    with pytest.raises(FunnelTextError, match="do not apply"):
        CliRunner().invoke(cli, [*arguments, "-w", str(workspace)], catch_exceptions=False)


def test_sql_sees_all_events(shop: Journeys) -> None:
    assert shop.sql("SELECT count(*) AS n FROM events")["n"].to_pylist() == [shop.catalog.rows]
