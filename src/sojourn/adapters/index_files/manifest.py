"""The description of one version of the index, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sojourn.adapters.index_files.arrays import read_texts
from sojourn.events.schema import TRAITS
from sojourn.index.catalog import Catalog, Column, ColumnKind
from sojourn.index.values import TextValues

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sojourn.adapters.index_files.settings import IndexSettings

FORMAT = 1
MANIFEST = "manifest.json"
NUMBER_SUFFIX = ":number"
KINDS = {
    "codes": "codes",
    "number": "number",
    "money": "money",
    "text.offsets": "offsets",
    "text.data": "data",
    "text.present": "present",
}
"""What a property's files are called after its number, and what a build calls their arrays."""
_FILES = {kind: file for file, kind in KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredColumn:
    """One property and the files that hold it.

    Attributes
    ----------
    name : str
    number : int
        Its files are called ``c<number>.…``.
    text : str or None
        ``"codes"`` or ``"text"`` if any value is a text.
    numbers, money : bool
    distinct : int
        Length of the dictionary of a ``codes`` column.
    dictionary : str or None
        The version folder that holds it.
    text_rows, number_rows : int
        Rows with a text (or an amount), and with a number.
    """

    name: str
    number: int
    text: str | None = None
    numbers: bool = False
    money: bool = False
    distinct: int = 0
    dictionary: str | None = None
    text_rows: int = 0
    number_rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBucket:
    """One bucket: where it lies and what is there.

    Attributes
    ----------
    folder : str
        Relative to the index.
    people, rows : int
    files : tuple of str
        Names of its arrays; what is all missing has no file.
    skip : str or None
        File, relative to the index, of the people held fresh elsewhere.
    added : tuple of (str, str)
        Names of arrays that were added later, and the folders they lie in.
    """

    folder: str
    people: int
    rows: int
    files: tuple[str, ...]
    skip: str | None = None
    added: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One version of the index."""

    format: int = FORMAT
    version: str
    base: str
    """The version whose buckets are the base of this one; itself when it has no overlay."""
    lake_version: int
    lake_files: tuple[str, ...]
    base_files: tuple[str, ...]
    """Lake files in the base; the overlay holds whoever the others touch."""
    currency: str
    bucket_count: int
    forced: tuple[str, ...]
    """Properties that got a column because a question asked for them."""
    merged: str = ""
    """Digest of who counts as whom."""
    events: int
    event_folder: str
    event_counts: tuple[int, ...]
    columns: tuple[StoredColumn, ...]
    others: tuple[str, ...]
    people: int
    rows: int
    untimed_rows: int
    first_us: int
    last_us: int
    bot_people: int
    bot_rows: int
    unowned_rows: int
    fresh_people: int = 0
    fresh_rows: int = 0
    hidden: tuple[str, ...] = ()
    """Keys of people whom it leaves out, in hexadecimal."""
    buckets: tuple[StoredBucket, ...]
    bots: tuple[StoredBucket, ...]
    uses: tuple[str, ...] = field(default=())
    """Version folders this version reads."""

    def to_json(self) -> str:
        """Return the JSON text that is stored."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def stored_name(name: str, numbers: Mapping[str, int]) -> str:
    """Return the file name, without ending, of an array a build calls ``kind:NAME``.

    Examples
    --------
    >>> stored_name("codes:device", {"device": 3}), stored_name("time", {})
    ('c3.codes', 'time')
    """
    kind, colon, column = name.partition(":")
    return f"c{numbers[column]}.{_FILES[kind]}" if colon else name


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a version folder.

    Raises
    ------
    OSError, ValueError, TypeError, KeyError
        If it is not there, not JSON or of another format.
    """
    raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if raw["format"] != FORMAT:
        raise ValueError(raw["format"])
    plain = ("lake_files", "base_files", "forced", "event_counts", "others", "uses", "hidden")
    raw.setdefault("hidden", [])  # an index from before anybody could be hidden
    raw |= {name: tuple(raw[name]) for name in plain}
    raw["columns"] = tuple(StoredColumn(**column) for column in raw["columns"])
    for kind in ("buckets", "bots"):
        raw[kind] = tuple(StoredBucket(**_tuples(bucket)) for bucket in raw[kind])
    return Manifest(**raw)


def _tuples(bucket: dict[str, Any]) -> dict[str, Any]:
    added = tuple((name, folder) for name, folder in bucket["added"])
    return bucket | {"files": tuple(bucket["files"]), "added": added}


def catalog_of(manifest: Manifest, root: Path, settings: IndexSettings) -> Catalog:
    """Return the catalog of a version.

    Parameters
    ----------
    manifest : Manifest
    root : Path
        The folder of the index.
    settings : IndexSettings
    """
    columns: list[Column] = []
    told: Column | None = None
    for column in manifest.columns:
        found = _columns(column, root)
        if column.name == TRAITS:
            told = found[0]
        else:
            columns += found
    newest = manifest.last_us
    return Catalog(
        version=manifest.version,
        events=tuple(read_texts(root / manifest.event_folder, "events").to_pylist()),
        event_counts=manifest.event_counts,
        columns=tuple(columns),
        told=told,
        people=manifest.people,
        rows=manifest.rows,
        untimed_rows=manifest.untimed_rows,
        first_us=manifest.first_us,
        last_us=newest,
        as_of_us=newest if settings.now_us is None else min(newest, settings.now_us),
        timezone=settings.timezone,
        currency=manifest.currency,
        bot_people=manifest.bot_people,
        bot_rows=manifest.bot_rows,
        fresh_people=manifest.fresh_people,
        unowned_rows=manifest.unowned_rows,
        others=manifest.others,
        merged=settings.merged,
    )


def _columns(column: StoredColumn, root: Path) -> list[Column]:
    if column.money:
        return [Column(name=column.name, kind=ColumnKind.MONEY, rows=column.text_rows)]
    found: list[Column] = []
    if column.text is not None:
        values: TextValues | tuple[()] = ()
        if column.dictionary is not None:
            load = partial(read_texts, root / column.dictionary, f"c{column.number}.values")
            values = TextValues(column.distinct, load)
        kind = ColumnKind(column.text)
        found.append(Column(name=column.name, kind=kind, values=values, rows=column.text_rows))
    if column.numbers:
        name = column.name + NUMBER_SUFFIX if found else column.name
        found.append(Column(name=name, kind=ColumnKind.NUMBER, rows=column.number_rows))
    return found
