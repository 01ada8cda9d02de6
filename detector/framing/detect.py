"""Which format a recording is in, told from its first bytes alone: names of files lie."""

from __future__ import annotations

import re

from detector.domain.frame import RejectCounts
from detector.framing import beast_records
from detector.framing.beast_records import RecordReader
from detector.framing.csv_layout import layout_of
from detector.framing.lines import BOM
from detector.framing.opensky import columns_of
from detector.framing.sbs import LINE as _SBS
from detector.framing.spool import MAGIC as _SPOOL

HEAD_BYTES = 65_536
"""As much as `detect` looks at."""
SPOOL = "spool"
"""The format of what the program itself has written: all that was heard live, with the heartbeats."""
_MIN_BEAST_SHARE = 0.5
_MAX_LINES = 200
_HEADER_WITHIN = 3
_AVR = re.compile(rb"(?:\*|@[0-9A-Fa-f]{12}|<[0-9A-Fa-f]{14})(?:[0-9A-Fa-f]{14}){1,2};")
_JET1090 = re.compile(rb'\s*\{.*"frame"\s*:\s*"(?:[0-9A-Fa-f]{14}){1,2}"')
_READSB_JSON = re.compile(rb'\s*\{(?=.*"now"\s*:)(?=.*"(?:hex|aircraft)"\s*:)')
_READSB_TRACE = re.compile(rb'\s*\{[^\[]*"trace"\s*:\s*\[')
_TRAFFIC_ROWS = re.compile(rb'\s*\[\s*\{(?=[^{}]*"timestamp"\s*:)(?=[^{}]*"icao24"\s*:)')
_TRAFFIC_COLUMNS = re.compile(rb'\s*\{\s*"\w+"\s*:\s*\{\s*"0"\s*:')
_DOCUMENTS = {
    "readsb-trace": (_READSB_TRACE,),
    "traffic-json": (_TRAFFIC_ROWS, _TRAFFIC_COLUMNS),
}


def detect(head: bytes) -> str | None:
    """A name of FORMATS or TRACK_FORMATS, or SPOOL, for the first bytes of a (decompressed) stream; None for others.

    A whole document is told by its beginning. Otherwise the format with the most lines in its shape wins, so garbage at
    the beginning does not decide; it is Beast where whole records make up half of the bytes or more.
    """
    if head.startswith(_SPOOL):
        return SPOOL
    head = head[:HEAD_BYTES].removeprefix(BOM)
    if _beast_share(head) >= _MIN_BEAST_SHARE:
        return "beast"
    for name, shapes in _DOCUMENTS.items():
        if any(shape.match(head) for shape in shapes):
            return name
    lines = re.split(rb"[\r\n]+", head)[:_MAX_LINES]
    votes = {
        "jet1090": sum(bool(_JET1090.match(line)) for line in lines),
        "avr": sum(bool(_AVR.search(line)) for line in lines),
        "csv": sum(layout_of(line) is not None for line in lines),
        "sbs": sum(bool(_SBS.match(line)) for line in lines),
        "readsb-json": sum(bool(_READSB_JSON.match(line)) for line in lines),
        # Its lines are plain numbers; only the header tells.
        "opensky": len(lines) * any(columns_of(line) is not None for line in lines[:_HEADER_WITHIN]),
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
