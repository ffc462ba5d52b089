"""Ids that are no ids."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_WORDS: Final = (
    "null", "none", "nil", "undefined", "nan", "n/a", "na", "anonymous", "unknown", "guest",
    "(not set)", "(none)", "[object object]", "not set", "true", "false", "<null>", "#n/a", "\\n",
)  # fmt: skip
_SIGNS: Final = ("", "0", "-1", "-", "--", "?", ".", "0.0", "00000000-0000-0000-0000-000000000000")
PLACEHOLDERS: Final = frozenset((*_WORDS, *_SIGNS))
"""What systems write where they know nobody, in small letters, without blanks around."""

NOTHING_WORDS: Final = frozenset(("null", "undefined", "nan", "[object object]"))
"""What a program writes in place of a value it does not have; as a value, "none" may be meant."""

_FORMS: Final = (str, str.upper, str.title, str.capitalize)
_WRITTEN: Final = pa.array(
    sorted(
        {form(word) for word in PLACEHOLDERS for form in _FORMS}
        | {"NaN", "N/a", "[object Object]", "None"}
    )
)


def is_placeholder(text: str) -> bool:
    """Return whether an id stands for nobody.

    Examples
    --------
    >>> is_placeholder("NULL"), is_placeholder("007")
    (True, False)
    """
    return text.strip().casefold() in PLACEHOLDERS


def known_ids(values: pa.StringArray) -> pa.StringArray:
    """Return ids without blanks around them, null in place of placeholders.

    Parameters
    ----------
    values : pyarrow.StringArray of length n
        Ids as written; leading zeros are part of an id.
    """
    trimmed = pc.utf8_trim_whitespace(values) if _any_blank(values) else values
    nobody = pc.is_in(trimmed, value_set=_WRITTEN)
    if not pc.any(nobody).as_py():
        return trimmed
    return pc.if_else(nobody, pa.scalar(None, pa.string()), trimmed)


def _any_blank(values: pa.StringArray) -> bool:
    """Return whether any byte of the texts could be a blank: cheaper than trimming them all."""
    data = values.buffers()[2]
    if data is None:
        return False
    raw = data.to_pybytes()
    return not raw.isascii() or any(blank in raw for blank in (b" ", b"\t", b"\r", b"\n"))
