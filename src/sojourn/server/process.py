"""What each process of a server does beside its work: logs, signals, an end with its parent's."""

from __future__ import annotations

import ctypes
import gc
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable


GC_THRESHOLDS = (50_000, 20, 100)
"""A request is a thousand objects without cycles: at Python's own thresholds they are searched for
cycles twice a request, which takes longer than reading them."""
_START_S = 15.0
"""After so long a process that has not said how it ends is ended without."""
_LOOK_EVERY_S = 0.05


class JsonLines(logging.Formatter):
    """One JSON object a line: when, how grave, which part, what. No personal data is logged."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            said["error"] = where(record.exc_info[1])
        return json.dumps(said, ensure_ascii=False)


def log_to_stderr() -> None:
    """Write what the processes have to say as JSON lines to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("sojourn").setLevel(logging.INFO)
    # A line for each request that is no HTTP would let anybody fill the disk.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)


def where(error: BaseException) -> str:
    """Return an error's kind and place, for logs: its message may hold what people sent."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def spare_collections() -> None:
    """Look for cycles among objects seldom: calls come as many small ones, and hold none."""
    gc.freeze()  # what was loaded so far stays
    gc.set_threshold(*GC_THRESHOLDS)


def give_back() -> None:
    """Return memory that was freed to the system, where C's library knows how (glibc does).

    Merging files takes hundreds of megabytes for a moment, in pieces among others that stay: the
    heap would keep them, and each merge would find its own places.
    """
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def end_with_parent() -> None:
    """Tell this process to end when its standard input closes: its parent, who holds it, is gone.

    However the parent ended, killed included, the system closes what it held. A process that is
    still starting is told when it knows what to do then: what waits would stay undone otherwise.
    """

    def watch() -> None:
        while os.read(0, 1024):
            continue
        ends = time.monotonic() + _START_S
        while signal.getsignal(signal.SIGTERM) == signal.SIG_DFL and time.monotonic() < ends:
            time.sleep(_LOOK_EVERY_S)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def on_stop(stop: Callable[[], None]) -> None:
    """Call something when the process is told to end, by Ctrl-C or by SIGTERM."""

    def told(_number: int, _frame: object) -> None:
        stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, told)
