"""What can be wrong with a map."""

from __future__ import annotations

from typing import ClassVar

from sojourn.base.errors import InputError


class PlanError(InputError):
    """A plan cannot be held against the data. Remedy: bind its steps to events of the data."""

    code: ClassVar[str] = "plan"
