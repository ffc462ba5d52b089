"""Law: who counts as whom does not depend on the order in which merges are made or undone."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from sojourn.base.errors import InputError
from sojourn.identity.merging import changed_people, check_merge, end_of, merged_by

PEOPLE = st.sampled_from("abcde")
ARROWS = st.lists(st.tuples(PEOPLE, PEOPLE), max_size=5)


def made(arrows):
    """What stands after asking for each merge in turn; refused ones change nothing."""
    standing = {}
    for gone, kept in arrows:
        try:
            check_merge(gone, kept, standing)
        except InputError:
            continue
        standing[gone] = kept
    return standing


@given(ARROWS)
def test_merges_that_can_all_stand_do_so_in_any_order_with_the_same_result(arrows):
    together = list(made(arrows).items())
    expected = merged_by(dict(together))
    for order in permutations(together):
        assert made(order) == dict(together), "none is refused in another order"
        assert merged_by(made(order)) == expected
        assert merged_by(made(order)).digest == expected.digest


@given(ARROWS)
def test_everybody_counts_as_somebody_who_counts_as_nobody_else(arrows):
    standing = made(arrows)
    merged = merged_by(standing)
    for person in "abcde":
        kept = merged.person(person)
        assert merged.person(kept) == kept
        assert (person in merged.parts(kept)) == (person != kept)
        # who is one with whom is plain reachability, arrows taken both ways
        reached = {person}
        for _ in "abcde":
            reached |= {b for a, b in standing.items() if a in reached}
            reached |= {a for a, b in standing.items() if b in reached}
        assert reached == {other for other in "abcde" if merged.person(other) == kept}


@given(ARROWS, st.data())
def test_undoing_one_merge_leaves_what_the_others_alone_would_give(arrows, data):
    standing = made(arrows)
    if not standing:
        return
    undone = data.draw(st.sampled_from(sorted(standing)))
    left = {gone: kept for gone, kept in standing.items() if gone != undone}
    assert merged_by(left) == merged_by(made(left.items()))
    changed = changed_people(merged_by(standing), merged_by(left))
    assert {undone, end_of(undone, standing)} <= set(changed)
    for person in set("abcde") - set(changed):
        assert merged_by(left).person(person) == merged_by(standing).person(person)
