"""Whose event a row is: keys of ids, ownership of anonymous ids, people of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.kernels.jit import kernel
from sojourn.kernels.murmur import murmur_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.kernels.building.texts import TextRows, Whole

NOBODY, BY_ANONYMOUS, BY_USER = -3, -2, -1
"""How a row found its person. From 0 on: twice the number of the owner of its anonymous id, and
one more from the instant when another user identified with that id."""


class Owners(NamedTuple):
    """Who owns which anonymous id.

    Attributes
    ----------
    slots : ndarray of shape (2^k,), int32
        Open-addressing table of owner numbers by the key of the anonymous person; -1 is free.
    anonymous : ndarray of shape (owners, 2), uint64
        Key of the person ``anon:<id>``.
    owner : ndarray of shape (owners, 2), uint64
        Key of the user.
    after : ndarray of shape (owners, 2), uint64
        Key of the person ``anon:<id>#1``.
    taken_time : ndarray of shape (owners,), int64
        When another user identified with the id; the largest instant if none ever did.
    taken_id : ndarray of shape (owners,), uint64
        The event of that instant.
    """

    slots: NDArray[np.int32]
    anonymous: NDArray[np.uint64]
    owner: NDArray[np.uint64]
    after: NDArray[np.uint64]
    taken_time: NDArray[np.int64]
    taken_id: NDArray[np.uint64]


class Takeovers(NamedTuple):
    """Who counts as whom.

    Attributes
    ----------
    slots : ndarray of shape (2^k,), int32
        Open-addressing table of the numbers of merges by the key of who is gone; -1 is free.
    gone, kept : ndarray of shape (merges, 2), uint64
        Keys of people; nobody who is kept is gone.
    """

    slots: NDArray[np.int32]
    gone: NDArray[np.uint64]
    kept: NDArray[np.uint64]


class Moments(NamedTuple):
    """When rows happened, in the order that ownership goes by; both of shape (rows,)."""

    time: NDArray[np.int64]
    ident: NDArray[np.uint64]


@kernel
def id_keys(
    texts: TextRows, before: NDArray[np.uint8], after: NDArray[np.uint8]
) -> NDArray[np.uint64]:
    """Return MurmurHash3 x64 128 of each id with some bytes before and after it.

    Parameters
    ----------
    texts : TextRows
    before, after : ndarray of shape (few,), uint8

    Returns
    -------
    ndarray of shape (rows, 2), uint64
        Left at zero for rows without an id.
    """
    offsets, data, present = texts.offsets, texts.data, texts.present
    rows = len(offsets) - 1
    longest = 0
    for row in range(rows):
        longest = max(longest, offsets[row + 1] - offsets[row])
    longest += len(before) + len(after)
    words = np.zeros(2 * (longest // 16 + 2), np.uint64)
    scratch = words.view(np.uint8)
    keys = np.zeros((rows, 2), np.uint64)
    for row in range(rows):
        if not present[row]:
            continue
        length = 0
        for index in range(len(before)):
            scratch[length] = before[index]
            length += 1
        for index in range(offsets[row], offsets[row + 1]):
            scratch[length] = data[index]
            length += 1
        for index in range(len(after)):
            scratch[length] = after[index]
            length += 1
        for index in range(length, (length // 16 + 1) * 16):
            scratch[index] = 0
        keys[row, 0], keys[row, 1] = murmur_words(words, length)
    return keys


@kernel
def starts_with(texts: TextRows, before: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return 1 for each text that begins with some bytes, shape (rows,)."""
    rows = len(texts.offsets) - 1
    marks = np.zeros(rows, np.uint8)
    for row in range(rows):
        start = texts.offsets[row]
        if texts.present[row] and texts.offsets[row + 1] - start >= len(before):
            marks[row] = 1
            for index in range(len(before)):
                if texts.data[start + index] != before[index]:
                    marks[row] = 0
    return marks


@kernel
def place_keys(slots: NDArray[np.int32], keys: NDArray[np.uint64]) -> None:
    """Enter every key, shape (n, 2), into empty slots by its number."""
    mask = np.uint64(len(slots) - 1)
    for number in range(len(keys)):
        slot = keys[number, 0] & mask
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = number


@kernel
def refuse(keys: NDArray[np.uint64], slots: NDArray[np.int32], refused: NDArray[np.uint64]) -> None:
    """Set to zero the keys, shape (rows, 2), that are entered among the refused ones."""
    for row in range(len(keys)):
        if find_number(slots, refused, keys[row, 0], keys[row, 1]) >= 0:
            keys[row, 0] = 0
            keys[row, 1] = 0


