"""What can be wrong with a stage model."""

from __future__ import annotations

from typing import ClassVar

from sojourn.base.errors import InputError


class StageModelError(InputError):
    """A stage model cannot be used. Remedy: the message names the place and what is allowed."""

    code: ClassVar[str] = "stage-model"


class NoStagesError(InputError):
    """No event of the data is bound to any stage. Remedy: name events in the stage model."""

    code: ClassVar[str] = "no-stages"


class NoEventsError(InputError):
    """There is nothing to look at. Remedy: import events, or loosen the conditions."""

    code: ClassVar[str] = "no-events"
