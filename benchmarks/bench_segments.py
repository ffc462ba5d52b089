"""How soon a membership changes: 100 segments, many people, 500 events a second, and time alone.

    python -m benchmarks.bench_segments 1000000 --folder /somewhere/with/space

Events are accepted one by one at an even pace; the worker's steps (hand-over, then segments) run in
the same process, twice a second as in ``sojourn serve``. A change by an event is timed from its
acceptance until the change is committed and in the inbox; one by time from its exact instant.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sojourn.app.clock import now_us
from sojourn.app.collecting.intake import Request, take_in
from sojourn.app.collecting.limits import Limits
from sojourn.app.import_file import Source
from sojourn.app.segmenting.documents import keep_segment
from sojourn.compose import open_workspace
from sojourn.events.calls.intake import SEGMENT
from sojourn.ports.reader import ReadOptions
from sojourn.segments.document import read_segment

SEGMENTS, PER_SECOND, SECONDS, EVERY_S = 100, 500, 60, 0.5
EVENTS = ("visit", "product", "cart", "order", "review")
KINDS = (
    "{{events: order, at_least: {n}, within: {d}d}}",
    "{{events: order, quiet: {d}d}}",
    "all: [{{events: any, within: {d}d}}, {{none: [{{events: order, within: {n}d}}]}}]",
    "{{events: cart, quiet: {n}h, without: {{events: order}}}}",
    "{{sequence: [{{events: product}}, {{events: cart}}, {{events: order}}], window: {d}d}}",
    "{{events: cart, within: {n}s}}",
    "{{trait: device = d{n}}}",
    "{{events: review, where: stars > {n}, at_least: 2}}",
)


def history(people: int, folder: Path) -> Path:
    """Write five past events for each of many people."""
    rng = np.random.default_rng(7)
    rows = people * 5
    now = now_us()
    table = pa.table(
        {
            "user_id": pa.array([f"u{n}" for n in range(people)]).take(
                pa.array(rng.integers(0, people, rows))
            ),
            "time": pa.array(now - rng.integers(10**6, 90 * 86_400 * 10**6, rows)).cast(
                pa.timestamp("us", tz="UTC")
            ),
            "event": pa.array(EVENTS).take(pa.array(rng.integers(0, len(EVENTS), rows))),
            "device": pa.array([f"d{n}" for n in range(4)]).take(
                pa.array(rng.integers(0, 4, rows))
            ),
        }
    )
    path = folder / "history.parquet"
    pq.write_table(table, path)
    return path


def send(workspace, people: int, accepted: dict[str, float], done: threading.Event) -> None:
    """Accept events at an even pace, noting when each person's last one was accepted."""
    rng = np.random.default_rng(8)
    begin = time.perf_counter()
    for number in range(PER_SECOND * SECONDS):
        wait = begin + number / PER_SECOND - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        person = f"u{rng.integers(0, people)}"
        call = {
            "type": "track", "event": EVENTS[rng.integers(0, len(EVENTS))], "userId": person,
            "messageId": f"m{number}", "properties": {"stars": int(rng.integers(1, 6))},
        }  # fmt: skip
        received = now_us()
        request = Request(
            calls=[call], dialect=SEGMENT, source="web", sent=None, received_us=received
        )
        workspace.inbox.put(take_in(request, Limits(), lambda: "made").items)
        accepted[person] = now_us() / 1e6
    done.set()


def main() -> None:
    """Run the benchmark and print one JSON object a figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("people", type=int)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    folder = given.folder / "segments-bench"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    workspace = open_workspace(folder / "shop", create=True)
    path = str(history(given.people, folder))
    workspace.import_files([Source(name=path, content=path)], ReadOptions())
    for number in range(SEGMENTS):
        rule = KINDS[number % len(KINDS)].format(n=1 + number % 9, d=2 + number)
        text = f"sojourn: segment/1\nkey: s{number}\nwho:\n  {rule}\n"
        keep_segment(workspace.documents, read_segment(text), who="benchmark")
    workspace.index()
    begin = time.perf_counter()
    workspace.following.run()
    tell("everybody from the index", time.perf_counter() - begin, "s", given.people)
    live(workspace, given.people)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tell("peak memory, sender and worker in one", memory, "MB", given.people)
    tell(
        "segments.db", (folder / "shop" / "segments.db").stat().st_size / 2**20, "MB", given.people
    )


def live(workspace, people: int) -> None:
    """Follow a stream of events; print how soon changes came."""
    accepted: dict[str, float] = {}
    done = threading.Event()
    last = 0
    sender = threading.Thread(target=send, args=(workspace, people, accepted, done))
    by_event, by_time, steps = [], [], []
    following = workspace.following
    noted = following.store.unsent
    found = []

    def unsent(most: int):
        waiting = noted(most)
        found.extend(change for _, change in waiting)
        return waiting

    following.store.unsent = unsent
    sender.start()
    while not done.is_set() or workspace.inbox.waiting().items:
        began = time.perf_counter()
        workspace.hand_over.run()
        following.run()
        now = now_us() / 1e6
        steps.append(time.perf_counter() - began)
        for change in found[last:]:
            if change.by_time:
                by_time.append(now - change.at_us / 1e6)
            elif change.person in accepted:
                by_event.append(now - accepted[change.person])
        last = len(found)
        time.sleep(EVERY_S)
        if len(steps) > 4 * SECONDS / EVERY_S:
            break
    sender.join()
    for name, figures in (("change by an event", by_event), ("change by time", by_time)):
        for share in (50, 95, 99):
            tell(f"{name}, p{share}", float(np.percentile(figures, share)), "s", people)
        tell(f"{name}, how many", len(figures), "", people)
    tell("a step of the worker, median", float(np.median(steps)), "s", people)


def tell(name: str, value: float, unit: str, people: int) -> None:
    """Print one figure."""
    plain = {"name": name, "value": round(value, 3), "unit": unit, "rows": people,
             "workload": f"{SEGMENTS} segments, {PER_SECOND}/s",
             "load_average": round(os.getloadavg()[0], 1)}  # fmt: skip
    print(json.dumps(plain), flush=True)


if __name__ == "__main__":
    main()
