"""Which fixes are told as sightings: a new cell of the map, five minutes, a new band of height, or a jump."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.doubt import Doubt
from detector.domain.report import address_text
from detector.domain.sighting import BAND_FT, CELL_DEG, EVERY_S, Sighting
from detector.tracking.arrivals import begins
from detector.tracking.points import AcceptedFixes

POOR_NAC_P = 2
"""NACp 2 is an uncertainty of more than 4 NM (DO-260B table 2-71); readsb draws the line here as well."""
NO_BAND = -99

COLUMNS = {
    "sighted_cell": Column("i4", -1),
    "sighted_spell": Column("i8", -1),
    "sighted_band": Column("i2", NO_BAND),
}
"""Cell, spell of five minutes and band of height of the last point."""


def sighted(table: SlotTable, fixes: AcceptedFixes, jumped: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Rows of `fixes` that make a sighting; the columns of `table` are brought up to date. All are points kept."""
    kept = np.flatnonzero(fixes.kept)
    if len(kept) == 0:
        return kept
    slot, at = fixes.slot[kept], fixes.at[kept]
    row = np.floor((fixes.latitude_deg[kept] + 90.0) / CELL_DEG).astype(np.int32)
    column = np.floor((fixes.longitude_deg[kept] + 180.0) / CELL_DEG).astype(np.int32)
    altitude = fixes.altitude_ft[kept]
    band = np.where(np.isnan(altitude), NO_BAND, np.floor(np.nan_to_num(altitude) / BAND_FT)).astype(np.int16)
    now = {
        "sighted_cell": row * 100_000 + column,
        "sighted_spell": np.floor(at / EVERY_S).astype(np.int64),
        "sighted_band": band,
    }
    firsts = np.flatnonzero(begins(slot))
    lasts = np.append(firsts[1:], len(kept)) - 1
    new = jumped[kept].copy()
    for name, values in now.items():
        before = np.empty_like(values)
        before[1:] = values[:-1]
        before[firsts] = table[name][slot[firsts]]
        new |= values != before
        table[name][slot[lasts]] = values[lasts]
    return kept[new]


def sighting(
    fixes: AcceptedFixes, row: int, *, address: int, doubt: Doubt | None, receiver: int, clock: float, frames: int
) -> Sighting:
    """The sighting that a row of `fixes` is. `doubt`: as of the row; `frames`: how many of the aircraft so far."""
    place, rank = fixes.place(row), int(fixes.rank[row])
    nic, nac_p, surface = (float(column[rank]) for column in fixes.more[-3:])
    return Sighting(
        at=place.at,
        clock=clock,
        slot=int(fixes.slot[row]),
        icao24=address_text(address),
        latitude_deg=place.latitude_deg,
        longitude_deg=place.longitude_deg,
        altitude_baro_ft=place.altitude_ft,
        groundspeed_kt=place.groundspeed_kt,
        track_deg=place.track_deg,
        surface=surface == 1.0,
        degraded=poor(nic, nac_p) or (doubt is not None and doubt.returned_at is None),
        # A jump back to where it had come from heaps nothing up.
        jumped=doubt is not None and place.at in (doubt.last_at, doubt.since) and place.at != doubt.returned_at,
        receiver=receiver,
        frames=frames,
    )


def poor(nic: float, nac_p: float) -> bool:
    """Whether the aircraft itself says that its positions are poor (NaN: not told)."""
    return nic == 0.0 or nac_p <= POOR_NAC_P
