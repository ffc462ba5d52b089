"""Segments followed as events arrive and time passes: who entered, who left.

Each step is one transaction over what is kept of people: changes by time that are due, the events
of files that came into the lake, how far that brings us. Killed anywhere, the next step does the
same again, and what is kept takes an event twice as once. Changes are kept in the same
transaction and put into the inbox after it, under ids that do not depend on how often they are put.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sojourn.app.segmenting.anew import TOLD, UNTOLD, Anew
from sojourn.app.segmenting.documents import KIND, kept_segments, model_for
from sojourn.app.segmenting.moving import Moving, Rules
from sojourn.app.segmenting.state import FORMAT, as_item
from sojourn.base.timespan import SECOND_US
from sojourn.index.errors import NotInIndexError, UntimedRangeError
from sojourn.ports.lake import present
from sojourn.segments.compiled import compile_segments
from sojourn.segments.holds import Listener
from sojourn.segments.laying import Coming, laid_beside
from sojourn.segments.rows import check_columns
from sojourn.stages.document import write_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sojourn.index.bucket import Index
    from sojourn.ports.inbox import Inbox
    from sojourn.ports.lake import Lake, LakeFile
    from sojourn.ports.segments import SegmentStep, SegmentStore
    from sojourn.ports.workspace import Documents
    from sojourn.segments.compiled import RuleSet

SENT_AT_ONCE = 5_000
FRESH_US = 10 * SECOND_US
"""How old the clock that is kept may be while nothing happens."""
NOBODY = np.empty(0, np.int64)
IN_BULK_FROM = 100_000
"""Rows of new files from which everybody is worked out from the index: sooner than one by one."""
PEOPLE_A_ROW = 4
"""People who are worked out at once in the time that one row takes, about. Were rows not weighed
against them, what comes during one long build would lead into the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What one step did.

    Attributes
    ----------
    events : int
        Events taken in, one by one.
    people : int
        People looked at.
    changes : int
        Who entered and left.
    anew : bool
        Everybody was worked out from the index.
    late_us : int
        How late the latest of the changes by time was made; 0 where there was none.
    """

    events: int = 0
    people: int = 0
    changes: int = 0
    anew: bool = False
    late_us: int = 0


@dataclass(kw_only=True)
class Following:
    """Follows the segments of a workspace.

    Attributes
    ----------
    store : SegmentStore
    documents : Documents
    lake : Lake
    index : callable
        Returns the index of everything in the lake, with at least some columns.
    inbox : Inbox
    merged : callable
        Returns who counts as whom.
    hidden : callable
        Returns who is hidden from questions until they are erased.
    currency : str
        Where an event names none.
    now_us : callable
        Reads the clock.
    timezone : str
        Whose days stages count.
    working : callable of int, int
        Told how many people are worked out, and of how many.
    """

    store: SegmentStore
    documents: Documents
    lake: Lake
    index: Callable[[Sequence[str]], Index]
    inbox: Inbox
    merged: Callable[[], Mapping[str, str]]
    hidden: Callable[[], frozenset[str]]
    currency: str
    now_us: Callable[[], int]
    timezone: str = "UTC"
    working: Callable[[int, int], None] = lambda _done, _people: None
    _rules: Rules | None = field(default=None, init=False)
    _columns: list[str] = field(default_factory=list, init=False)
    _seen: tuple[int, Sequence[LakeFile]] | None = field(default=None, init=False)
    """The lake's version, from before its files were looked for, and the files."""
    _idle: bool = field(default=False, init=False)
    """Nothing is followed, and nothing is kept."""

    def run(self, stopping: Callable[[], bool] = lambda: False) -> Followed:
        """Make every change that is due by now, and tell of it.

        Parameters
        ----------
        stopping : callable
            Whether to leave the rest of working everybody out to the next time.

        Raises
        ------
        SegmentError
            If a segment names a stage that is no longer in the stage model.
        UntimedRangeError
            If events carry no times.
        """
        rules = self._current()
        if rules is None and (self._idle or self._nothing_kept()):
            if not self._idle and self.documents.newest(KIND):
                self.send()  # what was taken in before the last one was retired
            self._idle = True
            return Followed()
        self._idle = False
        anew: Anew | None = None
        with self.store.step() as step:
            if rules is None:
                step.clear()
                followed = Followed()
            else:
                followed, anew = self._step(step, rules)
        if anew is not None:
            followed = self._work_out(anew, stopping)
        self.send()
        return followed

    def _nothing_kept(self) -> bool:
        return not self.documents.newest(KIND) or self.store.position() is None

    def send(self) -> int:
        """Put changes that are kept into the inbox; return how many."""
        sent = 0
        while waiting := self.store.unsent(SENT_AT_ONCE):
            now = self.now_us()
            self.inbox.put([as_item(change, now) for _, change in waiting])
            self.store.sent(waiting[-1][0])
            sent += len(waiting)
        return sent

    def _current(self) -> Rules | None:
        """Return the rules that hold now, compiled once; None where nothing is followed."""
        kept = [each for each in kept_segments(self.documents) if each.segment.active]
        if not kept:
            self._rules = None
            return None
        segments = tuple(each.segment for each in kept)
        versions = tuple((each.segment.key, each.document.version) for each in kept)
        model = model_for(segments, self.documents)
        stages = None if model is None else [write_model(model), self.timezone]
        told = json.dumps([versions, stages, FORMAT])
        if self._rules is None or self._rules.told != told:
            compiled = compile_segments(segments, model, self.timezone)
            # Compiles what counts before somebody waits for a change.
            laid_beside(compiled, [], Coming(), NOBODY)
            self._rules = Rules(told, versions, compiled, Listener(compiled))
        return self._rules

    def _step(self, step: SegmentStep, rules: Rules) -> tuple[Followed, Anew | None]:
        """Make what is due; return that everybody is to be worked out where that is sooner."""
        position = step.position()
        files = self._files()  # before the index is asked for, which then has them all
        if position is None or position.rules != rules.told or position.unfinished == UNTOLD:
            step.clear()
            return Followed(), self._anew(step, rules, files, UNTOLD)
        if position.unfinished:
            return Followed(), self._anew(step, rules, files, TOLD)
        moving = self._moving(step, rules)
        moving.sizes, moving.everyone = list(position.sizes), position.people
        moving.wake()
        lost, new = self._between(position.files, files)
        bulk = max(IN_BULK_FROM, position.people // PEOPLE_A_ROW)
        if lost or sum(file.rows for file in new) >= bulk:
            return Followed(), self._anew(step, rules, files, TOLD)
        if new or moving.merged != dict(position.merged):
            moving.arrive(self.lake, new, dict(position.merged))
        paths = tuple(file.path for file in files)
        stale = moving.now - position.clock_us > FRESH_US
        if stale or moving.people or set(paths) != set(position.files):
            step.move_to(moving.position(rules.told, paths))
        return Followed(
            events=moving.events, people=moving.people, changes=moving.changes,
            late_us=moving.late_us,
        ), None  # fmt: skip

    def _files(self) -> Sequence[LakeFile]:
        """Return the lake's files; looked for only where something was written since."""
        version = self.lake.version()
        if self._seen is None or self._seen[0] != version:
            self._seen = version, self.lake.files()
        return self._seen[1]

    def _moving(self, step: SegmentStep, rules: Rules) -> Moving:
        return Moving(
            step=step, rules=rules, now=self.now_us(), merged=dict(self.merged()),
            index=lambda: self._index(rules.compiled), currency=self.currency,
            hidden=self.hidden(),
        )  # fmt: skip

    def _between(
        self, before: Sequence[str], files: Sequence[LakeFile]
    ) -> tuple[set[str], list[LakeFile]]:
        """Return the files that are gone since, an older lake put back or somebody erased, and new.

        Files that were only merged are neither.
        """
        held, paths = set(before), {file.path for file in files}
        if not paths.issuperset(held):
            held = set(present(before, self.lake.merges()))
        return held - paths, [file for file in files if file.path not in held]

    def _anew(self, step: SegmentStep, rules: Rules, files: Sequence[LakeFile], how: str) -> Anew:
        """Begin to work everybody out."""
        hidden = self.hidden()  # before the index, which leaves them out
        anew = Anew(
            rules=rules, index=self._index(rules.compiled), files=files,
            merged=dict(self.merged()), hidden=hidden, announced=how == TOLD,
        )  # fmt: skip
        step.move_to(anew.position(self.now_us(), how))
        return anew

    def _is_overtaken(self, anew: Anew) -> bool:
        """Return whether somebody was erased, or is to be: begun again, it is without them."""
        before = [file.path for file in anew.files]
        return anew.hidden != self.hidden() or bool(self._between(before, self.lake.files())[0])

    def _work_out(self, anew: Anew, stopping: Callable[[], bool]) -> Followed:
        """Work everybody out, some people at a time; meanwhile time goes on for those who are."""
        late = changes = 0
        going = True
        while going and not stopping():
            with self.store.step() as step:
                if self._is_overtaken(anew):
                    return Followed()
                moving = self._moving(step, anew.rules)
                moving.sizes, moving.counts = anew.sizes, anew.counts
                moving.wake()  # first: what time did has its own instant
                going = anew.work(step, moving.now)
                late, changes = max(late, moving.late_us), changes + moving.changes
                if not going:
                    anew.finish(step, self.lake, moving.now)
            self.working(anew.done, anew.people)
            self.send()
        return Followed(
            people=anew.done, changes=anew.changes + changes, anew=not going, late_us=late
        )

    def _index(self, rules: RuleSet) -> Index:
        while True:
            index = self.index(self._columns)
            if not index.catalog.timed:
                raise UntimedRangeError
            try:
                check_columns(rules, index.catalog)
            except NotInIndexError as error:
                self._columns.append(error.given)
            else:
                return index
