"""Why another server was not asked, or its answer is of no use."""

from __future__ import annotations

from sojourn.base.errors import InputError


class OutboundRefusedError(InputError):
    """A server within our own network was to be asked. Remedy: name it in SOJOURN_OUTBOUND."""

    code = "outbound-refused"


class OutboundFailedError(InputError):
    """Another server cannot be reached, or answers too late or too much. Remedy: try again."""

    code = "outbound-failed"


class OutboundSettingError(InputError):
    """SOJOURN_OUTBOUND names neither a host nor a network. Remedy: write it as it says."""

    code = "outbound-setting"
