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
