"""The funnel's slow, obvious twin: every choice of events is tried, over plain lists."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from sojourn.insight.funnel.values import Entry, Order

FOREVER = 2**61


@dataclass(frozen=True)
class Event:
    """What a step or exclusion may look at."""

    time: int
    name: str
    value: str | None = None


def meets(event, names):
    """Steps and exclusions of these tests are sets of event names."""
    return event.name in names


class Twin:
    """One journey under one funnel.

    Steps are sets of names; the funnel's other options are read from its spec.
    """

    def __init__(self, spec, steps, exclusions, events, may_enter=None):
        self.spec, self.steps, self.exclusions, self.events = spec, steps, exclusions, events
        self.required = [place for place, step in enumerate(spec.steps) if not step.optional]
        self.window = FOREVER if spec.window_us is None else spec.window_us
        unit = spec.simultaneous_us if spec.order is not Order.STRICT else 0
        self.together = unit > 0 and spec.order is Order.ORDERED
        self.time = [e.time - e.time % unit if unit else e.time for e in events]
        self.may_enter = may_enter or [True] * len(events)
        self.until = len(events)

    def entries(self):
        """Events that may begin an attempt."""
        return [
            at for at, event in enumerate(self.events)
            if self.may_enter[at] and meets(event, self.steps[0])
        ]  # fmt: skip

    # -- one attempt ---------------------------------------------------------------------------

    def gap_ok(self, place, since, at):
        step = self.spec.steps[place]
        gap = self.time[at] - self.time[since]
        longest = FOREVER if step.longest_us is None else step.longest_us
        return step.shortest_us <= gap <= longest

    def comes_after(self, since, at, chosen):
        if self.together:
            return self.time[at] >= self.time[since] and (
                self.spec.reuse_events or at not in chosen
            )
        return at >= since if self.spec.reuse_events else at > since

    def unspoiled(self, chosen, place):
        """Whether no excluded event lies between two chosen events up to step ``place``."""
        numbers = [*self.required[: len(chosen) - 1], place]
        for (after, before), names in self.exclusions:
            inside = [i for n, i in zip(numbers, chosen, strict=True) if after <= n + 1 <= before]
            if len(inside) < 2 or numbers[-1] + 1 <= after or after - 1 not in numbers[:-1]:
                continue
            if self.together:
                for one, two in pairwise(inside):
                    for at, event in enumerate(self.events):
                        if meets(event, names) and self.time[one] < self.time[at] < self.time[two]:
                            return False
            else:
                first, last = inside[0], inside[-1]
                if any(meets(self.events[at], names) for at in range(first + 1, last)):
                    return False
        return True

    def attempts(self, entry):
        """Every choice of events for required steps, from one entry, of any length."""
        found, growing = [], [(entry,)]
        while growing:
            chosen = growing.pop()
            found.append(chosen)
            if len(chosen) < len(self.required):
                growing += list(self.extended(chosen, self.required[len(chosen)]))
        return found

    def attempts_of(self, entry):
        return [chosen for one in self.at_once([entry]) for chosen in self.attempts(one)]

    def extended(self, chosen, place):
        """A choice with one more event, for a step that follows its last one."""
        for at in range(self.until):
            if (
                meets(self.events[at], self.steps[place])
                and self.comes_after(chosen[-1], at, chosen)
                and self.time[at] - self.time[chosen[0]] <= self.window
                and self.gap_ok(place, chosen[-1], at)
                and self.unspoiled((*chosen, at), place)
            ):
                yield (*chosen, at)

    def optional_of(self, attempts):
        """Optional steps that some choice reaches."""
        reached = set()
        for place, step in enumerate(self.spec.steps):
            if step.optional:
                before = sum(1 for r in self.required if r < place)
                same = [c for c in attempts if len(c) == before]
                if any(True for c in same for _ in self.extended(c, place)):
                    reached.add(place)
        return reached

    # -- directly after one another ------------------------------------------------------------

    def strict_attempts(self, entry):
        """``(events of required steps, optional steps, events of both)`` of every way from an entry."""
        found = []
        growing = [((entry,), frozenset(), 0, ((0, entry),))]
        while growing:
            chosen, optional, place, way = growing.pop()
            found.append((chosen, optional, way))
            at = way[-1][1] + 1
            if at >= len(self.events) or self.time[at] - self.time[entry] > self.window:
                continue
            for then in range(place + 1, len(self.steps)):
                if any(not self.spec.steps[p].optional for p in range(place + 1, then)):
                    break
                if not meets(self.events[at], self.steps[then]):
                    continue
                if not self.gap_ok(then, chosen[-1], at):
                    continue
                longer = (*way, (then, at))
                if not self.strict_unspoiled(longer):
                    continue
                if self.spec.steps[then].optional:
                    growing.append((chosen, optional | {then}, then, longer))
                else:
                    growing.append(((*chosen, at), optional, then, longer))
        return found

    def strict_unspoiled(self, way):
        places = dict(way)
        newest_place, newest = way[-1]
        for (after, before), names in self.exclusions:
            if after - 1 not in places or newest_place <= after - 1:
                continue
            last = newest if newest_place < before - 1 else places.get(before - 1, newest)
            if newest_place > before - 1:
                continue
            first = places[after - 1]
            if any(meets(self.events[at], names) for at in range(first + 1, last)):
                return False
        return True

    # -- which attempt counts -------------------------------------------------------------------

    def dropped(self, attempts):
        """Whether an excluded event ended every attempt that got furthest, inside its window."""
        if not self.spec.drop_excluded:
            return False
        most = max(len(chosen) for chosen in attempts)
        if most == len(self.required):
            return False
        number = self.required[most - 1] + 1
        names = {
            n for (after, before), ns in self.exclusions if after <= number < before for n in ns
        }
        for chosen in attempts:
            if len(chosen) == most:
                after = range(chosen[-1] + 1, len(self.events))
                if self.together:
                    after = [
                        a for a in range(len(self.events)) if self.time[a] > self.time[chosen[-1]]
                    ]
                limit = self.time[chosen[0]] + self.window
                if not any(meets(self.events[a], names) and self.time[a] <= limit for a in after):
                    return False
        return True

    def best(self, entries):
        """``(events, optional steps, dropped)`` of the attempt that counts, or None."""
        if not entries:
            return None
        if self.spec.order is Order.STRICT:
            ways = [way for entry in entries for way in self.strict_attempts(entry)]
            attempts = [chosen for chosen, _, _ in ways]
            optional = {place for _, places, _ in ways for place in places}
        else:
            attempts = [chosen for entry in entries for chosen in self.attempts(entry)]
            optional = self.optional_of(attempts)
        most = max(len(chosen) for chosen in attempts)
        furthest = [chosen for chosen in attempts if len(chosen) == most]
        times = [tuple(self.time[at] for at in chosen) for chosen in furthest]
        first = min(times)
        assert first == tuple(map(min, zip(*times, strict=True))), "earliest at every step"
        if self.together:
            chosen = furthest[times.index(first)]
        else:
            chosen = min(furthest)
            assert chosen == tuple(map(min, zip(*furthest, strict=True)))
        return chosen, optional, self.dropped(attempts)

    def counted(self):
        """Every attempt that counts under the entry policy."""
        entries = self.entries()
        match self.spec.entry:
            case Entry.BEST:
                return [one for one in [self.best(entries)] if one]
            case Entry.FIRST:
                return [one for one in [self.best(self.at_once(entries[:1]))] if one]
            case Entry.ALL:
                return self.one_after_another()

    def at_once(self, first):
        """The first entry, with those that are no later than it."""
        same = [e for e in self.entries() if first and self.time[e] == self.time[first[0]]]
        return same if self.together else first

    def one_after_another(self):
        found, begin = [], 0
        while True:
            entries = [entry for entry in self.entries() if entry >= begin]
            if not entries:
                return found
            entry = entries[0]
            if self.spec.order is Order.STRICT:
                found.append(self.best([entry]))
                begin = max(way[-1][1] for _, _, way in self.strict_attempts(entry)) + 1
                continue
            self.until, begin = self.end_of(entry)
            found.append(self.best(self.at_once([entry])))
            self.until = len(self.events)

    def end_of(self, entry):
        """Where an attempt ends: ``(events it may use, where the next one may begin)``."""
        at = entry
        while at < len(self.events):
            after = self.after_instant(at)
            if self.time[at] - self.time[entry] > self.window:
                return at, at
            self.until = after
            attempts = self.attempts_of(entry)
            if any(len(chosen) == len(self.required) for chosen in attempts):
                return self.end_of_complete(entry, after)
            if not self.ways_on(attempts):
                used = any(at <= chosen[-1] for chosen in attempts) or any(
                    at <= longer[-1] for longer in self.with_optional(attempts)
                )
                return after, after if used else at
            at = after
        return len(self.events), len(self.events)

    def with_optional(self, attempts):
        """Every choice of events that ends with an optional step."""
        for place, step in enumerate(self.spec.steps):
            if step.optional:
                before = sum(1 for r in self.required if r < place)
                for chosen in attempts:
                    if len(chosen) == before:
                        yield from self.extended(chosen, place)

    def ways_on(self, attempts):
        """Choices after which another required step could come, time set aside."""
        return [chosen for chosen in attempts if self.is_way_on(chosen)]

    def is_way_on(self, chosen):
        numbers = [place + 1 for place in self.required[: len(chosen)]]
        for (after, before), names in self.exclusions:
            if not after <= numbers[-1] < before:
                continue
            first = chosen[numbers.index(after)]
            for at in range(self.until):
                later = self.time[at] > self.time[chosen[-1]] if self.together else at > first
                if later and meets(self.events[at], names):
                    return False
        return True

    def end_of_complete(self, entry, after):
        """After completion only optional steps are looked for, until another may begin."""
        optional = any(step.optional for step in self.spec.steps)
        at = after
        while optional and at < len(self.events):
            until = self.after_instant(at)
            if self.time[at] - self.time[entry] > self.window:
                break
            self.until = at
            missing = {p for p, s in enumerate(self.spec.steps) if s.optional}
            if not missing - self.optional_of(self.attempts_of(entry)):
                break
            if any(a in self.entries() for a in range(at, until)):
                break
            at = until
        return at, at

    def after_instant(self, at):
        after = at + 1
        while self.together and after < len(self.events) and self.time[after] == self.time[at]:
            after += 1
        return after

    # -- any order -------------------------------------------------------------------------------

    def filled(self, events):
        """Most steps that different events fill."""

        def grow(step, left):
            if step == len(self.steps):
                return 0
            best = grow(step + 1, left)
            for at in left:
                if meets(self.events[at], self.steps[step]):
                    best = max(best, 1 + grow(step + 1, left - {at}))
            return best

        return grow(0, frozenset(events))

    def any_order(self, entries=None):
        """``(events that filled one more step, steps filled in any window)``, or None."""
        every = set().union(*self.steps)
        begins = [
            at for at, event in enumerate(self.events)
            if meets(event, every) and self.may_enter[at]
        ]  # fmt: skip
        if entries is not None:
            begins = [at for at in begins if at in entries]
        best, own = None, set()
        for begin in begins:
            inside = [
                at for at in range(begin, len(self.events))
                if self.time[at] - self.time[begin] <= self.window
            ]  # fmt: skip
            own |= {
                s
                for s, names in enumerate(self.steps)
                for at in inside
                if meets(self.events[at], names)
            }
            growth = [self.filled(inside[: n + 1]) for n in range(len(inside))]
            chosen = tuple(
                at for n, at in enumerate(inside) if growth[n] > (growth[n - 1] if n else 0)
            )
            if best is None or len(chosen) > len(best):
                best = chosen
        return None if best is None else (best, own)
