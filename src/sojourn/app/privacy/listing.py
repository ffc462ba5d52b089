"""The list of erased people on its own: hashes and times, for backups that are older than it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sojourn.app.privacy.errors import ErasureListError
from sojourn.ports.erasure import IdKind, Suppressed

if TYPE_CHECKING:
    from sojourn.app.privacy.suppression import IdHash
    from sojourn.base.json import JsonObject, JsonValue
    from sojourn.ports.erasure import Erasures

FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One erasure of a list, nobody named.

    Attributes
    ----------
    id : str
    asked_us : int
    """

    id: str
    asked_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureList:
    """Who is to be erased or was, by keyed hashes.

    Attributes
    ----------
    key : str
        Fingerprint of the key of the hashes.
    made_us : int
        Every erasure asked for until then is in it.
    erasures : sequence of Listed
    suppressed : sequence of Suppressed
    """

    key: str
    made_us: int
    erasures: Sequence[Listed]
    suppressed: Sequence[Suppressed]


def list_erasures(erasures: Erasures, hashed: IdHash, now_us: int) -> ErasureList:
    """Return the list of a workspace as it is now."""
    return ErasureList(
        key=hashed.fingerprint,
        made_us=now_us,
        erasures=tuple(Listed(id=one.id, asked_us=one.asked_us) for one in erasures.all()),
        suppressed=tuple(erasures.suppressed()),
    )


def write_list(listed: ErasureList) -> str:
    """Return a list as JSON; :func:`read_list` reads it."""
    said: JsonObject = {
        "format": FORMAT,
        "key": listed.key,
        "made_us": listed.made_us,
        "erasures": [{"id": one.id, "asked_us": one.asked_us} for one in listed.erasures],
        "ids": [
            {
                "digest": one.digest, "kind": one.kind.value, "erasure": one.erasure,
                "since_us": one.since_us, "until_us": one.until_us, "lifted_us": one.lifted_us,
            }
            for one in listed.suppressed
        ],
    }  # fmt: skip
    return json.dumps(said, indent=1) + "\n"


def read_list(text: str, name: str) -> ErasureList:
    """Return a list from JSON.

    Parameters
    ----------
    text : str
    name : str
        Where it is from, for the error.

    Raises
    ------
    ErasureListError
        If it is none, or from a newer version.
    """
    try:
        said: JsonValue = json.loads(text)
        top = _object(said)
        if top["format"] != FORMAT:
            raise ErasureListError(name, f"its format is {top['format']!r}, known is {FORMAT}")
        return ErasureList(
            key=_text(top["key"]),
            made_us=_whole(top["made_us"]),
            erasures=tuple(
                Listed(id=_text(one["id"]), asked_us=_whole(one["asked_us"]))
                for one in map(_object, _array(top["erasures"]))
            ),
            suppressed=tuple(map(_suppressed, map(_object, _array(top["ids"])))),
        )
    except KeyError as error:
        raise ErasureListError(name, f"it has no {error}") from error
    except (TypeError, ValueError) as error:
        raise ErasureListError(name, "it is no such JSON") from error


def _suppressed(said: JsonObject) -> Suppressed:
    return Suppressed(
        digest=_text(said["digest"]),
        kind=IdKind(_text(said["kind"])),
        erasure=_text(said["erasure"]),
        since_us=_maybe(said["since_us"]),
        until_us=_maybe(said["until_us"]),
        lifted_us=_maybe(said["lifted_us"]),
    )


def _object(said: JsonValue) -> JsonObject:
    if not isinstance(said, Mapping):
        raise TypeError(said)
    return said


def _array(said: JsonValue) -> Sequence[JsonValue]:
    if isinstance(said, str) or not isinstance(said, Sequence):
        raise TypeError(said)
    return said


def _text(said: JsonValue) -> str:
    if not isinstance(said, str):
        raise TypeError(said)
    return said


def _maybe(said: JsonValue) -> int | None:
    return None if said is None else _whole(said)


def _whole(said: JsonValue) -> int:
    if isinstance(said, bool) or not isinstance(said, int):
        raise TypeError(said)
    return said
