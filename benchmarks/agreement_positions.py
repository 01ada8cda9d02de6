"""Agreement of places: each pair and each reference by the functions of pyModeS, and whole streams step by step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from pyModeS.position import airborne_position_pair, airborne_position_with_ref, surface_position_with_ref

from benchmarks.agreement import BEYOND_POLE, Agreement, Flags, Report
from detector.decoding import ColumnarDecoder, ReferenceDecoder, cpr
from detector.domain.frame import FrameBatch

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

NEAR_ENOUGH_M = 10.0
_EARTH_RADIUS_M = 6_371_008.8


def distance_m(lat1: F64, lon1: F64, lat2: F64, lon2: F64) -> F64:
    """Great-circle distance (haversine) between points in degrees; NaN in gives NaN out."""
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half = np.sin((phi2 - phi1) / 2) ** 2
    half += np.cos(phi1) * np.cos(phi2) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    distance: F64 = 2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return distance


def _apart(lat1: F64, lon1: F64, lat2: F64, lon2: F64) -> Flags:
    """Further apart than `NEAR_ENOUGH_M`, or only one of the two there."""
    both = ~np.isnan(lat1) & ~np.isnan(lat2)
    apart: Flags = np.isnan(lat1) != np.isnan(lat2)
    apart[both] = distance_m(lat1[both], lon1[both], lat2[both], lon2[both]) > NEAR_ENOUGH_M
    return apart


def position_messages(frames: FrameBatch) -> tuple[I64, I64, Flags, Flags, I64]:
    """(latitude, longitude, odd, surface, address) of all position messages of `frames`; raw 17-bit fields."""
    payload = frames.payload.astype(np.int64)
    typecode = payload[:, 4] >> 3
    surface = (typecode >= 5) & (typecode <= 8)
    mine = np.isin(payload[:, 0] >> 3, (17, 18)) & (surface | np.isin(typecode, (*range(9, 19), 20, 21, 22)))
    rows = payload[mine]
    lat = (rows[:, 6] & 3) << 15 | rows[:, 7] << 7 | rows[:, 8] >> 1
    lon = (rows[:, 8] & 1) << 16 | rows[:, 9] << 8 | rows[:, 10]
    return lat, lon, rows[:, 6] & 4 != 0, surface[mine], rows[:, 1] << 16 | rows[:, 2] << 8 | rows[:, 3]


def compare_functions(report: Report, frames: FrameBatch, seed: int) -> None:
    """Every neighbouring even/odd pair of an aircraft, and every message near a random reference, stateless."""
    lat, lon, odd, surface, address = position_messages(frames)
    order = np.argsort(address, kind="stable")
    order = order[~surface[order]]
    first, second = order[:-1], order[1:]
    pairs = (odd[first] != odd[second]) & (address[first] == address[second])
    first, second = first[pairs], second[pairs]
    even, odd_half = np.where(odd[first], second, first), np.where(odd[first], first, second)
    _compare_pairs(report, lat[even], lon[even], lat[odd_half], lon[odd_half], odd[second])
    rng = np.random.default_rng(seed)
    ref_lat, ref_lon = rng.uniform(-90.0, 90.0, len(lat)), rng.uniform(-180.0, 180.0, len(lat))
    _compare_near(report, lat, lon, odd, surface, ref_lat, ref_lon)


def _compare_pairs(report: Report, even_lat: I64, even_lon: I64, odd_lat: I64, odd_lon: I64, newer_odd: Flags) -> None:
    latitude, longitude, resolved = cpr.pair(even_lat, even_lon, odd_lat, odd_lon, newer_odd)
    latitude, longitude = np.where(resolved, latitude, np.nan), np.where(resolved, longitude, np.nan)
    theirs = np.full((2, len(latitude)), np.nan)
    other_beyond = np.zeros(len(latitude), np.bool_)
    raw = zip(even_lat.tolist(), even_lon.tolist(), odd_lat.tolist(), odd_lon.tolist(), newer_odd.tolist(), strict=True)
    for i, (*fields, is_odd) in enumerate(raw):
        place = airborne_position_pair(*fields, even_is_newer=not is_odd)
        if place is not None:
            theirs[:, i] = place
            other_beyond[i] = airborne_position_pair(*fields, even_is_newer=is_odd) is None
    apart = _apart(latitude, longitude, theirs[0], theirs[1])
    report.setdefault("position, pair", Agreement()).add(len(apart), apart, [(BEYOND_POLE, other_beyond & ~resolved)])


def _compare_near(report: Report, lat: I64, lon: I64, odd: Flags, surface: Flags, ref_lat: F64, ref_lon: F64) -> None:
    latitude, longitude = cpr.near(lat, lon, odd, surface, ref_lat, ref_lon)
    theirs = np.full((2, len(lat)), np.nan)
    for i in range(len(lat)):
        near = surface_position_with_ref if surface[i] else airborne_position_with_ref
        theirs[:, i] = near(int(odd[i]), int(lat[i]), int(lon[i]), float(ref_lat[i]), float(ref_lon[i]))
    apart = _apart(latitude, longitude, theirs[0], theirs[1])
    beyond = [(BEYOND_POLE, (np.abs(theirs[0]) > 90.0) & np.isnan(latitude))]
    for name, mine in (("position, airborne near reference", ~surface), ("position, surface near reference", surface)):
        explained = [(reason, holds[mine]) for reason, holds in beyond]
        report.setdefault(name, Agreement()).add(int(np.count_nonzero(mine)), apart[mine], explained)


def compare_streams(report: Report, frames: FrameBatch) -> None:
    """The whole decoder, state and all, against the sequential one on pyModeS; receivers 0 and 1 stand somewhere."""
    frames = replace(frames, receiver=(np.arange(len(frames)) % 3).astype(np.uint64))
    places = {0: (43.63, 1.37), 1: (-33.9, 151.2)}
    ours, theirs = ColumnarDecoder(places).decode(frames), ReferenceDecoder(places).decode(frames)
    same_rows = np.array_equal(ours.frame_row, theirs.frame_row) and np.array_equal(ours.slot, theirs.slot)
    kept = np.isin(np.arange(len(frames)), ours.frame_row) != np.isin(np.arange(len(frames)), theirs.frame_row)
    report.setdefault("stream: frame accepted", Agreement()).add(len(frames), kept)
    if not same_rows:
        return
    a, b = ours.positions, theirs.positions
    apart = _apart(a.latitude_deg, a.longitude_deg, b.latitude_deg, b.longitude_deg)
    for surface, name in ((False, "airborne"), (True, "surface")):
        mine = a.surface == surface
        report.setdefault(f"stream: {name} position", Agreement()).add(int(np.count_nonzero(mine)), apart[mine])
    report.setdefault("stream: paired", Agreement()).add(len(a.row), a.paired != b.paired)
    report.setdefault("stream: nic", Agreement()).add(len(a.row), a.nic != b.nic)
    report.setdefault("stream: on_ground", Agreement()).add(len(ours), ours.on_ground != theirs.on_ground)
