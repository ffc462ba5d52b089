"""What a process of a server does beside its work."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

GLIBC = sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")
HEAP = """
import os
from pathlib import Path
from sojourn.server.process import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

taken = [bytearray(50_000) for _ in range(4000)]
stays = taken[::50]  # holds the heap at its size
high = resident()
taken.clear()
kept = resident()
give_back()
print(high, kept, resident())
"""


@pytest.mark.skipif(not GLIBC, reason="this system's C library keeps no heap that could be trimmed")
def test_what_was_freed_is_given_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", HEAP], capture_output=True, text=True, check=True)
    high, kept, left = map(int, done.stdout.split())
    assert kept > 0.9 * high  # or there would be nothing to give back
    assert left < high - 150_000_000
