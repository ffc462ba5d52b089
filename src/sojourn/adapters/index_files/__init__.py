"""The journey index as files: built from the lake, published whole, read through memory maps."""

from __future__ import annotations

from sojourn.adapters.index_files.settings import IndexSettings
from sojourn.adapters.index_files.store import IndexStore

__all__ = ["IndexSettings", "IndexStore"]
