"""``sojourn funnel`` as typed: its options, its JSON and CSV, and what a terminal shows."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from sojourn.base.errors import InputError
from sojourn.cli.main import cli

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def lines() -> str:
    """Eighty people view on 20 days; half put into the cart, a quarter pays; some see an error."""
    rows = ["user_id,timestamp,event,device"]
    for n in range(80):
        day, device = 1 + n % 20, ("phone", "desk")[n % 2]
        rows.append(f"p{n:02d},2025-01-{day:02d}T10:00:00Z,view,{device}")
        if n % 2:
            rows.append(f"p{n:02d},2025-01-{day:02d}T10:0{n % 10}:30Z,cart,{device}")
        if n % 8 == 1:
            rows.append(f"p{n:02d},2025-01-{day:02d}T10:20:00Z,error,{device}")
        if n % 4 == 1:
            rows.append(f"p{n:02d},2025-01-{day + 1:02d}T11:00:00Z,paid,{device}")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("funnels")
    (folder / "log.csv").write_text(lines(), "utf-8")
    done = CliRunner().invoke(cli, ["import", str(folder / "log.csv"), "-w", str(folder / "ws")])
    assert done.exit_code == 0, done.output
    return folder / "ws"


def run(workspace: Path, *arguments: str, width: int = 80) -> Result:
    env = {"COLUMNS": str(width), "SOJOURN_WORKSPACE": str(workspace)}
    return CliRunner().invoke(cli, ["funnel", *arguments], env=env, catch_exceptions=False)


def answer(workspace: Path, *arguments: str):
    done = run(workspace, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def people(workspace: Path, *arguments: str) -> list[int]:
    return [row["people"] for row in answer(workspace, *arguments)["rows"]]


SHOP = ("view", "cart", "paid")


def test_json_has_a_row_a_step(workspace):
    found = answer(workspace, *SHOP, "--window", "2d")
    assert found["question"] == "funnel"
    assert [(row["step"], row["people"]) for row in found["rows"]] == [
        ("view", 80),
        ("cart", 40),
        ("paid", 20),
    ]
    assert found["rows"][1]["of_first"]["n"] == found["rows"][0]["mature"] < 80
    # entries of the last two of twenty days are not mature: 72 are, 20 of whom paid
    assert found["headline"].startswith("27.8% of people who did ‘view’ reached ‘paid’")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), [80, 40, 20]),
        (("--window", "12h"), [80, 40, 0]),
        (("--window", "none"), [80, 40, 20]),
        (("--gap", "1..2 <= 5m"), [80, 16, 8]),
        (("--gap", "1..2 >= 5m"), [80, 24, 12]),
        (("--gap", "1..2 2m..6m"), [80, 16, 8]),
        (("--gap", "1..2 >= 2m", "--gap", "1..2 ≤ 6m"), [80, 16, 8]),
        (("--exclude", "error between 2 and 3"), [80, 40, 10]),
        (("--exclude", "error"), [80, 40, 10]),
        (("--exclude", "error", "--drop-excluded"), [70, 30, 10]),
        (("--optional", "2"), [80, 40, 20]),
        (("--order", "strict"), [80, 40, 10]),
        (("--unit", "session"), [80, 40, 0]),
        (("--hold", "device"), [80, 40, 20]),
        (("--entry", "all"), [80, 40, 20]),
        (("--profile", "mixpanel"), [80, 40, 20]),
    ],
)
def test_options_reach_the_question(workspace, options, expected):
    assert people(workspace, *SHOP, *options) == expected


def test_a_longest_gap_and_the_step_after(workspace):
    assert people(workspace, *SHOP, "--optional", "2", "--gap", "1..3 <= 1h") == [80, 40, 0]


def test_a_profile_takes_its_own_window_unless_one_is_given(workspace):
    assert (
        answer(workspace, *SHOP, "--profile", "mixpanel")["spec"]["window_us"] == 7 * 86_400 * 10**6
    )
    given = answer(workspace, *SHOP, "--profile", "mixpanel", "--window", "14d")
    assert given["spec"]["window_us"] == 14 * 86_400 * 10**6


def test_rows_carry_their_group_and_period(workspace):
    found = answer(workspace, *SHOP, "--by", "device", "--at", "last")
    assert {row["group"] for row in found["rows"]} == {"(all)", "phone", "desk"}
    compared = answer(workspace, *SHOP, "--from", "2025-01-11", "--to", "2025-01-20", "--compare")
    assert [row["period"] for row in compared["rows"]] == ["current"] * 3 + ["previous"] * 3


def test_csv_has_a_line_a_row(workspace):
    done = run(workspace, *SHOP, "--csv")
    rows = list(csv.DictReader(io.StringIO(done.output)))
    assert [row["people"] for row in rows] == ["80", "40", "20"]
    assert {"of_first", "of_first_low", "of_previous_n", "lost"} <= set(rows[0])


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--by", "device", "--times", "--trend", "week", "--lost-at", "3", "--limit", "2"),
        ("--order", "any", "--people-at", "2", "--limit", "2"),
        ("--explain-profiles",),
    ],
)
def test_the_readable_form_fits_the_terminal(workspace, width, options):
    done = run(workspace, *SHOP, *options, width=width)
    assert done.exit_code == 0, done.output
    assert max(map(cell_len, done.output.splitlines())) <= width
    assert "Data up to" in done.output


def test_the_readable_form_says_it_all(workspace):
    text = run(workspace, *SHOP, "--times", "--trend", "week", "--lost-at", "3", width=120).output
    for said in (
        "33.3% of people who did ‘view’ reached ‘paid’ within 14 days.",
        "95 % interval",
        "most are lost before step 2, ‘cart’",
        "1 view",
        "3 paid",
        "█",
        "░",
        "Time to ‘paid’: median",
        "By entry",
        "not mature",
        "were lost before step 3",
        "Directly after, within the window: nothing more",
        "A person reaches a step with it and all steps before it in order",
    ):
        assert said in text


def test_profiles_are_explained_with_an_example(workspace):
    text = run(
        workspace, *SHOP, "--window", "14d", "--exclude", "error", "--explain-profiles"
    ).output
    assert "posthog: exclusion  10 people differ" in text
    assert "theirs  takes the person out altogether" in text
    assert "p01 reaches step 2 by ours, no step by theirs" in text
    found = answer(workspace, *SHOP, "--explain-profiles")
    assert found["question"] == "funnel-profiles"
    assert {row["profile"] for row in found["rows"]} >= {"sojourn", "clickhouse"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--gap", "soon"), "--gap 'soon' is not usable"),
        (("--gap", "1..3 <= 2h"), "from a step to the next required one"),
        (("--exclude", "error between 1"), "--exclude 'error between 1' is not usable"),
        (("--optional", "1"), "--optional 1 names no later step"),
        (("--at", "middle", "--by", "device"), "--at 'middle' is no step"),
        (("--window", "soon"), "'soon' is not a duration"),
        (("--lost-at", "9"), "--lost-at names step 9"),
    ],
)
def test_what_cannot_be_used_is_said(workspace, options, said):
    with pytest.raises(InputError) as caught:
        run(workspace, *SHOP, *options)
    assert said in caught.value.message


def test_nobody_at_all_is_said(workspace):
    text = run(workspace, *SHOP, "--people", "device = fridge", "--times", "--trend", "week").output
    assert "Nobody did ‘view’." in text
