"""A ready taxonomy as a value, read from the documents shipped with the package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

import yaml

from sojourn.base.errors import UnknownNameError
from sojourn.base.timespan import parse_duration
from sojourn.stages.model import Distinct, Without, Words
from sojourn.stages.suggest.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.base.json import JsonValue

TAXONOMIES = ("five", "aarrr", "lead", "purchase")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRule:
    """How events of some kinds lead into a stage.

    Attributes
    ----------
    kinds : tuple of Kind
    at_least : int
    distinct : Distinct or None
    within_us : int or None
    after : Kind or None
        Only events that most people do after one of this kind.
    score : bool
        A high survey score instead of an event of some kind.
    """

    kinds: tuple[Kind, ...] = ()
    at_least: int = 1
    distinct: Distinct | None = None
    within_us: int | None = None
    after: Kind | None = None
    score: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxonomyStage:
    """One stage of a taxonomy."""

    key: str
    title: Words
    aliases: tuple[tuple[str, str], ...]
    enter: tuple[KindRule, ...]
    without: Without
    missing: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """Ordered stages, not yet bound to any data."""

    key: str
    title: Words
    stages: tuple[TaxonomyStage, ...]


@lru_cache
def taxonomy(key: str) -> Taxonomy:
    """Return a ready taxonomy: ``five``, ``aarrr``, ``lead`` or ``purchase``.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    """
    if key not in TAXONOMIES:
        raise UnknownNameError("taxonomy", key, TAXONOMIES)
    text = (resources.files("sojourn.stages.taxonomies") / f"{key}.yaml").read_text("utf-8")
    document: Mapping[str, JsonValue] = yaml.safe_load(text)
    return Taxonomy(
        key=key,
        title=_words(document["title"]),
        stages=tuple(_stage(_mapping(each)) for each in _sequence(document["stages"])),
    )


def _stage(document: Mapping[str, JsonValue]) -> TaxonomyStage:
    return TaxonomyStage(
        key=str(document["key"]),
        title=_words(document["title"]),
        aliases=tuple((k, str(v)) for k, v in _mapping(document["aliases"]).items()),
        enter=tuple(_rule(_mapping(each)) for each in _sequence(document["enter"])),
        without=Without(str(document.get("keep", "any"))),
        missing=_words(document["missing"]),
    )


def _rule(document: Mapping[str, JsonValue]) -> KindRule:
    at_least = document.get("at_least", 1)
    within, after, distinct = (document.get(name) for name in ("within", "after", "distinct"))
    return KindRule(
        kinds=tuple(Kind(str(kind)) for kind in _sequence(document.get("kinds", []))),
        at_least=at_least if isinstance(at_least, int) else 1,
        distinct=Distinct(str(distinct)) if distinct else None,
        within_us=parse_duration(str(within)) if within else None,
        after=Kind(str(after)) if after else None,
        score=bool(document.get("score", False)),
    )


def _words(value: JsonValue) -> Words:
    both = _mapping(value)
    return Words(en=str(both["en"]), ko=str(both["ko"]))


def _mapping(value: JsonValue) -> Mapping[str, JsonValue]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return value


def _sequence(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value
