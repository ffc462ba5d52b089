"""``sojourn import`` and ``sojourn sql`` as typed."""

from __future__ import annotations

import bz2
import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from event_tables import tree
from sojourn.base.errors import InputError
from sojourn.cli.importing.options import OptionTextError, parse_allowed_times
from sojourn.cli.main import cli
from sojourn.compose import open_workspace

if TYPE_CHECKING:
    from click.testing import Result

pytestmark = pytest.mark.usefixtures("folder")

CSV = "user_id,timestamp,event,page\n" + "".join(
    f"00{i % 3},2025-01-0{i + 1}T10:00:00,{'buy' if i % 2 else 'visit'},=1+1\n" for i in range(6)
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text(CSV, "utf-8")
    return tmp_path


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(cli, arguments, input=given, standalone_mode=True)


def counts(result: Result) -> tuple[int, int, int, int]:
    said = json.loads(result.stdout)
    return tuple(said[name] for name in ("read", "accepted", "duplicate", "quarantined"))


def rows(query: str) -> list[dict[str, object]]:
    result = run("sql", query, "-w", "ws", "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["rows"]


def test_an_import_says_what_it_found_and_did() -> None:
    result = run("import", "a.csv", "-w", "ws")
    assert result.exit_code == 0
    for words in ("csv (comma), UTF-8", "person", "user_id", "6 accepted", "0 already there",
                  "0 quarantined", "Next: sojourn events -w ws"):  # fmt: skip
        assert words in " ".join(result.stdout.split())
    assert open_workspace("ws").lake.version() == 1


def test_json_counts_in_all_and_per_file(folder: Path) -> None:
    (folder / "b.csv").write_text(CSV + "x,not a time,visit,/\n", "utf-8")
    result = run("import", "a.csv", "b.csv", "-w", "ws", "--json")
    assert counts(result) == (13, 6, 6, 1)
    files = json.loads(result.stdout)["files"]
    assert [(f["file"], f["accepted"], f["quarantined"]) for f in files] == [
        ("a.csv", 6, 0), ("b.csv", 0, 1),
    ]  # fmt: skip
    assert "not a time" in (folder / "ws" / files[1]["quarantine"]).read_text("utf-8")


def test_renamed_recompressed_and_piped_files_add_nothing(folder: Path) -> None:
    run("import", "a.csv", "-w", "ws")
    (folder / "renamed.txt").write_text(CSV, "utf-8")
    (folder / "a.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    (folder / "a.csv.bz2").write_bytes(bz2.compress(CSV.encode()))
    (folder / "wide.csv").write_bytes(CSV.encode("utf-16"))
    for name in ("renamed.txt", "a.csv.gz", "a.csv.bz2", "wide.csv"):
        assert counts(run("import", name, "-w", "ws", "--json")) == (6, 0, 6, 0)
    assert counts(run("import", "-", "-w", "ws", "--json", given=CSV)) == (6, 0, 6, 0)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("30", "x1"),  # numbers in one head, texts in the other
        ("true", "maybe"),
        ("12.50", "n/a?"),
    ],
)
def test_overlapping_exports_with_different_heads_add_nothing(
    folder: Path, first: str, second: str
) -> None:
    header = "user_id,timestamp,event,size\n"
    shared = f"u1,2025-01-02T10:00:00,buy,{first}\nu2,2025-01-02T11:00:00,buy,{first}\n"
    (folder / "one.csv").write_text(header + shared, "utf-8")
    (folder / "two.csv").write_text(
        f"{header}u0,2025-01-01T10:00:00,buy,{second}\n{shared}", "utf-8"
    )
    assert counts(run("import", "one.csv", "-w", "ws", "--json")) == (2, 2, 0, 0)
    assert counts(run("import", "two.csv", "-w", "ws", "--json")) == (3, 1, 2, 0)


def test_the_same_rows_in_another_format_add_nothing(folder: Path) -> None:
    rows = [
        {"user_id": f"u{i}", "timestamp": f"2025-01-02T10:00:0{i}", "event": "buy",
         "amount": amount, "qty": i}
        for i, amount in enumerate(["12.50", "3.00", "1,200", "7"])
    ]  # fmt: skip
    lines = ["user_id;timestamp;event;amount;qty", *(";".join(map(str, r.values())) for r in rows)]
    (folder / "a.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    pq.write_table(pa.Table.from_pylist(rows), folder / "a.parquet")
    found = [counts(run("import", f"a.{end}", "-w", "ws", "--json"))[1] for end in
             ("csv", "jsonl", "parquet")]  # fmt: skip
    assert found == [4, 0, 0]


def test_a_currency_counts_in_a_workspace_of_another(folder: Path) -> None:
    run("import", "a.csv", "-w", "ws")
    (folder / "paid.csv").write_text(
        "user_id,timestamp,event,amount\nu1,2025-01-02,paid,1000\nu2,2025-01-03,left,\n", "utf-8"
    )
    (folder / "coded.csv").write_text(
        "user_id,timestamp,event,amount,currency\nu1,2025-02-02,paid,5,EUR\n"
        "u1,2025-02-03,paid,6,\n", "utf-8",
    )  # fmt: skip
    assert run("import", "paid.csv", "coded.csv", "-w", "ws", "--currency", "KRW").exit_code == 0
    query = (
        "SELECT properties->>'$.value' AS v, properties->>'$.currency' AS c FROM events "
        "WHERE event IN ('paid', 'left') ORDER BY time"
    )
    assert [tuple(row.values()) for row in rows(query)] == [
        ("1000", "KRW"), (None, None), ("5", "EUR"), ("6", "KRW"),
    ]  # fmt: skip
    assert counts(run("import", "paid.csv", "-w", "ws", "--json", "--currency", "KRW"))[2] == 2


@pytest.mark.parametrize(
    ("header", "meant"),
    [("usr,time,event", "usr"), ("user,tiime,event", "tiime"), ("user,time,evnt", "evnt")],
)
def test_a_misnamed_column_is_offered(folder: Path, header: str, meant: str) -> None:
    (folder / "m.csv").write_text(f"{header}\na,when,x\nb,when,y\n".replace(
        "when", "someday" if "tiime" in header else "2025-01-02"), "utf-8")  # fmt: skip
    result = run("import", "m.csv", "-w", "ws", "--json")
    assert result.exit_code == 2
    assert f"Did you mean '{meant}'" in result.stderr


def test_what_to_do_is_said_in_options_of_the_command(folder: Path) -> None:
    (folder / "cafe.csv").write_bytes("user,time,event\n1,2024-01-01,café\n".encode("latin-1"))
    (folder / "bare.csv").write_text("1,2024-01-01,a\n2,2024-01-02,b\n", "utf-8")
    (folder / "old.csv").write_text("user,time,event\n1,1970-01-01,a\n1,2024-01-01,b\n", "utf-8")
    (folder / "in").mkdir()
    said = [
        run("import", name, "-w", "ws", *more)
        for name, more in (
            ("cafe.csv", ("--json",)),
            ("bare.csv", ("--json",)),
            ("in", ("--json",)),
        )
    ]
    assert [result.exit_code for result in said] == [2, 2, 2]
    for result, words in zip(
        said, ("--encoding NAME", "--columns user_id,time,event", "it is a folder"), strict=True
    ):
        assert words in result.stderr
    old = run("import", "old.csv", "-w", "ws", "--json")
    assert counts(old) == (2, 1, 0, 1)
    assert "--allow-times FROM..TO" in json.loads(old.stdout)["files"][0]["problems"][0]["reason"]


def test_patterns_go_into_folders(folder: Path) -> None:
    (folder / "logs" / "x").mkdir(parents=True)
    (folder / "logs" / "x" / "one.csv").write_text(CSV, "utf-8")
    (folder / "logs" / "two.csv").write_text(CSV, "utf-8")
    result = run("import", "logs/**/*.csv", str(folder / "logs" / "t*.csv"), "-w", "ws", "--json")
    names = [f["file"] for f in json.loads(result.stdout)["files"]]
    assert [Path(name).name for name in names] == ["two.csv", "one.csv", "two.csv"]
    with pytest.raises(InputError, match=r"No file matches 'nothing\*'"):
        CliRunner().invoke(cli, ["import", "nothing*", "-w", "ws"], catch_exceptions=False)


def test_files_that_cannot_be_read_do_not_stop_the_others() -> None:
    result = run("import", "missing.csv", "a.csv", "-w", "ws", "--json")
    assert result.exit_code == 1
    assert counts(result) == (6, 6, 0, 0)
    assert "missing.csv" in result.stderr
    result = run("import", "missing.csv", "-w", "ws")
    assert result.exit_code == 2
    assert "✗ missing.csv" in result.stdout


def test_options_reach_the_reader(folder: Path) -> None:
    (folder / "odd.csv").write_text(
        "who|when|what|how|paid\n1|2025-01-01 09:00|go|app|5\n", "utf-8"
    )
    result = run(
        "import", "odd.csv", "-w", "ws", "--person", "who", "--time", "when", "--event", "what",
        "--property", "channel=how", "--value", "paid", "--currency", "KRW", "--delimiter", "|",
        "--tz", "Asia/Seoul", "--json",
    )  # fmt: skip
    assert counts(result) == (1, 1, 0, 0)
    [row] = rows("SELECT user_id, time, event, properties FROM events")
    assert (row["user_id"], row["event"]) == ("1", "go")
    assert row["time"] == "2025-01-01T00:00:00+00:00"
    assert json.loads(str(row["properties"]))["channel"] == "app"
    about = open_workspace("ws").about
    assert (about.timezone, about.currency) == ("Asia/Seoul", "KRW")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--property", "channel"), "NAME=COLUMN"),
        (("--allow-times", "1999"), "FROM..TO"),
        (("--memory", "lots"), "is not a size"),
        (("--memory", "1MB"), "too little"),
        (("--tz", "Mars"), "no time zone"),
    ],
)
def test_options_that_cannot_be_used(arguments: tuple[str, ...], told: str) -> None:
    with pytest.raises(InputError, match=told):
        CliRunner().invoke(cli, ["import", "a.csv", "-w", "ws", *arguments], catch_exceptions=False)


