"""The command line's frame: mistakes end in sentences, our own faults in a report."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from sojourn.cli import main as frame
from sojourn.cli.main import COMMANDS, cli

if TYPE_CHECKING:
    from collections.abc import Iterator


def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    code = "from sojourn.cli.main import main; main()"
    return subprocess.run([sys.executable, "-W", "ignore", "-c", code, *arguments], capture_output=True, text=True, check=False, env=None if not more else {**__import__("os").environ, **more})  # fmt: skip


def test_a_mistake_ends_in_a_sentence_and_exit_code_2(tmp_path: Path) -> None:
    done = run("events", "-w", str(tmp_path / "nothing"))
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr


def test_the_package_runs_as_a_module(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "sojourn", "retention", "-w", str(tmp_path), "--periods", "0"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "x>=1" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="closes streams as a Unix shell does")
def test_closed_standard_streams_are_no_fault_of_ours(tmp_path: Path) -> None:
    code = f"{sys.executable} -m sojourn import - -w {tmp_path / 'ws'}"
    done = subprocess.run(["sh", "-c", f"{code} <&-"], capture_output=True, text=True, check=False)
    assert "standard input is empty" in done.stdout
    done = subprocess.run(["sh", "-c", f"{code} </dev/null 2>&-"], capture_output=True, text=True, check=False)  # fmt: skip
    assert "standard input is empty" in done.stdout


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("streams")
    rows = "".join(f"a,2025-01-01T00:00:{n:02d}Z,{'x' * 9000}{n}\n" for n in range(60))
    (folder / "events.csv").write_text(f"person,time,event\n{rows}", "utf-8")
    assert run("import", str(folder / "events.csv"), "-w", str(folder / "ws")).returncode == 0
    assert run("events", "-w", str(folder / "ws")).returncode == 0
    return folder / "ws"


@pytest.mark.skipif(os.name == "nt", reason="closes streams as a Unix shell does")
@pytest.mark.parametrize("form", ["", "--json", "--csv"])
def test_an_answer_that_cannot_be_printed_is_no_success(shop: Path, form: str) -> None:
    asked = f"{sys.executable} -W ignore -m sojourn events -w {shop} {form} >&-"
    done = subprocess.run(["sh", "-c", asked], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: Standard output is closed")
    assert subprocess.run(["sh", "-c", f"{asked} 2>&-"], check=False).returncode == 2


@pytest.mark.skipif(os.name == "nt", reason="pipes as in a Unix shell")
@pytest.mark.parametrize("form", ["", "--json", "--csv"])
def test_a_reader_that_has_seen_enough_is_no_fault(shop: Path, form: str) -> None:
    asked = [sys.executable, "-W", "ignore", "-m", "sojourn", "events", "-w", str(shop)]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*asked, *form.split()], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("encoding", "seen"), [("ascii", "회원가입"), ("latin-1", "????")])
def test_any_name_is_printed_on_any_terminal(tmp_path: Path, encoding: str, seen: str) -> None:
    events = tmp_path / "events.csv"
    events.write_text("person,time,event\na,2025-01-01T00:00:00Z,회원가입\n", "utf-8")
    asked = [sys.executable, "-m", "sojourn", "events", "-w", str(tmp_path / "ws")]
    assert run("import", str(events), "-w", str(tmp_path / "ws")).returncode == 0
    done = subprocess.run(
        asked, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": encoding}
    )
    assert done.returncode == 0, done.stderr
    assert seen in done.stdout.decode("utf-8", "replace")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_the_output_is_said_in_words(tmp_path: Path) -> None:
    events = tmp_path / "events.csv"
    events.write_text("person,time,event\na,2025-01-01T00:00:00Z,x\n", "utf-8")
    assert run("import", str(events), "-w", str(tmp_path / "ws")).returncode == 0
    code = "from sojourn.cli.main import main; main()"
    with Path("/dev/full").open("w") as full:
        asked = [sys.executable, "-c", code, "events", "-w", str(tmp_path / "ws"), "--json"]
        done = subprocess.run(asked, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.stderr.startswith("Error: The disk is full")
    assert "fault" not in done.stderr


def test_our_own_fault_is_said_and_noted_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    error = ValueError("broken\nin two lines")
    frame._own_fault(ValueError, error, None)
    said = capsys.readouterr().err
    assert "not your fault: ValueError: broken\n" in said
    assert "in two lines" not in said
    [report] = tmp_path.glob("sojourn-*.txt")
    assert "ValueError: broken" in report.read_text("utf-8")


def test_help_lists_every_command_and_unknown_ones_are_refused() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).output
    assert all(f"  {name} " in shown for name in COMMANDS)
    assert "No such command" in CliRunner().invoke(cli, ["nothing"]).output


def every(
    command: click.Command | None = None, path: str = ""
) -> Iterator[tuple[str, click.Command]]:
    """Go through all commands, those of groups too."""
    command = command or cli
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from every(command.get_command(click.Context(command), name), f"{path} {name}")
    if path:
        yield path.strip(), command


def test_the_first_help_says_of_each_command_what_its_own_help_says_first() -> None:
    shown = CliRunner().invoke(cli, ["--help"], terminal_width=200).output
    listed = re.findall(r"^  (\w+) {2,}(\S.*)$", shown.split("Commands:")[1], re.MULTILINE)
    assert [name for name, _ in listed] == list(COMMANDS)
    for name, text in listed:
        doc = import_module(COMMANDS[name]).command.callback.__doc__
        assert f"{text}." == doc.split("\n")[0]


@pytest.mark.parametrize(("name", "command"), list(every()))
def test_every_argument_says_what_it_is(name: str, command: click.Command) -> None:
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    assert all((each.help or "").endswith(".") for each in arguments), name


def options_of(command: str) -> dict[str, str]:
    """Return what each option of a command is for."""
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    return {
        name: option.help or ""
        for option in found.params
        if isinstance(option, click.Option)
        for name in option.opts
    }


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_pause_of_a_session_has_one_name(name: str) -> None:
    options = options_of(name)
    pauses = [option for option, text in options.items() if text.startswith("Pause that ends")]
    assert pauses == ["--session-gap"] * ("--session-gap" in options)
    assert ("--gap" in options) == (name == "funnel")


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(name: str) -> None:
    done = CliRunner().invoke(cli, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert "Usage: " in done.output
