"""Law: whose event it is does not depend on the order in which events arrive, or in what parts."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from plain_identity import Sighting, person_of
from sojourn.identity.ownership import (
    LINK_SCHEMA,
    NEVER_TAKEN,
    OWNER_SCHEMA,
    earliest_links,
    owners,
)

SIGHTINGS = st.lists(
    st.builds(
        Sighting,
        st.sampled_from([None, "x", "y"]),
        st.sampled_from([None, "ann", "bob", "cid"]),
        st.integers(0, 5),
        st.integers(0, 2**64 - 1),
    ),
    max_size=12,
    unique_by=lambda s: s.ident,
)


def links(sightings):
    both = [s for s in sightings if s.anonymous_id and s.user_id]
    return pa.Table.from_pylist(
        [
            {"anonymous_id": s.anonymous_id, "user_id": s.user_id, "time": s.time, "ident": s.ident}
            for s in both
        ],
        schema=LINK_SCHEMA,
    )


def told_one_by_one(sightings):
    """The rule as a story: walk the events in order of (time, event id)."""
    story = sorted(sightings, key=lambda s: (s.time, s.ident))
    found = {}
    for anonymous in ("x", "y"):
        users = [s for s in story if s.anonymous_id == anonymous and s.user_id]
        owner = users[0].user_id if users else None
        taken = next((s for s in users if s.user_id != owner), None)
        for s in story:
            if s.anonymous_id != anonymous or s.user_id:
                continue
            if owner is None:
                found[s.ident] = f"anon:{anonymous}"
            elif taken is not None and (s.time, s.ident) > (taken.time, taken.ident):
                found[s.ident] = f"anon:{anonymous}#1"
            else:
                found[s.ident] = owner
    return found


@given(SIGHTINGS, st.randoms(use_true_random=False), st.integers(1, 4))
def test_people_are_the_same_in_any_order_and_in_any_parts(sightings, chance, parts):
    shuffled = list(sightings)
    chance.shuffle(shuffled)
    pieces = [earliest_links([links(shuffled[part::parts])]) for part in range(parts)]
    at_once = earliest_links([links(sightings)])
    assert earliest_links(pieces).equals(at_once)
    assert earliest_links([earliest_links(pieces[:1]), *pieces[1:]]).equals(at_once)
    owned = owners(at_once)
    assert owned.schema.equals(OWNER_SCHEMA)
    story = told_one_by_one(sightings)
    for s in sightings:
        person = person_of(s, owned)
        if s.user_id:
            assert person == s.user_id
        elif s.anonymous_id:
            assert person == story[s.ident]
        else:
            assert person is None


@given(SIGHTINGS)
def test_an_id_is_taken_once_and_for_good(sightings):
    for row in owners(earliest_links([links(sightings)])).to_pylist():
        users = {s.user_id for s in sightings if s.anonymous_id == row["anonymous_id"]} - {None}
        assert row["user_id"] in users
        assert (row["taken_time"] == NEVER_TAKEN) == (len(users) == 1)