def test_ranges_of_allowed_times() -> None:
    day = 86_400_000_000
    assert parse_allowed_times("1970-01-02..1970-01-03") == (day, 3 * day - 1)
    assert parse_allowed_times("1970-01..1970-02") == (0, 59 * day - 1)
    assert parse_allowed_times("1970-01-01T00:00:01..1970-01-01T00:00:02+00:00") == (
        10**6,
        2 * 10**6,
    )
    assert parse_allowed_times("0001..9999")[1] == 253_402_300_800_000_000 - 1
    with pytest.raises(OptionTextError, match="ends before"):
        parse_allowed_times("1980..1979")


def test_progress_is_shown_where_somebody_looks(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "[bold].csv").write_text(CSV, "utf-8")
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    result = run("import", "[bold].csv", "-w", "ws", "--json")
    assert "[bold].csv" in result.stderr
    assert "rows/s" in result.stderr
    assert counts(result) == (6, 6, 0, 0)


def test_ctrl_c_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("sojourn.app.import_file.identify", interrupted)
        result = run("import", "a.csv", "-w", "ws")
    assert result.exit_code == 130
    assert "repeat the command to complete it" in result.stderr
    assert counts(run("import", "a.csv", "-w", "ws", "--json")) == (6, 6, 0, 0)


