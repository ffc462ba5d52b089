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


def invited(state, digest: str) -> None:
    SqlSecrets(state).add_invitation(
        Invitation(digest=digest, role="viewer", made_us=0, expires_us=10)
    )


def user(name: str, ident: str = "") -> User:
    return User(id=ident or name, email=f"{name}@x.example", role="viewer", password="", made_us=0)


def test_an_address_has_one_account_and_who_comes_second_keeps_the_invitation(state) -> None:
    users = SqlUsers(state)
    for digest in ("one", "two"):
        invited(state, digest)
    assert users.add(user("ann"), "one")
    assert not users.add(user("ann", "another"), "two")
    assert SqlSecrets(state).invitation("two") is not None
    assert not users.add(user("ben"), "one")
    assert [each.id for each in users.all()] == ["ann"]


def test_who_is_who_goes_with_the_account(state) -> None:
    users, kept = SqlUsers(state), SqlBeginnings(state)
    for name in ("ann", "ben"):
        invited(state, name)
        assert users.add(user(name), name)
    assert kept.join("ann", "https://issuer", "1")
    assert kept.join("ann", "https://issuer", "1")
    assert not kept.join("ben", "https://issuer", "1")  # ann has it
    assert not kept.join("ann", "https://issuer", "2")
    assert kept.join("ann", "https://elsewhere", "2")
    assert kept.user_of("https://issuer", "1") == "ann"
    assert kept.user_of("https://other", "1") is None
    assert kept.user_of("https://issuer", "2") is None
    assert users.remove("ann", "admin")
    assert kept.user_of("https://issuer", "1") is None
