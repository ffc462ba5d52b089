"""What can be wrong with a funnel that was asked for."""

from __future__ import annotations

from typing import ClassVar

from sojourn.base.errors import InputError


class FunnelError(InputError):
    """Options of a funnel contradict each other or its steps. Remedy: the message names both."""

    code: ClassVar[str] = "funnel"


class NoSuchStepError(InputError):
    """A step was named that the funnel does not have. Remedy: count steps from 1."""

    code: ClassVar[str] = "no-such-step"

    def __init__(self, what: str, given: int, steps: int) -> None:
        super().__init__(
            f"{what} names step {given}, and the funnel has {steps} steps.",
            allowed=f"1 to {steps}",
        )


class UntimedFunnelError(InputError):
    """Something measured in time was asked of events without times. Remedy: leave it out."""

    code: ClassVar[str] = "untimed-funnel"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"These events carry no times, only their order, so there can be no {what}.",
            remedy="Leave it out: order, exclusions and optional steps work without times.",
        )
