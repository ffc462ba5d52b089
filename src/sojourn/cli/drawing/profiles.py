"""How other tools count a funnel: a table side by side, then each difference with an example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from sojourn.insight.funnel.compatible.explain import ProfileRow

if TYPE_CHECKING:
    from rich.console import Console

    from sojourn.base.json import JsonValue
    from sojourn.insight.answer import Answer


def draw_profiles(console: Console, answer: Answer[object]) -> None:
    """Draw each profile's counts, then which options differ, for how many, and for whom."""
    rows = [row for row in answer.rows if isinstance(row, ProfileRow)]
    profiles = list(dict.fromkeys(row.profile for row in rows))
    steps = list(dict.fromkeys((row.number, row.step) for row in rows))
    people = {(row.number, row.profile): row for row in rows}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("step")
    for profile in profiles:
        table.add_column(profile, justify="right", no_wrap=True)
    for number, step in steps:
        cells = [_count(people[number, profile]) for profile in profiles]
        table.add_row(f"{number} {step}", *cells)
    console.print(table)
    extra = answer.extra or {}
    word = str(extra.get("counted", "people"))
    differences = extra.get("differences")
    for one in differences if isinstance(differences, list) else []:
        if isinstance(one, Mapping):
            _draw_difference(console, one, word)


def _count(row: ProfileRow) -> Text:
    text = Text(f"{row.people:,}")
    if row.difference:
        text.append(f" {row.difference:+,}".replace("-", "−"), style="#b23a2e")
    return text


def _draw_difference(console: Console, one: Mapping[str, JsonValue], word: str) -> None:
    console.print()
    head = Text(f"{one['profile']}: {one['option']}", style="bold")
    count = one["people"]
    head.append(f"  {count:,} {word} differ" if count else "  nobody differs", style="not bold")
    console.print(head)
    console.print(f"  ours    {one['ours']}")
    console.print(f"  theirs  {one['theirs']}")
    example = one["example"]
    if not isinstance(example, Mapping):
        return
    reached = f"{_step(example['ours'])} by ours, {_step(example['theirs'])} by theirs"
    console.print(f"  {example['person']} reaches {reached}:")
    events = example["events"]
    for event in events if isinstance(events, Sequence) else []:
        if isinstance(event, Mapping):
            time = str(event["time"] or "").replace("T", " ")[:19]
            console.print(f"    {time}  {event['event']}", style="dim")


def _step(reached: JsonValue) -> str:
    return f"step {reached}" if reached else "no step"
