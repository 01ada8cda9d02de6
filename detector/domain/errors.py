"""Errors, grouped by what the caller does about them.

    DetectorError
     |- UsageError            the person has to change something: one line, exit status 2
     |   |- ConfigError       ... in a configuration file (names file and line)
     |- WorkError             the work failed: one line, exit status 1
         |- InputError        a recording cannot be read at all
         |- OutputError       a result cannot be written
         |- StoreError        the state store refuses: a person has to do something
             |- StoreUnavailableError   ... or is away for now: wait, and try again
             |- StateLostError          ... or has lost what was written: write all of it again
             |- StoreTakenError         ... or belongs to another instance now: write no more

What is wrong *inside* a recording is not an exception: it is dropped and counted under a `Reject`.
"""

from __future__ import annotations

from enum import StrEnum


class DetectorError(Exception):
    """Says in one line what is wrong, where, and what to do."""

    exit_status = 1


class UsageError(DetectorError):
    """The command line or the configuration has to change."""

    exit_status = 2


class ConfigError(UsageError):
    """A configuration file is wrong; the message begins with `file:line:`."""


class WorkError(DetectorError):
    """The work could not be done."""


class InputError(WorkError):
    """A recording cannot be opened, recognised or read."""


class OutputError(WorkError):
    """A result cannot be written."""


class StoreError(WorkError):
    """The state store cannot be reached, or refuses to keep what it is given."""


class StoreUnavailableError(StoreError):
    """The store cannot be reached or cannot write at present; what it was given may or may not have been written."""


class StateLostError(StoreError):
    """The store no longer holds what was written to it last: it was emptied, exchanged, or put back to an older state.

    Nothing of this checkpoint was written.
    """


class StoreTakenError(StoreError):
    """Another instance has taken over the namespace since. Nothing of this checkpoint was written.

    Its own exit status lets a supervisor know that starting again would only take it back, and so on.
    """

    exit_status = 3


class Reject(StrEnum):
    """Why a piece of input was dropped. The value is the label in summaries and metrics."""

    GARBAGE = "garbage"
    """Bytes that belong to no frame (counted in runs, not in bytes)."""
    TRUNCATED = "truncated"
    """A frame cut off by the next one or by the end of the input."""
    BAD_TIME = "bad_time"
    """No usable time: unparsable, or before 1990 or after 2100."""
    BAD_HEX = "bad_hex"
    """A line whose frame is not 14 or 28 hexadecimal digits."""
    OVERLONG = "overlong"
    """A line or record longer than the format allows."""
    MODE_AC = "mode_ac"
    """A Mode A/C reply: carries no address."""
    DAMAGED_FILE = "damaged_file"
    """A compressed file or a spool that is damaged or breaks off early; what could be read was used."""
    TIME_JUMP = "time_jump"
    """One frame far ahead of its neighbours: a broken receiver clock."""
    LATE = "late"
    """A frame far behind the clock of the stream."""
    DUPLICATE = "duplicate"
    """A transmission that was taken in already, from another receiver or a moment before."""
    CRC = "crc"
    """Parity of DF11, 17 or 18 does not hold."""
    UNKNOWN_FORMAT = "unknown_format"
    """A downlink format that this program does not use."""
    UNANNOUNCED = "unannounced"
    """An address that no clean DF11, 17 or 18 frame has announced (yet)."""
    TABLE_FULL = "table_full"
    """A further address, while as many are known as there may be."""
    LENGTH = "length"
    """The frame's length does not fit its downlink format."""
    IMPLIED_SPEED = "implied_speed"
    """A position that no aircraft could have flown to."""
    STALE = "stale"
    """A decoded row, or its position, older than what another source has told of the aircraft."""
    NO_REFERENCE = "no_reference"
    """A surface position without a fix of the aircraft's own, or a receiver's place, to resolve it."""
