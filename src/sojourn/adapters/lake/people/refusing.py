"""Refusals of consent that only expired events told: they outlive the period, in as few words.

Of such an event there stay its id, its name and times, what was refused, and who refused it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.adapters.lake.people.finding import Found, Reduced, lake_links
from sojourn.events.schema import CONSENT_PREFIX, TRAITS
from sojourn.identity.consent import standing_refusals
from sojourn.identity.erasing import ERASED
from sojourn.identity.ownership import owners, user_of
from sojourn.identity.traits import Told, changes_of, read_told
from sojourn.index.building.people import ownership, people_of
from sojourn.index.building.worker import LINK_COLUMNS, moments_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sojourn.adapters.lake.table import DeltaLake
    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.index.building.people import Ownership
    from sojourn.ports.lake import LakeFile

_COLUMNS: Final = (*LINK_COLUMNS, "properties")
_MENTION: Final = f'"{CONSENT_PREFIX}'
_Key = tuple[str, int]
"""A person, and the first eight bytes of the id of the event that told."""


@dataclass(frozen=True, slots=True)
class _Word:
    """What one row told of somebody's consent."""

    row: int
    person: str
    told: Told
    is_reduced: bool


def keep_refusals(lake: DeltaLake, older: Sequence[Found]) -> list[Found]:
    """Return what goes and what of it stays, without the files in which nothing changes.

    A refusal stays where nothing that its person told later is about the same: of people who were
    merged, each is looked at alone, so that the stricter word is kept.

    Parameters
    ----------
    lake : DeltaLake
    older : sequence of Found
        Rows that are older than the period, refusals kept by earlier runs included.
    """
    if not any(len(one.rows) > _reduced(lake, one) for one in older):
        return []
    owned = ownership(owners(lake_links(lake)))
    words = {one.file.path: list(_expiring(lake, one, owned)) for one in older}
    standing = _standing(word for each in words.values() for word in each)
    _drop_answered(lake, older, owned, standing)
    facts: dict[_Key, dict[str, JsonValue]] = {}
    for (person, name), (told, value) in standing.items():
        facts.setdefault((person, told.ident), {})[name] = False if value is None else value
    changed = []
    for one in older:
        here = words[one.file.path]
        stay = {
            word.row: _said(word.person, facts[word.person, word.told.ident], word.row)
            for word in here
            if (word.person, word.told.ident) in facts
        }
        before = {word.row for word in here if word.is_reduced}
        if len(stay) < len(one.rows) or set(stay) - before:
            changed.append(Found(one.file, one.rows, tuple(stay.values())))
    return changed


def _reduced(lake: DeltaLake, one: Found) -> int:
    """Return how many of some rows an earlier run has reduced to a refusal."""
    texts = pa.concat_arrays(
        [batch.column("properties") for batch in lake.scan(("properties",), [one.file])]
    ).take(pa.array(one.rows))
    maybe = texts.filter(pc.match_substring(texts, _MENTION).fill_null(False))
    return sum(_is_reduced(json.loads(text)) for text in maybe.to_pylist())


def _is_reduced(said: JsonObject) -> bool:
    told = said.get(TRAITS)
    facts = told.get("set") if isinstance(told, dict) else None
    return (
        set(said) == {TRAITS}
        and isinstance(told, dict)
        and set(told) == {"set"}
        and isinstance(facts, dict)
        and all(name.startswith(CONSENT_PREFIX) for name in facts)
    )


def _expiring(lake: DeltaLake, one: Found, owned: Ownership) -> Iterator[_Word]:
    rows = set(one.rows.tolist())
    return (word for word in _words(lake, one.file, owned) if word.row in rows)


def _words(lake: DeltaLake, file: LakeFile, owned: Ownership) -> Iterator[_Word]:
    """Yield what the rows of a file told of consent, with the person each is of."""
    start = 0
    for batch in lake.scan(_COLUMNS, [file]):
        mentions = pc.match_substring(batch.column("properties"), _MENTION).fill_null(False)
        places = np.flatnonzero(np.asarray(mentions))
        if len(places):
            some = batch.take(pa.array(places))
            moments, _ = moments_of(some)
            people = people_of(some.column("user_id"), some.column("anonymous_id"), moments, owned)
            for at, text in enumerate(some.column("properties").to_pylist()):
                said = json.loads(text)
                told = read_told(said.get(TRAITS), int(moments.time[at]), int(moments.ident[at]))
                if told is not None and people.number[at] >= 0:
                    person = people.texts[int(people.number[at])].as_py()
                    yield _Word(start + int(places[at]), person, told, _is_reduced(said))
        start += len(batch)


def _standing(words: Iterable[_Word]) -> dict[tuple[str, str], tuple[Told, JsonValue]]:
    """Return each refusal that stands, by person and fact, with the event that told it last."""
    told: dict[str, dict[int, Told]] = {}
    for word in words:
        told.setdefault(word.person, {})[word.told.ident] = word.told
    return {
        (person, name): (events[value.ident], value.value)
        for person, events in told.items()
        for name, value in standing_refusals(events.values()).items()
    }


def _drop_answered(
    lake: DeltaLake,
    older: Sequence[Found],
    owned: Ownership,
    standing: dict[tuple[str, str], tuple[Told, JsonValue]],
) -> None:
    """Leave out refusals after which an event that stays says something of the same."""
    expiring = {one.file.path: set(one.rows.tolist()) for one in older}
    for file in lake.files() if standing else ():
        gone = expiring.get(file.path, set())
        for word in _words(lake, file, owned):
            if word.row in gone:
                continue
            for name in changes_of(word.told, ()):
                refused = standing.get((word.person, name))
                if refused and _at(word.told) > _at(refused[0]):
                    del standing[word.person, name]


def _at(told: Told) -> tuple[int, int]:
    return told.time_us, told.ident


def _said(person: str, facts: dict[str, JsonValue], row: int) -> Reduced:
    """Return what is left of a row; whoever has a user id is known by that alone."""
    user = "" if person.startswith(ERASED) else user_of(person)
    said = json.dumps({TRAITS: {"set": facts}}, ensure_ascii=False, sort_keys=True,
                      separators=(",", ":"))  # fmt: skip
    return Reduced(row=row, user=user, properties=said)
