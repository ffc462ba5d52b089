"""Figures the way people read them: shares, intervals, durations, money, bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.base.estimate import Estimate, NotEstimable
from sojourn.base.money import exponent
from sojourn.insight.phrases import duration_words, people_phrase

if TYPE_CHECKING:
    from sojourn.base.estimate import MaybeEstimate
    from sojourn.insight.durations import MaybeDuration

MISSING = "—"
HATCH = "╱"
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_SYMBOLS = {"KRW": "₩", "USD": "$", "EUR": "€", "JPY": "¥", "GBP": "£", "XXX": ""}


def percent(share: float) -> str:
    """Return a share in percent, one decimal.

    Examples
    --------
    >>> percent(0.3333), percent(0.0004), percent(1.0), percent(0.0)
    ('33.3%', '<0.1%', '100%', '0%')
    """
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    if share < 0.001:
        return "<0.1%"
    return ">99.9%" if share > 0.999 else f"{share:.1%}"


def interval(estimate: Estimate) -> str:
    """Return the interval of a share in percent, without the sign.

    Examples
    --------
    >>> interval(Estimate(value=0.5, low=0.237, high=0.763, n=10))
    '23.7–76.3'
    """
    return f"{estimate.low * 100:.1f}–{estimate.high * 100:.1f}"


def share(estimate: MaybeEstimate) -> str:
    """Return a share with its interval, or a dash."""
    if isinstance(estimate, NotEstimable):
        return MISSING
    return f"{percent(estimate.value)} ({interval(estimate)})"


def duration(seconds: float) -> str:
    """Return a length of time in its largest unit, two significant digits at least.

    Examples
    --------
    >>> duration(0.25), duration(95), duration(4.6 * 86400), duration(500 * 86400)
    ('0.25 s', '1.6 min', '4.6 d', '1.4 y')
    """
    return duration_words(seconds)


def duration_estimate(estimate: MaybeDuration) -> str:
    """Return a quantile with its interval, or why there is none."""
    if isinstance(estimate, NotEstimable):
        return f"{MISSING} ({estimate.reason})"
    low = MISSING if estimate.low is None else duration(estimate.low)
    high = MISSING if estimate.high is None else duration(estimate.high)
    return f"{duration(estimate.seconds)} ({low} to {high})"


def money(minor: float, currency: str) -> str:
    """Return an amount in major units with its currency.

    Examples
    --------
    >>> money(1230, "USD"), money(38900, "KRW"), money(1230, "CHF"), money(1230, "XXX")
    ('$12.30', '₩38,900', 'CHF 12.30', '12.30')
    """
    digits = exponent(currency)
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    amount = f"{abs(minor) / 10**digits:,.{digits}f}"
    return f"{'−' if minor < 0 else ''}{symbol}{amount}"


def short(value: float) -> str:
    """Return a number in few characters.

    Examples
    --------
    >>> short(999), short(12_345), short(1_234_567), short(12.34), short(0)
    ('999', '12.3k', '1.23M', '12.3', '0')
    """
    for size, sign in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            scaled = value / (1e3 if sign == "k" else size)
            return f"{scaled:.3g}{sign}"
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def bar(value: float, most: float, width: int) -> str:
    """Return a bar of block characters, to an eighth of one.

    Parameters
    ----------
    value : float
        Between 0 and ``most``; a positive one is never drawn as nothing.
    most : float
        The value of a full bar.
    width : int
        Characters of a full bar.
    """
    if most <= 0 or value <= 0:
        return ""
    eighths = max(1, round(value / most * width * 8))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def count_people(number: int) -> str:
    """Return a number of people.

    Examples
    --------
    >>> count_people(1), count_people(1200)
    ('1 person', '1,200 people')
    """
    return people_phrase(number)
