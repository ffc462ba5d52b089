"""Who is hidden from questions: a small file, because every question looks at it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typing_extensions import override

from sojourn.adapters.disk.errors import as_write_error
from sojourn.adapters.disk.sync import sync_folder, write_whole
from sojourn.identity.erasing import PersonIds, read_ids, written_ids
from sojourn.ports.erasure import Hiding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class HidingFile(Hiding):
    """People in a file; see :class:`sojourn.ports.erasure.Hiding`.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @override
    def set(self, ids: Sequence[PersonIds]) -> None:
        try:
            if ids:
                content = json.dumps([written_ids(one) for one in ids], ensure_ascii=False)
                write_whole(self._path, content.encode(), mode=0o600)
            elif self._path.exists():
                self._path.unlink()
                sync_folder(self._path.parent)
        except OSError as error:
            raise as_write_error(str(self._path), error) from error

    @override
    def get(self) -> Sequence[PersonIds]:
        try:
            said = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return ()
        return tuple(map(read_ids, said))
