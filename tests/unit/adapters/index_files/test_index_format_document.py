"""An index read with nothing but ``json``, ``struct`` and NumPy, as docs/index-format.md says."""

from __future__ import annotations

import ast
import json
import math
import struct
from pathlib import Path

import mmh3
import numpy as np
import pytest
from lakes import Event, MemoryLake
from reading import expected_of

from sojourn.adapters.index_files import IndexSettings, IndexStore

DOCUMENT = Path(__file__).resolve().parents[4] / "docs" / "index-format.md"


def array(path: Path):
    raw = path.with_name(path.name + ".npy").read_bytes()
    assert raw[:8] == bytes.fromhex("934E554D50590100")
    (length,) = struct.unpack("<H", raw[8:10])
    header = ast.literal_eval(raw[10 : 10 + length].decode())
    assert (10 + length) % 64 == 0
    assert not header["fortran_order"]
    values = np.frombuffer(raw[10 + length :], header["descr"])
    return values.reshape(header["shape"])


def texts(path: Path):
    offsets, data = array(Path(f"{path}.offsets")), array(Path(f"{path}.data")).tobytes()
    return [data[offsets[i] : offsets[i + 1]].decode() for i in range(len(offsets) - 1)]


def read(root: Path, kind: str):
    version = (root / "CURRENT").read_text("utf-8").strip()
    manifest = json.loads((root / version / "manifest.json").read_text("utf-8"))
    assert manifest["format"] == 1
    names = texts(root / manifest["event_folder"] / "events")
    people = {}
    for bucket in manifest[kind]:
        skip = array(root / bucket["skip"].removesuffix(".npy")) if bucket["skip"] else None
        read_bucket(root, manifest, bucket, names, skip, people)
    return manifest, people


def read_bucket(root, manifest, bucket, names, skip, people):
    folder = root / bucket["folder"]
    offsets, time, event = (array(folder / name) for name in ("offsets", "time", "event"))
    id_offsets, id_data = array(folder / "id_offsets"), array(folder / "id_data").tobytes()
    keys = array(folder / "keys")
    columns = {}
    for column in manifest["columns"]:
        places = {name: folder / name for name in bucket["files"]}
        places |= {name: root / where / name for name, where in bucket["added"]}
        columns |= read_column(root, places, column)
    for person in range(bucket["people"]):
        if skip is not None and skip[person]:
            continue
        name = id_data[id_offsets[person] : id_offsets[person + 1]].decode()
        assert keys[person].tobytes() == mmh3.hash_bytes(name.encode(), seed=0, x64arch=True)
        people[name] = [
            (
                int(time[row]),
                names[event[row]],
                {c: values[row] for c, values in columns.items() if values[row] is not None},
            )
            for row in range(offsets[person], offsets[person + 1])
        ]


def read_column(root, places, column):
    number, name, found = f"c{column['number']}", column["name"], {}
    if f"{number}.codes" in places:
        values = [None, *texts(root / column["dictionary"] / f"{number}.values")]
        found[name] = [values[code] for code in array(places[f"{number}.codes"])]
    if f"{number}.text.data" in places:
        parts = texts(places[f"{number}.text.data"].with_name(f"{number}.text"))
        present = array(places[f"{number}.text.present"])
        found[name] = [part if held else None for part, held in zip(parts, present, strict=True)]
    if f"{number}.number" in places:
        shown = name if column["text"] is None else f"{name}:number"
        numbers = array(places[f"{number}.number"]).tolist()
        found[shown] = [None if math.isnan(n) else n for n in numbers]
    if f"{number}.money" in places:
        minor = array(places[f"{number}.money"]).tolist()
        found[name] = [None if m == -(2**63) else m for m in minor]
    return found


EVENTS = [
    Event(1, "visit", anonymous="x", properties={"device": "m", "n": 1, "url": "/a"}),
    Event(2, "buy", user="ann", anonymous="x", properties={"value": 3.25, "currency": "USD"}),
    Event(3, "visit", user="anon:x", properties={"n": "one", "url": "/b"}),
    Event(4, "login", user="bob", anonymous="x"),
    Event(5, "visit", anonymous="x", properties={"device": "", "n": 0}),
    Event(6, "crawl", user="spider", properties={"bot": True}),
]
LATER = [
    Event(0, "방문", user="ann", properties={"device": "desk"}),
    Event(9, "buy", user="eve", properties={"title": "é"}),
]


@pytest.mark.parametrize("fresh", [False, True], ids=["base", "overlay"])
@pytest.mark.parametrize("plain", [False, True], ids=["dictionaries", "plain"])
def test_the_document_is_enough_to_read_an_index(tmp_path, fresh, plain, monkeypatch):
    if plain:
        for module in ("rebuild", "overlay"):
            monkeypatch.setattr(f"sojourn.adapters.index_files.{module}.plain_above", lambda _: 0)
    lake = MemoryLake()
    lake.add(*EVENTS)
    store = IndexStore(tmp_path)
    settings = IndexSettings(overlay_from_rows=0, overlay_share=100)
    store.current(lake, settings)
    if fresh:
        lake.add(*LATER)
        store.current(lake, settings)
    people, bots = expected_of(lake.events)
    manifest, found = read(tmp_path, "buckets")
    assert found == people
    assert read(tmp_path, "bots")[1] == bots
    assert (manifest["people"], manifest["bot_people"]) == (len(people), len(bots))
    assert (manifest["base"] != manifest["version"]) == fresh


def test_columns_added_later_are_found(tmp_path, monkeypatch):
    monkeypatch.setattr("sojourn.index.building.plan.COMMONEST", 0)
    lake = MemoryLake()
    lake.add(*EVENTS)
    store = IndexStore(tmp_path)
    store.current(lake, IndexSettings())
    store.current(lake, IndexSettings(), ["url", "n"])
    manifest, found = read(tmp_path, "buckets")
    assert manifest["version"] == "v000002"
    assert found == expected_of(lake.events)[0]


def test_the_document_names_every_key_and_every_file(tmp_path):
    text = DOCUMENT.read_text("utf-8")
    lake = MemoryLake()
    lake.add(*EVENTS, Event(None, "step", user="zoe", position=1))
    IndexStore(tmp_path).current(lake, IndexSettings())
    manifest, _ = read(tmp_path, "buckets")
    keys = {*manifest, *manifest["columns"][0], *manifest["buckets"][0]}
    assert sorted(key for key in keys if f"`{key}`" not in text) == []
    files = {name.partition(".")[2] or name for b in manifest["buckets"] for name in b["files"]}
    assert sorted(name for name in files if name.split(".")[-1] not in text) == []
    for name in ("owner", "untimed"):
        assert any(name in bucket["files"] for bucket in manifest["buckets"])
