"""Spells of one stage from plain ages, for tests that draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.stages.spells import Spells, code_bits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def of_ages(
    exits: Sequence[NDArray[np.int64]], late: NDArray[np.int64], last_seen: NDArray[np.int64]
) -> Spells:
    """Return spells from ages in µs: by destination, when first observed, at last events."""
    bits, ages = code_bits(len(exits)), (*exits, late, last_seen)
    keys = np.concatenate([(each << bits) | code for code, each in enumerate(ages)])
    return Spells.of(len(exits), keys, sum(len(each) for each in exits), len(late))
