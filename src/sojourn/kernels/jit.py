"""The one loader of Numba: compiled lazily, cached on disk, uncached where nothing is writable."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numba.core.errors import NumbaError
from numba.cpython.unsafe.numbers import leading_zeros as _leading_zeros
from numba.cpython.unsafe.numbers import trailing_zeros as _trailing_zeros

if TYPE_CHECKING:
    from collections.abc import Callable

    _Count = Callable[[np.uint64], np.uint64]

PROCESS = uuid.uuid4().hex[:12]
"""Names this process in the files of Numba's cache: a process's number alone is used again."""

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled on first call; it releases the GIL while it runs."""
    try:
        return _saved_apart(numba.njit(nogil=True, cache=True)(function))
    except (NumbaError, RuntimeError):  # no place to cache: compile anew in each process
        return cast("Callable[P, R]", numba.njit(nogil=True)(function))


def _saved_apart(compiled: Callable[P, R]) -> Callable[P, R]:
    """Return a cached function that saves its code under names of this process alone.

    TRICKY: Numba numbers the files of a function's code by the index it has read. Two processes
    that compile it for different types at the same moment take the same number, and the code of
    one can end under the types of the other: wrong results or a crash, in every later process.
    """
    files = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if files is not None:  # absent where kernels run as Python
        files._data_name_pattern = f"{PROCESS}.{files._data_name_pattern}"  # noqa: SLF001
    return compiled


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function written out wherever a kernel calls it.

    For the inside of hot loops: an array handed to a compiled function is counted, by an operation
    all cores must agree on, and that costs more than a small function does.
    """
    return cast("Callable[P, R]", numba.njit(nogil=True, inline="always")(function))


def plain_leading_zeros(word: np.uint64) -> np.uint64:
    """Return the zero bits above the highest set bit of a 64-bit word, counted in Python."""
    return np.uint64(64 - int(word).bit_length())


def plain_trailing_zeros(word: np.uint64) -> np.uint64:
    """Return the zero bits below the lowest set bit of a 64-bit word, counted in Python."""
    bits = int(word)
    return np.uint64((bits & -bits).bit_length() - 1 if bits else 64)


def _bits(instruction: object, plain: _Count) -> _Count:
    """Return Numba's one instruction, which runs inside kernels only, or its plain twin.

    The twin stands in where ``NUMBA_DISABLE_JIT`` makes kernels run as Python: there ``kernel``
    hands back the very function it is given.
    """
    return plain if kernel(plain) is plain else cast("_Count", instruction)


leading_zeros = _bits(_leading_zeros, plain_leading_zeros)
"""Zero bits above the highest set bit of a 64-bit word."""
trailing_zeros = _bits(_trailing_zeros, plain_trailing_zeros)
"""Zero bits below the lowest set bit of a 64-bit word."""
