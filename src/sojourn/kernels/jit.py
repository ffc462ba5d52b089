"""The one loader of Numba: compiled lazily, cached on disk, uncached where nothing is writable."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import numba
from numba.core.errors import NumbaError

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled on first call; it releases the GIL while it runs."""
    try:
        compiled = numba.njit(nogil=True, cache=True)(function)
    except (NumbaError, RuntimeError):  # no place to cache: compile anew in each process
        compiled = numba.njit(nogil=True)(function)
    return cast("Callable[P, R]", compiled)
