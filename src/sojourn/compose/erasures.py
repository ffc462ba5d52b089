"""Lists of erased people, wherever they lie."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sojourn.adapters.workspace import folder
from sojourn.app.privacy.errors import ErasureListError
from sojourn.app.privacy.listing import list_erasures, read_list, write_list
from sojourn.app.privacy.reapplying import reapply
from sojourn.app.settings import read_settings
from sojourn.compose import open_workspace, parts_of

if TYPE_CHECKING:
    from sojourn.app.privacy.erasing import Erasing
    from sojourn.app.privacy.listing import ErasureList
    from sojourn.app.privacy.reapplying import Reapplied

_BACKUP = "backup.json"


def find_list(path: str | Path) -> ErasureList:
    """Return a list of erasures.

    Parameters
    ----------
    path : str or Path
        A file that :func:`export_list` made, a workspace, or a backup.

    Raises
    ------
    ErasureListError
        If it is none of them.
    """
    place = Path(path)
    if place.is_dir():
        return _of_folder(place)
    try:
        text = place.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = "it does not exist" if isinstance(error, FileNotFoundError) else "it cannot be read"
        raise ErasureListError(str(path), why) from error
    return read_list(text, str(path))


def export_list(workspace: str | Path) -> str:
    """Return a workspace's list of erasures as JSON; it names nobody."""
    return write_list(_listed(open_workspace(workspace).erasing()))


def reapply_list(workspace: str | Path, path: str | Path) -> Reapplied:
    """Hide whoever of a list is in a workspace again, and erase them with the next batch.

    Parameters
    ----------
    workspace : str or Path
    path : str or Path
        As for :func:`find_list`.
    """
    listed = find_list(path)
    opened = open_workspace(workspace)
    done = reapply(listed, opened.erasing())
    opened.inbox.close()
    return done


def _of_folder(place: Path) -> ErasureList:
    layout, about = folder.read(place)
    # The database that the environment names is where the other one goes to.
    settings = replace(read_settings(os.environ), database="")
    if not (place / _BACKUP).exists():
        return _listed(parts_of(layout, about, settings).workspace().erasing())
    with TemporaryDirectory() as copies:  # opening the file would change it, and its checksum
        for name in (layout.state.name, layout.secret.name):
            if (place / name).exists():
                shutil.copy(place / name, copies)
        copied = replace(layout, root=Path(copies))
        return _listed(
            parts_of(copied, replace(about, database=""), settings).workspace().erasing()
        )


def _listed(erasing: Erasing) -> ErasureList:
    return list_erasures(erasing.erasures, erasing.door.hashed, erasing.now_us())
