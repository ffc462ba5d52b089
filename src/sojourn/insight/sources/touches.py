"""What rows say of where their visit came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.events.channels import DIRECT_SOURCE
from sojourn.events.paths import host
from sojourn.events.schema import (
    CHANNEL,
    PAGE,
    REFERRER,
    UTM_CAMPAIGN,
    UTM_CONTENT,
    UTM_MEDIUM,
    UTM_SOURCE,
    UTM_TERM,
)
from sojourn.index.catalog import ColumnKind
from sojourn.index.masks import text_array
from sojourn.index.values import dictionary
from sojourn.insight.sources.counts import RawOrigin
from sojourn.kernels.cohorts.visits import DIRECT, KNOWN, UNKNOWN
from sojourn.kernels.rows import marks_of_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog, Column

PLAIN: Final = (CHANNEL, UTM_SOURCE, UTM_MEDIUM, UTM_CAMPAIGN)
"""Properties that say where a visit came from, whatever they hold."""
_DEEP: Final = {UTM_CONTENT: 4, UTM_TERM: 5}
ALL: Final = (*PLAIN, UTM_CONTENT, UTM_TERM, REFERRER)
_BARE_HOST: Final = re.compile(r"(?:[a-z0-9_-]+\.)+[a-z0-9-]{2,}")
_DIRECT_WORDS: Final = frozenset(
    {DIRECT_SOURCE, "direct", "(none)", "none", "(not set)", "direct traffic", "직접", "직접 유입"}
)


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """What the distinct texts of every column say, found once for all buckets.

    Attributes
    ----------
    catalog : Catalog
    own : tuple of str
        Hosts of one's own, with their subdomains: no source.
    tables : dict of str to ndarray of shape (distinct + 1,), uint8
        By column with a dictionary: what each code says.
    """

    catalog: Catalog
    own: tuple[str, ...]
    tables: dict[str, NDArray[np.uint8]]

    @classmethod
    def of(cls, catalog: Catalog, own: Sequence[str]) -> Judge:
        """Return the judge of one catalog."""
        judge = cls(catalog, tuple(own), {})
        for name in (*PLAIN, REFERRER, PAGE):
            column = _texts(catalog, name)
            if column is not None and column.kind is ColumnKind.CODES:
                judge.tables[name] = np.concatenate(
                    (np.zeros(1, np.uint8), judge.says(name, column.values))
                )
        return judge

    @property
    def any(self) -> bool:
        """Whether any property of the index says where visits came from."""
        return any(_texts(self.catalog, name) is not None for name in (*PLAIN, REFERRER))

    def says(self, name: str, texts: Sequence[str]) -> NDArray[np.uint8]:
        """Return what each text of a column says, shape (len(texts),)."""
        if name == PAGE:
            return np.full(len(texts), DIRECT, np.uint8)
        says = _outside(texts, self.own) if name == REFERRER else _named(texts)
        return np.fromiter(says, np.uint8, len(texts))

    def rows(self, bucket: Bucket) -> NDArray[np.uint8]:
        """Return what each row says: ``KNOWN``, ``DIRECT`` or ``UNKNOWN``, shape (rows,).

        A row with a page, and every row where no property is called page, is part of a visit
        and so says at least ``DIRECT``.
        """
        least = UNKNOWN if _texts(self.catalog, PAGE) else DIRECT
        found = np.full(len(bucket.time), least, np.uint8)
        for name in (*PLAIN, REFERRER, PAGE):
            column = _texts(self.catalog, name)
            if column is not None:
                np.maximum(found, self._column(column, bucket), out=found)
        return found

    def _column(self, column: Column, bucket: Bucket) -> NDArray[np.uint8]:
        if column.name in self.tables:
            return marks_of_codes(self.tables[column.name], bucket.codes(column.name))
        coded = text_array(bucket.text(column.name)).dictionary_encode()
        judged = self.says(column.name, coded.dictionary.to_pylist())
        table = np.concatenate((judged, np.zeros(1, np.uint8)))
        places = coded.indices.fill_null(len(coded.dictionary))
        found: NDArray[np.uint8] = table[np.asarray(places.to_numpy(zero_copy_only=False))]
        return found


def origins_at(
    bucket: Bucket,
    judge: Judge,
    rows: NDArray[np.int64],
    says: NDArray[np.uint8],
    deepest: int,
) -> tuple[NDArray[np.int64], list[RawOrigin]]:
    """Return the group of each row, and the raw origin of each group.

    Parameters
    ----------
    bucket : Bucket
    judge : Judge
    rows : ndarray of shape (people,), int64
    says : ndarray of shape (people,), uint8
        What each of these rows says; only known ones are looked at.
    deepest : int
        Place of the deepest level told apart; content and term are left out above theirs.

    Returns
    -------
    groups : ndarray of shape (people,), int64
    origins : list of RawOrigin, one a group
    """
    known = says == KNOWN
    codes = says.astype(np.int64)
    texts: list[pa.Array] = []
    for name in ALL:
        needed = name not in _DEEP or deepest >= _DEEP[name]
        column = _texts(judge.catalog, name) if needed else None
        found = pa.nulls(len(rows), pa.string())
        if column is not None:
            found = pc.if_else(
                pa.array(known), texts_at(column, bucket, rows), pa.scalar(None, pa.string())
            )
        if name == REFERRER:
            found = _outside_hosts(found, judge.own)
        texts.append(found)
        coded = found.dictionary_encode()
        values = np.asarray(coded.indices.fill_null(len(coded.dictionary)).to_numpy())
        codes = codes * (len(coded.dictionary) + 1) + values
        codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    _, example, groups = np.unique(codes, return_index=True, return_inverse=True)
    chosen = [text.take(pa.array(example)).to_pylist() for text in texts]
    parts = zip(says[example].tolist(), *chosen, strict=True)
    return groups.astype(np.int64), [RawOrigin(*part) for part in parts]


def texts_at(column: Column, bucket: Bucket, rows: NDArray[np.int64]) -> pa.Array:
    """Return a column's texts at some rows, shape (rows,), of a bucket, null where missing."""
    if column.kind is ColumnKind.TEXT:
        return text_array(bucket.text(column.name)).take(pa.array(rows)).cast(pa.string())
    codes = np.asarray(bucket.codes(column.name))[rows].astype(np.int64)
    return dictionary(column).take(pa.array(codes - 1, mask=codes == 0)).cast(pa.string())


