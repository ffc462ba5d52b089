"""Path patterns as automata: Thompson's construction, then sets of states made states."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from sojourn.insight.views.pattern_text import (
    Either,
    End,
    One,
    Pattern,
    PatternError,
    Repeat,
    Sequence,
    Start,
)

if TYPE_CHECKING:
    from collections.abc import Sequence as Many

MAX_NFA_STATES = 5_000
MAX_DFA_STATES = 5_000
_AT_START, _AT_END, _NOTHING = -1, -2, -3


@dataclass(slots=True)
class Nfa:
    """A nondeterministic automaton. State s consumes ``labels[s]`` and goes to ``targets[s]``.

    Attributes
    ----------
    tests : list of One
        What a label of 0 or more stands for; negative labels are start, end and nothing.
    labels, targets : list of int
    jumps : list of list of int
        States reached without consuming anything.
    begin, accept : int
    """

    tests: list[One] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    jumps: list[list[int]] = field(default_factory=list)
    begin: int = 0
    accept: int = 0

    @classmethod
    def of(cls, pattern: Pattern) -> Nfa:
        """Return the automaton of a pattern.

        Raises
        ------
        PatternError
            If it would need more than ``MAX_NFA_STATES`` states.

        References
        ----------
        Thompson, K. (1968). Regular expression search algorithm. CACM 11, 419-422.
        """
        nfa = cls()
        nfa.begin, nfa.accept = nfa._build(pattern)
        return nfa

    def _state(self, label: int = _NOTHING, target: int = 0) -> int:
        if len(self.labels) >= MAX_NFA_STATES:
            raise PatternError(
                "This pattern repeats too much.", allowed=f"up to {MAX_NFA_STATES:,} steps in all"
            )
        self.labels.append(label)
        self.targets.append(target)
        self.jumps.append([])
        return len(self.labels) - 1

    def _consume(self, label: int) -> tuple[int, int]:
        last = self._state()
        return self._state(label, last), last

    def _test(self, one: One) -> int:
        if one not in self.tests:
            self.tests.append(one)
        return self.tests.index(one)

    def _build(self, pattern: Pattern) -> tuple[int, int]:
        match pattern:
            case One():
                return self._consume(self._test(pattern))
            case Start():
                return self._consume(_AT_START)
            case End():
                return self._consume(_AT_END)
            case Sequence(parts=parts):
                return self._chain([self._build(part) for part in parts])
            case Either(parts=parts):
                return self._choice([self._build(part) for part in parts])
            case Repeat(part=part, low=low, high=high):
                return self._repeat(part, low, high)

    def _chain(self, pieces: Many[tuple[int, int]]) -> tuple[int, int]:
        for (_, last), (first, _) in pairwise(pieces):
            self.jumps[last].append(first)
        return pieces[0][0], pieces[-1][1]

    def _choice(self, pieces: Many[tuple[int, int]]) -> tuple[int, int]:
        first, last = self._state(), self._state()
        for begin, end in pieces:
            self.jumps[first].append(begin)
            self.jumps[end].append(last)
        return first, last

    def _repeat(self, part: Pattern, low: int, high: int | None) -> tuple[int, int]:
        empty = self._state()
        pieces = [(empty, empty), *(self._build(part) for _ in range(low))]
        if high is None:
            begin, end = self._build(part)
            around = self._state()
            self.jumps[around] += [begin]
            self.jumps[end].append(around)
            return self._chain([*pieces, (around, around)])
        last = self._state()
        for _ in range(high - low):
            skip = self._state()
            begin, end = self._build(part)
            self.jumps[skip] += [begin, last]
            pieces.append((skip, end))
        return self._chain([*pieces, (last, last)])

    def closures(self) -> list[int]:
        """Return, for each state, the set of states reached from it without consuming, as bits."""
        found: list[int] = []
        for state in range(len(self.labels)):
            seen, waiting = 1 << state, [state]
            while waiting:
                for target in self.jumps[waiting.pop()]:
                    if not seen >> target & 1:
                        seen |= 1 << target
                        waiting.append(target)
            found.append(seen)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Dfa:
    """A deterministic automaton that looks for the pattern anywhere.

    Attributes
    ----------
    table : list of list of int
        The next state for each state and symbol.
    accepts, accepts_at_end : list of bool
    start, again : int
        The state at a journey's start, and after a match inside a journey.
    """

    table: list[list[int]]
    accepts: list[bool]
    accepts_at_end: list[bool]
    start: int
    again: int


def determinise(nfa: Nfa, passes: Many[Many[bool]]) -> Dfa:
    """Return the automaton that is in exactly one state.

    Parameters
    ----------
    nfa : Nfa
    passes : sequence of sequence of bool
        ``passes[test][symbol]``: whether a symbol passes a test.

    Raises
    ------
    PatternError
        If it needs more than ``MAX_DFA_STATES`` states, or matches without any event.

    References
    ----------
    Rabin, M. O. and Scott, D. (1959). Finite automata and their decision problems. IBM Journal
    of Research and Development 3, 114-125: the subset construction.
    """
    return _Subsets(nfa, passes).build()


class _Subsets:
    def __init__(self, nfa: Nfa, passes: Many[Many[bool]]) -> None:
        self.nfa = nfa
        self.closures = nfa.closures()
        self.accept = 1 << nfa.accept
        self.of_label: dict[int, int] = {}
        for state, label in enumerate(nfa.labels):
            self.of_label[label] = self.of_label.get(label, 0) | 1 << state
        symbols = len(passes[0]) if passes else 1
        self.labels_of = [[t for t in range(len(passes)) if passes[t][s]] for s in range(symbols)]
        self.idle = self.closures[nfa.begin]
        self.sets: list[int] = []
        self.number: dict[int, int] = {}

    def moved(self, states: int, labels: Many[int]) -> int:
        found = 0
        for label in labels:
            left = states & self.of_label.get(label, 0)
            while left:
                lowest = left & -left
                found |= self.closures[self.nfa.targets[lowest.bit_length() - 1]]
                left ^= lowest
        return found

    def state(self, states: int) -> int:
        if states not in self.number:
            if len(self.sets) >= MAX_DFA_STATES:
                raise PatternError(
                    "This pattern is too ambiguous: an automaton for it grows too large.",
                    remedy="Use smaller numbers of repeats, or narrower events before them.",
                )
            self.number[states] = len(self.sets)
            self.sets.append(states)
        return self.number[states]

    def build(self) -> Dfa:
        start = self.idle | self.moved(self.idle, (_AT_START,))
        if start & self.accept:
            raise PatternError(
                "This pattern matches without any event.", allowed="at least one event"
            )
        first, again = self.state(start), self.state(self.idle)
        table: list[list[int]] = []
        at = 0
        while at < len(self.sets):
            states = self.sets[at]
            at += 1
            if states & self.accept:  # a match ends here: the kernel goes on from ``again``
                table.append([again] * len(self.labels_of))
                continue
            table.append(
                [self.state(self.idle | self.moved(states, labels)) for labels in self.labels_of]
            )
        ends = [self.moved(states, (_AT_END,)) for states in self.sets]
        return Dfa(
            table=table,
            accepts=[bool(states & self.accept) for states in self.sets],
            accepts_at_end=[bool(states & self.accept) for states in ends],
            start=first,
            again=again,
        )
