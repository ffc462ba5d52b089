"""Questions over HTTP: the same answers as in Python, bounded, stopped when nobody waits."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import anyio
import pytest

from sojourn.api.journeys import Journeys
from sojourn.api.questions.stages import Stages
from sojourn.app.access.roles import Role
from sojourn.insight.overview.events import Events
from sojourn.server.problems import Problem
from sojourn.server.web.asking import asker as asking
from sojourn.server.web.asking.asker import Asker, StoppedError, Watch
from sojourn.server.web.asking.bodies import called, described
from sojourn.server.web.asking.questions import QUESTIONS

if TYPE_CHECKING:
    from webs import Web

ASKED = {
    "events": {},
    "properties": {},
    "funnel": {"steps": ["seen", "bought"], "window": "1d", "gaps": ["1..2 <= 2h"], "times": True},
    "graph": {"session": True},
    "variants": {"top": None},
    "paths": {"after": "seen", "within": None},
    "matches": {"patterns": ["seen -> bought"]},
    "retention": {"begin": "seen", "every": "day", "brackets": [[0, 1], [2, 3]]},
    "lifecycle": {"every": "week"},
    "between": {"first": "seen", "then": "bought"},
    "sources": {"channels": "korea"},
    "sessions": {"start": "2026-02-01", "end": "2026-02-28"},
    "person": {"person": "ann"},
}


def client_of(web: Web, role: Role = Role.ANALYST):
    return web.client(authorization=f"Bearer {web.token('shop', role)}")


@pytest.mark.parametrize("name", list(ASKED))
def test_an_answer_is_what_python_says(web: Web, name: str) -> None:
    answer = client_of(web).post(f"/w/shop/api/v1/questions/{name}", json=ASKED[name])
    assert answer.status_code == 200, answer.text
    given = dict(ASKED[name])
    places = given.pop("steps", given.pop("patterns", []))
    if "brackets" in given:
        given["brackets"] = [tuple(pair) for pair in given["brackets"]]
    method = getattr(Journeys(web.site.served["shop"].workspace), name)
    assert answer.json() == json.loads(json.dumps(method(*places, **given).to_json()))
    assert answer.json()["rows"] or name == "sources"  # these two events came from nowhere
    assert answer.json()["definition"]


@pytest.mark.parametrize(
    ("name", "body"),
    [("stages", {"taxonomy": "five"}), ("stages-on", {"date": "2026-02-01"}),
     ("person-stages", {"person": "ann", "taxonomy": "five"})],
)  # fmt: skip
def test_stages_are_asked_under_a_model(web: Web, name, body) -> None:
    answer = client_of(web).post(f"/w/shop/api/v1/questions/{name}", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["spec"]["model"]


def test_every_question_of_python_is_asked_somewhere() -> None:
    asked = {question.method.__name__ for question in QUESTIONS if not question.is_of_stages}
    there = {name for name in vars(Journeys) | {} if not name.startswith("_")}
    for base in Journeys.__mro__[1:-1]:
        there |= {name for name in vars(base) if not name.startswith("_")}
    assert there - asked == {"ask", "catalog", "explain_profiles", "map", "sql", "stages"}
    assert {q.method for q in QUESTIONS if q.is_of_stages} == {
        Stages.measure, Stages.on, Stages.person,
    }  # fmt: skip


def test_every_field_says_what_it_is() -> None:
    told = described(Journeys.funnel)
    assert told["window"].startswith('Time from the entry, inclusive, such as "14d"')
    assert told["people_at"] == told["lost_at"]
    assert set(QUESTIONS[2].body.model_fields) <= set(told) | {
        "at",
        "groups",
        "limit",
        "order",
        "session_gap",
    }


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("funnel", {"steps": ["seen", "nothing"]}, 404, "unknown-name"),
        ("funnel", {"steps": ["seen"], "window": "soon"}, 400, "input"),
        ("funnel", {"steps": ["seen"], "where": "("}, 400, "grammar"),
        ("funnel", {"steps": ["seen"], "windows": "1d"}, 422, "invalid"),
        ("funnel", {"steps": ["seen"], "limit": 10**9}, 422, "invalid"),
        ("funnel", {}, 422, "invalid"),
        ("sources", {"channels": "/etc/passwd"}, 422, "invalid"),
        ("stages", {"model": "stages: ["}, 400, "document"),
    ],
)
def test_what_cannot_be_asked_is_told(web: Web, name, body, status, code) -> None:
    answer = client_of(web).post(f"/w/shop/api/v1/questions/{name}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_who_looked_at_people_is_noted(web: Web) -> None:
    log = web.site.served["shop"].accounts.log
    for path, body in (
        ("person", {"person": "ann"}), ("funnel", {"steps": ["seen"], "people_at": 1}),
    ):  # fmt: skip
        before = [each.action for each in log.newest(1000)].count("person-seen")
        assert client_of(web).post(f"/w/shop/api/v1/questions/{path}", json=body).is_success
        assert [each.action for each in log.newest(1000)].count("person-seen") == before + 1


class Gone:
    """A client that went away."""

    def __init__(self, *, after: float) -> None:
        self.goes = time.monotonic() + after

    async def is_disconnected(self) -> bool:
        return time.monotonic() > self.goes


def endless(workspace):
    while True:
        workspace.ask(Events())


def test_a_question_that_nobody_waits_for_stops(web: Web, monkeypatch) -> None:
    monkeypatch.setattr(asking, "_LOOK_EVERY_S", 0.02)
    shop = web.site.served["shop"]
    with pytest.raises(Problem) as caught:
        anyio.run(lambda: Asker().ask(Gone(after=0.1), shop, endless))
    assert caught.value.code == "takes-too-long"
    with pytest.raises(Problem):
        anyio.run(lambda: Asker(most_s=0.1).ask(Gone(after=60), shop, endless))
    assert shop.turns.acquire(blocking=False)  # the turn was given back
    shop.turns.release()


def test_a_question_that_waits_for_its_turn_stops_too(web: Web, monkeypatch) -> None:
    monkeypatch.setattr(asking, "_LOOK_EVERY_S", 0.02)
    shop = web.site.served["shop"]
    with shop.turns, shop.turns, pytest.raises(Problem):
        anyio.run(lambda: Asker(most_s=0.1).ask(Gone(after=60), shop, endless))


def test_too_many_questions_are_told_to_come_again(web: Web) -> None:
    async def both() -> str:
        asker = Asker(door=anyio.CapacityLimiter(1))
        async with asker.door:
            try:
                await asker.ask(Gone(after=60), web.site.served["shop"], endless)
            except Problem as problem:
                return f"{problem.status} {problem.code} {problem.headers}"
        return "asked"

    assert anyio.run(both) == "503 busy {'Retry-After': '2'}"


def test_a_watched_workspace_stops_within_a_question(web: Web) -> None:
    looks = []

    def check() -> None:
        looks.append(1)
        if len(looks) == 3:
            raise StoppedError

    watched = web.site.served["shop"].workspace.watched(check)
    with pytest.raises(StoppedError):
        watched.ask(Events())
    assert len(looks) >= 3  # the other threads' buckets may have looked as well
    Watch(time.monotonic() + 60).check()


def test_called_gives_each_method_its_own_fields() -> None:
    def method(first: str, *rest: str, last: int = 0) -> tuple[object, ...]:
        return (first, rest, last)

    class Body:
        first, rest, last, other = "a", ["b", "c"], 3, 4

    assert called(method, Body()) == ("a", ("b", "c"), 3)
