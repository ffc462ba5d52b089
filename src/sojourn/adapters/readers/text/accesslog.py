"""Reading the access logs of web servers (common, combined, and combined with the host first)."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from typing_extensions import override

from sojourn.adapters.readers.base import BaseReader
from sojourn.adapters.readers.finish import Columns, Limits, finish, shortened
from sojourn.adapters.readers.text.encodings import readable
from sojourn.adapters.readers.text.lines import Lines, Text
from sojourn.adapters.readers.text.requests import Request, read_request
from sojourn.events.agents import read_agent
from sojourn.events.paths import host
from sojourn.events.properties import PropertyColumn, PropertyKind, object_texts
from sojourn.events.times import TimePlan
from sojourn.ports.reader import READ_SCHEMA, EventBatch, Rejected, RoleChoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from sojourn.adapters.readers.packed import Source
    from sojourn.ports.reader import ReadOptions

_TEXT: Final = r'(?:[^"\\]|\\.)*'
LINE: Final = (
    r"^(?:(?P<site>\S+) )?(?P<address>\S+) \S+ (?P<user>\S+) \[(?P<time>[^\]]+)\] "
    rf'"(?P<request>{_TEXT})" (?P<status>\d{{3}}) (?P<bytes>\d+|-)'
    rf'(?: "(?P<referrer>{_TEXT})"(?: "(?P<agent>{_TEXT})"?)?)?.*$'
)
NOTE: Final = "# sojourn "
"""Starts a line that explains the rejected one below it."""
_SAMPLE_LINES: Final = 50


def looks_like_log(head: str) -> bool:
    """Return whether most of the first lines are those of an access log."""
    lines = [line for line in head.splitlines()[:_SAMPLE_LINES] if _is_row(line)]
    hits = sum(re.match(LINE, line) is not None for line in lines)
    return hits > 0 and hits >= 0.5 * len(lines)


def _is_row(line: str) -> bool:
    return bool(line.strip()) and not line.startswith(NOTE)


class AccessLogReader(BaseReader):
    """One request a line.

    The person is a keyed hash of address and user agent; neither is kept. The event is the path
    of the page, its ids folded; what a page loads by itself is ``asset``.
    """

    def __init__(self, source: Source, options: ReadOptions) -> None:
        super().__init__(source, options)
        self._text = Text.of(source, options.encoding)
        self._site = _own_site(self._text.head)

    @override
    def _format(self) -> tuple[str, ...]:
        return ("access log",)

    @property
    @override
    def roles(self) -> tuple[RoleChoice, ...]:
        site = f"; {self._site} is the site itself" if self._site else ""
        return (
            RoleChoice(
                role="anonymous",
                column="address and user agent",
                why="a keyed hash of both; neither is stored",
            ),
            RoleChoice(role="person", column="user", why="who logged in at the server, if any"),
            RoleChoice(role="time", column="time", why="the time in brackets, with its zone"),
            RoleChoice(role="event", column="request", why="the page's path, ids folded to *"),
            RoleChoice(role="referrer", column="referrer", why=f"its host only{site}"),
            RoleChoice(role="device", column="user agent", why="told from its words"),
            RoleChoice(role="bot", column="user agent", why="known robots are marked"),
        )

    @override
    def batches(self) -> Iterator[EventBatch]:
        first = 1
        for lines in self._text.lines(self._options):
            batch = self._batch(lines, first)
            first += batch.rows
            yield batch

    def _batch(self, lines: Lines, first: int) -> EventBatch:
        no_row = pc.or_(
            pc.match_substring_regex(lines.text, r"^\s*$"), pc.starts_with(lines.text, NOTE)
        )
        rows = np.flatnonzero(~no_row.to_numpy(zero_copy_only=False))
        text = lines.text.take(pa.array(rows)) if rows.shape[0] < len(lines.text) else lines.text
        numbers = lines.numbers[rows]
        positions = first + np.arange(rows.shape[0], dtype=np.int64)
        fields = pc.extract_regex(text, LINE)
        fits = fields.is_valid().to_numpy(zero_copy_only=False)
        rejected = [
            _broken(text[row].as_py(), int(numbers[row])) for row in np.flatnonzero(~fits).tolist()
        ]
        events = READ_SCHEMA.empty_table()
        if fits.any():
            good = np.flatnonzero(fits)
            events, bad = finish(
                self._columns(fields.filter(pa.array(fits)), positions[good]),
                TimePlan(),
                self._options.timezone,
                Limits.of(self._options),
            )
            for fault in bad:
                row = int(good[fault.row])
                raw = readable(text[row].as_py())
                line = int(numbers[row])
                rejected.append(Rejected(line=line, raw=raw, code=fault.code, reason=fault.reason))
        return EventBatch(
            events=events,
            rejected=tuple(sorted(rejected, key=lambda r: r.line)),
            rows=int(rows.shape[0]),
            bytes_done=lines.done,
        )

    def _columns(self, fields: pa.StructArray, positions: NDArray[np.int64]) -> Columns:
        part = dict(zip(fields.type.names, fields.flatten(), strict=True))
        user = pc.if_else(pc.equal(part["user"], "-"), pa.scalar(None, pa.string()), part["user"])
        requests = pc.dictionary_encode(part["request"])
        read = [read_request(text) for text in requests.dictionary.to_pylist()]
        return Columns(
            positions=positions,
            user_id=user,
            anonymous_id=_hashed(part["address"], part["agent"], self._options.secret),
            time=part["time"],
            event=_spread(requests, [request.event for request in read]),
            properties=self._properties(part, requests, read),
        )

    def _properties(
        self,
        part: dict[str, pa.StringArray],
        requests: pa.DictionaryArray,
        read: Sequence[Request],
    ) -> pa.StringArray:
        agents = pc.dictionary_encode(part["agent"])
        told = [read_agent(text) for text in agents.dictionary.to_pylist()]
        columns: dict[str, pa.StringArray] = {
            "status": part["status"],
            "bytes": _spread_by(part["bytes"], lambda text: None if text == "-" else text),
            "referrer": _spread_by(part["referrer"], self._referrer),
            "page": _spread(requests, [request.page for request in read]),
            "method": _spread(requests, [request.method for request in read]),
            "device": _spread(agents, [agent.device for agent in told]),
            "browser": _spread(agents, [agent.browser for agent in told]),
            "os": _spread(agents, [agent.system for agent in told]),
            "bot": _spread(agents, ["true" if agent.bot else None for agent in told]),
        }
        for place, key in enumerate(UTM_KEYS):
            column = _spread(requests, [request.utm[place] for request in read])
            if column.null_count < len(column):
                columns[key] = column
        return object_texts(
            [(PropertyColumn(key=k, column=k, kind=_KINDS.get(k, PropertyKind.TEXT)), v)
             for k, v in columns.items()]
        )  # fmt: skip

    def _referrer(self, text: str) -> str | None:
        found = host(text)
        return None if found == self._site else found

    @override
    def write_rejected(self, rejected: tuple[Rejected, ...], path: str) -> None:
        with Path(path).open("a", encoding="utf-8", newline="") as file:
            for row in rejected:
                reason = row.reason.replace("\n", " ")
                file.write(f"{NOTE}line {row.line}: {reason}\n{row.raw}\n")


UTM_KEYS: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
_KINDS: Final = {
    "status": PropertyKind.JSON,
    "bytes": PropertyKind.JSON,
    "bot": PropertyKind.JSON,
}


def _broken(text: str, line: int) -> Rejected:
    reason = (
        f"{shortened(readable(text))!r} is no line of an access log; allowed: "
        'ADDRESS - USER [TIME] "REQUEST" STATUS BYTES "REFERRER" "AGENT"'
    )
    return Rejected(line=line, raw=readable(text), code="bad-line", reason=reason)


def _spread(coded: pa.DictionaryArray, values: Sequence[str | None]) -> pa.StringArray:
    """Return a value for each row, given one for each distinct text."""
    return pa.array(values, pa.string()).take(coded.indices)


def _spread_by(texts: pa.StringArray, of: Callable[[str], str | None]) -> pa.StringArray:
    coded = pc.dictionary_encode(texts)
    return _spread(coded, [of(text) for text in coded.dictionary.to_pylist()])


def _hashed(address: pa.StringArray, agent: pa.StringArray, secret: bytes) -> pa.StringArray:
    """Return a keyed hash of address and agent, the same for the same two and secret."""
    key = secret if len(secret) <= blake2b.MAX_KEY_SIZE else blake2b(secret).digest()
    both = pc.binary_join_element_wise(
        address, agent, "\0", null_handling="replace", null_replacement=""
    )
    return _spread_by(
        both, lambda text: blake2b(text.encode(), digest_size=16, key=key).hexdigest()
    )


def _own_site(head: str) -> str | None:
    """Return the site's host: as logged, or the one that most assets are loaded from."""
    pages: Counter[str] = Counter()
    for line in head.splitlines():
        found = re.match(LINE, line)
        if found is None:
            continue
        if found["site"]:
            return host(f"//{found['site']}")
        if found["referrer"] and read_request(found["request"]).is_asset:
            page = host(found["referrer"])
            if page:
                pages[page] += 1
    return min(pages, key=lambda page: (-pages[page], page)) if pages else None
