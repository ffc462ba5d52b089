"""Which sites are one's own, and which table names channels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from sojourn.app.workspace import Workspace
    from sojourn.events.channels import ChannelTable
    from sojourn.insight.sources.values import Level


class ChannelFileError(InputError):
    """A table of channels cannot be opened. Remedy: name ga4, korea or a readable file."""

    code = "channel-file"


def level_below(within: tuple[tuple[Level, str], ...]) -> Level:
    """Return the level just below the deepest one asked for."""
    from sojourn.insight.sources.values import LEVELS, Level

    return LEVELS[LEVELS.index(within[-1][0]) + 1] if within else Level.CHANNEL


def own_sites(workspace: Workspace) -> tuple[str, ...]:
    """Return the sites that events say are one's own."""
    from sojourn.insight.sources.own import HostRow, OwnSites

    rows = workspace.ask(OwnSites()).rows
    return tuple(row.host for row in rows if isinstance(row, HostRow))


def channel_table(name: str) -> ChannelTable:
    """Return a table of channels by its name, ``ga4`` or ``korea``, or its file.

    Raises
    ------
    ChannelFileError
        If it is neither.
    """
    from sojourn.events.channel_text import channels_from_yaml
    from sojourn.events.channels import DEFAULT_CHANNELS, KOREAN_CHANNELS

    known = {"ga4": DEFAULT_CHANNELS, "korea": KOREAN_CHANNELS}
    if name in known:
        return known[name]
    try:
        return channels_from_yaml(Path(name).read_text("utf-8"))
    except OSError as error:
        raise ChannelFileError(
            f"The table of channels {name!r} cannot be read: {error.strerror}.",
            allowed="ga4, korea, or a file as --print-channels writes it",
        ) from error
