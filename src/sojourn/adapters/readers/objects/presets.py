"""Choosing how the objects of an input are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sojourn.adapters.readers.errors import PresetError
from sojourn.adapters.readers.objects.amplitude import Amplitude
from sojourn.adapters.readers.objects.ga4 import Ga4
from sojourn.adapters.readers.objects.generic import generic_preset
from sojourn.adapters.readers.objects.mixpanel import Mixpanel
from sojourn.adapters.readers.objects.posthog import Posthog
from sojourn.adapters.readers.objects.segment import RudderStack, Segment
from sojourn.base.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.adapters.readers.objects.rows import Preset, ToolPreset
    from sojourn.base.json import JsonObject
    from sojourn.ports.reader import ReadOptions

ORDERS: Final = "orders"
"""A table of customers, times and amounts; needs no objects."""
_PRESETS: Final[tuple[ToolPreset, ...]] = (
    Ga4(), RudderStack(), Segment(), Amplitude(), Posthog(), Mixpanel(),
)  # fmt: skip
PRESET_NAMES: Final = (*(preset.name for preset in _PRESETS), ORDERS)


def check_preset(options: ReadOptions) -> None:
    """Check that the preset asked for exists and that no roles contradict it.

    Raises
    ------
    UnknownNameError
        If there is no such preset.
    PresetError
        If column roles are given beside a preset that has its own.
    """
    name = options.preset
    if name is None:
        return
    if name not in PRESET_NAMES:
        raise UnknownNameError("preset", name, PRESET_NAMES)
    if name != ORDERS and options.roles:
        raise PresetError(
            f"The preset {name!r} says itself who did what when, and roles were given too.",
            allowed="a preset, or roles",
        )


def choose_preset(objects: Sequence[JsonObject], options: ReadOptions, name: str) -> Preset:
    """Return how an input's objects are read: as asked, as recognised, or by their keys.

    Raises
    ------
    InputError
        If no way fits.
    """
    if options.preset is not None and options.preset != ORDERS:
        return _forced(objects, options.preset, name)
    plain = options.roles or options.event_name or options.preset
    for preset in () if plain else _PRESETS:
        if sum(map(preset.fits, objects)) > 0.5 * len(objects):
            return preset
    return generic_preset(objects, options, name)


def recognised(sample: Sequence[JsonObject]) -> bool:
    """Return whether objects are those of a tool that is known."""
    return any(sum(map(p.fits, sample)) > 0.5 * len(sample) for p in _PRESETS)


def _forced(objects: Sequence[JsonObject], wanted: str, name: str) -> Preset:
    preset = next(p for p in _PRESETS if p.name == wanted)
    if not any(row.event and row.time for row in map(preset.row, objects)):
        keys = ", ".join(sorted({key for found in objects for key in found})[:12])
        raise PresetError(
            f"{name} holds no events as {wanted} writes them; its objects have the keys {keys}.",
            allowed=f"an export of {wanted}",
        )
    return preset
