"""Whom an event of PostHog's libraries is about, and what of its properties is the person's."""

from __future__ import annotations

import pytest

from sojourn.events.calls.posthog import posthog_row

UUID = "0190c7a5-8b1e-7c3d-9f2a-1b2c3d4e5f60"
OTHER = "0190c7a5-8b1e-7c3d-9f2a-000000000000"


def ids(event: str, distinct: str, **inner: object) -> tuple[str | None, str | None]:
    row = posthog_row({"event": event, "distinct_id": distinct, "properties": inner})
    return row.user, row.anonymous


@pytest.mark.parametrize(
    ("distinct", "alias", "expected"),
    [
        (UUID, "ann", ("ann", UUID)),  # as the library for Python has it
        ("ann", UUID, ("ann", UUID)),  # as the one for Node has it
        ("ann", "bob", ("ann", None)),
        (UUID, OTHER, (None, UUID)),
        ("ann", None, ("ann", None)),
    ],
)
def test_an_alias_links_where_it_tells_who_is_anonymous(distinct, alias, expected) -> None:
    assert ids("$create_alias", distinct, distinct_id=distinct, alias=alias) == expected


def test_a_property_called_alias_links_nobody() -> None:
    assert ids("Profile Saved", "ann", alias=UUID) == ("ann", None)


def test_a_group_told_of_by_nobody_is_no_person() -> None:
    group = {"$group_type": "company", "$group_key": "acme"}
    assert ids("$groupidentify", "$company_acme", **group) == (None, None)
    assert ids("$groupidentify", "ann", **group) == ("ann", None)
    assert ids("Order Completed", "$company_acme", **group) == ("$company_acme", None)


def test_what_a_server_tells_of_itself_is_not_the_persons() -> None:
    own = {"$os": "Linux", "$os_version": "12", "$python_version": "3.11"}
    event = {"event": "Order Completed", "distinct_id": "ann"}
    sent = posthog_row({**event, "properties": {**own, "$is_server": True, "plan": "pro"}})
    assert sent.properties == {"plan": "pro"}
    device = posthog_row({**event, "properties": {"$os": "iOS", "plan": "pro"}})
    assert device.properties == {"os": "iOS", "plan": "pro"}
