"""Links that stay when the events of a person go.

They lie beside the log, in groups; a group holds from the moment on that the log knows its number,
so links and events change places in one instant.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa

from sojourn.adapters.disk.sync import write_whole
from sojourn.identity.ownership import LINK_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

_Link: TypeAlias = "tuple[str, str, int, int]"
"""Anonymous id, user id, and the moment of their earliest event."""

RECORD = "_kept_links.json"
ERASURES = "sojourn-erasures"
"""The app transaction whose version is the number of the newest group that holds."""


def kept_links(lake: Path, number: int) -> pa.Table:
    """Return the links of every group up to a number, with ``LINK_SCHEMA``."""
    rows = [row for at, group in _groups(lake) if at <= number for row in group]
    return _table(rows)


def keep_links(lake: Path, number: int, links: pa.Table) -> None:
    """Write down the links of a group; those of one that was begun and never held are replaced."""
    groups = [(at, group) for at, group in _groups(lake) if at < number]
    groups.append((number, list(zip(*(links[name].to_pylist() for name in LINK_SCHEMA.names),
                                    strict=True))))  # fmt: skip
    _write(lake, groups)


def settle_links(lake: Path, number: int) -> None:
    """Forget every group but one that holds and stands for those before it."""
    if any(at != number for at, _ in _groups(lake)):
        _write(lake, [(at, group) for at, group in _groups(lake) if at == number])


def strip_links(lake: Path, users: Collection[str], own: Collection[str]) -> None:
    """Take people's ids out of every group.

    Their links of shared devices are in the newest group already, with something in place of the
    user ids.

    Parameters
    ----------
    lake : Path
    users : collection of str
        User ids that go.
    own : collection of str
        Anonymous ids that nobody else has.
    """
    groups = _groups(lake)
    left = [
        (at, [link for link in group if link[0] not in own and link[1] not in users])
        for at, group in groups
    ]
    if left != groups:
        _write(lake, left)


def _write(lake: Path, groups: Sequence[tuple[int, Sequence[_Link]]]) -> None:
    said = [{"number": at, "links": group} for at, group in groups if group]
    write_whole(lake / RECORD, json.dumps(said).encode())


def _groups(lake: Path) -> list[tuple[int, list[_Link]]]:
    try:
        said = json.loads((lake / RECORD).read_text("utf-8"))
    except FileNotFoundError:
        return []
    return [
        (int(group["number"]), [(str(a), str(u), int(t), int(i)) for a, u, t, i in group["links"]])
        for group in said
    ]


def _table(rows: list[_Link]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(LINK_SCHEMA)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, LINK_SCHEMA, strict=True)]
    return pa.table(arrays, schema=LINK_SCHEMA)
