"""What the readers of calls share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sojourn.events.agents import read_agent
from sojourn.events.calls.row import text_of
from sojourn.events.paths import page_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sojourn.base.json import JsonObject, JsonValue

_DEVICE_WORDS: Final = (
    ("tablet", ("ipad", "tablet", "galaxy tab")),
    ("mobile", ("iphone", "ipod", "android", "mobile", "phone", "ios", "galaxy", "pixel")),
    ("tv", ("tv",)),
    ("desktop", ("desktop", "windows", "mac", "linux", "chrome os", "chromebook")),
)


def add(properties: dict[str, JsonValue], key: str, value: JsonValue) -> None:
    """Add a property where there is a value and none yet."""
    if value is not None and value != "":
        properties.setdefault(key, value)


def first(*values: JsonValue) -> JsonValue:
    """Return the first value that is there."""
    for value in values:
        if value is not None and value != "":
            return value
    return None


def first_of(found: JsonObject, keys: Sequence[str]) -> JsonValue:
    """Return the first value that is there under one of some keys."""
    for key in keys:
        value = found.get(key)
        if value is not None and value != "":
            return value
    return None


def add_page(properties: dict[str, JsonValue], url: JsonValue) -> None:
    """Add the page's path and its address as sent."""
    if isinstance(url, str) and url:
        add(properties, "page", page_path(url))
        add(properties, "page_url", url)


def add_agent(properties: dict[str, JsonValue], agent: JsonValue) -> None:
    """Add what a user agent says; it is not kept itself."""
    if not isinstance(agent, str):
        return
    told = read_agent(agent)
    add(properties, "device", told.device)
    add(properties, "browser", told.browser)
    add(properties, "os", told.system)
    if told.bot:
        properties["bot"] = True


def add_device(properties: dict[str, JsonValue], *descriptions: JsonValue) -> None:
    """Add the class of a device described in words, such as ``"Apple iPhone"``."""
    for description in descriptions:
        if not isinstance(description, str):
            continue
        words = description.lower()
        for device, known in _DEVICE_WORDS:
            if any(word in words for word in known):
                add(properties, "device", device)
                return


def add_campaign(
    properties: dict[str, JsonValue], campaign: JsonObject, names: Mapping[str, str]
) -> None:
    """Add the UTM parameters, found under the names given for each."""
    for key, name in names.items():
        add(properties, key, campaign.get(name))


def moved(properties: dict[str, JsonValue], names: JsonObject) -> None:
    """Rename properties to the names with a meaning of their own, where those are free."""
    for old, new in names.items():
        if isinstance(new, str) and old in properties:
            value = properties.pop(old)
            add(properties, new, value)


def with_utc(time: JsonValue) -> str | None:
    """Return a written time that is UTC by the tool's own word with its zone added."""
    text = text_of(time)
    if text is None or text.isdigit() or text[-1:] in "zZ" or "+" in text:
        return text
    return f"{text}Z" if ":" in text else text
