"""Finding a person's ids in texts without mistaking other words for them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sojourn.base.json import JsonValue

LEAST: Final = 6
"""Characters that an id must have to be looked for inside texts: ``7`` stands everywhere."""
IN_PLACE: Final = "[erased]"
_EMAIL: Final = re.compile(r"[^@\s\"'<>,;:()]{1,64}@[^@\s\"'<>,;:()]+\.[^@\s\"'<>,;:().]+")


@dataclass(frozen=True)
class Mentions:
    """Words that name one person.

    Attributes
    ----------
    words : sequence of str
        Ids and e-mail addresses.
    """

    words: Sequence[str]

    def is_one(self, text: str) -> bool:
        """Return whether a text is one of the words and nothing else."""
        return text.strip() in self._set

    def are_in(self, text: str) -> bool:
        """Return whether a text has one of the longer words as a word of its own, or is one.

        Examples
        --------
        >>> found = Mentions(["ann@example.com", "7"])
        >>> found.are_in("mail to ann@example.com"), found.are_in("joann@example.com")
        (True, False)
        >>> found.are_in("7"), found.are_in("7 days")
        (True, False)
        """
        return self.is_one(text) or bool(self._pattern and self._pattern.search(text))

    def are_in_json(self, text: str) -> bool:
        """Return whether a value in a text of JSON names the person; of another text, as it stands.

        Examples
        --------
        >>> Mentions(["7"]).are_in_json('{"userId": 7}'), Mentions(["7"]).are_in_json("7 days")
        (True, False)
        """
        try:
            said: JsonValue = json.loads(text)
        except ValueError:
            return self.are_in(text) or any(f'"{word}"' in text for word in self.words)
        return self._are_among(said)

    def _are_among(self, said: JsonValue) -> bool:
        if isinstance(said, str):
            return self.are_in(said)
        if isinstance(said, Mapping):
            return any(self.are_in(key) or self._are_among(one) for key, one in said.items())
        if isinstance(said, Sequence):
            return any(map(self._are_among, said))
        return not isinstance(said, bool) and said is not None and self.is_one(str(said))

    def without(self, text: str) -> str:
        """Return a text with the words replaced."""
        if self.is_one(text):
            return IN_PLACE
        return self._pattern.sub(IN_PLACE, text) if self._pattern else text

    @cached_property
    def _set(self) -> frozenset[str]:
        return frozenset(self.words)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        longer = sorted((re.escape(w) for w in self.words if len(w) >= LEAST), key=len)
        if not longer:
            return None
        return re.compile(rf"(?<![\w@.-])(?:{'|'.join(reversed(longer))})(?![\w@-]|\.\w)")


def emails_in(text: str) -> set[str]:
    """Return the e-mail addresses in a text.

    Examples
    --------
    >>> emails_in('{"email":"ann@example.com","note":"no@"}')
    {'ann@example.com'}
    """
    return set(_EMAIL.findall(text)) if "@" in text else set()
