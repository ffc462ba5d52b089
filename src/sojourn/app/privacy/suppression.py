"""Of whom nothing is taken any more, known by keyed hashes only."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.events.ids import known_ids
from sojourn.ports.erasure import IdKind, Suppressed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from sojourn.identity.erasing import PersonIds
    from sojourn.ports.erasure import Erasures

DIGEST_BYTES = 32
_WORDS = re.compile(r"[\s,;|\"'{}\[\]=<>&?]+")
"""What may stand between two values in a row of any format."""


class IdHash:
    """Hashes ids with a key made of the workspace's secret, which lies apart from the list.

    Parameters
    ----------
    secret : bytes
    """

    def __init__(self, secret: bytes) -> None:
        self._key = hashlib.blake2b(
            b"sojourn suppression list", key=secret, digest_size=DIGEST_BYTES
        ).digest()

    @property
    def fingerprint(self) -> str:
        """What tells whether two lists have the same key, and nothing of the key."""
        return hashlib.blake2b(b"which key", key=self._key, digest_size=16).hexdigest()

    def __call__(self, kind: IdKind, value: str) -> str:
        """Return the keyed hash of an id, as 64 hexadecimal digits."""
        text = f"{kind.value}:{value}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._key, digest_size=DIGEST_BYTES).hexdigest()


def words_of(text: str) -> set[str]:
    """Return the words of a text that may be ids.

    Examples
    --------
    >>> sorted(words_of('{"userId": "ann", "n": 7}'))
    ['7', 'ann', 'n', 'userId']
    """
    return {word.strip(":") for word in _WORDS.split(text)} - {""}


def suppressed_ids(ids: PersonIds, erasure: str, hashed: IdHash) -> list[Suppressed]:
    """Return what is to be taken of a person's ids no more."""
    users = [
        Suppressed(digest=hashed(IdKind.USER, user), kind=IdKind.USER, erasure=erasure)
        for user in ids.users
    ]
    anonymous = [
        Suppressed(
            digest=hashed(IdKind.ANONYMOUS, held.anonymous_id),
            kind=IdKind.ANONYMOUS,
            erasure=erasure,
            since_us=held.since and held.since[0],
            until_us=held.until and held.until[0],
        )
        for held in ids.anonymous
    ]
    return users + anonymous


@dataclass(frozen=True, kw_only=True)
class Door:
    """What lets events in.

    Attributes
    ----------
    erasures : Erasures
    secret : callable
        Returns the workspace's secret.
    """

    erasures: Erasures
    secret: Callable[[], bytes]

    @cached_property
    def hashed(self) -> IdHash:
        """Hashes ids as the list of erased people does."""
        return IdHash(self.secret())

    def guard(self) -> Guard:
        """Return who tells events that may be taken from others, by the list of this moment."""
        listed = self.erasures.suppressed()
        return Guard([one for one in listed if one.lifted_us is None], self.hashed)

    def note(self, guard: Guard) -> None:
        """Write down how many events were not taken, once."""
        if guard.dropped:
            self.erasures.dropped(guard.dropped)
            guard.dropped.clear()


class Guard:
    """Tells events that may be taken from those of erased people.

    Parameters
    ----------
    suppressed : sequence of Suppressed
    hashed : IdHash
    """

    def __init__(self, suppressed: Sequence[Suppressed], hashed: IdHash) -> None:
        self._by_digest = {one.digest: one for one in suppressed}
        self._hashed = hashed
        self.dropped: Counter[str] = Counter()

    def kept(self, events: pa.Table) -> NDArray[np.bool_]:
        """Return which events may be taken, and count the others.

        Parameters
        ----------
        events : pyarrow.Table
            With user id, anonymous id and time.
        """
        taken = np.ones(len(events), np.bool_)
        if not self._by_digest or not len(events):
            return taken
        user = known_ids(events["user_id"].combine_chunks())
        self._leave_out(taken, user, IdKind.USER, events)
        anonymous = pc.if_else(
            user.is_null(), events["anonymous_id"].combine_chunks(), pa.scalar(None, pa.string())
        )
        self._leave_out(taken, known_ids(anonymous), IdKind.ANONYMOUS, events)
        return taken

    def may_keep(self, text: str) -> bool:
        """Return whether a text names nobody of the list; one that does is counted.

        Parameters
        ----------
        text : str
            A row or call that is no event.
        """
        if not self._by_digest:
            return True
        for word in words_of(text):
            for kind in IdKind:
                one = self._by_digest.get(self._hashed(kind, word))
                if one is not None:
                    self.dropped[one.digest] += 1
                    return False
        return True

    def _leave_out(
        self, taken: NDArray[np.bool_], ids: pa.Array, kind: IdKind, events: pa.Table
    ) -> None:
        coded = ids.dictionary_encode()
        codes = coded.indices.fill_null(-1).to_numpy()
        for code, value in enumerate(coded.dictionary.to_pylist()):
            one = self._by_digest.get(self._hashed(kind, value))
            if one is None:
                continue
            rows = np.flatnonzero(codes == code)
            rows = rows[_inside(events["time"].take(pa.array(rows)), one)]
            taken[rows] = False
            if len(rows):
                self.dropped[one.digest] += len(rows)


def _inside(times: pa.ChunkedArray, one: Suppressed) -> NDArray[np.bool_]:
    """Return which events of an id are its suppressed ones; those without a time are."""
    instants = times.cast(pa.int64())
    known = np.asarray(instants.is_valid())
    at = instants.fill_null(0).to_numpy()
    inside = np.ones(len(at), np.bool_)
    if one.since_us is not None:
        inside &= ~known | (at >= one.since_us)
    if one.until_us is not None:
        inside &= ~known | (at < one.until_us)
    return inside
