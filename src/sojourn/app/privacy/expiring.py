"""Events that are kept for a period and no longer: what goes, when, and a report of it.

A run writes down what it found before anything goes, and that it is done when no old file is left;
so one that was broken off is simply run again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sojourn.app.privacy.erasing import READERS_US
from sojourn.app.privacy.errors import NoPeriodError
from sojourn.app.privacy.periods import parse_period
from sojourn.base.timespan import DAY_US, from_datetime
from sojourn.ports.erasure import IdKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from sojourn.app.privacy.erasing import IndexFiles
    from sojourn.app.privacy.periods import Period
    from sojourn.app.privacy.suppression import IdHash
    from sojourn.ports.erasure import Erased, LakePeople
    from sojourn.ports.workspace import Document, Documents

KIND, RUN_KIND, MAIN = "expiry", "expiry-run", "main"
EVERY_US: Final = DAY_US
"""Between two runs, and between a setting and the first run under it: time to think again."""
_OFF: Final = "off"
_DIGITS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How long events are kept.

    Attributes
    ----------
    period : Period
    since_us : int
        When it was set.
    who, why : str
    """

    period: Period
    since_us: int
    who: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run did.

    Attributes
    ----------
    at_us : int
        When it began.
    before_us : int
        Events from before then went.
    events, files : int
        Events removed or reduced to a refusal of consent, and files of the lake that were
        rewritten or removed for it.
    done : bool
        No old file and no old version of the index is left.
    """

    at_us: int
    before_us: int
    events: int = 0
    files: int = 0
    done: bool = False


@dataclass(frozen=True, kw_only=True)
class Expiring:
    """The use cases of keeping events for a period.

    Attributes
    ----------
    people : LakePeople
    index : IndexFiles
    documents : Documents
    hashed : callable
        Returns the keyed hash of ids.
    zone : ZoneInfo
        Whose days count.
    now_us : callable
        Reads the clock.
    forgets : callable of int
        Removes what else is told of instants before one; returns how many rows went.
    compacts : sequence of callable
        Each leaves nothing lying about in a database of what was deleted from it: events that came
        as calls lay in the inbox.
    """

    people: LakePeople
    index: IndexFiles
    documents: Documents
    hashed: Callable[[], IdHash]
    zone: ZoneInfo
    now_us: Callable[[], int]
    forgets: Callable[[int], int] = lambda _: 0
    compacts: Sequence[Callable[[], None]] = ()

    def setting(self) -> Setting | None:
        """Return how long events are kept; None where they are kept for good."""
        kept = self.documents.get(KIND, MAIN)
        if kept is None or kept.body == _OFF:
            return None
        return Setting(
            period=parse_period(kept.body), since_us=from_datetime(kept.when), who=kept.who,
            why=kept.why,
        )  # fmt: skip

    def set(self, period: str, *, who: str, why: str = "") -> Setting:
        """Keep events for a period from now on; return the setting. The first run is in a day.

        Raises
        ------
        PeriodError
            If the text is no period.
        """
        found = parse_period(period)
        kept = self.documents.put(KIND, MAIN, str(found), who=who, why=why)
        return Setting(period=found, since_us=from_datetime(kept.when), who=who, why=kept.why)

    def off(self, *, who: str, why: str = "") -> None:
        """Keep events for good from now on."""
        self.documents.put(KIND, MAIN, _OFF, who=who, why=why)

    def runs(self) -> Sequence[Run]:
        """Return every run, oldest first, each as far as it came."""
        found: dict[int, Run] = {}
        for document in self.documents.history(RUN_KIND, MAIN):
            run = _read(document)
            found[run.at_us] = run
        return tuple(found.values())

    def next_us(self) -> int | None:
        """Return when the next run is due; None where events are kept for good."""
        setting = self.setting()
        if setting is None:
            return None
        last = self._last()
        if last is not None and not last.done:
            return last.at_us
        # A run that a wrong clock put into the future must not put off all others until then.
        at_us = 0 if last is None or last.at_us > self.now_us() else last.at_us
        return max(setting.since_us, at_us) + EVERY_US

    def is_due(self) -> bool:
        """Return whether a run is due, or one was broken off."""
        due = self.next_us()
        return due is not None and due <= self.now_us()

    def run(self, waiting: Callable[[str], None] = lambda _: None) -> Run:
        """Remove what is older than the period, and say what went.

        Where somebody still reads an old version of the index it is not done: to be run again.

        Parameters
        ----------
        waiting : callable of str
            Told whom we wait for, when another process writes.

        Raises
        ------
        NoPeriodError
            If events are kept for good.
        """
        setting = self.setting()
        if setting is None:
            raise NoPeriodError
        now, run = self.now_us(), self._last()
        before_us = setting.period.before(now, self.zone)
        resumed = run is not None and not run.done
        if run is None or run.done:
            run = Run(at_us=now, before_us=before_us)
        # One that was broken off removes no more than the period allows now: it may have been
        # made longer since, or the clock have been wrong.
        run = replace(run, before_us=min(run.before_us, before_us))
        found = self._note(self._remove(run, waiting), done=False)
        if self.forgets(run.before_us) or found.events or resumed:
            self.index.refresh()
            if self.index.forget_old(self.now_us() - READERS_US):
                return found
            self.people.forget(waiting)
            for compact in self.compacts:
                compact()
        return self._note(found, done=True)

    def _remove(self, run: Run, waiting: Callable[[str], None]) -> Run:
        """Take the events out of the lake; return what went, in an earlier try too."""
        noted = [run]

        def found(erased: Erased) -> None:
            more = Run(
                at_us=run.at_us, before_us=run.before_us, events=max(run.events, erased.events),
                files=max(run.files, erased.files),
            )  # fmt: skip
            noted.append(self._note(more, done=False))

        hashed = self.hashed()
        self.people.expire(
            run.before_us, lambda user: hashed(IdKind.USER, user)[:_DIGITS], found, waiting
        )
        return noted[-1]

    def _last(self) -> Run | None:
        kept = self.documents.get(RUN_KIND, MAIN)
        return None if kept is None else _read(kept)

    def _note(self, run: Run, *, done: bool) -> Run:
        said = {
            "at_us": run.at_us, "before_us": run.before_us, "events": run.events,
            "files": run.files, "done": done,
        }  # fmt: skip
        self.documents.put(RUN_KIND, MAIN, json.dumps(said), who="expiry")
        return _run(said)


def _read(document: Document) -> Run:
    return _run(json.loads(document.body))


def _run(said: Mapping[str, int]) -> Run:
    return Run(
        at_us=said["at_us"], before_us=said["before_us"], events=said["events"],
        files=said["files"], done=bool(said["done"]),
    )  # fmt: skip
