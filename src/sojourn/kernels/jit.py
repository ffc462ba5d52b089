"""The one loader of Numba: compiled lazily, cached on disk, uncached where nothing is writable."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import numba
from numba.core.errors import NumbaError
from numba.cpython.unsafe.numbers import leading_zeros as _leading_zeros
from numba.cpython.unsafe.numbers import trailing_zeros as _trailing_zeros

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled on first call; it releases the GIL while it runs."""
    try:
        compiled = numba.njit(nogil=True, cache=True)(function)
    except (NumbaError, RuntimeError):  # no place to cache: compile anew in each process
        compiled = numba.njit(nogil=True)(function)
    return cast("Callable[P, R]", compiled)


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function written out wherever a kernel calls it.

    For the inside of hot loops: an array handed to a compiled function is counted, by an operation
    all cores must agree on, and that costs more than a small function does.
    """
    return cast("Callable[P, R]", numba.njit(nogil=True, inline="always")(function))


leading_zeros = cast("Callable[[np.uint64], np.uint64]", _leading_zeros)
"""Zero bits above the highest set bit of a 64-bit word; one instruction, inside kernels only."""
trailing_zeros = cast("Callable[[np.uint64], np.uint64]", _trailing_zeros)
"""Zero bits below the lowest set bit of a 64-bit word; one instruction, inside kernels only."""
