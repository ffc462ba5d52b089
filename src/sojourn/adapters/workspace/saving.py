"""Copying what lies in a workspace's folder beside its lake and its tables."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from sojourn.ports.backup import Fact, Part, Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.adapters.workspace.folder import Layout

_UNFINISHED = (".new", ".partial")


class FolderPart(Part):
    """Settings, secret, quarantine, and whatever there will be; nothing that is derived.

    Parameters
    ----------
    layout : Layout
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    @override
    def save(self, folder: str, told: Told) -> Sequence[Fact]:
        root = self._layout.root
        for top in sorted(root.iterdir()):
            if self._is_elsewhere(top.name):
                continue
            for path in (top, *sorted(top.rglob("*"))):
                if path.is_file() and path.suffix not in _UNFINISHED:
                    _copy(path, Path(folder) / path.relative_to(root))
        return ()

    def _is_elsewhere(self, name: str) -> bool:
        """Return whether something is derived, is copied by another part, or is only a lock."""
        layout = self._layout
        # Segments are derived, and copied as a file they would be torn.
        names = (layout.state, layout.inbox, layout.segments, layout.lock)
        bases = tuple(path.name for path in names)
        return name in {layout.lake.name, layout.index.parent.name} or any(
            name == base or name.startswith((f"{base}-", f"{base}.")) for base in bases
        )


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):  # removed meanwhile
        shutil.copy(path, target)
