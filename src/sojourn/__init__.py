"""Sojourn turns what customers do into a living journey map.

>>> import sojourn
>>> shop = sojourn.open("events.csv")  # doctest: +SKIP
>>> shop.funnel("view", "cart", "purchase", window="7d").to_pandas()  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from sojourn.__about__ import __version__

if TYPE_CHECKING:
    from sojourn.api.journeys import Journeys
    from sojourn.api.opening import open_data as open
    from sojourn.api.result import Result

__all__ = ["Journeys", "Result", "__version__", "open"]

_EXPORTS = {
    "Journeys": ("sojourn.api.journeys", "Journeys"),
    "Result": ("sojourn.api.result", "Result"),
    "open": ("sojourn.api.opening", "open_data"),
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used, so that importing the package stays light."""
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _EXPORTS[name]
    return getattr(import_module(module), attribute)
