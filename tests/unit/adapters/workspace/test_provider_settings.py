"""``[oidc]`` in a workspace's settings."""

from __future__ import annotations

import pytest

from sojourn.adapters.workspace import folder
from sojourn.adapters.workspace.errors import WorkspaceSettingsError
from sojourn.adapters.workspace.providers import read_client_secret, read_provider

GOOD = 'issuer = "https://login.example/a"\nclient_id = "c"\n'


@pytest.fixture
def layout(tmp_path):
    return folder.create(tmp_path / "shop", timezone="UTC", currency="EUR")[0]


def write(layout, text: str) -> None:
    layout.settings.write_text(layout.settings.read_text("utf-8") + text, "utf-8")


def test_without_a_table_there_is_no_provider(layout) -> None:
    assert read_provider(layout) is None


def test_everything_may_be_left_out_but_issuer_and_client(layout) -> None:
    write(layout, f"[oidc]\n{GOOD}")
    found = read_provider(layout)
    assert (found.name, found.secret_file, found.domains) == ("login.example", "", ())
    assert (found.verified_claim, found.groups_claim) == ("email_verified", "groups")


def test_a_file_lies_beside_the_settings(layout) -> None:
    write(layout, f'[oidc]\n{GOOD}client_secret_file = "hidden"\n[oidc.roles]\na = "admin"\n')
    found = read_provider(layout)
    assert found.roles == {"a": "admin"}
    with pytest.raises(WorkspaceSettingsError, match="cannot be read"):
        read_client_secret(found.secret_file)
    (layout.root / "hidden").write_text(" word\n", "utf-8")
    assert read_client_secret(found.secret_file) == "word"


@pytest.mark.parametrize(
    ("text", "told"),
    [('oidc = "x"', "no table"), ('[oidc]\nissuer = "a"', "client_id"), ("[oidc]", "issuer"),
     (f'[oidc]\n{GOOD}client_secret = "word"', "client_secret"), (f"[oidc]\n{GOOD}name = 1", "name"),
     (f'[oidc]\n{GOOD}domains = "a"', "domains"), (f"[oidc]\n{GOOD}scopes = [1]", "scopes"),
     (f"[oidc]\n{GOOD}roles = 1", "roles"),
     (f"[oidc]\n{GOOD}[oidc.roles]\na = 1", "a in roles")],
)  # fmt: skip
def test_a_mistake_is_told(layout, text, told) -> None:
    write(layout, text)
    with pytest.raises(WorkspaceSettingsError, match=told):
        read_provider(layout)


def test_moving_to_a_database_keeps_the_table_apart(layout) -> None:
    write(layout, f"[oidc]\n{GOOD}")
    _, about = folder.settle(layout.root, "postgresql://db.example/shop")
    assert about.database == "postgresql://db.example/shop"
    assert read_provider(layout).client_id == "c"
    _, about = folder.settle(layout.root, "")
    assert about.database == ""
