"""Which format a recording is in, told from its first bytes alone: names of files lie."""

from __future__ import annotations

import re

from detector.domain.frame import RejectCounts
from detector.framing import beast_records
from detector.framing.beast_records import RecordReader
from detector.framing.csv_layout import layout_of
from detector.framing.lines import BOM

HEAD_BYTES = 65_536
"""As much as `detect` looks at."""
_MIN_BEAST_SHARE = 0.5
_MAX_LINES = 200
_AVR = re.compile(rb"(?:\*|@[0-9A-Fa-f]{12}|<[0-9A-Fa-f]{14})(?:[0-9A-Fa-f]{14}){1,2};")
_JET1090 = re.compile(rb'\s*\{.*"frame"\s*:\s*"(?:[0-9A-Fa-f]{14}){1,2}"')


def detect(head: bytes) -> str | None:
    """`beast`, `avr`, `csv` or `jet1090` for the first bytes of a (decompressed) stream; None if it is none of them.

    The format with the most lines in its shape wins, so garbage at the beginning does not decide; it is Beast where
    whole records make up half of the bytes or more.
    """
    head = head[:HEAD_BYTES].removeprefix(BOM)
    if _beast_share(head) >= _MIN_BEAST_SHARE:
        return "beast"
    lines = re.split(rb"[\r\n]+", head)[:_MAX_LINES]
    votes = {
        "jet1090": sum(bool(_JET1090.match(line)) for line in lines),
        "avr": sum(bool(_AVR.search(line)) for line in lines),
        "csv": sum(layout_of(line) is not None for line in lines),
    }
    best = max(votes, key=lambda name: votes[name])
    return best if votes[best] else None


def _beast_share(head: bytes) -> float:
    """The share of the bytes that belongs to whole records; 0 without a single frame."""
    escape = head.find(beast_records.ESCAPE)
    if escape < 0:
        return 0.0
    kinds = RecordReader(RejectCounts()).feed(head).kind.tolist()
    if not {beast_records.SHORT, beast_records.LONG} & set(kinds):
        return 0.0
    return sum(beast_records.SIZES[kind] + beast_records.HEADER_BYTES for kind in kinds) / len(head)
