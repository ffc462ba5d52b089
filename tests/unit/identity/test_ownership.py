"""Ownership by hand, and people no id names."""

from __future__ import annotations

import pyarrow as pa
import pytest

from plain_identity import Sighting, person_of
from sojourn.identity.ownership import (
    LINK_SCHEMA,
    earliest_links,
    owners,
    user_person,
)

LINKS = pa.table(
    {
        "anonymous_id": ["x", "x", "x", "y"],
        "user_id": ["ann", "bob", "ann", "cid"],
        "time": [5, 9, 2, 1],
        "ident": [1, 2, 3, 4],
    },
    schema=LINK_SCHEMA,
)


@pytest.mark.parametrize(
    ("sighting", "person"),
    [
        (Sighting("x", None, 0, 9), "ann"),  # before anybody identified
        (Sighting("x", None, 8, 9), "ann"),
        (Sighting("x", None, 9, 1), "ann"),  # the instant of bob's, an earlier event id
        (Sighting("x", None, 9, 3), "anon:x#1"),
        (Sighting("x", None, 99, 0), "anon:x#1"),
        (Sighting("x", "ann", 99, 0), "ann"),  # a user id always counts
        (Sighting("y", None, 50, 0), "cid"),
        (Sighting("z", None, 50, 0), "anon:z"),
        (Sighting("x", "NULL", 0, 0), "ann"),
        (Sighting("undefined", None, 0, 0), None),
        (Sighting(None, "anonymous", 0, 0), None),
        (Sighting(None, "anon:x", 0, 0), "user:anon:x"),
    ],
)
def test_who_it_was(sighting, person):
    assert person_of(sighting, owners(earliest_links([LINKS]))) == person


def test_without_links_nobody_owns():
    assert len(owners(earliest_links([]))) == 0
    assert person_of(Sighting("x", None, 0, 0), owners(earliest_links([]))) == "anon:x"


def test_no_user_id_can_pose_as_another_kind_of_person():
    ids = ["ann", "anon:x", "user:ann", "user:anon:x", "anon:x#1"]
    assert len({user_person(i) for i in ids} | {"anon:x", "anon:x#1"}) == len(ids) + 2
