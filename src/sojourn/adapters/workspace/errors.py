"""What can be wrong with a workspace."""

from __future__ import annotations

from sojourn.base.errors import InputError


class NoWorkspaceError(InputError):
    """The folder is no workspace. Remedy: import events into it, or name another folder."""

    code = "no-workspace"

    def __init__(self, folder: str, *, why: str = "it has no sojourn.toml") -> None:
        super().__init__(
            f"{folder} is not a workspace: {why}.",
            remedy=f"Make one by importing events: sojourn import FILE -w {folder}",
        )


class NewerWorkspaceError(InputError):
    """The workspace was written by a newer version. Remedy: upgrade sojourn."""

    code = "newer-workspace"

    def __init__(self, folder: str, found: object, known: object) -> None:
        super().__init__(
            f"The workspace {folder} has format {found}; this version knows up to {known}.",
            remedy="Upgrade with: pip install --upgrade sojourn. Nothing was changed.",
        )


class WorkspaceSettingsError(InputError):
    """sojourn.toml cannot be used. Remedy: mend the named line."""

    code = "workspace-settings"


class WorkspaceBusyError(InputError):
    """Another import, or a server, writes to the workspace. Remedy: leave out --no-wait to wait."""

    code = "workspace-busy"

    def __init__(self, folder: str, holder: str) -> None:
        super().__init__(
            f"Another process is writing to {folder}{holder}.",
            remedy="Wait until it has ended, or leave out --no-wait to wait for it.",
        )
