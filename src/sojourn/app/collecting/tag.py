"""What a site puts into its pages so that they tell what happens on them."""

from __future__ import annotations

import hashlib
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sojourn.base.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.ports.scripts import Script

CONSENTS: Final = ("none", "cookieless", "full")
NO_KEY: Final = "YOUR_WRITE_KEY"
"""Stands where the key is to be put."""
_QUEUE: Final = (
    '<script>(function(w,s){s=w.sojourn=w.sojourn||[];"track identify page group alias reset '
    'consent ready".split(" ").forEach(function(m){s[m]=s[m]||function(){s.push([m].concat('
    "[].slice.call(arguments)))}})})(window)</script>"
)
"""Keeps calls until the file has loaded."""


class CollectorUrlError(InputError):
    """An address cannot be a collector's. Remedy: give it as browsers reach it, with https://."""

    code = "collector-url"


class UnknownWriteKeyError(InputError):
    """A write key is unknown or revoked. Remedy: make one with `sojourn keys add NAME`."""

    code = "unknown-write-key"


def snippet_tag(script: Script, url: str, key: str, consent: str, *, sealed: bool = True) -> str:
    """Return the lines of HTML that load the browser snippet.

    Parameters
    ----------
    script : Script
        The file that is loaded first.
    url : str
        The collector's address as browsers reach it.
    key : str
        A write key.
    consent : {"none", "cookieless", "full"}
        What a visitor allows who has not been asked.
    sealed : bool
        Load this version and no other, by its integrity hash; else whichever the collector has.

    Raises
    ------
    CollectorUrlError
        If the address is none.
    """
    base = _base(url)
    wanted = {"src": base + (script.path if sealed else f"/{script.name}")}
    if sealed:
        wanted["integrity"] = script.integrity
    wanted |= {"crossorigin": "anonymous", "data-key": key, "data-consent": consent}
    attributes = " ".join(f'{name}="{escape(value)}"' for name, value in wanted.items())
    return f"{_QUEUE}\n<script async {attributes}></script>\n"


def check_write_key(key: str, good: Mapping[str, str]) -> None:
    """Raise an error where a write key is not among the good ones.

    Parameters
    ----------
    key : str
    good : mapping of str to str
        The digest of each good key, with its name.

    Raises
    ------
    UnknownWriteKeyError
        If it is unknown or revoked.
    """
    if hashlib.sha256(key.encode()).hexdigest() not in good:
        raise UnknownWriteKeyError(
            "The write key is unknown or revoked.",
            allowed="one made with `sojourn keys add NAME`",
        )


def _base(url: str) -> str:
    try:
        parts = urlsplit(url)
        fine = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        fine = False
    if not fine or any(mark in url for mark in "?#@ \"'<>\\") or not url.isprintable():
        raise CollectorUrlError(
            f"{url!r} is no address of a collector.",
            allowed="one such as https://collect.example.com, as browsers reach it",
        )
    return url.rstrip("/")
