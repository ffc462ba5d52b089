"""Consent of merged people against an obvious twin: a diary in order of time, arrival aside."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sojourn.identity.consent import Joining, fold_consent
from sojourn.identity.traits import Told

NAME = "consent.email.marketing"
PEOPLE = range(4)

words = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(PEOPLE), st.booleans()),
    max_size=8, unique_by=lambda word: word[0],
)  # fmt: skip
# Whoever is gone is gone once: an arrow goes from a larger number to a smaller one.
merges = st.tuples(*(st.tuples(st.integers(0, 40), st.integers(0, n - 1)) for n in PEOPLE if n))


def folded(said, joined):
    told = {who: [] for who in PEOPLE}
    for at, who, granted in said:
        told[who].append(Told(time_us=2 * at, ident=at, traits={NAME: granted}))
    found = fold_consent(told, joined)
    return [(each.granted, each.since_us) for each in found]


def joinings(arrows):
    # Odd instants: no merge is at the very instant of a word.
    return [Joining(at_us=2 * at + 1, one=n, other=to) for n, (at, to) in enumerate(arrows, 1)]


def diary(said, arrows):
    """What holds at the end, step by step: groups of people, each with its last word."""
    groups = [({who}, None) for who in PEOPLE]
    steps = [(2 * at, "word", who, granted) for at, who, granted in said]
    steps += [(2 * at + 1, "merge", n, to) for n, (at, to) in enumerate(arrows, 1)]
    for at, kind, one, other in sorted(steps):
        ours = next(group for group in groups if one in group[0])
        groups.remove(ours)
        if kind == "word":
            same = ours[1] is not None and ours[1][0] == other
            groups.append((ours[0], ours[1] if same else (other, at)))
            continue
        theirs = next((group for group in groups if other in group[0]), None)
        if theirs is None:
            groups.append(ours)
            continue
        groups.remove(theirs)
        spoken = [word for word in (ours[1], theirs[1]) if word is not None]
        refused = [word for word in spoken if not word[0]]
        word = min(refused) if refused else max(spoken, default=None)
        groups.append((ours[0] | theirs[0], word))
    assert len(groups) == 1
    return [] if groups[0][1] is None else [groups[0][1]]


@given(words, merges, st.randoms(use_true_random=False))
def test_the_diary_and_the_fold_agree_in_any_order(said, arrows, random) -> None:
    expected = diary(said, arrows)
    joined = joinings(arrows)
    for _ in range(3):
        assert folded(said, joined) == expected
        random.shuffle(said)
        random.shuffle(joined)


@given(words, merges)
def test_a_word_after_the_last_merge_is_the_last_word(said, arrows) -> None:
    for granted in (True, False):
        late = [*said, (50, 3, granted)]
        assert [state for state, _ in folded(late, joinings(arrows))] == [granted]


@given(words)
def test_of_people_whom_nothing_joins_a_refusal_counts_whenever_it_was_told(said) -> None:
    last = {who: granted for _, who, granted in sorted(said)}
    assert [state for state, _ in folded(said, [])] == ([all(last.values())] if last else [])
