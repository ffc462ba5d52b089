"""Kernels are compiled before somebody asks."""

from __future__ import annotations

import importlib
import os
import pkgutil
import threading

import pytest
from starlette.testclient import TestClient

import sojourn.kernels
from sojourn.app.access.roles import Role
from sojourn.app.clock import now_us
from sojourn.server.web.app import create_app
from sojourn.server.web.warming import Warming, questions_of_pages, remove_stale
from webs import HOST, web_over


def compiled() -> dict[str, int]:
    """How many versions of each kernel there are in this process."""
    found = {}
    for module in pkgutil.walk_packages(sojourn.kernels.__path__, "sojourn.kernels."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if hasattr(value, "signatures"):
                found[f"{module.name}.{name}"] = len(value.signatures)
    return found


def test_after_it_pages_compile_nothing(tmp_path, monkeypatch) -> None:
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        pytest.skip("kernels run as Python")
    monkeypatch.setenv("SOJOURN_DATABASE", "postgresql://nobody@127.0.0.1:1/none")
    done = [type(each).__name__ for each in questions_of_pages()]
    assert len(done) == 7
    monkeypatch.delenv("SOJOURN_DATABASE")
    before = compiled()
    assert sum(before.values()) > 0
    with web_over(tmp_path) as web:
        client = web.client(authorization=f"Bearer {web.token('shop', Role.ANALYST)}")
        before = compiled()  # what taking events in needs is the worker's
        for path in ("/api/v1/events", "/api/v1/people/ann/events", "/map"):
            assert client.get(f"/w/shop{path}").status_code == 200
        assert compiled() == before


def test_what_a_killed_process_left_is_removed_and_what_another_uses_is_not(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name, age_s in (("sojourn-warm-old", 2 * 3600), ("sojourn-warm-new", 60), ("other", 7200)):
        (tmp_path / name / "workspace").mkdir(parents=True)
        at = now_us() // 1_000_000 - age_s
        os.utime(tmp_path / name, (at, at))
    remove_stale()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["other", "sojourn-warm-new"]


def test_it_begins_when_the_server_answers_and_says_so(tmp_path) -> None:
    ready, go_on, asked = threading.Event(), threading.Event(), []

    def steps():
        asked.append(ready.is_set())
        go_on.wait(30)
        yield None

    warming = Warming(steps)
    with web_over(tmp_path) as web:
        client = TestClient(create_app(web.site, warming), base_url=f"http://{HOST}")
        assert client.get("/readyz").json() == {"status": "ok", "warming": False}
        thread = warming.start(ready.is_set)
        assert asked == []
        ready.set()
        assert client.get("/readyz").json() == {"status": "ok", "warming": True}
        assert client.get("/healthz").json()["status"] == "ok"
        go_on.set()
        thread.join(30)
        assert client.get("/readyz").json() == {"status": "ok", "warming": False}
    assert asked == [True]


def test_it_stops_between_two_steps_and_does_no_harm_when_it_fails(caplog) -> None:
    done = []

    def steps():
        for step in range(3):
            done.append(step)
            warming.stopping.set()
            yield step

    warming = Warming(steps)
    warming.start(lambda: True).join(30)
    assert (done, warming.busy.is_set()) == ([0], False)

    def fails():
        raise RuntimeError("ann@example.com")
        yield

    failing = Warming(fails)
    failing.start(lambda: True).join(30)
    assert not failing.busy.is_set()
    assert "not warm: RuntimeError" in caplog.text
    assert "ann@" not in caplog.text
