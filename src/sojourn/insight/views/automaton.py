"""A path pattern compiled against the nodes of a catalog: one table look-up an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.errors import UnknownNameError
from sojourn.base.predicate import ALWAYS, Predicate
from sojourn.index.masks import columns_read, row_mask
from sojourn.insight.views.nfa import Dfa, Nfa, determinise
from sojourn.insight.views.pattern_text import One, Pattern, PatternError
from sojourn.kernels.process.matching import count_matches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.base.arrays import Codes
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys
    from sojourn.insight.views.nodes import Nodes

MAX_CONDITIONS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Automaton:
    """A deterministic automaton over nodes and conditions.

    Attributes
    ----------
    catalog : Catalog
    conditions : tuple of Predicate
        Condition i adds ``2**i`` to the symbol of a row that meets it.
    symbols, table, ends, begin : ndarray
        As :func:`sojourn.kernels.process.matching.count_matches` takes them.
    """

    catalog: Catalog
    conditions: tuple[Predicate, ...]
    symbols: NDArray[np.uint64]
    table: NDArray[np.uint64]
    ends: NDArray[np.uint8]
    begin: NDArray[np.uint64]

    @classmethod
    def compile(cls, pattern: Pattern, nodes: Nodes, catalog: Catalog) -> Automaton:
        """Return the automaton of a pattern.

        Raises
        ------
        UnknownNameError
            If a name is no node, or a condition reads an unknown property.
        PatternError
            If the pattern is too large or matches without any event.
        """
        nfa = Nfa.of(pattern)
        conditions = _conditions(nfa.tests, catalog)
        kinds = _classes(nfa.tests, nodes)
        members = sorted(set(kinds), key=kinds.index)
        flags = 1 << len(conditions)
        passes = [
            [
                _passes(test, member[number], bits, conditions)
                for member in members
                for bits in range(flags)
            ]
            for number, test in enumerate(nfa.tests)
        ]
        dfa = determinise(nfa, passes)
        place = {member: at * flags for at, member in enumerate(members)}
        symbols = np.array([place[kind] for kind in kinds], np.uint64)
        return cls(catalog, conditions, symbols, *_tables(dfa))

    def count(self, bucket: Bucket, journeys: Journeys, codes: Codes) -> NDArray[np.int64]:
        """Return how often the pattern matches in each journey, matches not overlapping.

        Parameters
        ----------
        bucket : Bucket
        journeys : Journeys
        codes : ndarray of shape (rows of the journeys,), unsigned
            The node of each row.

        Returns
        -------
        ndarray of shape (journeys,), int64
        """
        flags = np.zeros(len(codes) if self.conditions else 0, np.uint8)
        for bit, condition in enumerate(self.conditions):
            flags |= journeys.take(row_mask(condition, bucket, self.catalog)) << np.uint8(bit)
        automaton = (self.symbols, self.table, self.ends, self.begin)
        return count_matches(journeys.offsets, codes, journeys.skip, flags, automaton)


def _tables(dfa: Dfa) -> tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.uint64]]:
    """Return next states, who accepts at a journey's end, and where to begin, for the kernel."""
    table = np.array(dfa.table, np.int64).reshape(len(dfa.table), -1)
    accepts = np.array(dfa.accepts, np.bool_)
    order = np.argsort(accepts, kind="stable")
    width = table.shape[1]
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) * width
    ends = np.zeros(table.size, np.uint8)
    ends[place] = dfa.accepts_at_end
    first_accepting = int(np.count_nonzero(~accepts)) * width
    begin = (place[dfa.start], place[dfa.again], first_accepting)
    return place[table[order]].ravel().astype(np.uint64), ends, np.array(begin, np.uint64)


def _conditions(tests: list[One], catalog: Catalog) -> tuple[Predicate, ...]:
    found = tuple(dict.fromkeys(test.condition for test in tests if test.condition != ALWAYS))
    if len(found) > MAX_CONDITIONS:
        raise PatternError(
            f"This pattern has {len(found)} conditions.", allowed=f"up to {MAX_CONDITIONS}"
        )
    for condition in found:
        columns_read(condition, catalog)
    return found


def _classes(tests: list[One], nodes: Nodes) -> list[tuple[bool, ...]]:
    """Return, for each node, which tests its name passes: nodes alike share a symbol."""
    place = {label: code for code, label in enumerate(nodes.labels)}
    rows = np.zeros((len(tests), max(1, len(nodes))), np.bool_)
    for number, test in enumerate(tests):
        for name in test.names:
            if name not in place:
                raise UnknownNameError("event", name, nodes.labels)
            rows[number, place[name]] = True
        if not test.names:
            rows[number] = True
    return [tuple(column) for column in rows.T.tolist()]


def _passes(test: One, named: bool, bits: int, conditions: tuple[Predicate, ...]) -> bool:
    meets = test.condition == ALWAYS or bool(bits >> conditions.index(test.condition) & 1)
    return (named and meets) != test.negated
