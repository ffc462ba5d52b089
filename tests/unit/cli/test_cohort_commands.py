"""``sojourn retention``, ``lifecycle``, ``between`` and ``sources`` as typed."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from rich.console import Console

from sojourn.base.errors import InputError
from sojourn.cli.drawing.cohorts import draw_retention
from sojourn.cli.main import cli
from sojourn.events.channel_text import channels_from_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

HEADER = "user_id,timestamp,event,device,utm_source,utm_medium,value,currency\n"


def lines() -> str:
    """Sixty people: each visits, every second orders a day later, every third comes back."""
    rows = []
    for n in range(60):
        day, device = 1 + n % 20, ("mobile", "desktop")[n % 2]
        source = ("naver,cpc", "google,organic", "mail,email")[n % 3]
        rows.append(f"p{n},2025-01-{day:02d}T10:00:00Z,visit,{device},{source},,")
        if n % 2:
            rows.append(f"p{n},2025-01-{day + 1:02d}T11:00:00Z,order,{device},,,{n}.50,USD")
        if n % 3 == 0:
            rows.append(f"p{n},2025-01-{day + 8:02d}T10:00:00Z,visit,{device},,,,")
    return HEADER + "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohorts")
    (folder / "log.csv").write_text(lines(), "utf-8")
    done = CliRunner().invoke(cli, ["import", str(folder / "log.csv"), "-w", str(folder / "ws")])
    assert done.exit_code == 0, done.output
    return folder / "ws"


def run(workspace: Path, *arguments: str, width: int = 80) -> Result:
    env = {"COLUMNS": str(width), "SOJOURN_WORKSPACE": str(workspace)}
    return CliRunner().invoke(cli, arguments, env=env, catch_exceptions=False)


def answer(workspace: Path, *arguments: str):
    done = run(workspace, *arguments, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert set(found) >= {"question", "spec", "as_of", "definition", "notes", "rows"}
    assert found["question"] == arguments[0]
    return found


def test_retention_by_day(workspace) -> None:
    rows = answer(
        workspace, "retention", "--begin", "visit", "--return", "order", "--periods", "3"
    )["rows"]
    together = [row for row in rows if row["cohort"] is None]
    assert [row["age"] for row in together] == [0, 1, 2, 3]
    assert (together[1]["people"], together[1]["n"], together[1]["returned"]) == (60, 60, 30)
    assert together[1]["share"]["value"] == 0.5
    assert together[1]["share"]["n"] == 60
    table = run(
        workspace, "retention", "--begin", "visit", "--return", "order", "--periods", "3"
    ).output
    (of,) = (line for line in table.splitlines() if line.startswith("of people"))
    assert of.split()[2:] == [str(row["n"]) for row in together if row["n"]]


def test_retention_takes_every_kind(workspace) -> None:
    bracket = answer(workspace, "retention", "--brackets", "0,1-3,7-9")["rows"]
    assert [(r["age"], r["until"]) for r in bracket if r["cohort"] is None] == [
        (0, 0),
        (1, 3),
        (7, 9),
    ]
    unbounded = answer(workspace, "retention", "--on-or-after", "--rolling", "--every", "week")
    assert unbounded["spec"]["unit"] == "week"
    assert unbounded["rows"][0]["until"] is None
    recurring = answer(workspace, "retention", "--recurring", "--begin", "visit")["rows"]
    assert recurring[0]["people"] == 80
    money = answer(
        workspace, "retention", "--money", "value", "--begin", "visit", "--return", "order"
    )["rows"]
    first = next(row for row in money if row["cohort"] is None and row["age"] == 1)
    assert first["currency"] == "USD"
    assert first["amount_minor"] == sum(n * 100 + 50 for n in range(1, 60, 2))


def test_lifecycle_adds_up(workspace) -> None:
    rows = answer(workspace, "lifecycle", "--every", "week")["rows"]
    assert sum(row["new"] for row in rows) == 60
    assert all(row["active"] == row["new"] + row["returning"] + row["resurrecting"] for row in rows)
    assert not rows[-1]["complete"]


def test_between_is_a_day_and_an_hour(workspace) -> None:
    found = answer(workspace, "between", "visit", "order")
    row = found["rows"][0]
    assert (row["people"], row["pairs"], row["waiting_people"]) == (60, 30, 30)
    assert row["median"]["seconds"] == 25 * 3600
    assert found["histogram"][0]["pairs"] == 30


def test_sources_drill_down(workspace) -> None:
    rows = answer(workspace, "sources", "--goal", "order", "--window", "2d")["rows"]
    assert {row["channel"]: row["people"] for row in rows} == {
        "Paid Search": 20, "Organic Search": 20, "Email": 20,
    }  # fmt: skip
    below = answer(workspace, "sources", "--channel", "paid search")["rows"]
    assert [(row["source"], row["medium"]) for row in below] == [("naver", None)]
    terms = answer(workspace, "sources", "--level", "medium", "--latest")["rows"]
    assert {row["medium"] for row in terms} == {"cpc", "organic", "email"}


def test_groups_and_periods(workspace) -> None:
    found = answer(
        workspace,
        "retention",
        "--by",
        "device",
        "--from",
        "2025-01-11",
        "--to",
        "2025-01-15",
        "--compare",
    )
    first = [row for row in found["rows"] if row["cohort"] is None and row["age"] == 0]
    assert {(row["group"], row["period"]): row["people"] for row in first} == {
        ("mobile", "current"): 9, ("mobile", "previous"): 6,
        ("desktop", "current"): 6, ("desktop", "previous"): 9,
    }  # fmt: skip
    lives = answer(workspace, "lifecycle", "--by", "device")["rows"]
    assert {row["group"] for row in lives} == {"mobile", "desktop"}
    waits = answer(workspace, "between", "visit", "order", "--by", "device")["rows"]
    assert {row["group"]: row["pairs"] for row in waits} == {"mobile": 0, "desktop": 30}


COMMANDS = [
    ("retention",), ("retention", "--every", "week"), ("retention", "--money", "value", "--return", "order"),
    ("retention", "--on-or-after", "--recurring"), ("retention", "--by", "device"), ("lifecycle",),
    ("lifecycle", "--every", "day", "--by", "device"), ("between", "visit", "order"), ("between", "order", "visit", "--pairs", "first-first"),
    ("sources",), ("sources", "--goal", "order", "--level", "term"), ("sources", "--by", "device"),
]  # fmt: skip


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_readable_answers_fit_the_terminal(workspace, arguments, width) -> None:
    done = run(workspace, *arguments, width=width)
    assert done.exit_code == 0, done.output
    assert max(len(line) for line in done.output.splitlines()) <= width
    assert "Data up to" in done.output


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_rows_are_csv_too(workspace, arguments) -> None:
    done = run(workspace, *arguments, "--csv")
    rows = list(csv.DictReader(io.StringIO(done.output)))
    assert rows
    assert all(None not in row for row in rows)


def test_the_triangle_hatches_what_is_not_over(workspace) -> None:
    text = run(workspace, "retention", "--every", "week", "--periods", "3").output
    assert "╱╱╱╱╱" in text
    assert "not over yet" in text
    assert text.splitlines()[1].startswith("all")


def test_the_triangle_is_shaded_by_share(workspace) -> None:
    from sojourn.compose import open_workspace
    from sojourn.insight.retention.question import Retention

    console = Console(
        force_terminal=True, color_system="truecolor", width=100, record=True, file=io.StringIO()
    )
    draw_retention(console, open_workspace(workspace).ask(Retention(periods=2)))
    html = console.export_html(inline_styles=True)
    assert "#1f4e98" in html  # all of them
    assert "#e9f0f9" in html  # none of them


def test_the_channel_table_is_printed_edited_and_used(workspace, tmp_path) -> None:
    text = run(workspace, "sources", "--print-channels").output
    assert channels_from_yaml(text).rules
    own = tmp_path / "channels.yaml"
    own.write_text(
        text.replace("rules:\n", "rules:\n- {channel: 'Brand', source: 'naver'}\n"), "utf-8"
    )
    rows = answer(workspace, "sources", "--channels", str(own))["rows"]
    assert "Brand" in {row["channel"] for row in rows}
    assert (
        answer(workspace, "sources", "--channels", "korea")["spec"]["channels"]["name"] == "korea"
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("retention", "--begin", "vist"), "Did you mean 'visit'"),
        (("retention", "--brackets", "1-x"), "0,1-3,4-7"),
        (("retention", "--brackets", "3-1"), "ascending"),
        (("retention", "--periods", "5000"), "1 to 1000"),
        (("retention", "--money", "device"), "value"),
        (("retention", "--compare"), "--from"),
        (("retention", "--by", "devise"), "device"),
        (("between", "visit", "ordr"), "order"),
        (("sources", "--window", "soon"), "14d"),
        (("sources", "--channels", "nowhere.yaml"), "ga4, korea"),
        (("lifecycle", "--active", "order where vlaue > 3"), "value"),
    ],
)
def test_mistakes_are_answered_with_what_is_allowed(workspace, arguments, says) -> None:
    with pytest.raises(InputError) as caught:
        run(workspace, *arguments)
    assert says in caught.value.message


@pytest.mark.parametrize("name", ["retention", "lifecycle", "between", "sources"])
def test_help_says_what_it_does(name) -> None:
    text = CliRunner().invoke(cli, [name, "--help"]).output
    assert "Usage" in text
    assert "--by" in text
