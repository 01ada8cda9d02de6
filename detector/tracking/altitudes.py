"""Which altitudes of surveillance replies are believed.

A reply's address stands only in its parity: one reply of another aircraft in so many thousand passes for a known one,
and brings its altitude along (a recording of one flight has 39,150 ft on the approach). Squitters are safe from that,
so a reply is held against the last altitude of the aircraft's own squitters.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.report import ReportBatch
from detector.tracking.arrivals import Arrivals, known

Flags = npt.NDArray[np.bool_]

COLUMNS = {
    "squitter_altitude_ft": Column("f8", float("nan")),
    "squitter_altitude_at": Column("f8", float("nan")),
}
"""The last barometric altitude of a squitter."""

COMPARED_FOR_S = 60.0
"""An older squitter says nothing about a reply."""
SLACK_FT = 300.0
FASTEST_FT_S = 150.0
"""9,000 ft/min: no transport climbs or descends faster."""


def believed(arrivals: Arrivals, reports: ReportBatch, table: SlotTable) -> Flags:
    """Rows of `reports.altitudes` that are barometric, known and believed; `table` is brought up to date."""
    altitudes = reports.altitudes
    row, altitude = altitudes.row, altitudes.altitude_ft
    told: Flags = ~altitudes.geometric & ~np.isnan(altitude)
    df = reports.df[row]
    squitter = (df == 17) | (df == 18)
    latest = arrivals.latest(row, told & squitter)
    replies = np.flatnonzero(told & ~squitter)
    if len(replies):
        position = arrivals.place[row[replies]]
        entry, group = latest.entry(position), arrivals.group[position]
        last_ft = known(entry, altitude, arrivals.carried["squitter_altitude_ft"][group])
        last_at = known(entry, reports.heard_at[row], arrivals.carried["squitter_altitude_at"][group])
        apart_s = np.abs(reports.heard_at[row[replies]] - last_at)
        far = np.abs(altitude[replies] - last_ft) > SLACK_FT + FASTEST_FT_S * apart_s
        told[replies[far & (apart_s <= COMPARED_FOR_S)]] = False
    last = latest.entry(arrivals.lasts)
    said = np.flatnonzero(last >= 0)
    slots, last = arrivals.slots[said], last[said]
    table["squitter_altitude_ft"][slots] = altitude[last]
    table["squitter_altitude_at"][slots] = reports.heard_at[row[last]]
    return told
