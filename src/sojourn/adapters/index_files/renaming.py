"""What an index was built from, under the names that the lake's files have now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sojourn.ports.lake import present

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.adapters.index_files.manifest import Manifest
    from sojourn.ports.lake import Merge


def renamed(manifest: Manifest, merges: Sequence[Merge]) -> Manifest:
    """Return a manifest that names the present file where the lake merged small ones."""
    if not merges:
        return manifest
    return replace(
        manifest,
        lake_files=present(manifest.lake_files, merges),
        base_files=present(manifest.base_files, merges),
    )
