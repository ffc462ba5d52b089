"""What counts as one node of a graph or path: an event name, a page, a group of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.errors import InputError
from sojourn.index.catalog import ColumnKind

if TYPE_CHECKING:
    from sojourn.base.arrays import Codes
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys


class NodeError(InputError):
    """Events cannot be turned into nodes this way. Remedy: the message names what can be used."""

    code = "nodes"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRule:
    """How events become nodes.

    Attributes
    ----------
    property : str or None
        Take this property's value as the node, and the event's name where it is missing.
    groups : tuple of str
        ``/product/*`` joins every name it fits into one node of that name; ``Shop=/product/*``
        names it. ``*`` stands for any text, ``?`` for one character. The first that fits counts.
    keep : int or None
        Keep the commonest events apart and join the rest as *Other*.
    """

    property: str | None = None
    groups: tuple[str, ...] = ()
    keep: int | None = None

    def compile(self, catalog: Catalog) -> Nodes:
        """Return the nodes of one catalog.

        Raises
        ------
        UnknownNameError
            If the property is unknown.
        NodeError
            If the property has no dictionary, a group fits nothing, or ``keep`` is used with a
            property.
        """
        values = _dictionary(catalog, self.property)
        names, fitting = _grouped((*catalog.events, *values), self.groups)
        if self.keep is not None:
            names, other, kinds = self._folded(names, catalog)
        else:
            other, kinds = None, 0
        labels = tuple(dict.fromkeys(names))
        place = {label: code for code, label in enumerate(labels)}
        codes = _smallest([place[name] for name in names], len(labels))
        plain = labels == catalog.events and self.property is None
        split = len(catalog.events)
        return Nodes(
            labels=labels,
            property=self.property,
            of_event=codes[:split],
            of_value=codes[split:],
            plain=plain,
            other=None if other is None else place.get(other),
            other_kinds=kinds,
            grouped=fitting,
        )

    def _folded(self, names: list[str], catalog: Catalog) -> tuple[list[str], str | None, int]:
        if self.property is not None:
            raise NodeError(
                "Only events can be joined as Other, not the values of a property.",
                remedy="Join values with patterns instead, such as /product/*.",
            )
        if self.keep is None or self.keep < 1:
            raise NodeError(f"{self.keep} events cannot be kept.", allowed="1 or more")
        counts: dict[str, int] = {}
        for name, count in zip(names, catalog.event_counts, strict=True):
            counts[name] = counts.get(name, 0) + count
        common = sorted(counts, key=lambda name: (-counts[name], name))
        kept, rest = set(common[: self.keep]), common[self.keep :]
        if len(rest) < 2:
            return names, None, 0
        other = f"Other ({len(rest)})"
        return [name if name in kept else other for name in names], other, len(rest)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nodes:
    """Nodes as codes.

    Attributes
    ----------
    labels : tuple of str
    property : str or None
    of_event : ndarray of shape (event names,), unsigned
    of_value : ndarray of shape (distinct values of the property,), unsigned
    plain : bool
        Whether nodes are the events as they are.
    other : int or None
        The node that joins rare events, and how many kinds it joins.
    other_kinds : int
    grouped : tuple of (str, int)
        How many names each group joins.
    """

    labels: tuple[str, ...]
    property: str | None
    of_event: Codes
    of_value: Codes
    plain: bool
    other: int | None = None
    other_kinds: int = 0
    grouped: tuple[tuple[str, int], ...] = field(default=())

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.labels)

    def codes(self, bucket: Bucket, journeys: Journeys) -> Codes:
        """Return the node of every row of the journeys.

        Returns
        -------
        ndarray of shape (rows of the journeys,), unsigned, below ``len(self)``
        """
        if self.plain:
            return journeys.event
        events: Codes = self.of_event[journeys.event]
        if self.property is None:
            return events
        values = bucket.codes(self.property)
        if len(journeys.rows) == len(journeys.time):
            values = values[journeys.rows]
        present = values != 0
        result = events  # a fresh array: the look-up above copies
        result[present] = self.of_value[values[present] - 1]
        return result


def fits(text: str, pattern: str) -> bool:
    """Return whether a text fits a pattern of ``*`` and ``?``, in time |text| × |pattern|.

    Examples
    --------
    >>> fits("/product/7", "/product/*"), fits("/cart", "/product/*")
    (True, False)
    """
    at = place = 0
    star, resume = -1, 0
    while at < len(text):
        if place < len(pattern) and pattern[place] == "*":
            star, resume = place, at
            place += 1
        elif place < len(pattern) and pattern[place] in ("?", text[at]):
            at, place = at + 1, place + 1
        elif star >= 0:
            resume += 1
            at, place = resume, star + 1
        else:
            return False
    return all(character == "*" for character in pattern[place:])


def _smallest(codes: list[int], labels: int) -> Codes:
    if labels <= 2**8:
        return np.array(codes, np.uint8)
    return np.array(codes, np.uint16) if labels <= 2**16 else np.array(codes, np.uint32)


def _dictionary(catalog: Catalog, name: str | None) -> tuple[str, ...]:
    if name is None:
        return ()
    column = catalog.column(name)
    if column.kind is not ColumnKind.CODES:
        words = [c.name for c in catalog.columns if c.kind is ColumnKind.CODES]
        why = "too many different values" if column.kind is ColumnKind.TEXT else "numbers"
        raise NodeError(
            f"The property {name!r} holds {why}, so its values cannot be nodes.",
            allowed=", ".join(words) or "no property of this workspace",
        )
    return tuple(column.values)


def _grouped(
    names: tuple[str, ...], groups: tuple[str, ...]
) -> tuple[list[str], tuple[tuple[str, int], ...]]:
    rules = [_rule(group) for group in groups]
    found = dict.fromkeys((label for label, _ in rules), 0)
    result: list[str] = []
    for name in names:
        label = next((label for label, pattern in rules if fits(name, pattern)), None)
        if label is not None:
            found[label] += 1
        result.append(name if label is None else label)
    for group, (label, _) in zip(groups, rules, strict=True):
        if not found[label]:
            raise NodeError(
                f"The group {group!r} fits no name.",
                allowed="* for any text and ? for one character, such as /product/*",
            )
    return result, tuple(found.items())


def _rule(group: str) -> tuple[str, str]:
    label, equals, pattern = group.partition("=")
    if not equals or set("*?/") & set(label):  # an = further on belongs to an address
        return group, group
    if not label.strip() or not pattern.strip():
        raise NodeError(f"The group {group!r} is incomplete.", allowed="NAME=PATTERN or PATTERN")
    return label.strip(), pattern.strip()
