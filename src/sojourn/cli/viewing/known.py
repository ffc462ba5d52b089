"""What is known of a person, above their timeline."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from sojourn.base.counted import counted
from sojourn.cli.viewing.words import plain_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from rich.console import Console

CHANGES = 8
"""Segments entered and left that are shown; the newest hundred are in the JSON."""
FORMER = 3
"""Former values shown of a trait; all of them are in the JSON."""


def draw_known(console: Console, extra: Mapping[str, object], zone: ZoneInfo) -> None:
    """Draw sources, consent, traits, merges and segments, where there are any."""
    rows = [*_merges(extra), *_sources(extra, zone), *_consents(extra, zone), *_traits(extra, zone)]
    rows += _segments(extra, zone)
    if not rows:
        return
    table = plain_table(header=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="dim")
    for row in rows:
        table.add_row(*row)
    console.print()
    console.print(table)


def _merges(extra: Mapping[str, object]) -> Iterable[tuple[str, str, str]]:
    parts = cast("list[str]", extra.get("merged") or [])
    if parts:
        yield "  merged into it", ", ".join(parts), ""


def _sources(extra: Mapping[str, object], zone: ZoneInfo) -> Iterable[tuple[str, str, str]]:
    found = cast("dict[str, dict[str, str | None]]", extra.get("sources") or {})
    for kind, origin in found.items():
        parts = [origin[part] for part in ("source", "medium", "campaign")]
        told = " / ".join(part for part in parts if part)
        name = f"{origin['channel']}" + (f"  {told}" if told else "")
        yield f"  {kind} source", name, _day(str(origin["at"]), zone)


def _consents(extra: Mapping[str, object], zone: ZoneInfo) -> Iterable[tuple[str, str, str]]:
    for each in cast("list[dict[str, object]]", extra.get("consents") or []):
        where = f" by {each['channel']}" if each["channel"] else ""
        word = "granted" if each["granted"] else "denied"
        since = _day(str(each["since"]), zone)
        yield f"  consent: {each['purpose']}{where}", word, f"since {since}"


def _traits(extra: Mapping[str, object], zone: ZoneInfo) -> Iterable[tuple[str, str, str]]:
    for trait in cast("list[dict[str, object]]", extra.get("traits") or []):
        former = cast("list[dict[str, object]]", trait["former"])
        words = [f"since {_day(str(trait['since']), zone)}"]
        words += [
            f"{_value(one['value'])} from {_day(str(one['since']), zone)}"
            for one in former[:FORMER]
        ]
        more = len(former) - FORMER
        words += [f"{more} more before"] if more > 0 else []
        yield f"  {trait['name']}", _value(trait["value"]), " · ".join(words)


def _segments(extra: Mapping[str, object], zone: ZoneInfo) -> Iterable[tuple[str, str, str]]:
    found = cast("dict[str, list[object]]", extra.get("segments") or {})
    inside = [str(each) for each in found.get("inside", [])]
    if inside:
        yield "  in segments", ", ".join(inside), ""
    changes = cast("list[dict[str, object]]", found.get("changes", []))
    for each in changes[:CHANGES]:
        word = "entered" if each["entered"] else "left"
        at = datetime.fromisoformat(str(each["at"])).astimezone(zone)
        cause = "as time passed" if each["cause"] == "time" else ""
        yield f"  {word}", str(each["segment"]), " · ".join(filter(None, (f"{at:%F %T}", cause)))
    if len(changes) > CHANGES:
        yield "", f"{counted(len(changes) - CHANGES, 'change')} more before", ""


def _value(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _day(text: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%d}"
