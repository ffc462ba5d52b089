"""Followed event by event, in any order of arrival, members are those worked out from everything."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segment_streams import START_US, Stream
from slow_segments import RULES
from sojourn.app.segmenting.documents import keep_segment
from sojourn.app.segmenting.state import unpacked
from sojourn.base.timespan import HOUR_US
from sojourn.segments.ask.members import compiled, judged
from sojourn.segments.model import Segment
from sojourn.stages.model import Words

EVENTS = st.tuples(
    st.sampled_from(("a", "b", "c")),
    st.sampled_from((None, None, "u1", "u2")),
    st.sampled_from((None, "x1", "x2")),
    st.integers(-30, 2),
    st.fixed_dictionaries({}, optional={"p": st.sampled_from(("x", "y")), "q": st.integers(1, 5)}),
).filter(lambda event: event[1] or event[2])


@given(
    st.lists(RULES, min_size=1, max_size=3),
    st.lists(st.tuples(st.lists(EVENTS, max_size=5), st.integers(0, 9)), min_size=1, max_size=5),
)
@settings(max_examples=int(os.environ.get("SEGMENT_EXAMPLES", "12")), deadline=None)
def test_followed_they_are_what_bulk_says(rules, steps) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stream = Stream(Path(folder) / "shop")
        segments = [
            Segment(key=f"s{number}", title=Words(en="s"), who=rule)
            for number, rule in enumerate(rules)
        ]
        for segment in segments:
            keep_segment(stream.workspace.documents, segment, who="test")
        stream.send("a", user="first", at=START_US - 50 * HOUR_US, p="x", q=2)
        stream.step()
        for events, hours in steps:
            for name, user, anonymous, hour, properties in events:
                at = stream.now + hour * HOUR_US
                stream.send(name, user=user, anonymous=anonymous, at=at, **properties)
            stream.step(wait=hours * HOUR_US)
            check(stream, segments)
        stream.close()


def check(stream, segments):
    index = stream.following._index(stream.following._current().compiled)
    rules, _ = compiled(tuple(segments), None, stream.now, index.catalog)
    expected, sizes = {}, np.zeros(len(segments), int)
    for bucket in index.buckets:
        verdict, _ = judged(rules, bucket, index.catalog, stream.now)
        places = np.arange(len(bucket.offsets) - 1)
        for place, person in enumerate(bucket.person_ids(places)):
            if not (len(bucket.skip) and bucket.skip[place]):
                expected[person] = np.flatnonzero(verdict.inside[:, place]).tolist()
        sizes += verdict.inside.sum(axis=1)
    with stream.following.store.step() as step:
        kept = step.people([*expected, "anon:x1", "anon:x2", "anon:x1#1", "anon:x2#1"])
    assert {person: unpacked(one).inside for person, one in kept.items()} == expected
    assert stream.following.store.position().sizes == tuple(sizes)
