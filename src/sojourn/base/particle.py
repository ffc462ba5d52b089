"""Korean particles by the last syllable of a word; digits are read in Korean (3이, 5가, 10으로)."""

from __future__ import annotations

import re
from enum import Enum


class Particle(Enum):
    """A particle's form after a consonant and after a vowel."""

    SUBJECT = ("이", "가")
    TOWARDS = ("으로", "로")


_RIEUL = 8
_DIGITS = {"0": 21, "1": 8, "2": 0, "3": 16, "4": 0, "5": 0, "6": 1, "7": 8, "8": 8, "9": 0}
_POWERS = (21, 17, 1, 4, 4, 4, 4, 4, 1)
"""Finals of the powers that a number with this many zeros ends in: 십 백 천 만 … 억."""
_LETTERS = {"l": _RIEUL, "m": 16, "n": 4, "r": _RIEUL}
"""Letters whose Korean names end in a consonant: 엘 엠 엔 알."""
_UNREAD = re.compile(r"[\s)\]}’”\"'.,!?%…]+$")


def final_consonant(word: str) -> int:
    """Return the number of the last readable character's final consonant, 0 for none.

    Examples
    --------
    >>> final_consonant("장바구니"), final_consonant("결제"), final_consonant("구매 1")
    (0, 0, 8)
    """
    text = _UNREAD.sub("", word).replace(",", "")
    last = text[-1:]
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28
    if last.isascii() and last.isdigit():
        zeros = len(text) - len(text.rstrip("0"))
        if zeros and text[: len(text) - zeros][-1:].isdigit():
            return _POWERS[min(zeros, len(_POWERS) - 1)]
        return _DIGITS[last]
    return _LETTERS.get(last.lower(), 0)


def with_particle(word: str, particle: Particle, *, quoted: bool = False) -> str:
    """Return a word with its particle, the word in quotation marks where asked.

    Examples
    --------
    >>> with_particle("주문", Particle.SUBJECT), with_particle("홈", Particle.TOWARDS, quoted=True)
    ('주문이', '‘홈’으로')
    """
    final = final_consonant(word)
    after_consonant, after_vowel = particle.value
    open_ended = final == 0 or (particle is Particle.TOWARDS and final == _RIEUL)
    shown = f"‘{word}’" if quoted else word
    return shown + (after_vowel if open_ended else after_consonant)
