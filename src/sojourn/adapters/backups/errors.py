"""What can be wrong with a backup or with the place for one."""

from __future__ import annotations

from sojourn.base.errors import InputError


class TargetTakenError(InputError):
    """There is something where a backup or a workspace is to be made. Remedy: name another."""

    code = "target-taken"

    def __init__(self, target: str) -> None:
        super().__init__(
            f"There is something at {target} already.",
            remedy="Name a folder that does not exist; nothing is overwritten.",
        )


class NoBackupError(InputError):
    """The folder is no whole backup. Remedy: name one that `sojourn backup` finished."""

    code = "no-backup"

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            f"{folder} is no backup: {why}.",
            remedy="Name the folder that `sojourn backup` made. One whose name ends in .partial"
            " was cut off and can be removed.",
        )


class NewerBackupError(InputError):
    """The backup was made by a newer version. Remedy: upgrade sojourn."""

    code = "newer-backup"

    def __init__(self, folder: str, found: object, known: int) -> None:
        super().__init__(
            f"The backup {folder} has format {found}; this version knows up to {known}.",
            remedy="Upgrade with: pip install --upgrade sojourn. Nothing was changed.",
        )


class BackupDamagedError(InputError):
    """A file of a backup is not as it was saved. Remedy: take another backup or another copy."""

    code = "backup-damaged"

    def __init__(self, folder: str, path: str, why: str) -> None:
        super().__init__(
            f"The backup {folder} is damaged: {path} {why}.",
            remedy="Take another copy of it, or an older backup. Nothing was restored.",
        )
