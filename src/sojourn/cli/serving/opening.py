"""Opening the workspaces that one server serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.app.workspace import name_in
from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.app.workspace import Workspace


class SameNameError(InputError):
    """Two workspaces would have one address. Remedy: rename a folder, or serve them apart."""

    code = "same-name"


class SameWorkspaceError(InputError):
    """Two folders are copies of one workspace. Remedy: serve them apart."""

    code = "same-workspace"


def open_all(paths: Sequence[str]) -> tuple[Workspace, ...]:
    """Return the workspaces in some folders, those made that are not there yet.

    Raises
    ------
    SameNameError
        If two folders are called the same: a workspace's name stands in its address. Nothing is
        made then.
    SameWorkspaceError
        If two are copies of one another: keys, sessions and a database's schema would be the same.
    """
    from sojourn.compose import open_workspace

    names: dict[str, str] = {}
    for path in paths:
        other = names.setdefault(name_in(path), path)
        if other is not path:
            raise SameNameError(
                f"{other} and {path} are both called {name_in(path)!r}.",
                allowed="folders with names of their own, since these stand in the addresses",
            )
    ids: dict[str, str] = {}
    opened = []
    for path in paths:
        workspace = open_workspace(path, create=True)
        other = ids.setdefault(workspace.about.id, path)
        if other is not path:
            raise SameWorkspaceError(
                f"{path} is a copy of {other}: the same keys and sessions are good for both.",
                remedy="Serve them with commands of their own.",
            )
        opened.append(workspace)
    return tuple(opened)
