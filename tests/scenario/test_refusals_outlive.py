"""A refusal of consent that only an expired event told outlives the period, and nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from every_byte import EveryByte
from people_known import word
from sojourn.app.clock import now_us
from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.base.timespan import DAY_US, to_datetime
from sojourn.compose import open_workspace
from sojourn.events.calls.intake import SEGMENT
from sojourn.insight.overview.person import Person

if TYPE_CHECKING:
    from pathlib import Path

    from databases import Databases
    from sojourn.app.workspace import Workspace

NEWS, SMS = "consent.email.news", "consent.sms.offers"


def identify(days: int, traits: dict[str, object], **ids: str) -> dict[str, object]:
    return {"type": "identify", "timestamp": _ago(days), "traits": traits, **ids}


def track(days: int, **ids: str) -> dict[str, object]:
    return {"type": "track", "event": "look", "timestamp": _ago(days), **ids}


def _ago(days: int) -> str:
    return to_datetime(now_us() - days * DAY_US).isoformat()


def filled(folder: Path, *calls: dict[str, object]) -> Workspace:
    workspace = open_workspace(folder / "ws", create=True)
    request = Request(
        calls=list(calls), dialect=SEGMENT, source="web", sent=None, received_us=now_us()
    )
    taken = take_in(request, Limits(), word)
    assert not taken.refused
    workspace.inbox.put(taken.items, ())
    workspace.hand_over.run()
    return workspace


def expire(workspace: Workspace) -> int:
    workspace.expiring().set("90d", who="dpo")
    run = workspace.expiring().run()
    assert run.done
    return run.events


def consents(workspace: Workspace, person: str) -> dict[str, bool]:
    said = workspace.ask(Person(person=person)).to_json()["consents"]
    return {f"consent.{each['channel']}.{each['purpose']}": each["granted"] for each in said}


def test_of_an_old_refusal_stays_what_was_refused_and_by_whom(
    tmp_path, any_databases: Databases
) -> None:
    ann, device, name, said = (word() for _ in range(4))
    workspace = filled(
        tmp_path,
        identify(400, {NEWS: True, SMS: True, "note": said}, userId=ann, anonymousId=device),
        identify(300, {NEWS: "never", "name": name}, userId=ann, anonymousId=device),
        track(200, userId=ann),
    )
    assert consents(workspace, ann) == {NEWS: False, SMS: True}
    assert expire(workspace) == 3
    assert consents(workspace, ann) == {NEWS: False}
    workspace.inbox.close()
    every = EveryByte(tmp_path / "ws", any_databases.server)
    assert every.places_with([device, name, said]) == set()
    rows = workspace.sql("SELECT user_id, properties FROM events").read_all().to_pylist()
    assert rows == [
        {"user_id": ann, "properties": '{"$traits":{"set":{"consent.email.news":"never"}}}'}
    ]
    files = set((tmp_path / "ws" / "lake").rglob("*.parquet"))
    assert expire(workspace) == 0
    assert consents(workspace, ann) == {NEWS: False}
    assert {one for one in files if "month=" in str(one)} <= set(
        (tmp_path / "ws" / "lake").rglob("*.parquet")
    )


def test_what_was_granted_again_is_no_refusal(tmp_path) -> None:
    workspace = filled(
        tmp_path,
        identify(400, {NEWS: False, SMS: False}, userId="ann"),
        identify(300, {NEWS: True}, userId="ann"),
        identify(10, {SMS: True}, userId="ann"),
        identify(400, {NEWS: False}, userId="bob"),
        identify(10, {NEWS: False}, userId="bob"),
    )
    assert expire(workspace) == 3
    assert consents(workspace, "ann") == {SMS: True}
    assert consents(workspace, "bob") == {NEWS: False}
    assert workspace.sql("SELECT * FROM events").read_all().num_rows == 2


def test_a_refusal_told_before_somebody_was_identified_stays_theirs(tmp_path) -> None:
    device, other = word(), word()
    workspace = filled(
        tmp_path,
        identify(400, {NEWS: False}, anonymousId=device),
        track(390, userId="ann", anonymousId=device),
        track(10, userId="ann"),
        identify(400, {NEWS: False}, anonymousId=other),
    )
    assert consents(workspace, "ann") == {NEWS: False}
    assert expire(workspace) == 3
    assert consents(workspace, "ann") == {NEWS: False}
    assert consents(workspace, f"anon:{other}") == {NEWS: False}
    workspace.inbox.close()
    every = EveryByte(tmp_path / "ws")
    assert every.places_with([device]) == set()
    assert every.places_with([other])