def test_sql_prints_a_table_json_or_csv() -> None:
    run("import", "a.csv", "-w", "ws")
    query = "SELECT event, count(*) AS n FROM events GROUP BY event ORDER BY event"
    table = run("sql", query, "-w", "ws").stdout.split()
    assert table == ["event", "n", "buy", "3", "visit", "3"]
    said = json.loads(run("sql", query, "-w", "ws", "--json").stdout)
    assert said == {
        "question": "sql", "spec": {"query": query}, "columns": ["event", "n"],
        "rows": [{"event": "buy", "n": 3}, {"event": "visit", "n": 3}],
    }  # fmt: skip
    csv = run("sql", query, "-w", "ws", "--csv").stdout
    assert csv.splitlines() == ["event,n", "buy,3", "visit,3"]


def test_sql_values_of_every_kind_have_a_form() -> None:
    run("import", "a.csv", "-w", "ws")
    [row] = rows(
        "SELECT event_id, time, month, 1.5 AS f, sum(position) OVER () AS sum, 'nan'::DOUBLE AS none, [1, 2] AS l, {'a': true} AS s,"
        " DATE '2025-01-02' AS d, NULL AS nothing FROM events ORDER BY time LIMIT 1"
    )
    assert len(str(row.pop("event_id"))) == 32
    assert row == {
        "time": "2025-01-01T10:00:00+00:00", "month": "2025-01", "f": 1.5, "sum": 21, "none": None,
        "l": [1, 2], "s": {"a": True}, "d": "2025-01-02", "nothing": None,
    }  # fmt: skip


def test_sql_csv_runs_no_formula() -> None:
    run("import", "a.csv", "-w", "ws")
    query = (
        "SELECT DISTINCT properties->>'$.page' AS page, -1 AS number, ['=x'] AS list FROM events"
    )
    assert run("sql", query, "-w", "ws", "--csv").stdout.splitlines() == [
        "page,number,list",
        '\'=1+1,-1,"[""=x""]"',
    ]


def test_sql_shows_a_hundred_rows_and_says_so() -> None:
    run("import", "a.csv", "-w", "ws")
    shown = run("sql", "SELECT * FROM events, range(30)", "-w", "ws").stdout
    assert "Only the first 100 rows are shown" in shown


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('a.csv')",
        "SELECT * FROM 'a.csv'",
        "COPY events TO 'out.csv'",
        "CREATE TABLE x AS SELECT 1",
        "ATTACH 'other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '100GB'",
        "SELECT 1; SELECT 2",
        "SELECT * FROM tree",
        "DROP VIEW events",
        "SELECT nothing FROM events",
        "",
    ],
)
def test_sql_reaches_nothing_but_the_events(folder: Path, query: str) -> None:
    run("import", "a.csv", "-w", "ws")
    before = tree(folder)
    with pytest.raises(InputError, match="The query cannot be run") as error:
        CliRunner().invoke(cli, ["sql", query, "-w", "ws"], catch_exceptions=False)
    assert error.value.code == "sql"
    assert tree(folder) == before


def test_sql_of_an_empty_workspace() -> None:
    open_workspace("ws", create=True)
    assert rows("SELECT count(*) AS n FROM events") == [{"n": 0}]


def test_help_names_every_option() -> None:
    text = run("import", "--help").stdout
    for option in ("--person", "--anonymous", "--time", "--event", "--value", "--currency",
                   "--format", "--preset", "--columns", "--delimiter", "--encoding", "--tz",
                   "--event-times", "--event-name", "--allow-times", "--property", "--max-ratio",
                   "--memory", "--no-wait", "--json"):  # fmt: skip
        assert option in text
    assert isinstance(cli, click.Group)
