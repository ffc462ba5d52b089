"""The table of channels as YAML, to look at, edit and read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import yaml

from sojourn.base.errors import UnknownNameError
from sojourn.events.channel_sites import SiteKind
from sojourn.events.channels import ChannelRule, ChannelRuleError, ChannelTable

_FIELDS = ("channel", "sites", "source", "medium", "campaign")
_SHAPE = (
    "rules: a list of rows with channel, and any of sites, source, medium, campaign; "
    "sites: search, social, video and shopping with their entries"
)
_HEAD = """\
# Channels of touches. Rules are tried from the top; the first whose conditions all hold decides.
# source, medium and campaign are RE2 patterns for the whole text in small letters; sites is a kind
# of the list below, in which a host covers its subdomains, google.* any country's ending, a bare
# word what is written in utm_source, and entry=name renames the source.
"""


def channels_to_yaml(table: ChannelTable) -> str:
    """Return a table as YAML that :func:`channels_from_yaml` reads back to the same table."""
    lines = [_HEAD + "rules:"]
    lines += [f"- {{{', '.join(_pairs(rule))}}}" for rule in table.rules]
    lines.append("sites:")
    for kind, entries in table.sites:
        folded = fill(" ".join(entries.split()), 96, break_on_hyphens=False, break_long_words=False)
        lines.append(f"  {kind}: >-")
        lines += [f"    {line}" for line in folded.splitlines()]
    return "\n".join(lines) + "\n"


def channels_from_yaml(text: str) -> ChannelTable:
    """Return the table a text describes.

    Raises
    ------
    ChannelRuleError
        If the text is not such a table, or a pattern in it cannot be read.
    UnknownNameError
        If a kind of site is unknown.
    """
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ChannelRuleError(f"The channel table is not YAML: {error}", allowed=_SHAPE) from None
    if not isinstance(found, Mapping) or set(found) != {"rules", "sites"}:
        raise ChannelRuleError("The channel table needs rules and sites.", allowed=_SHAPE)
    rules, sites = found["rules"], found["sites"]
    if not isinstance(rules, Sequence) or isinstance(rules, str) or not isinstance(sites, Mapping):
        raise ChannelRuleError("Rules are a list and sites a mapping.", allowed=_SHAPE)
    table = ChannelTable(
        name="own",
        rules=tuple(_rule(row) for row in rules),
        sites=tuple((_kind(str(kind)), str(entries)) for kind, entries in sites.items()),
    )
    table.channels([""], [""], [""])  # reads every pattern
    return table


def _pairs(rule: ChannelRule) -> list[str]:
    values = {name: getattr(rule, name) for name in _FIELDS}
    return [f"{name}: {_quoted(str(value))}" for name, value in values.items() if value]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _rule(row: object) -> ChannelRule:
    if not isinstance(row, Mapping) or not row.get("channel"):
        raise ChannelRuleError(f"The rule {row!r} names no channel.", allowed=_SHAPE)
    for name in row:
        if name not in _FIELDS:
            raise UnknownNameError("field of a channel rule", str(name), _FIELDS)
    kind = row.get("sites")
    return ChannelRule(
        channel=str(row["channel"]),
        sites=None if kind is None else _kind(str(kind)),
        source=str(row.get("source", "")),
        medium=str(row.get("medium", "")),
        campaign=str(row.get("campaign", "")),
    )


def _kind(name: str) -> SiteKind:
    try:
        return SiteKind(name)
    except ValueError:
        raise UnknownNameError("kind of site", name, list(SiteKind)) from None
