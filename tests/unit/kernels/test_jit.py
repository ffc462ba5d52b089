"""The loader of Numba: what it compiles and what stands in where it must not."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sojourn.kernels.jit import (
    kernel,
    leading_zeros,
    plain_leading_zeros,
    plain_trailing_zeros,
    trailing_zeros,
)

WORDS = st.integers(0, 2**64 - 1)


@kernel
def above(word: np.uint64) -> np.uint64:
    return np.uint64(leading_zeros(word))


@kernel
def below(word: np.uint64) -> np.uint64:
    return np.uint64(trailing_zeros(word))


@given(word=WORDS)
@example(word=0)
@example(word=1)
@example(word=2**63)
def test_zero_bits_are_those_of_the_written_word(word: int) -> None:
    written = f"{word:064b}"
    over = 64 - len(written.lstrip("0"))
    under = 64 - len(written.rstrip("0"))
    assert [above(np.uint64(word)), plain_leading_zeros(np.uint64(word))] == [over, over]
    assert [below(np.uint64(word)), plain_trailing_zeros(np.uint64(word))] == [under, under]


@pytest.mark.parametrize("function", ["leading_zeros", "trailing_zeros"])
def test_the_plain_twin_stands_in_where_kernels_run_as_python(function: str) -> None:
    code = (
        "from sojourn.kernels import jit\n"
        f"assert jit.{function} is jit.plain_{function}\n"
        "double = lambda n: 2 * n\n"
        "assert jit.kernel(double) is double"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


TOTAL = """
from sojourn.kernels.jit import kernel

@kernel
def total(values):
    found = values[0] - values[0]
    for value in values:
        found += value
    return found
"""
COMPILE = """
import sys
import numpy as np
import total

files = total.total._cache._cache_file
read, write = files._load_index, files._save_data

def turn(name):
    print(name, flush=True)
    sys.stdin.readline()

def read_in_turn():
    found = read()
    turn("read")
    return found

def write_in_turn(*arguments):
    turn("write")
    write(*arguments)

files._load_index, files._save_data = read_in_turn, write_in_turn
total.total(np.ones(3, sys.argv[1]))
"""
USE = "import sys, total, numpy as np; print(total.total(np.ones(3, sys.argv[1])))"


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="nothing is compiled")
def test_processes_compiling_at_once_do_not_take_each_others_code(tmp_path) -> None:
    """Both read the cache before either writes; the code of the first is written last."""
    (tmp_path / "total.py").write_text(TOTAL)
    here = {"cwd": tmp_path, "text": True, "stdout": subprocess.PIPE}

    def started(kind: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", COMPILE, kind],
            stdin=subprocess.PIPE, **here,
        )  # fmt: skip

    def until(process: subprocess.Popen[str], name: str) -> None:
        while process.stdout.readline().strip() != name:
            process.stdin.write("\n")
            process.stdin.flush()

    with started("i8") as first, started("f8") as second:
        for process in (first, second):  # once when loading, once when saving
            until(process, "read")
            process.stdin.write("\n")
            process.stdin.flush()
            until(process, "read")
        for process in (first, second):
            process.stdin.write("\n")
            process.stdin.flush()
            until(process, "write")
        second.communicate("\n")
        first.communicate("\n")
    for kind, expected in (("i8", "3"), ("f8", "3.0")):
        done = subprocess.run([sys.executable, "-c", USE, kind], check=True, **here)
        assert done.stdout.strip() == expected
