"""pyModeS as witness: the frames an alert rests on, decoded again by pyModeS alone and held against our own decoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import pyModeS

from detector.decoding.columnar import ColumnarDecoder
from detector.decoding.interface import Decoder
from detector.decoding.reference import ReferenceDecoder
from detector.domain.alert import Evidence
from detector.domain.frame import LONG_BYTES, FrameBatch
from detector.domain.observation import Heard
from detector.domain.report import ReportBatch

ALTITUDE_TOLERANCE_FT = 1.0
SPEED_TOLERANCE_KT = 1.0
"""pyModeS gives whole feet and whole knots."""
PLACE_TOLERANCE_DEG = 1e-4
"""11 m: one step of the surface format is 1.3 m, of the airborne format 5 m."""


def verify(icao24: str, heard: Sequence[Heard]) -> Evidence | None:
    """Decode the frames of one aircraft twice and count those on which the decoders differ; None without frames."""
    if not heard:
        return None
    raw = [bytes.fromhex(h.frame) for h in heard]
    ours = _decoded(ColumnarDecoder(), icao24, heard, raw)
    # Places take the whole sequence: halves are paired, and later ones are resolved near earlier ones.
    theirs = _decoded(ReferenceDecoder(), icao24, heard, raw)
    agreed = (_agree(icao24, frame, row, ours) and _same_place(row, ours, theirs) for row, frame in enumerate(raw))
    disagreements = sum(1 for agrees in agreed if not agrees)
    return Evidence(len(raw), digest(heard), f"pyModeS {version('pyModeS')}", disagreements)


def digest(heard: Sequence[Heard]) -> str:
    """SHA-256 over the frames in order: a line each of microseconds since 1970 and the frame in hexadecimal."""
    return hashlib.sha256("".join(f"{round(h.at * 1e6)} {h.frame}\n" for h in heard).encode()).hexdigest()


def _decoded(decoder: Decoder, icao24: str, heard: Sequence[Heard], raw: Sequence[bytes]) -> ReportBatch:
    decoder.addresses.add(int(icao24, 16))
    payload = np.frombuffer(b"".join(frame.ljust(LONG_BYTES, b"\0") for frame in raw), np.uint8)
    return decoder.decode(
        FrameBatch.of(
            np.array([h.at for h in heard]),
            payload.reshape(-1, LONG_BYTES).copy(),
            np.array([len(frame) for frame in raw], dtype=np.uint8),
        )
    )


def _agree(icao24: str, frame: bytes, frame_row: int, ours: ReportBatch) -> bool:
    """Whether pyModeS gives the frame the same aircraft, altitude, speed, name and code."""
    rows = np.flatnonzero(ours.frame_row == frame_row)
    if len(rows) != 1:
        return False
    row = int(rows[0])
    theirs = pyModeS.decode(frame.hex())
    if str(theirs["icao"]).lower() != icao24 or theirs["df"] != int(ours.df[row]):
        return False
    altitude = _value(ours.altitudes.row, ours.altitudes.altitude_ft, row)
    # pyModeS infers what a Comm-B reply holds, speeds among it; our decoder leaves that to the checks.
    squitter = bool(ours.typecode[row])
    speed = _value(ours.velocities.row, ours.velocities.groundspeed_kt, row)
    name = _value(ours.idents.row, ours.idents.callsign, row)
    squawk = _value(ours.squawks.row, ours.squawks.squawk, row)
    return (
        _near(altitude, theirs.get("altitude"), ALTITUDE_TOLERANCE_FT)
        and _near(speed, theirs.get("groundspeed") if squitter else None, SPEED_TOLERANCE_KT)
        and (name is None or name.decode("ascii") == theirs.get("callsign"))
        and (squawk is None or f"{squawk:04d}" == theirs.get("squawk"))
    )


def _same_place(frame_row: int, ours: ReportBatch, theirs: ReportBatch) -> bool:
    places = []
    for reports in (ours, theirs):
        found = np.flatnonzero(reports.frame_row[reports.positions.row] == frame_row)
        places.append([(reports.positions.latitude_deg[i], reports.positions.longitude_deg[i]) for i in found])
    mine, other = np.array(places[0]), np.array(places[1])
    return mine.shape == other.shape and np.allclose(mine, other, rtol=0.0, atol=PLACE_TOLERANCE_DEG, equal_nan=True)


def _value(rows: Any, values: Any, row: int) -> Any:
    found = np.flatnonzero(rows == row)
    return values[found[0]] if len(found) else None


def _near(ours: Any, theirs: Any, tolerance: float) -> bool:
    # What pyModeS does not decode (metric altitudes, say) it cannot contradict.
    if theirs is None:
        return True
    return ours is not None and not np.isnan(ours) and abs(float(ours) - float(theirs)) <= tolerance
