"""Times as text, exact to the microsecond: no float in between, because 1698140962.119813 is not a float."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from detector.domain.times import EPOCH
from detector.framing.payloads import MAX_MICROSECONDS, MIN_MICROSECONDS

_NUMBER = re.compile(rb"(\d{1,20})(?:\.(\d{0,20}))?")
_ISO = re.compile(rb"(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2})(?:[.,](\d{1,20}))?(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
_DIGITS_OF_A_MICROSECOND = 6
_POWERS = (0, 3, 6, 9)
"""Seconds, ms, us, ns. From 1990 to 2100 the ranges of the four do not meet, so the size of a value tells its unit."""


def microseconds_of(text: bytes) -> int | None:
    """Unix time in s, ms, us or ns (told by its size), or ISO 8601 (without an offset: UTC), in us since 1970.

    More than 6 decimals of a second are rounded half up. None if it is no time, or one before 1990 or after 2100.
    """
    number = _NUMBER.fullmatch(text)
    if number:
        decimals = number[2] or b""
        digits = int(number[1] + decimals)
        whole = int(number[1])
        for power in _POWERS:
            if MIN_MICROSECONDS * 10**power <= whole * 1_000_000 < MAX_MICROSECONDS * 10**power:
                return _in_range(_scaled(digits, _DIGITS_OF_A_MICROSECOND - power - len(decimals)))
        return None
    moment = _ISO.fullmatch(text)
    if not moment:
        return None
    offset = (moment[3] or b"Z").upper().decode("ascii")
    try:
        second = datetime.fromisoformat(moment[1].decode("ascii") + ("+00:00" if offset == "Z" else offset))
        whole_microseconds = (second.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None
    decimals = moment[2] or b""
    fraction = _scaled(int(decimals), _DIGITS_OF_A_MICROSECOND - len(decimals)) if decimals else 0
    return _in_range(whole_microseconds + fraction)


def _scaled(value: int, power: int) -> int:
    """`value` times ten to `power`, rounded half up."""
    if power >= 0:
        return value * int(10**power)
    divisor = int(10**-power)
    return (value + divisor // 2) // divisor


def _in_range(microseconds: int) -> int | None:
    return microseconds if MIN_MICROSECONDS <= microseconds < MAX_MICROSECONDS else None
