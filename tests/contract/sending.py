"""Runs client libraries in processes of their own, and reads what came of it in the lake."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sojourn
from serving import Served, eventually

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
GUIDE = HERE.parent.parent / "docs" / "clients.md"
END_S = 120.0
ROWS = "SELECT event, user_id, anonymous_id, time, properties FROM events ORDER BY position"
ANONYMOUS = "0190c7a5-8b1e-7c3d-9f2a-1b2c3d4e5f60"
ALIAS = "0190c7a5-8b1e-7c3d-9f2a-000000000000"


def example(library: str) -> str:
    """The example of a library in the guide."""
    found = re.search(
        rf"`(?:pip|npm) install {re.escape(library)}`:\n\n```\w+\n(.*?)```",
        GUIDE.read_text("utf-8"),
        re.DOTALL,
    )
    assert found, f"{GUIDE} has no example of {library}"
    return found[1]


def environment(server: Served, **more: str) -> dict[str, str]:
    """What a sender is told; nothing of the machine's proxies stands between it and the server."""
    plain = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    return {**plain, "SOJOURN_URL": server.url, "SOJOURN_KEY": server.key, **more}


@dataclass(frozen=True)
class Event:
    """One row of the lake."""

    event: str
    user: str | None
    anonymous: str | None
    time: datetime
    properties: dict[str, object]

    @property
    def who(self) -> tuple[str, str | None, str | None]:
        return self.event, self.user, self.anonymous


def lake(server: Served) -> list[Event]:
    """Every event that reached the lake."""
    done = subprocess.run(
        [sys.executable, "-m", "sojourn", "sql", "-w", str(server.workspace), "--json", ROWS],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [
        Event(
            row["event"], row["user_id"], row["anonymous_id"],
            datetime.fromisoformat(row["time"]).astimezone(UTC), json.loads(row["properties"]),
        )
        for row in json.loads(done.stdout)["rows"]
    ]  # fmt: skip


def lake_with(server: Served, count: int) -> list[Event]:
    """The lake once it has so many events, and what else it has a moment later."""
    eventually(lambda: len(lake(server)) >= count, within=30, every=0.5)
    time.sleep(1)
    return lake(server)


def run(command: Sequence[str | Path], env: dict[str, str], cwd: Path) -> str:
    """Run a sender to its end; what it printed."""
    done = subprocess.run(
        [str(part) for part in command], env=env, cwd=cwd, timeout=END_S,
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def run_through_a_kill(
    server: Served, command: Sequence[str | Path], env: dict[str, str], cwd: Path
) -> str:
    """Run a sender; the server is killed when it says so, and comes back later."""
    with subprocess.Popen(
        [str(part) for part in command], env=env, cwd=cwd, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
    ) as sender:  # fmt: skip
        try:
            assert sender.stdout is not None
            said = ""
            for line in sender.stdout:
                said += line
                if line == "kill\n":
                    break
            else:
                raise AssertionError(f"the sender ended before the server was killed:\n{said}")
            server.kill()
            server.start()
            said += sender.communicate(timeout=END_S)[0]
        finally:
            sender.kill()
    assert sender.returncode == 0, said
    return said


def check_segments_calls(server: Served, started: datetime) -> None:
    """Assert that the guide's six calls of a library of Segment's kind are there, each once."""
    events = lake_with(server, 6)
    assert sorted((each.who for each in events), key=str) == SIX
    found = {each.event: each.properties for each in events}
    sold = found["Order Completed"]
    assert sold == sold | {
        "value": 12.5, "currency": "EUR", "utm_campaign": "spring", "utm_source": "news",
        "utm_medium": "email", "locale": "ko-KR",
    }  # fmt: skip
    seen = found["Viewed Pricing Page"]
    assert (seen["page"], seen["page_title"]) == ("/pricing", "Prices")
    assert found["identify"]["plan"] == "pro"
    assert found["group"]["employees"] == 12
    check_common(server, events, started)


SIX = sorted(
    [
        ("identify", "ann", "a-1"), ("Order Completed", "ann", None),
        ("Viewed Pricing Page", None, "a-1"), ("Viewed Cart Screen", "ann", None),
        ("group", "ann", None), ("alias", "ann", "a-0"),
    ],
    key=str,
)  # fmt: skip


def check_common(server: Served, events: list[Event], started: datetime) -> None:
    """Assert what holds for every library: ids, times, and that all belongs to one person."""
    ids = [each.properties["$event_id"] for each in events]
    assert len(set(ids)) == len(ids)
    for each in events:
        assert abs((each.time - started).total_seconds()) < 60, each
        assert server.key not in json.dumps(each.properties)
    rows = sojourn.open(str(server.workspace)).person("ann").rows
    assert sorted(row.event for row in rows) == sorted(each.event for each in events)


def check_posthogs_calls(server: Served, started: datetime) -> None:
    """Assert that the guide's six events of a PostHog library are there, each once."""
    events = lake_with(server, 6)
    assert sorted((each.who for each in events), key=str) == sorted(
        [
            ("$pageview", None, ANONYMOUS), ("$identify", "ann", ANONYMOUS),
            ("Order Completed", "ann", None), ("$screen", "ann", None),
            ("$groupidentify", "ann", None), ("$create_alias", "ann", ALIAS),
        ],
        key=str,
    )  # fmt: skip
    found = {each.event: each.properties for each in events}
    assert found["Order Completed"] == found["Order Completed"] | {"value": 12.5, "currency": "EUR"}
    seen = found["$pageview"]
    assert (seen["page"], seen["utm_campaign"]) == ("/pricing", "spring")
    assert found["$screen"]["page"] == "Cart"
    assert found["$identify"]["plan"] == "pro"
    about_servers = ("$lib", "os", "$os", "$python", "$is_server")
    assert not [key for row in found.values() for key in row if key.startswith(about_servers)]
    check_common(server, events, started)


def now() -> datetime:
    """The time; the tests compare it with the server's."""
    return datetime.fromtimestamp(time.time(), UTC)  # noqa: TID251 - a test of real clocks
