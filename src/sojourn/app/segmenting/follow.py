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

from sojourn.app.segmenting.documents import KIND, kept_segments, model_for
from sojourn.app.segmenting.moving import Moving, Rules
from sojourn.app.segmenting.state import as_item
from sojourn.base.timespan import SECOND_US
from sojourn.index.errors import NotInIndexError, UntimedRangeError
from sojourn.ports.lake import present
from sojourn.segments.bulk import check_columns
from sojourn.segments.compiled import compile_segments
from sojourn.segments.holds import Listener
from sojourn.stages.document import write_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sojourn.index.bucket import Index
    from sojourn.ports.inbox import Inbox
    from sojourn.ports.lake import Lake, LakeFile
    from sojourn.ports.segments import Position, SegmentStep, SegmentStore
    from sojourn.ports.workspace import Documents
    from sojourn.segments.compiled import RuleSet

SENT_AT_ONCE = 1_000
FRESH_US = 10 * SECOND_US
"""How old the clock that is kept may be while nothing happens."""
IN_BULK_FROM = 100_000
"""Rows of new files from which everybody is worked out from the index: sooner than one by one."""


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
    _rules: Rules | None = field(default=None, init=False)
    _columns: list[str] = field(default_factory=list, init=False)
    _idle: bool = field(default=False, init=False)
    """Nothing is followed, and nothing is kept."""

    def run(self) -> Followed:
        """Make every change that is due by now, and tell of it.

        Raises
        ------
        SegmentError
            If a segment names a stage that is no longer in the stage model.
        UntimedRangeError
            If events carry no times.
        """
        rules = self._current()
        if rules is None and (self._idle or self._nothing_kept()):
            self._idle = True
            return Followed()
        self._idle = False
        with self.store.step() as step:
            followed = Followed() if rules is None else self._step(step, rules)
            if rules is None:
                step.clear()
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
            self.store.sent([number for number, _ in waiting])
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
        told = json.dumps([versions, None if model is None else write_model(model)])
        if self._rules is None or self._rules.told != told:
            compiled = compile_segments(segments, model)
            self._rules = Rules(told, versions, compiled, Listener(compiled))
        return self._rules

    def _step(self, step: SegmentStep, rules: Rules) -> Followed:
        position = step.position()
        files = self.lake.files()  # before the index is asked for, which then has them all
        moving = Moving(
            step=step, rules=rules, now=self.now_us(), merged=dict(self.merged()),
            index=lambda: self._index(rules.compiled), currency=self.currency,
            hidden=self.hidden(),
        )  # fmt: skip
        if position is None or position.rules != rules.told:
            step.clear()
            moving.everybody(self.lake, files, announced=False)
        else:
            moving.sizes = list(position.sizes)
            if not self._go_on(moving, position, files):
                return Followed()
        step.move_to(moving.position(rules.told, tuple(file.path for file in files)))
        return Followed(
            events=moving.events, people=moving.people, changes=moving.changes,
            anew=moving.anew, late_us=moving.late_us,
        )  # fmt: skip

    def _go_on(self, moving: Moving, position: Position, files: Sequence[LakeFile]) -> bool:
        """Make what is due; return whether there was anything, or it is time to say so."""
        moving.wake()
        held = set(position.files)
        if not held.issuperset(file.path for file in files):
            held = set(present(position.files, self.lake.merges()))
        new = [file for file in files if file.path not in held]
        lost = held - {file.path for file in files}  # an older lake put back, somebody erased
        if lost or sum(file.rows for file in new) >= IN_BULK_FROM:
            moving.everybody(self.lake, files, announced=True)
        elif new or moving.merged != dict(position.merged):
            moving.arrive(self.lake, new, dict(position.merged))
        stale = moving.now - position.clock_us > FRESH_US
        return stale or moving.people > 0 or {file.path for file in files} != set(position.files)

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
