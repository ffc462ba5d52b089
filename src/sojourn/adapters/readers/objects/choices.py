"""What a preset says of the roles it fills."""

from __future__ import annotations

from sojourn.ports.reader import RoleChoice


def choices(tool: str, **columns: str) -> tuple[RoleChoice, ...]:
    """Return the roles a preset fills, for the user to see."""
    why = f"as {tool} writes it"
    return tuple(RoleChoice(role=role, column=name, why=why) for role, name in columns.items())
