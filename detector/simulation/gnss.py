"""What the satellite receiver of an aircraft believes: the truth, or what a fault makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from detector.domain.units import M_PER_NM
from detector.simulation.motion import Motion
from detector.simulation.timeline import Fault

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NM_PER_DEGREE = 60.0 * 1852.0 / M_PER_NM


@dataclass(frozen=True, slots=True, eq=False)
class Believed:
    """`motion` as broadcast (n,), with `has_position`, NIC and NACp for each instant."""

    motion: Motion
    has_position: npt.NDArray[np.bool_]
    nic: Ints
    nac_p: Ints


def believed(motion: Motion, faults: tuple[Fault, ...], *, nic: int, nac_p: int) -> Believed:
    """`motion` as the aircraft reports it. Barometric height, airspeed and heading need no satellites and stay true."""
    n = len(motion.at)
    result = Believed(motion, np.ones(n, np.bool_), np.full(n, nic), np.full(n, nac_p))
    for fault in faults:
        hit = (motion.at >= fault.start) & (motion.at < fault.until)
        if hit.any():
            result = _with_fault(result, fault, hit)
    return result


def _with_fault(truth: Believed, fault: Fault, hit: npt.NDArray[np.bool_]) -> Believed:
    what, motion = fault.what, truth.motion
    jammed = what.kind == "jammed"
    nic = np.where(hit, what.nic if what.nic is not None else (0 if jammed else truth.nic), truth.nic)
    nac_p = np.where(hit, what.nac_p if what.nac_p is not None else (0 if jammed else truth.nac_p), truth.nac_p)
    if jammed:
        return Believed(motion, truth.has_position & ~hit, nic, nac_p)
    lat, lon, speed, track = _false_motion(motion, fault)
    ground = motion.on_ground if what.on_ground is None else np.where(hit, what.on_ground, motion.on_ground)
    false = replace(
        motion,
        lat=np.where(hit, lat, motion.lat),
        lon=np.where(hit, lon, motion.lon),
        groundspeed_kt=np.where(hit, speed, motion.groundspeed_kt),
        track_deg=np.where(hit, track, motion.track_deg),
        on_ground=ground,
    )
    return Believed(false, truth.has_position, nic, nac_p)


def _false_motion(motion: Motion, fault: Fault) -> tuple[Floats, Floats, Floats, Floats]:
    what = fault.what
    lat0, lon0 = what.at
    if what.kind == "frozen":
        same = np.zeros(len(motion.at))
        return same + lat0, same + lon0, same, motion.track_deg
    if what.kind == "circling":
        turned = what.speed_kt / 3600 * (motion.at - fault.start) / what.radius_nm
        north = what.radius_nm / NM_PER_DEGREE * np.cos(turned)
        east = what.radius_nm / NM_PER_DEGREE * np.sin(turned) / np.cos(np.radians(lat0))
        speed = np.full(len(motion.at), what.speed_kt)
        return lat0 + north, lon0 + east, speed, (np.degrees(turned) + 90) % 360
    begin = np.array([np.clip(fault.until if what.kind == "drag" else fault.start, motion.at[0], motion.at[-1])])
    anchor_lat, anchor_lon = (float(np.interp(begin, motion.at, column)[0]) for column in (motion.lat, motion.lon))
    share = np.ones(len(motion.at))
    if what.kind == "drag":
        share = np.clip((motion.at - fault.start) / max(fault.until - fault.start, 1.0), 0, 1)
    lat = motion.lat + share * (lat0 - anchor_lat)
    lon = motion.lon + share * (lon0 - anchor_lon)
    return lat, lon, motion.groundspeed_kt, motion.track_deg
