"""Cells that a spreadsheet will not run."""

from __future__ import annotations

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def neutral_cell(value: str) -> str:
    """Return the text with a leading apostrophe where a spreadsheet would take it for a formula.

    References
    ----------
    OWASP, CSV Injection. Numbers such as ``-3.5`` are written from numbers, not through here.

    Examples
    --------
    >>> neutral_cell("=1+1")
    "'=1+1"
    """
    return f"'{value}" if value.startswith(_RISKY) else value
