"""Slow, obvious twins of the questions about paths, over plain lists; and logs to try them on."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

from hypothesis import strategies as st

from sojourn.adapters.engines.local import LocalEngine
from sojourn.index.memory import memory_index

MINUTE = 60_000_000
NAMES = ["a", "b", "c", "d"]

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cid", "dee", "eve"]),
        st.integers(0, 12).map(lambda n: n * 10 * MINUTE),
        st.sampled_from(NAMES),
        st.fixed_dictionaries({}, optional={"page": st.sampled_from(["/p/1", "/p/2", "/cart"])}),
    ),
    max_size=40,
)
"""Logs of five people; times repeat, and gaps are below, at and above half an hour."""


def ask(spec, rows, buckets=1, threads=1):
    """Return the answer of a question over rows in memory."""
    index = memory_index(rows, buckets=buckets)
    return LocalEngine(threads).ask(spec.plan(index.catalog), index)


def journeys(rows, gap=None):
    """Return ``(person, [(time, name), …])`` of every journey, or of every session."""
    people = defaultdict(list)
    for row in rows:
        people[row[0]].append((row[1], row[2]))
    found = []
    for person, events in people.items():
        events.sort(key=lambda event: event[0] or 0)
        current = []
        for event in events:
            if gap is not None and current and event[0] - current[-1][0] > gap:
                found.append((person, current))
                current = []
            current.append(event)
        found.append((person, current))
    return found


def names(journey):
    """Return the event names of a journey."""
    return [name for _, name in journey]


def collapsed(journey):
    """Return a journey with only the first of several equal events in a row."""
    return [e for at, e in enumerate(journey) if at == 0 or e[1] != journey[at - 1][1]]


def moves(found):
    """Return the count and the people of every move, start and end as None."""
    counts, people = Counter(), defaultdict(set)
    for person, journey in found:
        for move in pairwise([None, *names(journey), None]):
            counts[move] += 1
            people[move].add(person)
    return counts, {move: len(who) for move, who in people.items()}


def quantile(values, share):
    """Return a quantile of type 7."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
