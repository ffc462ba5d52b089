"""Opening an input: what it is, told from its bytes, and the reader for it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, Final

from sojourn.adapters.readers.binary.parquet import ParquetReader
from sojourn.adapters.readers.binary.sheets import SheetReader
from sojourn.adapters.readers.binary.xes import XesReader
from sojourn.adapters.readers.errors import EmptyInputError, PresetError, UnknownFormatError
from sojourn.adapters.readers.objects.presets import ORDERS, check_preset
from sojourn.adapters.readers.objects.reader import JsonReader
from sojourn.adapters.readers.packed import Source
from sojourn.adapters.readers.text.accesslog import AccessLogReader, looks_like_log
from sojourn.adapters.readers.text.delimited import DelimitedReader
from sojourn.adapters.readers.text.lines import Text
from sojourn.adapters.readers.text.sequences import SequenceReader, looks_like_sequences
from sojourn.base.errors import UnknownNameError
from sojourn.events.roles import PURCHASE
from sojourn.events.times.zones import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.ports.reader import EventReader, ReadOptions

FORMATS: Final[dict[str, Callable[[Source, ReadOptions], EventReader]]] = {
    "csv": DelimitedReader,
    "tsv": DelimitedReader,
    "jsonl": JsonReader,
    "json": JsonReader,
    "parquet": ParquetReader,
    "xes": XesReader,
    "log": AccessLogReader,
    "sequences": SequenceReader,
    "xlsx": SheetReader,
}
"""Formats by the name a user gives them."""
_OBJECTS: Final = frozenset(("json", "jsonl", "parquet"))
_BINARY: Final = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"SQLite format 3", "an SQLite database"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"ARROW1", "an Arrow file"),
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
)
_HEAD_BYTES: Final = 65_536


def open_reader(
    source: str | BinaryIO, options: ReadOptions, name: str | None = None
) -> EventReader:
    """Return a reader of an input, its format, encoding and column roles found.

    Parameters
    ----------
    source : str or binary stream
        A path, or an open stream such as standard input.
    options : ReadOptions
        What the user said about it.
    name : str, optional
        What to call it in messages; the file's name by default.

    Raises
    ------
    InputError
        If it cannot be read, holds nothing, or does not say who did what when.
    """
    check_preset(options)
    load_zone(options.timezone)
    opened = Source(source, name=name, max_ratio=options.max_unpacked_ratio)
    head = opened.head(_HEAD_BYTES)
    if not head:
        raise EmptyInputError(f"{opened.name} is empty.", allowed="a file with events")
    kind = _given(options) or _binary_kind(head, opened.name)
    if kind is None:
        kind = _text_kind(Text.of(opened, options.encoding))
    return FORMATS[kind](opened, _for_kind(options, kind, opened.name))


def _given(options: ReadOptions) -> str | None:
    if options.format is None:
        return None
    if options.format not in FORMATS:
        raise UnknownNameError("format", options.format, FORMATS)
    return options.format


def _for_kind(options: ReadOptions, kind: str, name: str) -> ReadOptions:
    """Return the options with what the format's name or the preset implies."""
    if kind == "tsv" and options.delimiter is None:
        options = replace(options, delimiter="\t")
    if options.preset == ORDERS and options.event_name is None:
        return replace(options, event_name=PURCHASE)
    if options.preset not in {None, ORDERS} and kind not in _OBJECTS:
        raise PresetError(
            f"The preset {options.preset!r} reads objects, and {name} is {kind}.",
            allowed="JSON, JSON lines or Parquet",
        )
    return options


def _binary_kind(head: bytes, name: str) -> str | None:
    """Return the format of an input that is no plain text; None where it is text.

    Raises
    ------
    UnknownFormatError
        If it is something that holds no events.
    """
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\xd0\xcf\x11\xe0") or (head.startswith(b"PK\x03\x04") and _is_sheet(head)):
        return "xlsx"
    what = next((what for magic, what in _BINARY if head.startswith(magic)), None)
    if head.startswith(b"PK\x03\x04"):
        what = "a ZIP archive; unpack it first"
    if what is None and _is_junk(head):
        what = "binary data of no known kind"
    if what is not None:
        raise UnknownFormatError(
            f"{name} is {what}.", allowed="CSV, JSON, Parquet, XLSX, XES, access logs, sequences"
        )
    return None


def _is_sheet(head: bytes) -> bool:
    return any(part in head for part in (b"[Content_Types].xml", b"xl/", b"opendocument.spread"))


def _is_junk(head: bytes) -> bool:
    """Return whether many control characters stand where text has none."""
    sample = head[:8192]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    if min(odd, even) == 0 and max(odd, even) > 0.2 * len(sample) / 2:
        return False  # UTF-16 without a byte order mark
    control = sum(sample.count(bytes([byte])) for byte in (*range(9), *range(14, 32)))
    return control > max(3, 0.02 * len(sample))


def _text_kind(text: Text) -> str:
    start = text.head.lstrip()
    if re.match(r"<!doctype html|<html|<head|<body|<table", start, re.IGNORECASE):
        raise UnknownFormatError(
            f"{text.source.name} is a web page.", allowed="CSV, JSON, XES, access logs, sequences"
        )
    if re.match(r"<\?xml|<log\b|<!--|<!DOCTYPE", start):
        return "xes"
    if start.startswith("{") or re.match(r"\[\s*(\{|\]|$)", start):
        return "json"
    if looks_like_log(text.head):
        return "log"
    return "sequences" if looks_like_sequences(text.start) else "csv"
