"""How soon a membership changes: 100 segments, many people, 500 events a second, and time alone.

    python -m benchmarks.bench_segments 1000000 --folder /somewhere/with/space --seconds 60

``sojourn serve`` runs in its own processes, and a sender in another, which sends single calls at an
even pace. A change by an event is timed from the answer to the person's last call until it is
committed; one by time from its exact instant. Both are looked for twenty times a second.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import shutil
import sqlite3
import threading
import time
from pathlib import Path

import numpy as np
from tests.serving import served

from benchmarks.marketers import EVENTS, OFTEN, STAGES, history, properties, rules
from sojourn.app.clock import now_us
from sojourn.app.import_file import Source
from sojourn.app.segmenting.documents import keep_segment
from sojourn.app.stage_models import apply_model
from sojourn.compose import open_workspace
from sojourn.ports.reader import ReadOptions
from sojourn.segments.document import read_segment
from sojourn.stages.document import read_model

PER_SECOND, SENDERS, LOOK_S = 500, 16, 0.05


def main() -> None:
    """Run the benchmark and print one JSON object a figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("people", type=int)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    folder = given.folder / "segments-bench"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    prepare(folder, given.people)
    with served(folder / "shop") as server:
        begin = time.perf_counter()
        wait_for(lambda: is_worked_out(folder / "shop"))
        tell(
            "everybody worked out, beside hand-overs",
            time.perf_counter() - begin,
            "s",
            given.people,
        )
        live(folder / "shop", (server.port, server.key), given.people, given.seconds)
    size = (folder / "shop" / "segments.db").stat().st_size / 2**20
    tell("segments.db", size, "MB", given.people)


def prepare(folder: Path, people: int) -> None:
    """Make the workspace: history, index, stage model and segments."""
    workspace = open_workspace(folder / "shop", create=True)
    path = str(history(people, now_us(), folder))
    workspace.import_files([Source(name=path, content=path)], ReadOptions())
    workspace.index()
    apply_model(workspace.documents, read_model(STAGES), who="benchmark")
    for number, rule in enumerate(rules()):
        text = f"sojourn: segment/1\nkey: s{number}\nwho: {rule}\n"
        keep_segment(workspace.documents, read_segment(text), who="benchmark")


def is_worked_out(shop: Path) -> bool:
    """Return whether the worker has been through everybody once."""
    if not (shop / "segments.db").exists():
        return False
    try:
        with sqlite3.connect(f"file:{shop / 'segments.db'}?mode=ro", uri=True) as database:
            found = database.execute("SELECT body FROM segment_position").fetchone()
    except sqlite3.Error:
        return False
    return found is not None and not json.loads(found[0])["unfinished"]


def wait_for(holds) -> None:
    """Wait until something is so, an hour at most."""
    ends = time.monotonic() + 3600
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError
        time.sleep(0.2)


def send(where: tuple[int, str], people: int, seconds: int, number: int, answers) -> None:
    """Send one sender's share of the calls at an even pace; tell when each was answered."""
    port, key = where
    rng = np.random.default_rng(number)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    mine, begin = [], time.perf_counter()
    head = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    for at in range(PER_SECOND * seconds // SENDERS):
        time.sleep(
            max(0.0, begin + (at + number / SENDERS) * SENDERS / PER_SECOND - time.perf_counter())
        )
        person, event = f"u{rng.integers(0, people)}", EVENTS[rng.choice(len(EVENTS), p=OFTEN)]
        call = {"userId": person, "event": event, "writeKey": key, "messageId": f"b{number}-{at}",
                "properties": properties(rng, event)}  # fmt: skip
        connection.request("POST", "/v1/track", json.dumps(call), head)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(answer.status)
        mine.append((person, now_us() / 1e6))
    answers.append(mine)


def send_all(where: tuple[int, str], people: int, seconds: int, told) -> None:
    """Send everything, from a process of its own."""
    answers: list[list[tuple[str, float]]] = []
    senders = [
        threading.Thread(target=send, args=(where, people, seconds, number, answers))
        for number in range(SENDERS)
    ]
    begin = time.perf_counter()
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    told.put(([each for mine in answers for each in mine], time.perf_counter() - begin))


def live(shop: Path, where: tuple[int, str], people: int, seconds: int) -> None:
    """Follow a stream of events; print how soon changes came."""
    told = multiprocessing.Queue()
    database = sqlite3.connect(f"file:{shop / 'segments.db'}?mode=ro", uri=True)
    last = database.execute("SELECT coalesce(max(id), 0) FROM segment_changes").fetchone()[0]
    sender = multiprocessing.Process(target=send_all, args=(where, people, seconds, told))
    sender.start()
    seen, quiet_from, answers = [], None, None
    while quiet_from is None or now_us() / 1e6 - quiet_from < 10:
        query = "SELECT id, person, at_us, by_time FROM segment_changes WHERE id > ?"
        for number, person, at, by_time in database.execute(query, (last,)).fetchall():
            last = number
            seen.append((now_us() / 1e6, bytes(person).decode(), at, by_time))
        if quiet_from is None and not told.empty():
            answers, took = told.get()
            quiet_from = now_us() / 1e6
        time.sleep(LOOK_S)
    sender.join()
    tell("sent", len(answers) / took, "events/s", people)
    by_event, by_time = delays(seen, answers)
    for name, figures in (("change by an event", by_event), ("change by time", by_time)):
        for share in (50, 95, 99):
            tell(f"{name}, p{share}", float(np.percentile(figures, share)), "s", people)
        tell(f"{name}, how many", len(figures), "", people)


def delays(seen, answers) -> tuple[list[float], list[float]]:
    """Return how long each change took: by an event after its answer, by time after its instant."""
    answered: dict[str, list[float]] = {}
    for person, at in answers:
        answered.setdefault(person, []).append(at)
    by_event, by_time = [], []
    for found, person, at, timed in seen:
        if timed:
            by_time.append(found - at / 1e6)
        elif before := [one for one in answered.get(person, ()) if one <= at / 1e6]:
            by_event.append(found - max(before))
    return by_event, by_time


def tell(name: str, value: float, unit: str, people: int) -> None:
    """Print one figure."""
    plain = {"name": name, "value": round(value, 3), "unit": unit, "rows": people,
             "workload": f"{len(rules())} segments, {PER_SECOND}/s",
             "load_average": round(os.getloadavg()[0], 1)}  # fmt: skip
    print(json.dumps(plain), flush=True)


if __name__ == "__main__":
    main()
