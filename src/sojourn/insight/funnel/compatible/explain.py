"""Why two tools differ on the same data: each profile run, each option by itself, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sojourn.base.timespan import to_datetime
from sojourn.insight.answer import Answer
from sojourn.insight.funnel.answer import rows_of
from sojourn.insight.funnel.compatible.profiles import Profile, as_profile, cannot, changes
from sojourn.insight.funnel.compiled import Compiled, check_funnel, masks_of
from sojourn.insight.funnel.finding import attempts_in, journeys_of, without_details
from sojourn.insight.funnel.phrasing import counted_word, definition
from sojourn.insight.funnel.tallying import tally
from sojourn.insight.phrases import scope_notes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sojourn.base.json import JsonValue
    from sojourn.index.bucket import Bucket
    from sojourn.index.catalog import Catalog
    from sojourn.index.journeys import Journeys
    from sojourn.insight.funnel.counts import Tally
    from sojourn.insight.funnel.question import Funnel

    Ints = NDArray[np.int64]

OURS = "sojourn"
MOST_EVENTS = 12
"""Events shown of an example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way of counting the same funnel.

    Attributes
    ----------
    profile : str
    option : str
        The one option set otherwise; empty for all of a profile.
    ours, theirs : str
    spec : Funnel
    """

    profile: str
    option: str = ""
    ours: str = ""
    theirs: str = ""
    spec: Funnel


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Somebody whom two ways of counting place differently.

    Attributes
    ----------
    person : str
    length : int
        Events of the journey.
    ours, theirs : int
        How many steps each says were reached.
    events : tuple of (int, str)
        When what happened: the events that meet a condition, the first of them.
    """

    person: str
    length: int
    ours: int
    theirs: int
    events: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRow:
    """One step as one profile counts it.

    Attributes
    ----------
    difference : int
        How many more, or fewer, than by the funnel as asked.
    """

    profile: str
    step: str
    number: int
    people: int
    difference: int


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What the ways of counting count, and how they differ from the first; merges with ``+``.

    Attributes
    ----------
    tallies : tuple of Tally
    changed : ndarray of shape (variants,), int64
        Whom the first way places otherwise.
    examples : tuple of Example or None
        The shortest of them.
    """

    tallies: tuple[Tally, ...]
    changed: Ints
    examples: tuple[Example | None, ...]

    def __add__(self, other: Compared) -> Compared:
        return Compared(
            tuple(one + two for one, two in zip(self.tallies, other.tallies, strict=True)),
            self.changed + other.changed,
            tuple(_shorter(*pair) for pair in zip(self.examples, other.examples, strict=True)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainProfiles:
    """How each profile counts a funnel, which options make the difference, and for whom.

    Attributes
    ----------
    funnel : Funnel
    own_windows : bool
        Whether each profile takes its own window.
    """

    funnel: Funnel
    own_windows: bool = False

    def plan(self, catalog: Catalog) -> ExplainPlan:
        """Return the plan, with every name and option checked."""
        check_funnel(self.funnel, catalog)
        variants = tuple(self._variants(without_details(self.funnel)))
        return ExplainPlan(self, catalog, variants)

    def _variants(self, spec: Funnel) -> Iterator[Variant]:
        yield Variant(profile=OURS, spec=spec)
        for profile in Profile:
            if cannot(spec, profile):
                continue
            theirs = as_profile(spec, profile, own_window=self.own_windows)
            yield Variant(profile=profile.value, spec=theirs)
            for change in changes(spec, profile, own_window=self.own_windows):
                yield Variant(
                    profile=profile.value,
                    option=change.option,
                    ours=change.ours,
                    theirs=change.theirs,
                    spec=change.spec,
                )


@dataclass(frozen=True, slots=True, eq=False)
class ExplainPlan:
    """The ways of counting compiled against one catalog."""

    spec: ExplainProfiles
    catalog: Catalog
    variants: tuple[Variant, ...]

    def over(self, bucket: Bucket) -> Compared:
        """Return what each way counts in one bucket."""
        funnel = self.spec.funnel
        journeys = journeys_of(funnel, bucket, self.catalog)
        tallies: list[Tally] = []
        reached: list[Ints] = []
        for variant in self.variants:
            compiled = Compiled.of(variant.spec, self.catalog)
            found = attempts_in(variant.spec, compiled, journeys, bucket, self.catalog)
            tallies.append(tally(variant.spec, found))
            furthest = np.zeros(len(journeys), np.int64)
            np.maximum.at(furthest, found.journey, found.reached)
            reached.append(furthest)
        other = [each != reached[0] for each in reached]
        examples = [self._example(bucket, journeys, (reached[0], each)) for each in reached]
        changed = np.array([np.count_nonzero(differs) for differs in other], np.int64)
        return Compared(tuple(tallies), changed, tuple(examples))

    def answer(self, total: Compared) -> Answer[object]:
        """Return a row for each profile and step; the options beside them."""
        funnel = self.spec.funnel
        return Answer(
            question="funnel-profiles",
            spec=self.spec,
            as_of=to_datetime(self.catalog.as_of_us),
            rows=tuple(self._rows(total)),
            definition=(
                f"The same steps counted the way other tools do. {definition(funnel, self.catalog)}"
            ),
            notes=(
                *scope_notes(funnel.scope, self.catalog),
                *(f"{p.value} is left out: {why}" for p in Profile if (why := cannot(funnel, p))),
                *(f"{p} counts these data as we do." for p in self._alike(total)),
            ),
            extra={
                "counted": counted_word(funnel, 2),
                "differences": [
                    self._difference(at, total)
                    for at, variant in enumerate(self.variants)
                    if variant.option
                ],
            },
        )  # fmt: skip

    def _rows(self, total: Compared) -> Iterator[ProfileRow]:
        ours = total.tallies[0].people()[0]
        titles = [row.step for row in rows_of(self.spec.funnel, total.tallies[0])]
        titles = [titles[place] for place in self.spec.funnel.required]
        for variant, counted in zip(self.variants, total.tallies, strict=True):
            if variant.option:
                continue
            for place, (title, people) in enumerate(zip(titles, counted.people()[0], strict=True)):
                yield ProfileRow(
                    profile=variant.profile,
                    step=title,
                    number=place + 1,
                    people=int(people),
                    difference=int(people - ours[place]),
                )

    def _alike(self, total: Compared) -> Iterator[str]:
        for variant, changed in zip(self.variants[1:], total.changed[1:], strict=True):
            if not variant.option and not changed:
                yield variant.profile

    def _difference(self, at: int, total: Compared) -> JsonValue:
        variant, example = self.variants[at], total.examples[at]
        shown: JsonValue = None
        if example is not None:
            shown = {
                "person": example.person,
                "ours": example.ours,
                "theirs": example.theirs,
                "events": [
                    {"time": to_datetime(time).isoformat() if self.catalog.timed else None,
                     "event": event}
                    for time, event in example.events
                ],
            }  # fmt: skip
        return {
            "profile": variant.profile,
            "option": variant.option,
            "ours": variant.ours,
            "theirs": variant.theirs,
            "people": int(total.changed[at]),
            "example": shown,
        }

    def _example(
        self, bucket: Bucket, journeys: Journeys, both: tuple[Ints, Ints]
    ) -> Example | None:
        some = np.flatnonzero(both[0] != both[1])
        if not len(some):
            return None
        lengths = journeys.offsets[some + 1] - journeys.offsets[some]
        some = some[lengths == lengths.min()]
        ids = bucket.person_ids(journeys.owners()[some])
        person, journey = min(zip(ids, some.tolist(), strict=True))
        return Example(
            person=person,
            length=int(lengths.min()),
            ours=int(both[0][journey]),
            theirs=int(both[1][journey]),
            events=self._events(bucket, journeys, journey),
        )

    def _events(
        self, bucket: Bucket, journeys: Journeys, journey: int
    ) -> tuple[tuple[int, str], ...]:
        funnel = self.variants[0].spec
        rows = np.arange(journeys.offsets[journey], journeys.offsets[journey + 1])
        masks = masks_of(funnel, Compiled.of(funnel, self.catalog), journeys, bucket, self.catalog)[
            rows
        ]
        conditions = (1 << len(funnel.steps) + len(funnel.exclusions)) - 1
        chosen = rows[(masks & np.uint32(conditions)) != 0][:MOST_EVENTS]
        names = self.catalog.events
        return tuple((int(journeys.time[row]), names[journeys.event[row]]) for row in chosen)


def _shorter(one: Example | None, two: Example | None) -> Example | None:
    if one is None or two is None:
        return one or two
    return min(one, two, key=_length)


def _length(example: Example) -> tuple[int, str]:
    return example.length, example.person
