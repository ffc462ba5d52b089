"""The Python libraries, unmodified, against a real server."""

from __future__ import annotations

import importlib.util
import os
import sys

import pytest
from sending import (
    HERE,
    check_posthogs_calls,
    check_segments_calls,
    environment,
    example,
    lake,
    lake_with,
    now,
    run,
    run_through_a_kill,
)

from serving import served

LIBRARIES = {"segment": "segment", "rudderstack": "rudderstack", "posthog": "posthog"}
MISSING = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]
pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals and ps"),
    pytest.mark.skipif(bool(MISSING), reason=f"pip install '.[contract]': {', '.join(MISSING)}"),
]
each_library = pytest.mark.parametrize("library", LIBRARIES)


@pytest.fixture
def server(tmp_path):
    with served(tmp_path / "shop") as running:
        yield running


def sender(library: str, scenario: str) -> list[str]:
    return [sys.executable, str(HERE / "python_sender.py"), library, scenario]


@pytest.mark.parametrize("library", ["segment-analytics-python", "rudder-sdk-python"])
def test_every_call_of_the_guide_is_there_once(server, tmp_path, library) -> None:
    started = now()
    run([sys.executable, "-c", example(library)], environment(server), tmp_path)
    check_segments_calls(server, started)


def test_posthogs_events_of_the_guide_are_there_once_and_one_persons(server, tmp_path) -> None:
    started = now()
    run([sys.executable, "-c", example("posthog")], environment(server), tmp_path)
    check_posthogs_calls(server, started)


@each_library
def test_what_is_packed_is_read(server, tmp_path, library) -> None:
    run(sender(library, "packed"), environment(server), tmp_path)
    events = lake_with(server, 40)
    assert sorted(each.event for each in events) == sorted(f"e{n}" for n in range(40))
    assert {each.properties["text"] for each in events} == {"ä" * 20}


@each_library
def test_requests_as_large_as_the_library_makes_them_are_taken(server, tmp_path, library) -> None:
    said = run(sender(library, "large"), environment(server), tmp_path)
    assert said == "end\n"
    assert len(lake_with(server, 200)) == 200


@each_library
def test_a_server_that_is_killed_loses_and_doubles_nothing(server, tmp_path, library) -> None:
    said = run_through_a_kill(server, sender(library, "killed"), environment(server), tmp_path)
    assert said.endswith("end\n")
    assert "error" not in said
    events = lake_with(server, 300)
    assert sorted(each.event for each in events) == sorted(f"e{n}" for n in range(300))


@each_library
def test_a_bad_key_is_the_applications_error(server, tmp_path, library) -> None:
    env = environment(server, SOJOURN_KEY="wk_unknown")
    said = run(sender(library, "refused"), env, tmp_path)
    assert said.startswith("error 401 ")
    assert "write key is unknown" in said
    assert lake(server) == []
