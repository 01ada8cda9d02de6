"""Decoded tracks to reports: the same columns as from frames, as far as a source tells them.

A source that names an aircraft has heard it, so one row makes it known. A report rests on no frame (`frame_row` -1),
and nobody can decode it a second time: evidence that is frames cannot come from here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from detector.decoding.addresses import AddressBook
from detector.domain.decoded import NO_AIRCRAFT, DecodedBatch
from detector.domain.report import (
    Altitudes,
    Idents,
    OperationalStatuses,
    Positions,
    ReportBatch,
    Squawks,
    Velocities,
)

NO_FORMAT = 255
"""In place of a downlink format: there was no frame."""


def reports_of(tracks: DecodedBatch, addresses: AddressBook) -> ReportBatch:
    """One report a row, in the same order; `addresses` knows the aircraft (`taken_in`), or has room for it.

    A report has the time of its position where it brings one and the source tells it. Raises ValueError for rows
    without an aircraft.
    """
    n = len(tracks)
    if (tracks.address == NO_AIRCRAFT).any():
        raise ValueError("rows without an aircraft are no reports")
    keys, first, inverse = np.unique(tracks.address, return_index=True, return_inverse=True)
    slots = np.empty(len(keys), np.int32)
    for which in np.argsort(first, kind="stable").tolist():
        slots[which] = addresses.add(int(keys[which]))
    placed = ~np.isnan(tracks.latitude_deg)
    heard_at = np.where(placed & ~np.isnan(tracks.position_at), tracks.position_at, tracks.heard_at)
    return ReportBatch(
        heard_at=heard_at,
        slot=slots[inverse],
        address=tracks.address,
        df=np.full(n, NO_FORMAT, np.uint8),
        typecode=np.zeros(n, np.uint8),
        on_ground=tracks.on_ground,
        frame_row=np.full(n, -1, np.int32),
        positions=_positions(tracks, placed),
        altitudes=_altitudes(tracks),
        velocities=_velocities(tracks),
        idents=_idents(tracks),
        squawks=_squawks(tracks),
        statuses=_statuses(tracks),
    )


def taken_in(tracks: DecodedBatch, addresses: AddressBook) -> npt.NDArray[np.bool_]:
    """Rows whose aircraft is known; `addresses` learns those that are new, as many as it may know."""
    keys, first, inverse = np.unique(tracks.address, return_index=True, return_inverse=True)
    known = np.empty(len(keys), np.bool_)
    for which in np.argsort(first, kind="stable").tolist():
        known[which] = addresses.add(int(keys[which])) >= 0
    rows: npt.NDArray[np.bool_] = known[inverse]
    return rows


def _rows(told: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    return np.flatnonzero(told).astype(np.int32)


def _positions(tracks: DecodedBatch, placed: npt.NDArray[np.bool_]) -> Positions:
    row = _rows(placed)
    return Positions(
        row,
        tracks.latitude_deg[row],
        tracks.longitude_deg[row],
        tracks.surface[row],
        tracks.nic[row],
        np.ones(len(row), np.bool_),
    )


def _altitudes(tracks: DecodedBatch) -> Altitudes:
    baro, geometric = _rows(~np.isnan(tracks.altitude_baro_ft)), _rows(~np.isnan(tracks.altitude_geom_ft))
    row = np.concatenate([baro, geometric])
    altitude_ft = np.concatenate([tracks.altitude_baro_ft[baro], tracks.altitude_geom_ft[geometric]])
    is_geometric = np.arange(len(row)) >= len(baro)
    order = np.argsort(row, kind="stable")
    return Altitudes(row[order], altitude_ft[order], is_geometric[order])


def _velocities(tracks: DecodedBatch) -> Velocities:
    difference = tracks.altitude_geom_ft - tracks.altitude_baro_ft
    # What a surface position says of motion is no TC 19: its difference of altitudes is of the time before landing.
    difference[tracks.on_ground == 1] = np.nan
    told = ~np.isnan(tracks.groundspeed_kt) | ~np.isnan(tracks.track_deg) | ~np.isnan(tracks.vertical_rate_fpm)
    told |= ~np.isnan(tracks.airspeed_kt) | ~np.isnan(tracks.heading_deg) | ~np.isnan(difference)
    row = _rows(told)
    return Velocities(
        row,
        tracks.groundspeed_kt[row],
        tracks.track_deg[row],
        tracks.airspeed_kt[row],
        tracks.airspeed_is_true[row],
        tracks.heading_deg[row],
        tracks.vertical_rate_fpm[row],
        tracks.vertical_rate_is_baro[row],
        difference[row],
        np.full(len(row), -1, np.int8),
    )


def _idents(tracks: DecodedBatch) -> Idents:
    # An identification brings both (TC 1-4); a row with the category alone would wipe out the name.
    row = _rows(tracks.callsign != b"")
    return Idents(row, tracks.callsign[row], tracks.category[row])


def _squawks(tracks: DecodedBatch) -> Squawks:
    row = _rows(tracks.squawk >= 0)
    return Squawks(row, tracks.squawk[row], np.full(len(row), -1, np.int8))


def _statuses(tracks: DecodedBatch) -> OperationalStatuses:
    row = _rows(tracks.nac_p >= 0)
    unknown = np.full(len(row), -1, np.int8)
    return OperationalStatuses(row, unknown, tracks.on_ground[row] == 1, unknown, unknown, tracks.nac_p[row], unknown)
