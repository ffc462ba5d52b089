"""Which rows of people matter, each kernel beside a plain twin."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sojourn.kernels.keeping import by_row, chosen_rows, rows_up_to
from sojourn.kernels.rows import rows_of_people

LIVES = st.lists(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=6), max_size=5)


def columns(lives):
    """Offsets, times and marks of people whose events are (time, marked)."""
    lives = [sorted(life) for life in lives]
    flat = [event for life in lives for event in life]
    offsets = np.concatenate(([0], np.cumsum([len(life) for life in lives], dtype=np.int64)))
    time = np.array([at for at, _ in flat], np.int64)
    marks = np.array([marked for _, marked in flat], np.uint8)
    return offsets.astype(np.int64), time, marks


@given(LIVES, st.integers(-1, 10), st.sampled_from((1, 2, 100, -1, -2)))
def test_the_rows_that_matter_are_the_last_or_first_marked_ones_so_far(lives, now, most) -> None:
    offsets, time, marks = columns(lives)
    until = rows_up_to(offsets, time, now)
    bounds, rows = chosen_rows(offsets, until, marks, most)
    for person in range(len(lives)):
        mine = [
            row
            for row in range(offsets[person], offsets[person + 1])
            if time[row] <= now and marks[row]
        ]
        expected = mine[-most:] if most > 0 else mine[:-most]
        assert rows[bounds[person] : bounds[person + 1]].tolist() == expected


@given(st.lists(st.integers(0, 5), max_size=20))
def test_hits_come_by_row_in_the_order_they_were_given(row) -> None:
    starts, hits = by_row(np.array(row, np.int64), 6)
    for one in range(6):
        expected = [hit for hit, of in enumerate(row) if of == one]
        assert hits[starts[one] : starts[one + 1]].tolist() == expected


@given(LIVES, st.data())
def test_rows_of_some_people_are_theirs_and_no_others(lives, data) -> None:
    offsets, _, _ = columns(lives)
    some = data.draw(st.lists(st.sampled_from(range(len(lives))), unique=True)) if lives else []
    bounds, rows = rows_of_people(offsets, np.array(sorted(some), np.int64))
    for at, person in enumerate(sorted(some)):
        expected = list(range(offsets[person], offsets[person + 1]))
        assert rows[bounds[at] : bounds[at + 1]].tolist() == expected
