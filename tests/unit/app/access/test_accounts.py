"""Accounts: invited, signed in, slowed down, out again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from sojourn.adapters.passwords.argon import Argon2Hasher
from sojourn.adapters.sql.access import SqlAccessLog, SqlSecrets, SqlUsers
from sojourn.adapters.sql.schema import STATE
from sojourn.app.access.accounts import Accounts, Caller, digest_of, set_up
from sojourn.app.access.errors import (
    AccountError,
    InvitationError,
    LastAdminError,
    LockedOutError,
    SignInError,
)
from sojourn.app.access.lockout import FREE, LONGEST_S
from sojourn.app.access.roles import Action, Role, least_role, may
from sojourn.base.errors import UnknownNameError
from sojourn.base.timespan import DAY_US, HOUR_US, SECOND_US
from sojourn.ports.access import PasswordHasher

PASSWORD = "correct horse battery"


class Plain(PasswordHasher):
    """Quick, for tests of everything but hashing."""

    outdated = False

    def hash(self, password: str) -> str:
        return f"h:{password}"

    def verify(self, hashed: str, password: str) -> bool:
        return hashed == f"h:{password}"

    def is_outdated(self, _hashed: str) -> bool:
        return self.outdated


class Clock:
    now = 1_800_000_000 * SECOND_US

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def accounts(any_databases) -> Accounts:
    state = any_databases.open(STATE)
    return Accounts(
        users=SqlUsers(state), secrets=SqlSecrets(state), log=SqlAccessLog(state),
        hasher=Plain(), now_us=Clock(),
    )  # fmt: skip


def someone(accounts: Accounts, role: Role = Role.ADMIN, email: str = "ann@example.com"):
    return accounts.accept(accounts.invite(role), email, PASSWORD)


def signed_in(accounts: Accounts, email: str = "ann@example.com"):
    secret, _ = accounts.sign_in(email, PASSWORD, "1.2.3.4")
    return secret, accounts.by_session(secret)


def test_each_role_may_what_the_smaller_ones_may() -> None:
    for action in Action:
        allowed = [role for role in Role if may(role, action)]
        assert allowed == list(Role)[list(Role).index(least_role(action)) :]
    assert not may(Role.VIEWER, Action.SEE_PEOPLE)
    assert [a for a in Action if may(Role.VIEWER, a)] == [Action.SEE_AGGREGATES, Action.OWN_ACCOUNT]


def test_an_invitation_makes_one_account_once(accounts) -> None:
    secret = accounts.invite(Role.EDITOR)
    user = accounts.accept(secret, " Ann@Example.com ", PASSWORD)
    assert (user.email, user.role) == ("ann@example.com", "editor")
    with pytest.raises(InvitationError):
        accounts.accept(secret, "bob@example.com", PASSWORD)
    assert [each.email for each in accounts.users.all()] == ["ann@example.com"]
    assert len(secret) >= 43  # 256 bits


def test_an_invitation_ends_after_a_day(accounts) -> None:
    secret = accounts.invite(Role.ADMIN)
    accounts.now_us.now += DAY_US + 1
    with pytest.raises(InvitationError):
        accounts.accept(secret, "ann@example.com", PASSWORD)
    accounts.now_us.now = Clock.now


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        ("ann", PASSWORD, "no e-mail"),
        ("a@b@c", PASSWORD, "no e-mail"),
        ("ann@example.com", "short", "5 characters"),
        ("ann@example.com", "x" * 513, "513 characters"),
        ("taken@example.com", PASSWORD, "already"),
    ],
)
def test_what_makes_no_account_leaves_the_invitation(accounts, email, password, says) -> None:
    someone(accounts, email="taken@example.com")
    secret = accounts.invite(Role.VIEWER)
    with pytest.raises(AccountError, match=says):
        accounts.accept(secret, email, password)
    assert accounts.accept(secret, "new@example.com", PASSWORD).role == "viewer"


def test_nothing_that_lets_in_is_kept_as_it_is(accounts, any_databases) -> None:
    invitation = accounts.invite(Role.ADMIN)
    accounts.accept(invitation, "ann@example.com", PASSWORD)
    secret, caller = signed_in(accounts)
    token, _ = accounts.make_token(caller, "script", Role.VIEWER, 1)
    kept = any_databases.everything()
    for each in (invitation, secret, token):
        assert each.encode() not in kept
        assert digest_of(each).encode() in kept or each == invitation


def test_a_session_ends_by_idleness_age_and_sign_out(accounts) -> None:
    someone(accounts)
    clock = accounts.now_us
    secret, caller = signed_in(accounts)
    assert caller.role is Role.ADMIN
    assert len(caller.csrf) >= 43
    for _ in range(5):
        clock.now += 11 * HOUR_US
        assert accounts.by_session(secret) == caller
    clock.now += 13 * HOUR_US
    assert accounts.by_session(secret) is None
    secret, _ = signed_in(accounts)
    for _ in range(15 * 24 // 11):
        clock.now += 11 * HOUR_US
        accounts.by_session(secret)
    assert accounts.by_session(secret) is None
    secret, _ = signed_in(accounts)
    accounts.sign_out(secret)
    assert accounts.by_session(secret) is None
    assert accounts.by_session("nonsense") is None
    clock.now = Clock.now


def test_guessing_gets_slower_and_slower(accounts) -> None:
    someone(accounts)
    clock = accounts.now_us
    for attempt in range(FREE["account"] + 12):
        with pytest.raises(SignInError):
            accounts.sign_in("ann@example.com", f"wrong{attempt}", f"1.2.3.{attempt}")
        if attempt + 1 >= FREE["account"]:
            with pytest.raises(LockedOutError) as wait:
                accounts.sign_in("ann@example.com", PASSWORD, "9.9.9.9")
            assert wait.value.wait_s == min(2 ** (attempt + 1 - FREE["account"]), LONGEST_S)
            clock.now += wait.value.wait_s * SECOND_US
    assert signed_in(accounts)[1]
    accounts.sign_in("ann@example.com", PASSWORD, "9.9.9.9")  # forgotten with the success
    clock.now = Clock.now


def test_guessing_many_accounts_from_one_place_gets_slower_too(accounts) -> None:
    someone(accounts)
    for attempt in range(FREE["place"]):
        with pytest.raises(SignInError):
            accounts.sign_in(f"user{attempt}@example.com", "wrong", "6.6.6.6")
    with pytest.raises(LockedOutError):
        accounts.sign_in("ann@example.com", PASSWORD, "6.6.6.6")
    assert accounts.sign_in("ann@example.com", PASSWORD, "7.7.7.7")


def test_a_token_does_no_more_than_its_user(accounts) -> None:
    someone(accounts)
    editor = someone(accounts, Role.EDITOR, "ed@example.com")
    _, caller = signed_in(accounts, "ed@example.com")
    with pytest.raises(AccountError, match="larger role"):
        accounts.make_token(caller, "too much", Role.ADMIN, None)
    secret, token = accounts.make_token(caller, "script", Role.EDITOR, 2)
    assert accounts.by_token(secret).role is Role.EDITOR
    accounts.set_role(caller, editor.id, Role.VIEWER)
    assert accounts.by_token(secret).role is Role.VIEWER
    accounts.set_role(caller, editor.id, Role.ADMIN)
    assert accounts.by_token(secret).role is Role.VIEWER  # what was taken from it stays away
    accounts.now_us.now += 3 * DAY_US
    assert accounts.by_token(secret) is None
    accounts.now_us.now = Clock.now
    accounts.end_token(caller, token.id)
    assert accounts.by_token(secret) is None
    with pytest.raises(UnknownNameError):
        accounts.end_token(caller, token.id)


def test_somebody_elses_token_cannot_be_ended(accounts) -> None:
    someone(accounts)
    someone(accounts, Role.ADMIN, "bob@example.com")
    _, ann = signed_in(accounts)
    _, bob = signed_in(accounts, "bob@example.com")
    secret, token = accounts.make_token(ann, "hers", Role.VIEWER, None)
    with pytest.raises(UnknownNameError):
        accounts.end_token(bob, token.id)
    assert accounts.by_token(secret)


def test_one_link_makes_the_first_account_and_earlier_ones_none(accounts) -> None:
    earlier, link = set_up(accounts), set_up(accounts)
    with pytest.raises(InvitationError):
        accounts.accept(earlier, "eve@example.com", PASSWORD)
    assert accounts.accept(link, "ann@example.com", PASSWORD).role == "admin"
    assert set_up(accounts) is None
    for used in (earlier, link):
        with pytest.raises(InvitationError):
            accounts.accept(used, "eve@example.com", PASSWORD)


def test_the_last_admin_stays(accounts) -> None:
    ann = someone(accounts)
    bob = someone(accounts, Role.VIEWER, "bob@example.com")
    secret, caller = signed_in(accounts)
    for attempt in (
        lambda: accounts.remove(caller, ann.id),
        lambda: accounts.set_role(caller, ann.id, Role.EDITOR),
    ):
        with pytest.raises(AccountError, match="last admin"):
            attempt()
    accounts.set_role(caller, bob.id, Role.ADMIN)
    accounts.remove(caller, ann.id)
    assert accounts.by_session(secret) is None
    with pytest.raises(UnknownNameError):
        accounts.remove(caller, "nobody")


def test_a_role_of_somebody_removed_meanwhile_is_not_told_as_given(accounts) -> None:
    someone(accounts)
    bob = someone(accounts, Role.VIEWER, "bob@example.com")
    _, caller = signed_in(accounts)
    accounts.remove(caller, bob.id)  # after the other admin had read who there is
    with pytest.raises(UnknownNameError):
        accounts.give_role(bob, Role.EDITOR, by=caller.user_id)
    assert accounts.log.newest(1)[0].action == "account-removed"


def test_two_admins_who_demote_each_other_at_once_leave_one(accounts, monkeypatch) -> None:
    ann = someone(accounts)
    bob = someone(accounts, email="bob@example.com")
    both, found = Barrier(2, timeout=30), SqlUsers.get
    before = [ann, bob]

    def find_together(self, user_id):
        user = found(self, user_id)
        if before:  # each one's first look, not the one after the change
            before.pop()
            both.wait()
        return user

    monkeypatch.setattr(SqlUsers, "get", find_together)
    with ThreadPoolExecutor(2) as threads:
        tries = [
            threads.submit(accounts.set_role, Caller(by.id, Role.ADMIN), whom.id, Role.VIEWER)
            for by, whom in ((ann, bob), (bob, ann))
        ]
        refused = [each.exception(30) for each in tries]
    assert sorted(type(each) for each in refused if each) == [LastAdminError]
    assert sorted(each.role for each in accounts.users.all()) == ["admin", "viewer"]


def test_an_old_hash_is_renewed_at_the_next_sign_in(accounts, monkeypatch) -> None:
    someone(accounts)
    monkeypatch.setattr(Plain, "outdated", True)
    monkeypatch.setattr(Plain, "verify", lambda *_: True)
    monkeypatch.setattr(Plain, "hash", lambda _, password: f"new:{password}")
    _, caller = signed_in(accounts)
    assert caller
    assert accounts.users.by_email("ann@example.com").password == f"new:{PASSWORD}"


def test_what_was_done_is_written_down_without_addresses(accounts) -> None:
    user = someone(accounts)
    with pytest.raises(SignInError):
        accounts.sign_in("ann@example.com", "wrong", "1.1.1.1")
    signed_in(accounts)
    done = [(each.action, each.who) for each in reversed(accounts.log.newest(10))]
    assert done == [
        ("invite", ""), ("account-made", user.id), ("sign-in-failed", ""), ("sign-in", user.id),
    ]  # fmt: skip
    assert "@" not in repr(accounts.log.newest(10))


def test_passwords_are_hashed_with_argon2id() -> None:
    hasher = Argon2Hasher()
    hashed = hasher.hash(PASSWORD)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in hashed
    assert hasher.hash(PASSWORD) != hashed
    assert hasher.verify(hashed, PASSWORD)
    assert not hasher.verify(hashed, PASSWORD + " ")
    assert not hasher.verify("nonsense", PASSWORD)
    assert not hasher.is_outdated(hashed)
