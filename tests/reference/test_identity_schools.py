"""Worked examples of four schools of identity, with what ours says where theirs differs.

The situations are those of the vendors' own pages; ids and events are ours.

References
----------
Segment, *What is Personas Merge Protection?*
(segment.com/docs/guides/personas/what-is-personas-merge-protection), *Spec: Alias*
(twilio.com/docs/segment/connections/spec/alias). RudderStack, *Identity graph*
(rudderstack.com/docs/profiles/concepts/identity-graph). PostHog, *Identifying users*
(posthog.com/docs/product-analytics/identify). Snowplow, *Users and identity stitching*
(docs.snowplow.io/docs/modeling-your-data/modeling-your-data-with-dbt/package-features/identity-stitching).
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.compose import open_workspace
from sojourn.events.calls.intake import POSTHOG, SEGMENT
from sojourn.insight.overview.person import NoPersonError, Person

if TYPE_CHECKING:
    from pathlib import Path

DEVICE = "01954eff-0000-7000-8000-00000000000a"
PHONE = "01954eff-0000-7000-8000-00000000000b"


def segment(day, kind="track", **ids):
    at = f"2026-02-{day:02}T09:00:00Z"
    event = {"event": f"e{day}"} if kind == "track" else {}
    return {"type": kind, "messageId": f"m{day}", "timestamp": at, **event, **ids}


def posthog(day, distinct, event="seen", **properties):
    at = f"2026-02-{day:02}T09:00:00Z"
    event = f"e{day}" if event == "seen" else event
    return {"event": event, "uuid": f"m{day}", "timestamp": at, "distinct_id": distinct,
            "properties": properties}  # fmt: skip


def days(folder: Path, calls, dialect=SEGMENT, merges=()):
    """Return the days of each person's events."""
    shop = open_workspace(folder, create=True)
    request = Request(
        calls=list(calls), dialect=dialect, source="web", sent=None,
        received_us=1_772_366_400_000_000,
    )  # fmt: skip
    taken = take_in(request, Limits(), lambda: "made")
    assert not taken.refused
    shop.inbox.put(taken.items)
    shop.hand_over.run()
    shop.inbox.close()
    for gone, kept in merges:
        shop.merges.add(gone, kept, who="test", why="the example")
    found = {}
    for person in ("u1", "u2", "u3", "anon:a1", "anon:a2", "anon:a1#1", f"anon:{DEVICE}",
                   f"anon:{DEVICE}#1", f"anon:{PHONE}"):  # fmt: skip
        try:
            answer = shop.ask(Person(person=person)).to_json()
        except NoPersonError:
            continue
        found.setdefault(answer["person"], sorted(int(row["time"][8:10]) for row in answer["rows"]))
    return found


def test_segment_an_anonymous_id_not_reset_at_logout_joins_no_two_users(tmp_path) -> None:
    """Segment's protection keeps u1 and u2 apart, as ours; the events without a user id after the
    second one are nobody's here, where Segment leaves them to one of the two."""
    calls = [
        segment(1, anonymousId="a1"),
        segment(2, "identify", anonymousId="a1", userId="u1"),
        segment(3, anonymousId="a1"),
        segment(4, "identify", anonymousId="a1", userId="u2"),
        segment(5, anonymousId="a1"),
    ]
    expected = {"u1": [1, 2, 3], "u2": [4], "anon:a1#1": [5]}
    for number, order in enumerate(list(permutations(calls))[::29]):
        assert days(tmp_path / str(number), order) == expected


def test_segment_an_alias_of_an_anonymous_id_links_and_of_a_user_id_does_not_merge(tmp_path):
    """Segment's alias serves destinations and merges nothing in Unify; ours links an anonymous id,
    and leaves what was sent under a former user id until somebody merges the two."""
    linked = [segment(1, anonymousId="a1"), segment(2, "alias", previousId="a1", userId="u1")]
    assert days(tmp_path / "a", linked) == {"u1": [1, 2]}
    renamed = [segment(1, userId="u1"), segment(2, "alias", previousId="u1", userId="u2")]
    assert days(tmp_path / "b", renamed) == {"u1": [1], "u2": [2]}
    assert days(tmp_path / "c", renamed, merges=[("u1", "u2")]) == {"u2": [1, 2]}


