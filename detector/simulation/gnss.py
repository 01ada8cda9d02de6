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
    """`motion` as broadcast (n,), with `has_position`, NIC, NACp and satellite height for each instant."""

    motion: Motion
    has_position: npt.NDArray[np.bool_]
    nic: Ints
    nac_p: Ints
    gnss_height_ft: Floats
    """Above mean sea level."""


def believed(motion: Motion, faults: tuple[Fault, ...], *, nic: int, nac_p: int) -> Believed:
    """`motion` as the aircraft reports it. Barometric height, airspeed and heading need no satellites and stay true."""
    n = len(motion.at)
    result = Believed(motion, np.ones(n, np.bool_), np.full(n, nic), np.full(n, nac_p), motion.height_ft)
    for fault in faults:
        hit = (motion.at >= fault.start) & (motion.at < fault.until)
        if hit.any():
            result = _with_fault(result, motion, fault, hit)
    return result


def _with_fault(before: Believed, truth: Motion, fault: Fault, hit: npt.NDArray[np.bool_]) -> Believed:
    what, motion = fault.what, before.motion
    jammed = what.kind == "jammed"
    nic = np.where(hit, what.nic if what.nic is not None else (0 if jammed else before.nic), before.nic)
    nac_p = np.where(hit, what.nac_p if what.nac_p is not None else (0 if jammed else before.nac_p), before.nac_p)
    if jammed:
        return Believed(motion, before.has_position & ~hit, nic, nac_p, before.gnss_height_ft)
    lat, lon, speed, track = _false_motion(truth, fault)
    if what.velocity == "true":
        speed, track = truth.groundspeed_kt, truth.track_deg
    ground = motion.on_ground if what.on_ground is None else np.where(hit, what.on_ground, motion.on_ground)
    height = truth.height_ft if what.height_ft is None else what.height_ft
    false = replace(
        motion,
        lat=np.where(hit, lat, motion.lat),
        lon=np.where(hit, lon, motion.lon),
        groundspeed_kt=np.where(hit, speed, motion.groundspeed_kt),
        track_deg=np.where(hit, track, motion.track_deg),
        on_ground=ground,
    )
    return Believed(false, before.has_position, nic, nac_p, np.where(hit, height, before.gnss_height_ft))


def _false_motion(truth: Motion, fault: Fault) -> tuple[Floats, Floats, Floats, Floats]:
    """Latitude, longitude, ground speed and track of the false motion, of which the last two follow from the first."""
    what = fault.what
    lat0, lon0 = what.at
    if what.kind == "frozen":
        same = np.zeros(len(truth.at))
        return same + lat0, same + lon0, same, truth.track_deg
    if what.kind == "circling":
        turned = what.speed_kt / 3600 * (truth.at - fault.start) / what.radius_nm
        north = what.radius_nm / NM_PER_DEGREE * np.cos(turned)
        east = what.radius_nm / NM_PER_DEGREE * np.sin(turned) / np.cos(np.radians(lat0))
        speed = np.full(len(truth.at), what.speed_kt)
        return lat0 + north, lon0 + east, speed, (np.degrees(turned) + 90) % 360
    off_lat, off_lon = lat0 - fault.anchor[0], (lon0 - fault.anchor[1] + 180) % 360 - 180
    if what.kind == "shift":
        return truth.lat + off_lat, truth.lon + off_lon, truth.groundspeed_kt, truth.track_deg
    lasts_s = max(fault.until - fault.start, 1.0)
    share = np.clip((truth.at - fault.start) / lasts_s, 0, 1)
    course = np.radians(truth.track_deg)
    north_kt = truth.groundspeed_kt * np.cos(course) + off_lat * NM_PER_DEGREE / lasts_s * 3600
    east_kt = truth.groundspeed_kt * np.sin(course)
    east_kt += off_lon * NM_PER_DEGREE * np.cos(np.radians(lat0)) / lasts_s * 3600
    speed, track = np.hypot(north_kt, east_kt), np.degrees(np.arctan2(east_kt, north_kt)) % 360
    return truth.lat + share * off_lat, truth.lon + share * off_lon, speed, track
