"""Why a line of a file gives no visit."""

from __future__ import annotations

from enum import StrEnum


class Unused(StrEnum):
    """The value is the label in counts."""

    COLUMNS = "columns"
    """More or fewer values than the first line has names, or quotes that do not close."""
    ADDRESS = "address"
    """Not six hexadecimal digits."""
    REGISTRATION = "registration"
    """None, or of a register that is not known to compute addresses from registrations."""
    TIME = "time"
    """A day or time that is none, or an end before its beginning."""
    CANCELLED = "cancelled"
    """Not flown."""
    UNKNOWN_FIELD = "unknown_field"
    """The code of a field that the table of fields does not have: the flight stands, its end there makes no visit."""
    NOT_A_STOP = "not_a_stop"
    """A line that is no stop as `detector replay --stops` writes it."""
    RETRACTED = "retracted"
    OPEN = "open"
    """Still there at the end of the recording."""
    LOW_LEVEL = "low_level"
    """Of a level below 2: nobody knows whether, or where, it was made."""
    NO_FIELD = "no_field"
    """No field is named."""