@kernel
def find_number(
    slots: NDArray[np.int32], keys: NDArray[np.uint64], one: np.uint64, two: np.uint64
) -> Whole:
    """Return the number under which a key of ``keys``, shape (n, 2), is entered, or -1."""
    mask = np.uint64(len(slots) - 1)
    slot = one & mask
    while slots[slot] >= 0:
        number = np.int64(slots[slot])
        if keys[number, 0] == one and keys[number, 1] == two:
            return number
        slot = (slot + np.uint64(1)) & mask
    return -1


@kernel
def resolve(
    user: NDArray[np.uint64],
    anonymous: NDArray[np.uint64],
    moments: Moments,
    owners: Owners,
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Return the person of each row, and how it was found.

    Parameters
    ----------
    user, anonymous : ndarray of shape (rows, 2), uint64
        Keys of the persons that the user id and the anonymous id name; zero where there is none.
    moments : Moments
    owners : Owners

    Returns
    -------
    person : ndarray of shape (rows, 2), uint64
    found : ndarray of shape (rows,), int32
        ``NOBODY``, ``BY_USER``, ``BY_ANONYMOUS``, twice the owner's number, or one more for
        what came after another user identified.
    """
    slots, known, owner, after = owners.slots, owners.anonymous, owners.owner, owners.after
    taken_time, taken_id, time, ident = (
        owners.taken_time, owners.taken_id, moments.time, moments.ident,
    )  # fmt: skip
    person = user.copy()
    found = np.full(len(user), BY_USER, np.int32)
    for row in range(len(user)):
        if user[row, 0] or user[row, 1]:
            continue
        one, two = anonymous[row, 0], anonymous[row, 1]
        if one == 0 and two == 0:
            found[row] = NOBODY
            continue
        number = find_number(slots, known, one, two)
        if number < 0:
            person[row, 0], person[row, 1], found[row] = one, two, BY_ANONYMOUS
        elif time[row] < taken_time[number] or (
            time[row] == taken_time[number] and ident[row] < taken_id[number]
        ):
            person[row, 0], person[row, 1] = owner[number, 0], owner[number, 1]
            found[row] = 2 * number
        else:
            person[row, 0], person[row, 1] = after[number, 0], after[number, 1]
            found[row] = 2 * number + 1
    return person, found


@kernel
def take_over(person: NDArray[np.uint64], takeovers: Takeovers) -> NDArray[np.uint32]:
    """Put who is kept in place of who is gone, and return by which merge.

    Parameters
    ----------
    person : ndarray of shape (rows, 2), uint64
        Changed in place.
    takeovers : Takeovers

    Returns
    -------
    ndarray of shape (rows,), uint32
        One more than the number of the merge, 0 where nothing changed.
    """
    slots, gone, kept = takeovers.slots, takeovers.gone, takeovers.kept
    merge = np.zeros(len(person), np.uint32)
    for row in range(len(person)):
        number = find_number(slots, gone, person[row, 0], person[row, 1])
        if number >= 0:
            person[row, 0], person[row, 1] = kept[number, 0], kept[number, 1]
            merge[row] = number + 1
    return merge


@kernel
def distinct_keys(
    keys: NDArray[np.uint64], used: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the number of each row's key in order of first sight, and the first row of each.

    Parameters
    ----------
    keys : ndarray of shape (rows, 2), uint64
    used : ndarray of shape (rows,), uint8
        0 for rows to leave out.

    Returns
    -------
    number : ndarray of shape (rows,), int32
        -1 for rows left out.
    first : ndarray of shape (distinct,), int32
    """
    size = 16
    while size < 2 * len(keys):
        size *= 2
    slots = np.full(size, -1, np.int32)
    mask = np.uint64(size - 1)
    number = np.full(len(keys), -1, np.int32)
    first = np.empty(len(keys), np.int32)
    count = 0
    for row in range(len(keys)):
        if not used[row]:
            continue
        slot = keys[row, 0] & mask
        while slots[slot] >= 0:
            other = first[slots[slot]]
            if keys[other, 0] == keys[row, 0] and keys[other, 1] == keys[row, 1]:
                break
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] < 0:
            slots[slot] = count
            first[count] = row
            count += 1
        number[row] = slots[slot]
    return number, first[:count].copy()


@kernel
def earliest_rows(number: NDArray[np.int32], distinct: int, moments: Moments) -> NDArray[np.int64]:
    """Return the earliest row of each number by (time, event).

    Parameters
    ----------
    number : ndarray of shape (rows,), int32
        -1 for rows to leave out.
    distinct : int
    moments : Moments

    Returns
    -------
    ndarray of shape (distinct,), int64
    """
    time, ident = moments.time, moments.ident
    best = np.full(distinct, -1, np.int64)
    for row in range(len(number)):
        if number[row] < 0:
            continue
        held = best[number[row]]
        if (
            held < 0
            or time[row] < time[held]
            or (time[row] == time[held] and ident[row] < ident[held])
        ):
            best[number[row]] = row
    return best
