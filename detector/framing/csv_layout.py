"""Which column of a CSV file is the time and which the frame: by name, or, without a header, by look."""

from __future__ import annotations

import re
from dataclasses import dataclass

from detector.framing.payloads import FRAME_HEX
from detector.framing.time_text import microseconds_of

DELIMITERS = (b",", b";", b"\t")
TIME_NAMES = (b"timestamp", b"ts", b"time", b"mintime", b"unix_time", b"epoch", b"datetime")
HEX_NAMES = (b"hex", b"rawmsg", b"raw_msg", b"frame", b"raw", b"msg", b"message", b"rawmessage")
_BEAST_HEADER_HEX = re.compile(rb"1[Aa](?:32[0-9A-Fa-f]{28}|33[0-9A-Fa-f]{42})")
BEAST_HEADER_DIGITS = 18
_LEVEL_DIGITS = slice(16, 18)
_QUOTES_AND_BLANKS = b" \t\r\"'"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where to look in a line. `header` is the first line if it held names (met again where files were joined)."""

    delimiter: bytes
    time_column: int
    hex_column: int
    columns: int
    header: bytes = b""


def fields_of(line: bytes, delimiter: bytes) -> list[bytes]:
    """The fields without quotes and blanks. Neither times nor frames can hold a delimiter."""
    return [field.strip(_QUOTES_AND_BLANKS) for field in line.split(delimiter)]


def frame_and_level(field: bytes) -> tuple[bytes, int] | None:
    """Frame and signal level of a field of 14 or 28 digits; None for anything else.

    Before them may stand the nine header bytes of a Beast record (0x1a, type, tick, level; unescaped); else level 0."""
    if FRAME_HEX.fullmatch(field):
        return bytes.fromhex(field.decode("ascii")), 0
    if _BEAST_HEADER_HEX.fullmatch(field):
        text = field.decode("ascii")
        return bytes.fromhex(text[BEAST_HEADER_DIGITS:]), int(text[_LEVEL_DIGITS], 16)
    return None


def layout_of(line: bytes) -> Layout | None:
    """The layout that this line, header or first frame, gives away; None if it is neither."""
    delimiter = max(DELIMITERS, key=line.count)
    fields = fields_of(line, delimiter)
    names = [field.lower() for field in fields]
    time_column = next((names.index(name) for name in TIME_NAMES if name in names), None)
    hex_column = next((names.index(name) for name in HEX_NAMES if name in names), None)
    if time_column is not None and hex_column is not None:
        return Layout(delimiter, time_column, hex_column, len(fields), line)
    time_column = next((k for k, field in enumerate(fields) if microseconds_of(field) is not None), None)
    hex_column = next((k for k, field in enumerate(fields) if k != time_column and frame_and_level(field)), None)
    if time_column is None or hex_column is None:
        return None
    return Layout(delimiter, time_column, hex_column, len(fields))
