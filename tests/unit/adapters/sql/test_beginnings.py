"""Sign-ins on their way, on every database."""

from __future__ import annotations

import pytest

from sojourn.adapters.sql.access import SqlSecrets, SqlUsers
from sojourn.adapters.sql.providing.beginnings import SqlBeginnings
from sojourn.adapters.sql.schema import STATE
from sojourn.ports.access import Invitation, User
from sojourn.ports.providers import Begun


@pytest.fixture
def state(any_databases):
    return any_databases.open(STATE)


def begun(digest: str, expires_us: int = 100) -> Begun:
    return Begun(digest=digest, invitation="", next="#install", expires_us=expires_us)


def test_one_is_taken_once_and_forgotten_when_it_is_late(state) -> None:
    kept = SqlBeginnings(state)
    kept.begin(begun("a"), 0)
    kept.begin(begun("b", 300), 0)
    assert kept.take("a") == begun("a")
    assert kept.take("a") is None
    kept.begin(begun("c", 400), 301)
    assert kept.take("b") is None
    assert kept.take("c") == begun("c", 400)


def test_who_is_who_goes_with_the_account(state) -> None:
    users, kept = SqlUsers(state), SqlBeginnings(state)
    for name in ("ann", "ben"):
        SqlSecrets(state).add_invitation(
            Invitation(digest=name, role="viewer", made_us=0, expires_us=10)
        )
        users.add(
            User(id=name, email=f"{name}@x.example", role="viewer", password="", made_us=0), name
        )
    kept.join("ann", "https://issuer", "1")
    kept.join("ben", "https://issuer", "1")  # ann has it
    assert kept.user_of("https://issuer", "1") == "ann"
    assert kept.user_of("https://other", "1") is None
    assert kept.subject_of("ann", "https://issuer") == "1"
    assert kept.subject_of("ben", "https://issuer") is None
    users.remove("ann")
    assert kept.user_of("https://issuer", "1") is None
