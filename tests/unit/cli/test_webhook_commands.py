"""``sojourn webhooks``: from a preset to an event, without a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from sojourn.cli.main import cli
from sojourn.compose import open_workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    open_workspace(tmp_path / "shop", create=True)
    return tmp_path / "shop"


def run(*arguments: object, given: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["webhooks", *map(str, arguments)], input=given)


def test_a_preset_is_added_shown_and_removed(shop: Path) -> None:
    done = run("add", "shopify", "-w", shop)
    assert done.exit_code == 0, done.output
    assert "/v1/webhooks/shopify?key=WRITE_KEY" in done.output
    assert "SOJOURN_WEBHOOK_SHOPIFY" in done.output
    (row,) = json.loads(run("list", "-w", shop, "--json").output)
    assert (row["name"], row["version"], row["signed"]) == ("shopify", 1, True)
    assert run("show", "shopify", "-w", shop).output == run("presets", "shopify").output
    assert run("remove", "shopify", "-w", shop).exit_code == 0
    assert "There are no webhooks" in run("list", "-w", shop).output


def test_trying_shows_the_events(tmp_path: Path) -> None:
    own, payload = tmp_path / "erp.yaml", tmp_path / "sale.json"
    own.write_text("sojourn: webhook/1\nname: erp\nevents: [{event: sale, user: who, id: no}]")
    payload.write_text('{"who": "ann", "no": 5}')
    assert "sale  of ann  at the time of receipt" in run("try", own, payload).output
    piped = run("try", own, "-", "--json", given='{"who": "ann", "no": 5}')
    assert json.loads(piped.output)[0]["messageId"] == "erp:5"
    assert "nobody: this would be refused" in run("try", own, "-", given="{}").output
    topic = ("--header", "X-Shopify-Topic: products/update")
    assert "No event" in run("try", "shopify", payload, *topic).output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("presets", "magento"), "cafe24"),
        (("add", "nofile.yaml", "-w", "SHOP"), "No such file"),
        (("show", "shopify", "-w", "SHOP"), "no webhook"),
        (("remove", "shopify", "-w", "SHOP"), "no webhook"),
        (("try", "shopify", "nofile.json"), "No such file"),
        (("try", "shopify", "-"), "no JSON"),
        (("try", "shopify", "-", "--header", "x"), "NAME:VALUE"),
    ],
)
def test_mistakes_are_told(shop: Path, arguments: tuple[str, ...], words: str) -> None:
    done = run(*(str(shop) if each == "SHOP" else each for each in arguments), given="{")
    assert done.exit_code != 0
    assert words in str(done.exception)
