"""Whose calls they are: the workspaces of one collector, told apart by their write keys."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sojourn.app.collecting.group_commit import ClosingError, GroupCommit
from sojourn.base.errors import InputError
from sojourn.server.collector.hooks import Hooks
from sojourn.server.problems import Problem
from sojourn.server.process import where

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from sojourn.ports.inbox import Inbox

KEYS_EVERY_S = 2.0
"""How soon a new or a revoked key takes effect."""
FIRST_S: Final = 10.0
"""How long a start waits for databases that do not answer."""
PROBE_S: Final = 10.0
"""How long a workspace may take to say whether it can keep something."""
LEAST_SHARE: Final = 50
_log = logging.getLogger("sojourn.collector")


@dataclass(kw_only=True)
class Tenant:
    """One workspace of a collector; nothing of it is shared with another.

    Attributes
    ----------
    name : str
    inbox : Inbox
    good_keys : callable
        Returns the digest of each good write key, with its name.
    hooks : Hooks
        What other systems send to it of their own accord.
    accepted : int
        Calls that are on disk.
    refused : Counter of str
        Calls that are no events, by reason.
    put_off : Counter of str
        Calls beyond what a write key may send, by the key's name.
    unanswered : int
        Requests that wait for their commit.
    """

    name: str
    inbox: Inbox
    good_keys: Callable[[], Mapping[str, str]]
    hooks: Hooks = field(default_factory=Hooks)
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    put_off: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0

    def __post_init__(self) -> None:
        self.commits = GroupCommit(self.inbox)
        self.keys: Mapping[str, str] | None = None
        """None until they could be read for the first time."""
        self._is_made = False
        self._told = ""
        self._probe: Future[None] | None = None

    def look(self) -> bool:
        """Take up new and revoked keys and webhooks; what cannot be read stays as it was.

        Returns
        -------
        bool
            Whether the keys have changed.
        """
        before = self.keys
        fault = ""
        for what, step in (
            ("inbox", self._make),
            ("write keys", self._read_keys),
            ("webhooks", self.hooks.refresh),
        ):
            try:
                step()
            except InputError as error:
                fault = fault or f"{what}: {error.code}"
            except Exception as error:  # noqa: BLE001 - keys must take effect later all the same
                fault = fault or f"{what}: {where(error)}"
        if fault != self._told:  # once, not every two seconds
            self._told = fault
            if fault:
                _log.error("workspace %s cannot be read: %s", self.name, fault)
            else:
                _log.info("workspace %s can be read again", self.name)
        return self.keys != before

    async def fault(self) -> Problem | None:
        """Return why it can keep nothing now; None when it can."""
        try:
            if self._probe is None or self._probe.done():
                self._probe = self.commits.submit((), ())
            # Shielded: whoever asks next waits for the same one.
            probing = asyncio.shield(asyncio.wrap_future(self._probe))
            await asyncio.wait_for(probing, PROBE_S)
        except InputError as error:
            return unavailable(error)
        except TimeoutError:
            detail = f"The disk or the database does not answer within {PROBE_S:.0f} seconds."
            return Problem(503, "no-answer", detail, headers={"Retry-After": "30"})
        except Exception as error:  # noqa: BLE001 - the others' answers do not depend on it
            _log.error("workspace %s can keep nothing: %s", self.name, where(error))
            return Problem(503, "failed", "Events cannot be kept.", headers={"Retry-After": "30"})
        return None if self.keys is not None else keys_unread()

    def _make(self) -> None:
        """Make and migrate the inbox before the first client comes."""
        if not self._is_made:
            self.inbox.waiting()
            self._is_made = True

    def _read_keys(self) -> None:
        self.keys = self.good_keys()


class Tenants:
    """All workspaces of a collector.

    Parameters
    ----------
    tenants : sequence of Tenant
    most_unanswered : int
        Requests that may wait at a time, over all. Of several workspaces each has its share, so
        that one whose database hangs does not take the connections of all.
    """

    def __init__(self, tenants: Sequence[Tenant], most_unanswered: int = 1000) -> None:
        self.all = tuple(tenants)
        self.share = max(LEAST_SHARE, most_unanswered // len(self.all))
        self._known: tuple[Mapping[str, tuple[Tenant, str]], bool] = ({}, False)
        """Whose each key is, and whether the keys of all are among them: told in one step, or a
        good key would be refused between the reading of its workspace and the next look."""
        self._gathering = threading.Lock()
        self._stopping = threading.Event()

    def whose(self, key: str) -> tuple[Tenant, str] | None:
        """Return the workspace that a write key belongs to, and the key's name.

        Raises
        ------
        Problem
            503 for a key that is not known while the keys of a workspace could not be read yet:
            it may be one of those.
        """
        known, are_all = self._known
        found = known.get(hashlib.sha256(key.encode()).hexdigest())
        if found is None and not are_all:
            raise keys_unread()
        return found

    def look_up(self) -> None:
        """Look at every workspace once."""
        for tenant in self.all:
            tenant.look()
        self._gather()

    async def start(self) -> None:
        """Look at every workspace again and again, each in its own time; return after the first."""
        looked = [threading.Event() for _ in self.all]
        for tenant, first in zip(self.all, looked, strict=True):
            threading.Thread(
                target=self._watch, args=(tenant, first), name=f"keys {tenant.name}", daemon=True
            ).start()

        def wait() -> None:
            ends = time.monotonic() + FIRST_S
            for first in looked:
                first.wait(max(0.0, ends - time.monotonic()))

        await asyncio.to_thread(wait)

    async def ready(self, name: str) -> dict[str, object]:
        """Return what there is to say when events can be accepted.

        Parameters
        ----------
        name : str
            Of one workspace; empty for any: one that is away must not take the others' calls
            from a collector that can keep them.

        Raises
        ------
        Problem
            503 if no event could be kept; 404 if there is no such workspace.
        """
        asked = [tenant for tenant in self.all if name in {"", tenant.name}]
        if not asked:
            raise Problem(404, "unknown-workspace", "There is no such workspace on this server.")
        faults = await asyncio.gather(*(tenant.fault() for tenant in asked))
        good = faults.count(None)
        if first := next((fault for fault in faults if fault and not good), None):
            raise first
        if len(asked) == 1:
            return {"status": "ok"}
        status = "ok" if good == len(asked) else "partly"
        return {"status": status, "workspaces": len(asked), "ready": good}

    def close(self) -> None:
        """Commit what waits, of all at the same time, then end."""
        self._stopping.set()
        ending = [threading.Thread(target=tenant.commits.close) for tenant in self.all]
        for one in ending:
            one.start()
        for one in ending:
            one.join()

    def _watch(self, tenant: Tenant, first: threading.Event) -> None:
        while not self._stopping.is_set():
            if tenant.look():
                self._gather()
            first.set()
            self._stopping.wait(KEYS_EVERY_S)

    def _gather(self) -> None:
        """Bring the keys of all together; one that two workspaces know is good for neither."""
        with self._gathering:
            found: dict[str, tuple[Tenant, str]] = {}
            doubled: set[str] = set()
            read = [(tenant, tenant.keys) for tenant in self.all]
            for tenant, keys in read:
                for digest, source in (keys or {}).items():
                    if digest in found:
                        doubled.add(digest)
                    found[digest] = (tenant, source)
            for digest in doubled:
                tenant, source = found.pop(digest)
                _log.error("write key %s of workspace %s is another's too", source, tenant.name)
            self._known = (found, all(keys is not None for _, keys in read))


def unavailable(error: InputError) -> Problem:
    """Return the answer to calls that cannot be kept now."""
    again = "1" if isinstance(error, ClosingError) else "30"
    detail = "Events cannot be kept at the moment; send them again."
    return Problem(503, error.code, detail, headers={"Retry-After": again})


def keys_unread() -> Problem:
    """Return the answer to a key that may belong to a workspace whose keys nobody could read."""
    return Problem(
        503, "keys-unread", "Write keys cannot be read at the moment; send it again.",
        headers={"Retry-After": "5"},
    )  # fmt: skip
