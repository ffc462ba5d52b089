"""Money as integer minor units and an ISO 4217 currency code."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from typing import Final

UNKNOWN_CURRENCY: Final = "XXX"
MAX_MINOR: Final = 2**63 - 1

_EXPONENTS: Final = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
         "VND", "VUV", "XAF", "XOF", "XPF"), 0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip


def exponent(currency: str) -> int:
    """Return how many decimal digits the minor unit of a currency has; 2 where unknown.

    References
    ----------
    ISO 4217, table A.1.

    Examples
    --------
    >>> exponent("KRW"), exponent("usd"), exponent("KWD")
    (0, 2, 3)
    """
    return _EXPONENTS.get(currency.strip().upper(), 2)


def to_minor(amount: Decimal | float | str, currency: str) -> int | None:
    """Return an amount in minor units, rounded half-even; None when it is no finite amount.

    Parameters
    ----------
    amount : Decimal, float or str
        In major units. A float means the shortest decimal that reads back as it.
    currency : str
        ISO 4217 code.

    Examples
    --------
    >>> to_minor("12.345", "USD"), to_minor(0.1, "USD"), to_minor("2.5", "KRW")
    (1234, 10, 2)
    """
    try:
        exact = Decimal(str(amount).strip())
    except InvalidOperation:
        return None
    if not exact.is_finite() or exact.adjusted() > 19:
        return None
    with localcontext(prec=60):
        minor = int(exact.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_EVEN))
    return minor if abs(minor) <= MAX_MINOR else None


def from_minor(minor: int, currency: str) -> Decimal:
    """Return minor units as an exact amount in major units.

    Examples
    --------
    >>> from_minor(1234, "USD")
    Decimal('12.34')
    """
    with localcontext(prec=60):
        return Decimal(minor).scaleb(-exponent(currency))
