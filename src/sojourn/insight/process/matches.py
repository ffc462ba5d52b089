"""Path patterns as a question: how many people's journeys match, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.estimate import MaybeEstimate, wilson
from sojourn.base.timespan import to_datetime
from sojourn.insight.answer import Answer
from sojourn.insight.question import Scope
from sojourn.insight.views.automaton import Automaton
from sojourn.insight.views.lens import Lens, View, journey_phrase
from sojourn.insight.views.pattern_text import PatternError, parse_pattern
from sojourn.insight.views.population import Population

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog

    Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """One pattern.

    Attributes
    ----------
    pattern : str
    people : int
        People with a journey that matches.
    journeys : int
        Journeys that match.
    occurrences : int
        Matches that do not overlap, each ending as early as it can.
    share : Estimate or NotEstimable
        Journeys that match ÷ all journeys.
    """

    pattern: str
    people: int
    journeys: int
    occurrences: int
    share: MaybeEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """How many journeys match path patterns such as ``cart -> [^pay]* -> end``.

    Attributes
    ----------
    patterns : tuple of str
        See :func:`sojourn.insight.views.pattern_text.parse_pattern`.
    scope : Scope
        The range cuts journeys; the filter on people is taken at the first event that is left.
    view : View
    """

    patterns: tuple[str, ...]
    scope: Scope = field(default_factory=Scope)
    view: View = field(default_factory=View)

    def plan(self, catalog: Catalog) -> MatchesPlan:
        """Return the plan, every pattern compiled.

        Raises
        ------
        PatternError
            If no pattern is given, or one cannot be read or is too large.
        InputError
            If a name is unknown.
        """
        if not self.patterns:
            raise PatternError("No pattern was given.", allowed="one or more")
        lens = Lens.compile(catalog, self.scope, self.view)
        automata = tuple(
            Automaton.compile(parse_pattern(text), lens.nodes, catalog) for text in self.patterns
        )
        return MatchesPlan(spec=self, lens=lens, automata=automata)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchCounts:
    """Matches counted; parts merge with ``+``.

    Attributes
    ----------
    population : Population
    totals : ndarray of shape (patterns, 3), int64
        People, journeys and occurrences.
    """

    population: Population
    totals: Ints

    def __add__(self, other: MatchCounts) -> MatchCounts:
        return MatchCounts(
            population=self.population + other.population, totals=self.totals + other.totals
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MatchesPlan:
    """Patterns compiled against one catalog."""

    spec: Matches
    lens: Lens
    automata: tuple[Automaton, ...]

    def over(self, bucket: Bucket) -> MatchCounts:
        """Return the matches of one bucket."""
        seen = self.lens.see(bucket)
        totals = np.zeros((len(self.automata), 3), np.int64)
        for at, automaton in enumerate(self.automata):
            found = automaton.count(bucket, seen.journeys, seen.codes)
            matching = np.flatnonzero(found)
            owners = seen.journeys.owner[matching] if len(seen.journeys.owner) else matching
            people = np.count_nonzero(np.diff(owners, prepend=-1))
            totals[at] = people, len(matching), found.sum()
        return MatchCounts(population=Population.of(seen.journeys), totals=totals)

    def answer(self, total: MatchCounts) -> Answer[MatchRow]:
        """Return a row for each pattern, in the order given."""
        rows = tuple(
            MatchRow(
                pattern=pattern,
                people=people,
                journeys=journeys,
                occurrences=occurrences,
                share=wilson(journeys, total.population.journeys),
            )
            for pattern, (people, journeys, occurrences) in zip(
                self.spec.patterns, total.totals.tolist(), strict=True
            )
        )
        population = total.population
        return Answer(
            question="matches",
            spec=self.spec,
            as_of=to_datetime(self.lens.catalog.as_of_us),
            rows=rows,
            definition=(
                f"Whether {journey_phrase(self.lens.view)} matches a pattern anywhere; -> is "
                "directly after. Occurrences do not overlap, each ending as early as it can."
            ),
            notes=(*self.lens.notes(), *population.notes()),
            extra={"totals": {"journeys": population.journeys, "people": population.people}},
        )
