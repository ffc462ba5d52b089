"""Addresses of databases as people write them, and where their passwords come from."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING

import pytest

from sojourn.adapters.sql.backends.address import (
    Address,
    DatabaseAddressError,
    read_address,
)
from sojourn.adapters.sql.backends.opening import Given, open_schema
from sojourn.adapters.sql.backends.passwords import password_of
from sojourn.adapters.sql.backends.postgres import PostgresSchema, _encryption, schema_of

if TYPE_CHECKING:
    from pathlib import Path

ID = "0d5a3c1e-8f1b-4c67-9a53-0f3de6a1b2c4"
PLAIN = Address(user="ann", host="db.example", port=5432, database="shop")


@pytest.mark.parametrize(
    ("text", "address", "password"),
    [
        ("postgresql://ann@db.example/shop", PLAIN, ""),
        ("postgres://ann:se%40cret@db.example:5432/shop", PLAIN, "se@cret"),
        ("postgresql://ann@[::1]:6000/shop",
         Address(user="ann", host="::1", port=6000, database="shop"), ""),
        ("postgresql://a%2Fn%20n@/shop?host=/run/postgresql",
         Address(user="a/n n", host="/run/postgresql", port=5432, database="shop"), ""),
        ("postgresql://ann@db.example/shop?sslmode=verify-full&sslrootcert=/etc/own.pem",
         Address(user="ann", host="db.example", port=5432, database="shop", sslmode="verify-full",
                 sslrootcert="/etc/own.pem"), ""),
    ],
)  # fmt: skip
def test_an_address_is_read_and_written_without_its_password(text, address, password) -> None:
    found = read_address(text, "here", may_hold_password=True)
    assert found == (address, password)
    assert read_address(address.text, "here", may_hold_password=False) == (address, "")
    assert "cret" not in address.text + address.place + repr(address)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("mysql://ann:secret@db/shop", "begins with 'mysql'"),
        ("shop.db", "does not begin with postgresql://"),
        ("postgresql://ann:secret@db", "names no database"),
        ("postgresql://db:5432/shop", "names no user"),
        ("postgresql://ann:secret@db:many/shop", "is no address"),
        ("postgresql://ann:secret@db/shop?options=x", "has the option 'options'"),
        ("postgresql://ann:secret@db/shop?sslmode=allow", "sslmode is none of prefer"),
    ],
)
def test_what_is_no_address_is_told_without_showing_it(text: str, why: str) -> None:
    with pytest.raises(DatabaseAddressError, match=why) as said:
        read_address(text, "SOJOURN_DATABASE", may_hold_password=True)
    assert "SOJOURN_DATABASE" in said.value.message
    assert "secret" not in said.value.message


def test_a_password_is_refused_where_the_folder_would_carry_it() -> None:
    with pytest.raises(DatabaseAddressError, match=r"sojourn\.toml holds a password") as said:
        read_address("postgresql://ann:secret@db/shop", "sojourn.toml", may_hold_password=False)
    assert "secret" not in said.value.message
    assert "PGPASSWORD" in said.value.remedy


PASSWORDS = r"""# of the shop
other:5432:shop:ann:wrong
db.example:5432:shop:ann:it\:is\\this
*:*:*:ann:for all
localhost:*:shop:*:local
broken line
"""


@pytest.mark.parametrize(
    ("address", "password"),
    [
        (PLAIN, "it:is\\this"),
        (Address(user="ann", host="else", port=1, database="x"), "for all"),
        (Address(user="bob", host="/run/postgresql", port=1, database="shop"), "local"),
        (Address(user="bob", host="db.example", port=5432, database="shop"), ""),
    ],
)
def test_the_first_line_that_fits_has_the_password(tmp_path: Path, address, password) -> None:
    path = tmp_path / "pgpass"
    path.write_text(PASSWORDS, "utf-8")
    path.chmod(0o600)
    assert password_of(address, str(path)) == password


def test_without_a_file_there_is_no_password(tmp_path: Path) -> None:
    assert password_of(PLAIN, str(tmp_path / "none")) == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_a_file_of_passwords_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pgpass"
    path.write_text("*:*:*:*:secret", "utf-8")
    path.chmod(0o644)
    with pytest.raises(DatabaseAddressError, match="read by others") as said:
        password_of(PLAIN, str(path))
    assert "chmod 600" in said.value.remedy
    path.chmod(0o600)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DatabaseAddressError, match="cannot be read"):
        password_of(PLAIN, str(path))


def given(text: str, **more: str) -> Given:
    return Given(address=text, where="here", may_hold_password=True,
                 **({"password": "", "password_file": "/nowhere"} | more))  # fmt: skip


def test_a_password_comes_from_the_address_then_the_environment_then_the_file(tmp_path) -> None:
    path = tmp_path / "pgpass"
    path.write_text("*:*:*:*:filed", "utf-8")
    path.chmod(0o600)
    plain, inline = "postgresql://ann@db/shop", "postgresql://ann:inline@db/shop"

    def used(text: str, **more: str) -> str:
        return open_schema(given(text, **more), ID, ())._password

    assert used(inline, password="environment", password_file=str(path)) == "inline"
    assert used(plain, password="environment", password_file=str(path)) == "environment"
    assert used(plain, password_file=str(path)) == "filed"
    assert "inline" not in repr(given(inline))


def test_a_schema_is_named_by_the_workspace_and_by_nothing_else() -> None:
    assert schema_of(ID) == "sojourn_0d5a3c1e8f1b4c679a530f3de6a1b2c4"
    with pytest.raises(DatabaseAddressError, match="cannot name a schema"):
        PostgresSchema(PLAIN, "", 'x"; DROP SCHEMA public; --')


def test_encryption_follows_the_address(tmp_path: Path) -> None:
    def of(**more: str):
        return _encryption(
            Address(**({"user": "a", "host": "db", "port": 1, "database": "x"} | more))
        )

    assert of().verify_mode == ssl.CERT_NONE
    assert of(sslmode="disable") is False
    assert of(host="/run") is False
    assert of(sslmode="require").verify_mode == ssl.CERT_NONE
    context = of(sslmode="verify-full")
    assert isinstance(context, ssl.SSLContext)
    assert context.check_hostname
    with pytest.raises(DatabaseAddressError, match="cannot be read"):
        of(sslmode="verify-full", sslrootcert=str(tmp_path / "none.pem"))
