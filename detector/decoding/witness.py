"""pyModeS as witness: the frames an alert rests on, decoded again by pyModeS alone and held against our own decoder."""

from __future__ import annotations

import hashlib
import math
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
    says = _Columns(ours)
    mine, other = _places(ours), _places(theirs)
    disagreements = sum(
        not (_agree(icao24, frame, row, says) and _near_each_other(mine.get(row, []), other.get(row, [])))
        for row, frame in enumerate(raw)
    )
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


class _Columns:
    """What our decoder says, by row of the reports: plain dictionaries, as each frame is asked for by itself."""

    def __init__(self, reports: ReportBatch) -> None:
        self.rows: dict[int, list[int]] = {}
        for row, frame_row in enumerate(reports.frame_row.tolist()):
            self.rows.setdefault(frame_row, []).append(row)
        self.df, self.typecode = reports.df.tolist(), reports.typecode.tolist()
        self.altitude = _by_row(reports.altitudes.row, reports.altitudes.altitude_ft)
        self.speed = _by_row(reports.velocities.row, reports.velocities.groundspeed_kt)
        self.name = _by_row(reports.idents.row, reports.idents.callsign)
        self.squawk = _by_row(reports.squawks.row, reports.squawks.squawk)


def _by_row(rows: Any, values: Any) -> dict[int, Any]:
    # The first of several counts.
    return dict(zip(reversed(rows.tolist()), reversed(values.tolist()), strict=True))


def _agree(icao24: str, frame: bytes, frame_row: int, ours: _Columns) -> bool:
    """Whether pyModeS gives the frame the same aircraft, altitude, speed, name and code."""
    rows = ours.rows.get(frame_row, [])
    if len(rows) != 1:
        return False
    row = rows[0]
    theirs = pyModeS.decode(frame.hex())
    if str(theirs["icao"]).lower() != icao24 or theirs["df"] != ours.df[row]:
        return False
    # pyModeS infers what a Comm-B reply holds, speeds among it; our decoder leaves that to the checks.
    squitter = bool(ours.typecode[row])
    name, squawk = ours.name.get(row), ours.squawk.get(row)
    return (
        _near(ours.altitude.get(row), theirs.get("altitude"), ALTITUDE_TOLERANCE_FT)
        and _near(ours.speed.get(row), theirs.get("groundspeed") if squitter else None, SPEED_TOLERANCE_KT)
        and (name is None or name.decode("ascii") == theirs.get("callsign"))
        and (squawk is None or f"{squawk:04d}" == theirs.get("squawk"))
    )


def _places(reports: ReportBatch) -> dict[int, list[tuple[float, float]]]:
    """Latitudes and longitudes by frame."""
    positions = reports.positions
    found: dict[int, list[tuple[float, float]]] = {}
    frame_row = reports.frame_row[positions.row].tolist()
    places = zip(positions.latitude_deg.tolist(), positions.longitude_deg.tolist(), strict=True)
    for row, place in zip(frame_row, places, strict=True):
        found.setdefault(row, []).append(place)
    return found


def _near_each_other(mine: list[tuple[float, float]], other: list[tuple[float, float]]) -> bool:
    """Whether both found as many places, and the same ones; one that neither could tell is the same."""
    return len(mine) == len(other) and all(
        (math.isnan(a) and math.isnan(b)) or abs(a - b) <= PLACE_TOLERANCE_DEG
        for place, its in zip(mine, other, strict=True)
        for a, b in zip(place, its, strict=True)
    )


def _near(ours: Any, theirs: Any, tolerance: float) -> bool:
    # What pyModeS does not decode (metric altitudes, say) it cannot contradict.
    if theirs is None:
        return True
    return ours is not None and not math.isnan(ours) and abs(float(ours) - float(theirs)) <= tolerance
