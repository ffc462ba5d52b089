"""What following segments costs: 100 segments, 500 events at a time, in this process alone.

    python -m benchmarks.bench_following 20000 200000 --folder /somewhere/with/space

Everybody is worked out first. Then 500 events at a time are accepted, moved to the lake and
followed; each part is told in processor time, the best and the median of several.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.bench_segments import prepare
from benchmarks.marketers import EVENTS, OFTEN, properties
from sojourn.app.clock import now_us
from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.compose import open_workspace
from sojourn.events.calls.intake import SEGMENT

EVENTS_AT_ONCE = 500


def main() -> None:
    """Run the benchmark and print one JSON object a figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("people", type=int, nargs="+")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--times", type=int, default=12)
    parser.add_argument("--kept", action="store_true", help="use the workspace of the last run")
    given = parser.parse_args()
    for people in given.people:
        folder = given.folder / f"following-{people}"
        if not given.kept:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            prepare(folder, people)
        measure(folder / "shop", people, given.times)


def measure(shop: Path, people: int, times: int) -> None:
    """Follow some batches; print what each part of them took."""
    workspace = open_workspace(shop)
    ahead = itertools.count(0, 1_000_000)
    following = replace(workspace.following, now_us=lambda: now_us() + next(ahead))
    begin = time.process_time()
    following.run()
    tell("everybody worked out", [time.process_time() - begin], people)
    rng = np.random.default_rng(time.time_ns())
    moved: list[float] = []
    followed: list[float] = []
    changes, looked = [], []
    workspace.inbox.put(arrived(rng, people))
    workspace.hand_over.run(keep_up=True)  # as the worker does now and then
    for _ in range(times):
        workspace.inbox.put(arrived(rng, people))
        begin = time.process_time()
        workspace.hand_over.run()
        moved.append(time.process_time() - begin)
        begin = time.process_time()
        done = following.run()
        followed.append(time.process_time() - begin)
        changes.append(done.changes)
        looked.append(done.people)
    tell("500 events moved, with the changes before", moved, people)
    tell("500 events followed", followed, people)
    print(json.dumps({"changes": changes, "people looked at": looked}))
    following.store.close()
    workspace.inbox.close()


def arrived(rng: np.random.Generator, people: int) -> list:
    """Return events as the collector accepts them."""
    calls = []
    for _ in range(EVENTS_AT_ONCE):
        event = EVENTS[rng.choice(len(EVENTS), p=OFTEN)]
        calls.append({"type": "track", "userId": f"u{rng.integers(0, people)}", "event": event,
                      "messageId": f"f{rng.integers(0, 2**62)}",
                      "properties": properties(rng, event)})  # fmt: skip
    request = Request(calls=calls, dialect=SEGMENT, source="web", sent=None, received_us=now_us())
    return take_in(request, Limits(), lambda: "made").items


def tell(name: str, values: list[float], people: int) -> None:
    """Print one figure."""
    figure = {"name": name, "best": round(min(values), 4),
              "median": round(float(np.median(values)), 4),
              "unit": "s of processor", "people": people,
              "load_average": round(os.getloadavg()[0], 1)}  # fmt: skip
    print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
