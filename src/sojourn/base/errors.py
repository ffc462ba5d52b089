"""The two kinds of error: what a user can mend, and what is our own fault."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


class SojournError(Exception):
    """Base of every error this package raises on purpose."""

    code: ClassVar[str] = "error"


class InternalError(SojournError):
    """Something that should not be possible happened. Remedy: report it with the message."""

    code: ClassVar[str] = "internal"


class InputError(SojournError):
    """What was given cannot be used. Remedy: the message names what is allowed.

    Parameters
    ----------
    problem : str
        One sentence: what was given and what is wrong with it.
    allowed : str
        What would have been accepted; empty when the problem says it.
    remedy : str
        What to do next; empty when obvious.
    """

    code: ClassVar[str] = "input"

    def __init__(self, problem: str, *, allowed: str = "", remedy: str = "") -> None:
        self.problem = problem
        self.allowed = allowed
        self.remedy = remedy
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """Return problem, what is allowed and the remedy, as sentences on one line each."""
        parts = [self.problem]
        if self.allowed:
            parts.append(f"Allowed: {self.allowed}")
        if self.remedy:
            parts.append(self.remedy)
        return "\n".join(parts)


class UnknownNameError(InputError):
    """A name was given that does not exist. Remedy: use the nearest match or list the names."""

    code: ClassVar[str] = "unknown-name"

    def __init__(self, kind: str, given: str, known: Iterable[str]) -> None:
        names = sorted(known)
        self.kind = kind
        self.given = given
        like = likely(given, names)
        self.nearest = like[0] if like else None
        shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
        hint = f" Did you mean {' or '.join(map(repr, like))}?" if like else ""
        super().__init__(f"There is no {kind} {given!r}.{hint}", allowed=shown or "none exist yet")


class MissingExtraError(InputError):
    """An optional library is not installed. Remedy: the message names the extra to install."""

    code: ClassVar[str] = "missing-extra"

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(
            f"{library} is not installed.",
            remedy=f"Install it with: pip install 'sojourn[{extra}]'",
        )


def nearest(given: str, names: Iterable[str]) -> str | None:
    """Return the name most like the one given, or None when nothing is close."""
    return next(iter(likely(given, names)), None)


def likely(given: str, names: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Return the names that may have been meant: the one spelt most alike, then those holding it.

    Examples
    --------
    >>> likely("view", ["cart", "product_view", "review_written"])
    ('product_view', 'review_written')
    """
    wanted = given.casefold()
    by_folded = {name.casefold(): name for name in names}
    spelt = get_close_matches(wanted, list(by_folded), n=1, cutoff=0.55)
    holding = [name for name in by_folded if len(wanted) > 1 and wanted in name]
    holding.sort(key=lambda name: (wanted not in re.split(r"[\W_]+", name), len(name), name))
    return tuple(by_folded[name] for name in dict.fromkeys([*spelt, *holding]))[:most]
