"""Law: what is known of a person does not depend on the order in which events arrive."""

from __future__ import annotations

from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from sojourn.identity.traits import Told, fold_traits, value_at

NAMES = st.sampled_from(["plan", "age"])
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(0, 2), st.sampled_from(["", "pro", "undefined"])
)
TRAITS = st.dictionaries(NAMES, VALUES, max_size=2)
TOLD = st.lists(
    st.builds(
        Told,
        time_us=st.integers(0, 3),
        ident=st.integers(0, 3),
        traits=TRAITS,
        once=TRAITS,
        gone=st.lists(NAMES, max_size=1).map(tuple),
    ),
    max_size=4,
    unique_by=lambda told: (told.time_us, told.ident),
)


def told_one_by_one(events, name):
    """The rule as a story: what is known after each event, in order of (time, event id)."""
    known, story = None, []
    for one in sorted(events, key=lambda told: (told.time_us, told.ident)):
        if name in one.gone:
            known = None
        if one.traits.get(name) not in (None, "undefined"):
            known = one.traits[name]
        elif name not in one.gone and known is None and one.once.get(name) != "undefined":
            known = one.once.get(name)
        story.append((one.time_us, known))
    return story


@given(TOLD)
def test_histories_are_the_same_in_any_order_and_as_the_story_tells(events):
    found = fold_traits(events)
    assert all(fold_traits(order) == found for order in permutations(events))
    for name in ("plan", "age"):
        story = told_one_by_one(events, name)
        history = found.get(name, ())
        for instant in range(5):
            told = [known for time, known in story if time <= instant]
            expected = told[-1] if told else None
            value = value_at(history, instant)
            assert (value, type(value)) == (expected, type(expected))
        for before, after in pairwise(history):
            assert (before.since_us, before.ident) < (after.since_us, after.ident)
            assert (before.value, type(before.value)) != (after.value, type(after.value))
