"""``sojourn snippet`` prints the tag and nothing else on standard output."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from sojourn.app.collecting.keys import make_write_key
from sojourn.cli.main import cli
from sojourn.compose import open_workspace
from sojourn.compose.pages import browser_scripts

if TYPE_CHECKING:
    from pathlib import Path

URL = ("--url", "https://c.example")


@pytest.fixture(autouse=True)
def built() -> None:
    if not files("sojourn.adapters.html").joinpath("dist", "sojourn.js").is_file():
        pytest.skip("the snippet is not built: pip install -e . (or python hatch_build.py)")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    open_workspace(tmp_path / "shop", create=True)
    return tmp_path / "shop"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["snippet", *map(str, arguments)])


def test_a_tag_with_a_key(shop: Path) -> None:
    key = make_write_key(open_workspace(shop).write_keys, "website")
    done = run("-w", shop, *URL, "--key", key, "--consent", "cookieless")
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    assert key in done.stdout
    assert browser_scripts()[0].integrity in done.stdout
    assert "integrity" not in run("-w", shop, *URL, "--key", key, "--follow").stdout


def test_without_a_key_it_says_how_to_get_one(shop: Path) -> None:
    done = run("-w", shop, *URL)
    assert "YOUR_WRITE_KEY" in done.stdout
    assert "sojourn keys add" in done.stderr
    assert "sojourn.consent" in done.stderr


def test_a_key_of_elsewhere_is_refused(shop: Path) -> None:
    done = run("-w", shop, *URL, "--key", "wk_other")
    assert done.exit_code == 1
    assert "unknown or revoked" in str(done.exception)


def test_the_two_files_are_those_that_name_each_other() -> None:
    first, later = browser_scripts()
    assert later.path.removeprefix("/") in first.content.decode()
    assert later.integrity in first.content.decode()
