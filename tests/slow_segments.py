"""Segments worked out the slow way: the whole history, every rule from scratch, at one instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

from hypothesis import strategies as st

from sojourn.base.grammar import parse_predicate
from sojourn.base.predicate import ALWAYS, AllOf, AnyOf, Compare, Not, Operator
from sojourn.base.timespan import HOUR_US
from sojourn.segments.model import (
    Did,
    Every,
    InStage,
    Neither,
    Segment,
    Sequence,
    Some,
    Trait,
    Which,
)
from sojourn.stages.model import Evidence, Words

NAMES = ("a", "b", "c")
LAST_HOUR = 40


@dataclass(frozen=True, order=True)
class Happened:
    """An event; they sort by time, position and id."""

    hour: int
    position: int
    ident: int
    name: str = field(compare=False)
    properties: tuple[tuple[str, object], ...] = field(default=(), compare=False)

    @property
    def key(self):
        return (self.hour * HOUR_US, self.position, self.ident)


def inside(rule, life, at):
    """Whether a rule holds for somebody at an hour; nobody is inside before their first event."""
    past = sorted(event for event in life if event.hour <= at)
    return bool(past) and holds(rule, past, at)


def holds(rule, past, at):
    match rule:
        case Every(rules=rules):
            return all(holds(each, past, at) for each in rules)
        case Some(rules=rules):
            return any(holds(each, past, at) for each in rules)
        case Neither(rules=rules):
            return not any(holds(each, past, at) for each in rules)
        case Did():
            return _did(rule, past, at)
        case Sequence():
            return _sequence(rule, past, at)
        case Trait(where=where, which=which):
            return _person(where, past if which is Which.LAST else past[::-1])
        case InStage():
            raise NotImplementedError


def _did(rule, past, at):
    met = [event for event in past if _meets(rule.evidence, event)]
    close = [e for e in met if rule.within_us is None or at - e.hour < rule.within_us // HOUR_US]
    if len(close) < rule.at_least or (rule.at_most is not None and len(close) > rule.at_most):
        return False
    if rule.quiet_us is not None and (not met or at - max(met).hour < rule.quiet_us // HOUR_US):
        return False
    if rule.without is None:
        return True
    after = [e for e in past if met and e > max(met) and _meets(rule.without, e)]
    return bool(met) and not after


def _sequence(rule, past, at):
    for chosen in combinations(past, len(rule.steps)):
        fits = all(_meets(step, e) for step, e in zip(rule.steps, chosen, strict=True))
        length = (chosen[-1].hour - chosen[0].hour) * HOUR_US
        close = rule.window_us is None or length <= rule.window_us
        age = (at - chosen[-1].hour) * HOUR_US
        if fits and close and (rule.within_us is None or age < rule.within_us):
            return True
    return False


def _meets(evidence, event):
    named = not evidence.events or event.name in evidence.events
    return named and _says(evidence.where, dict(event.properties), event.name)


def _person(where, past):
    """A condition on the person: each property's value is that of the last event that has it."""
    match where:
        case AllOf(parts=parts):
            return all(_person(part, past) for part in parts)
        case AnyOf(parts=parts):
            return any(_person(part, past) for part in parts)
        case Not(part=part):
            return not _person(part, past)
        case Compare(field=name):
            plain = name.removeprefix("trait.")
            values = [dict(e.properties)[plain] for e in past if plain in dict(e.properties)]
            known = {name: values[-1]} if values else {}
            return _says(where, known, "")


def _says(where, properties, name):
    match where:
        case AllOf(parts=parts):
            return all(_says(part, properties, name) for part in parts)
        case AnyOf(parts=parts):
            return any(_says(part, properties, name) for part in parts)
        case Not(part=part):
            return not _says(part, properties, name)
        case Compare(field=wanted, operator=operator, values=values):
            value = name if wanted == "event" else properties.get(wanted)
            return _compare(operator, value, values)


def _compare(operator, value, values):
    match operator:
        case Operator.EXISTS:
            return value is not None
        case Operator.MISSING:
            return value is None
        case Operator.EQ | Operator.IN:
            return value in values
        case Operator.NE | Operator.NOT_IN:
            return value not in values
        case Operator.GT:
            return isinstance(value, int | float) and value > values[0]
        case _:
            raise NotImplementedError


CONDITIONS = ("p = x", "p != x", "q > 3", "exists p", "missing q", "p in (x, y) and q > 1")
EVIDENCE = st.builds(
    lambda events, text: Evidence(
        events=tuple(events), where=parse_predicate(text) if text else ALWAYS, where_text=text
    ),
    st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
    st.sampled_from(("", "", "", *CONDITIONS)),
)
HOURS = st.integers(1, 20).map(lambda hours: hours * HOUR_US)
NO_OR_HOURS = st.none() | HOURS


@st.composite
def _dids(draw):
    most = draw(st.none() | st.integers(0, 3))
    least = draw(st.integers(1, 3)) if most is None else draw(st.integers(0, most))
    return Did(
        evidence=draw(EVIDENCE), at_least=least, at_most=most, within_us=draw(NO_OR_HOURS),
        quiet_us=draw(NO_OR_HOURS), without=draw(st.none() | EVIDENCE),
    )  # fmt: skip


LEAVES = (
    _dids()
    | st.builds(
        Sequence,
        steps=st.lists(EVIDENCE, min_size=2, max_size=3).map(tuple),
        window_us=NO_OR_HOURS,
        within_us=NO_OR_HOURS,
    )
    | st.builds(
        lambda text, which: Trait(where=parse_predicate(text), where_text=text, which=which),
        st.sampled_from(CONDITIONS),
        st.sampled_from(list(Which)),
    )
)
RULES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda kind, rules: kind(tuple(rules)),
        st.sampled_from((Every, Some, Neither)),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)
SEGMENTS = st.lists(RULES, min_size=1, max_size=3).map(
    lambda rules: tuple(
        Segment(key=f"s{number}", title=Words(en=f"S{number}"), who=rule)
        for number, rule in enumerate(rules)
    )
)
PROPERTIES = st.fixed_dictionaries(
    {}, optional={"p": st.sampled_from(("x", "y")), "q": st.integers(1, 5)}
).map(lambda found: tuple(sorted(found.items())))


@st.composite
def lives(draw, most=14):
    """One person's events, in no order; positions tell apart what happened at one hour.

    Every other life is crowded: many of its events are of one hour, and two share a position.
    """
    crowded = draw(st.booleans())
    hours = st.integers(0, 2 if crowded else LAST_HOUR)
    rows = draw(
        st.lists(
            st.tuples(hours, st.sampled_from(NAMES), PROPERTIES),
            min_size=1, max_size=most,
        )
    )  # fmt: skip
    return [
        Happened(hour, position // (1 + crowded), position * 7 % 5 - 2, name, properties)
        for position, (hour, name, properties) in enumerate(rows)
    ]