def referrer_host(text: str) -> str | None:
    """Return the host of a referrer, which may be an address or a bare host.

    Examples
    --------
    >>> referrer_host("https://www.naver.com/x"), referrer_host("google.com"), referrer_host("-")
    ('naver.com', 'google.com', None)
    """
    bare = text.strip().lower()
    if _BARE_HOST.fullmatch(bare):
        return bare.removeprefix("www.")
    return host(text)


def is_own(name: str, own: Sequence[str]) -> bool:
    """Return whether a host is one of one's own, or a subdomain of one."""
    return any(name == site or name.endswith("." + site) for site in own)


def _texts(catalog: Catalog, name: str) -> Column | None:
    column = catalog.find(name)
    kinds = (ColumnKind.CODES, ColumnKind.TEXT)
    return column if column is not None and column.kind in kinds else None


def _named(texts: Sequence[str]) -> Iterator[int]:
    for text in texts:
        word = text.strip().lower()
        yield KNOWN if word and word not in _DIRECT_WORDS else DIRECT


def _outside(texts: Sequence[str], own: Sequence[str]) -> Iterator[int]:
    for text in texts:
        name = referrer_host(text)
        yield KNOWN if name and not is_own(name, own) else UNKNOWN


def _outside_hosts(urls: pa.Array, own: Sequence[str]) -> pa.Array:
    coded = urls.dictionary_encode()
    hosts = (referrer_host(url) for url in coded.dictionary.to_pylist())
    names = [name if name and not is_own(name, own) else None for name in hosts]
    return pa.array(names, pa.string()).take(coded.indices)
