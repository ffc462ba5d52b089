"""What calls tell of a person stands on their page: traits with history, consent, sources."""

from __future__ import annotations

import json
from itertools import islice, permutations
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.base.timespan import to_datetime
from sojourn.cli.main import cli
from sojourn.compose import open_workspace
from sojourn.events.calls.intake import POSTHOG, SEGMENT
from sojourn.insight.overview.person import Person

if TYPE_CHECKING:
    from pathlib import Path

NOW_US = 1_772_366_400_000_000


def call(kind, number, day, **more):
    at = f"2026-02-{day:02}T09:00:00Z"
    return {"type": kind, "messageId": f"m{number}", "timestamp": at, **more}


SENT = [
    call("page", 1, 1, anonymousId="x", name="Home", context={
        "campaign": {"source": "naver", "medium": "cpc"}, "page": {"path": "/"}}),
    call("identify", 2, 2, userId="ann", anonymousId="x", context={"page": {"path": "/join"}},
         traits={"plan": "free", "title": "CEO", "address": {"city": "Seoul"}, "age": "undefined"}),
    call("page", 3, 5, userId="ann", name="Sale", context={
        "campaign": {"source": "instagram", "medium": "paid_social"}, "page": {"path": "/sale"},
        "consent": {"categoryPreferences": {"Advertising": False}}}),
    call("identify", 4, 9, userId="ann",
         traits={"plan": "pro", "seats": "three", "consent.email.marketing": True}),
    call("identify", 5, 4, userId="ann", traits={"plan": "trial", "seats": 3}),
    call("identify", 6, 3, userId="a.ann", traits={"consent.email.marketing": False}),
    call("group", 7, 3, userId="ann", groupId="acme", traits={"plan": "enterprise"}),
    call("track", 8, 3, userId="ann", event="seen", properties={"$traits": "no object", "n": 1}),
]  # fmt: skip


def take(shop, one, dialect=SEGMENT, received_us=NOW_US):
    request = Request(
        calls=[one], dialect=dialect, source="web", sent=None, received_us=received_us
    )
    taken = take_in(request, Limits(), lambda: "made")
    assert taken.items, taken.refused
    shop.inbox.put(taken.items)
    shop.hand_over.run()


def shop_of(folder: Path, calls, dialect=SEGMENT):
    shop = open_workspace(folder, create=True)
    for one in calls:
        take(shop, one, dialect)
    shop.inbox.close()
    return shop


def known(shop, person="ann"):
    found = shop.ask(Person(person=person)).to_json()
    return {name: found[name] for name in ("traits", "consents", "sources", "merged")}


def day(text):
    return int(text[8:10])


@pytest.fixture
def shop(tmp_path):
    return shop_of(tmp_path / "shop", SENT)


def test_traits_have_their_values_with_the_day_each_was_told_first(shop) -> None:
    traits = {each["name"]: each for each in known(shop)["traits"]}
    assert {name: (each["value"], day(each["since"])) for name, each in traits.items()} == {
        "address.city": ("Seoul", 2), "plan": ("pro", 9), "seats": ("three", 9), "title": ("CEO", 2),
    }  # fmt: skip
    former = [(each["value"], day(each["since"])) for each in traits["plan"]["former"]]
    assert former == [("trial", 4), ("free", 2)]
    assert [each["value"] for each in traits["seats"]["former"]] == [3]


def test_no_event_is_lost_by_a_value_that_is_none_or_of_another_type(shop) -> None:
    rows = shop.ask(Person(person="ann")).to_json()["rows"]
    assert len(rows) == 7
    assert not any(name.startswith("$traits") for row in rows for name in row["properties"])


def test_sources_are_the_first_and_the_latest_known(shop) -> None:
    sources = known(shop)["sources"]
    assert {kind: (each["channel"], each["source"], day(each["at"]))
            for kind, each in sources.items()} == {
        "original": ("Paid Search", "naver", 1), "latest": ("Paid Social", "instagram", 5),
    }  # fmt: skip


def test_a_merge_takes_the_stricter_consent_and_undoing_it_gives_it_back(shop) -> None:
    def consents():
        return {
            (each["channel"], each["purpose"]): each["granted"] for each in known(shop)["consents"]
        }

    before = known(shop)
    assert consents() == {(None, "Advertising"): False, ("email", "marketing"): True}
    shop.merges.add("a.ann", "ann", who="kim", why="one mail address")
    assert consents() == {(None, "Advertising"): False, ("email", "marketing"): False}
    assert known(shop, "a.ann")["merged"] == ["a.ann"]
    shop.merges.undo("a.ann", who="kim", why="two people")
    assert known(shop) == before


@pytest.mark.parametrize("spoken_as", ["ann", "a.ann"])
def test_a_grant_after_the_merge_lifts_a_refusal_from_before_it(shop, spoken_as) -> None:
    shop.merges.add("a.ann", "ann", who="kim", why="one mail address")
    mail = next(each for each in known(shop)["consents"] if each["channel"])
    assert (mail["granted"], day(mail["since"])) == (False, 3)
    after_us = shop.merges.arrows()[0].made_us + 5_000_000
    granted = {"type": "identify", "userId": spoken_as, "messageId": "late",
               "traits": {"consent.email.marketing": True}}  # fmt: skip
    take(shop, granted, received_us=after_us)
    mail = next(each for each in known(shop)["consents"] if each["channel"])
    assert mail["granted"]
    assert mail["since"] == to_datetime(after_us).isoformat()
    shop.merges.undo("a.ann", who="kim", why="two people")
    assert [each["granted"] for each in known(shop, "a.ann")["consents"]] == [spoken_as == "a.ann"]


def test_the_order_of_arrival_changes_nothing(shop, tmp_path) -> None:
    expected = known(shop)
    for number, order in enumerate(islice(permutations(SENT), 1, 40_320, 11_111)):
        assert known(shop_of(tmp_path / str(number), order)) == expected


def test_posthog_sets_sets_once_and_unsets(tmp_path) -> None:
    calls = [
        {"event": "$identify", "uuid": f"u{n}", "distinct_id": "ann",
         "timestamp": f"2026-02-0{n}T00:00:00Z", **more}
        for n, more in enumerate((
            {"$set": {"plan": "free"}, "properties": {}},
            {"properties": {"$set_once": {"plan": "late", "origin": "ads"}}},
            {"properties": {"$set": {"plan": "pro"}, "$unset": ["origin"]}},
        ), start=1)
    ]  # fmt: skip
    traits = {
        each["name"]: each for each in known(shop_of(tmp_path / "p", calls, POSTHOG))["traits"]
    }
    assert (traits["plan"]["value"], traits["plan"]["former"][0]["value"]) == ("pro", "free")
    assert len(traits["plan"]["former"]) == 1
    assert (traits["origin"]["value"], traits["origin"]["former"][0]["value"]) == (None, "ads")


def test_the_command_shows_it_all(shop) -> None:
    done = CliRunner().invoke(cli, ["person", "ann", "-w", shop.path], catch_exceptions=False)
    for shown in ("original source", "Paid Search", "latest source", "Paid Social", "Seoul",
                  "consent: marketing by email", "granted", "since 2026-02-09", "trial from"):  # fmt: skip
        assert shown in " ".join(done.output.split()), shown
    told = CliRunner().invoke(cli, ["person", "ann", "-w", shop.path, "--json"])
    assert json.loads(told.stdout)["consents"]
