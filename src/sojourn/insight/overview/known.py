"""What is known of one person beside their events: traits, consent, sources."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sojourn.base.timespan import to_datetime
from sojourn.events.channels import DEFAULT_CHANNELS
from sojourn.events.schema import CONSENT_PREFIX
from sojourn.identity.consent import Consent, Joining, fold_consent
from sojourn.identity.traits import fold_traits, read_told
from sojourn.insight.overview.cells import values_of
from sojourn.insight.sources.person import sources_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from sojourn.base.json import JsonValue
    from sojourn.identity.traits import Told, TraitHistory
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.insight.sources.values import Origin

    Rows: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a person.

    Attributes
    ----------
    traits : mapping of str to tuple of TraitValue
        Consent left out.
    consents : tuple of Consent
    sources : tuple of (int, Origin)
        Original and latest with their instants in microseconds; empty where events say nothing.
    """

    traits: Mapping[str, TraitHistory]
    consents: tuple[Consent, ...]
    sources: tuple[tuple[int, Origin], ...]

    def as_json(self) -> dict[str, JsonValue]:
        """Return traits, consent and sources for an answer."""
        return {
            "traits": [_trait(name, history) for name, history in self.traits.items()],
            "consents": [
                {
                    "purpose": each.purpose, "channel": each.channel or None,
                    "granted": each.granted, "since": _written(each.since_us),
                }
                for each in self.consents
            ],
            "sources": {
                name: {"at": _written(at), **origin._asdict()}
                for name, (at, origin) in zip(("original", "latest"), self.sources, strict=False)
            },
        }  # fmt: skip


def known_of(person: str, bucket: Bucket, catalog: Catalog, rows: Rows, gap_us: int) -> Known:
    """Return what is known of a person.

    Parameters
    ----------
    person : str
    bucket : Bucket
    catalog : Catalog
    rows : ndarray of shape (events,), int64
        All of the person, in order.
    gap_us : int
        A pause after which a new visit begins.
    """
    told = _told(bucket, catalog, rows)
    every = [one for events in told.values() for one in events]
    traits = fold_traits(every)
    return Known(
        traits={
            name: history for name, history in traits.items() if not name.startswith(CONSENT_PREFIX)
        },
        consents=fold_consent(told, _joinings(person, bucket, catalog, rows)),
        sources=sources_of(bucket, catalog, rows, gap_us, DEFAULT_CHANNELS),
    )


def _told(bucket: Bucket, catalog: Catalog, rows: Rows) -> dict[int, list[Told]]:
    """Return what events told, by the person they were told of before any merge."""
    if catalog.told is None:
        return {}
    merge = bucket.merge()
    found: dict[int, list[Told]] = {}
    for at, text in enumerate(values_of(catalog.told, bucket, rows, catalog)):
        # The place among the person's events decides where instants are equal, as everywhere.
        one = read_told(_read(text), int(bucket.time[rows[at]]), at)
        if one is not None:
            found.setdefault(int(merge[rows[at]]) if len(merge) else 0, []).append(one)
    return found


def _joinings(person: str, bucket: Bucket, catalog: Catalog, rows: Rows) -> list[Joining]:
    """Return when those who are one person became one, under the numbers of :func:`_told`."""
    merge = bucket.merge()
    parts = catalog.merged.parts(person)
    numbers = sorted({*merge[rows].tolist()} - {0}) if len(merge) else []
    if len(numbers) != len(parts):  # of somebody nothing is there: who is who cannot be told
        return []
    # Merges are numbered in the order of the ids that are gone.
    number = {person: 0, **dict(zip(parts, numbers, strict=True))}
    return [
        Joining(at_us=arrow.made_us, one=number[arrow.gone], other=number[arrow.kept])
        for arrow in catalog.merged.arrows
        if arrow.gone in number
    ]


def _read(text: str | float | None) -> JsonValue:
    try:
        said: JsonValue = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return said


def _trait(name: str, history: TraitHistory) -> dict[str, JsonValue]:
    latest = history[-1]
    former = [{"value": one.value, "since": _written(one.since_us)} for one in history[-2::-1]]
    return {
        "name": name, "value": latest.value, "since": _written(latest.since_us), "former": former,
    }  # fmt: skip


def _written(at_us: int) -> str:
    return to_datetime(at_us).isoformat()
