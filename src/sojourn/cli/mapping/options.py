"""The options of reading files, for commands whose own --format means the output."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from sojourn.cli.importing.options import reading_options

if TYPE_CHECKING:
    from collections.abc import Callable

    import click

P = ParamSpec("P")
R = TypeVar("R")


def input_options(function: Callable[P, R]) -> Callable[P, R]:
    """Add the options of reading, with ``--format`` called ``--input-format``."""
    wrapped = reading_options(function)
    params = cast("list[click.Parameter]", getattr(wrapped, "__click_params__", []))
    for param in params:
        if param.name == "format":
            param.opts = ["--input-format"]
    return wrapped