def test_rudderstack_ids_seen_together_are_one_graph_there_and_users_apart_here(tmp_path) -> None:
    """RudderStack's stitcher joins whatever edges connect, so two users who shared a device are
    one; here one device may join several devices of one user, and never two users."""
    devices = [
        segment(1, anonymousId="a1"),
        segment(2, anonymousId="a2"),
        segment(3, "identify", anonymousId="a1", userId="u1"),
        segment(4, "identify", anonymousId="a2", userId="u1"),
    ]
    assert days(tmp_path / "same", devices) == {"u1": [1, 2, 3, 4]}, "as theirs"
    shared = [*devices, segment(5, "identify", anonymousId="a2", userId="u2")]
    assert days(tmp_path / "apart", shared) == {"u1": [1, 2, 3, 4], "u2": [5]}
    merged = days(tmp_path / "told", shared, merges=[("u2", "u1")])
    assert merged == {"u1": [1, 2, 3, 4, 5]}, "as theirs, once somebody says so"


def test_posthog_identify_joins_what_came_before_and_two_identified_users_stay_two(tmp_path):
    """As PostHog's for what came before the first user, and for two users who stay two."""
    calls = [
        posthog(1, DEVICE, **{"$device_id": DEVICE}),
        posthog(2, "u1", "$identify", **{"$anon_distinct_id": DEVICE}),
        posthog(3, "u1", **{"$device_id": DEVICE, "$is_identified": True}),
        posthog(4, "u2", "$identify", **{"$anon_distinct_id": DEVICE}),
        posthog(5, DEVICE, **{"$device_id": DEVICE}),
    ]
    expected = {"u1": [1, 2, 3], "u2": [4], f"anon:{DEVICE}#1": [5]}
    assert days(tmp_path, calls, POSTHOG) == expected


@pytest.mark.parametrize("turned", [False, True])
def test_posthog_an_alias_links_a_device_and_merges_no_two_users(tmp_path, turned) -> None:
    """PostHog refuses to alias an id that was identified already, as ours; where neither was, it
    merges two ids that are no device's, and ours does not."""
    ids = ("u1", PHONE)[:: -1 if turned else 1]
    calls = [posthog(1, PHONE), posthog(2, ids[0], "$create_alias", alias=ids[1])]
    assert days(tmp_path / "device", calls, POSTHOG) == {"u1": [1, 2]}
    users = [
        posthog(1, "u1"), posthog(2, "u2"),
        posthog(3, "u2", "$create_alias", alias="u1"),
        posthog(4, "u2", "$merge_dangerously", alias="u1"),
    ]  # fmt: skip
    assert days(tmp_path / "users", users, POSTHOG) == {"u1": [1], "u2": [2, 3, 4]}


def test_snowplow_maps_a_cookie_to_its_latest_user_and_ours_to_its_first(tmp_path) -> None:
    """Snowplow's dbt package lets the newest user id of a cookie take all of the cookie's sessions;
    here the first keeps them, and what follows the second is nobody's, as in Snowplow Identities
    with unique user ids (docs.snowplow.io/docs/identities/concepts/unique-identifiers)."""
    calls = [
        segment(1, anonymousId="a1"),
        segment(2, anonymousId="a1", userId="u1"),
        segment(3, anonymousId="a1", userId="u2"),
        segment(4, anonymousId="a1"),
    ]
    theirs = {"u2": [1, 2, 3, 4]}
    ours = {"u1": [1, 2], "u2": [3], "anon:a1#1": [4]}
    assert days(tmp_path, calls) == ours != theirs
