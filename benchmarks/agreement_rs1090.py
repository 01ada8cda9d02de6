"""A second opinion: the full_flight_short recording as jet1090 (rs1090) decoded it when it was heard."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.agreement import Agreement, Flags, Report
from benchmarks.agreement_positions import NEAR_ENOUGH_M, distance_m
from benchmarks.peer import Column
from benchmarks.recordings import batch_of
from detector.decoding import ColumnarDecoder

MOVEMENT = "movement codes 13-38 count half knots (DO-260B 2.2.3.2.4.2, table 2-15); rs1090 counted quarters"
METRIC = "M = 1: both read metres, rs1090 gives them as they are"
BELOW_ZERO = "rs1090 has no altitude below 0 ft"
COMM_B = "DF20, 21: rs1090 lets a guessed Comm-B register overwrite the header's field"


def compare_with_rs1090(report: Report, lines: list[dict[str, Any]]) -> None:
    """Values that both give for a frame; which place a decoder dares to resolve is its own choice."""
    frames = batch_of((line["timestamp"], bytes.fromhex(line["frame"])) for line in lines)
    reports = ColumnarDecoder().decode(frames)
    at = reports.frame_row

    def theirs(name: str, rows: Column) -> Column:
        return np.array([lines[i].get(name) for i in rows.tolist()], dtype=object)

    def explanations(name: str, rows: Column, values: Column, peer: Column) -> list[tuple[str, Flags]]:
        payload = frames.payload[at[rows]]
        if name == "groundspeed":
            code = (payload[:, 4] & 7).astype(int) << 4 | payload[:, 5] >> 4
            surface = (payload[:, 4] >> 3 >= 5) & (payload[:, 4] >> 3 <= 8) & (code >= 13) & (code <= 38)
            return [(MOVEMENT, surface & (peer == 2.0 + (code - 13) * 0.25))]
        comm_b = (COMM_B, (payload[:, 0] >> 3 >= 20))
        metric = (payload[:, 0] >> 3 < 17) & (payload[:, 3] & 0x40 != 0)
        return [(METRIC, metric), (BELOW_ZERO, (values < 0) & (peer == 0)), comm_b]

    def compare(label: str, name: str, rows: Column, values: Column, tolerance: float) -> None:
        peer = theirs(name, at[rows])
        both = np.array([value is not None for value in peer]) & ~np.isnan(values)
        number = peer[both].astype(float)
        gap = np.abs(values[both] - number)
        if name == "track":
            gap = np.minimum(gap, 360.0 - gap)
        why = explanations(name, rows[both], values[both], number)
        report.setdefault(label, Agreement()).add(int(np.count_nonzero(both)), gap > tolerance, why)

    velocities, altitudes, squawks = reports.velocities, reports.altitudes, reports.squawks
    compare("altitude (ft)", "altitude", altitudes.row, altitudes.altitude_ft, 0.5)
    compare("groundspeed (0.01 kt)", "groundspeed", velocities.row, velocities.groundspeed_kt, 0.01)
    compare("track (0.01 degrees)", "track", velocities.row, velocities.track_deg, 0.01)
    compare("vertical rate (ft/min)", "vertical_rate", velocities.row, velocities.vertical_rate_fpm, 0.5)
    compare("squawk", "squawk", squawks.row, squawks.squawk.astype(float), 0.0)
    names = theirs("callsign", at[reports.idents.row])
    heard = np.array([name is not None for name in names])
    texts = np.array([(name or "").strip().encode("ascii") for name in names], "S8")
    differs: Flags = heard & (texts != reports.idents.callsign)
    report.setdefault("callsign", Agreement()).add(int(np.count_nonzero(heard)), differs)
    places = reports.positions
    latitude, longitude = (theirs(name, at[places.row]) for name in ("latitude", "longitude"))
    both = np.array([value is not None for value in latitude]) & ~np.isnan(places.latitude_deg)
    peer = latitude[both].astype(float), longitude[both].astype(float)
    gap = distance_m(places.latitude_deg[both], places.longitude_deg[both], *peer)
    for surface, name in ((False, "airborne"), (True, "surface")):
        mine = places.surface[both] == surface
        report.setdefault(f"{name} position (10 m)", Agreement()).add(
            int(np.count_nonzero(mine)), gap[mine] > NEAR_ENOUGH_M
        )
