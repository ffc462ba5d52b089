"""Sojourn turns what customers do into a living journey map."""

from __future__ import annotations

from sojourn.__about__ import __version__

__all__ = ["__version__"]
