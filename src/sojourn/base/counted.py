"""Numbers with what they count, and lengths of time, in words."""

from __future__ import annotations

from sojourn.base.timespan import DAY_US, HOUR_US, MINUTE_US, SECOND_US

_UNITS = ((DAY_US, "day", "일"), (HOUR_US, "hour", "시간"), (MINUTE_US, "minute", "분"))


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with the word for one or for many; ``many`` is ``one`` with an s by default.

    Examples
    --------
    >>> counted(1, "row"), counted(1200, "row"), counted(2, "person", "people")
    ('1 row', '1,200 rows', '2 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def span_words(length_us: int) -> tuple[str, str]:
    """Return a length of time in its largest whole unit, English and Korean.

    Examples
    --------
    >>> span_words(14 * DAY_US), span_words(90 * MINUTE_US), span_words(1)
    (('14 days', '14일'), ('90 minutes', '90분'), ('0.000001 seconds', '0.000001초'))
    """
    for unit, word, korean in _UNITS:
        if length_us and length_us % unit == 0:
            number = length_us // unit
            return counted(number, word), f"{number:,}{korean}"
    seconds = f"{length_us / SECOND_US:.6f}".rstrip("0").rstrip(".")
    return f"{seconds} {'second' if seconds == '1' else 'seconds'}", f"{seconds}초"
