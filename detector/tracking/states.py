"""What is known of an aircraft at a row of the batch: the last value of each kind, from the batch or from before it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.observation import AircraftState, GroundRun, Points
from detector.domain.report import ReportBatch
from detector.tracking import altitudes, words
from detector.tracking import points as past
from detector.tracking.arrivals import Arrivals, Latest, known

F64 = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

NAN = float("nan")
STALE_ALTITUDE_S = 30.0
"""An older barometric altitude does not belong to a fix."""
STALE_VELOCITY_S = 60.0
"""Nor does an older velocity."""

COLUMNS = {
    "altitude_baro_ft": Column("f8", NAN),
    "altitude_at": Column("f8", NAN),
    "altitude_geom_ft": Column("f8", NAN),
    "groundspeed_kt": Column("f8", NAN),
    "track_deg": Column("f8", NAN),
    "velocity_at": Column("f8", NAN),
    "vertical_rate_fpm": Column("f8", NAN),
    "vertical_rate_at": Column("f8", NAN),
    "geom_minus_baro_ft": Column("f8", NAN),
    "airspeed_kt": Column("f8", NAN),
    "heading_deg": Column("f8", NAN),
    "airspeed_at": Column("f8", NAN),
    "callsign": Column("S8", b""),
    "category": Column("S2", b""),
    "squawk": Column("i2", -1),
    "emergency": Column("i1", -1),
    "nic": Column("i1", -1),
    "nac_p": Column("i1", -1),
    "nac_v": Column("i1", -1),
    "sil": Column("i1", -1),
    "adsb_version": Column("i1", -1),
}


class Contents:
    """Where each kind of content stands in the batch, and its last value at any position."""

    def __init__(self, arrivals: Arrivals, reports: ReportBatch, baro: npt.NDArray[np.bool_]) -> None:
        """`baro`: rows of the altitudes that are barometric and believed."""
        self.arrivals = arrivals
        self.reports = reports
        velocities = reports.velocities
        self.altitude = arrivals.latest(reports.altitudes.row, baro)
        self.velocity = arrivals.latest(velocities.row, ~np.isnan(velocities.groundspeed_kt))
        self.vertical = arrivals.latest(velocities.row, ~np.isnan(velocities.vertical_rate_fpm))
        self.air = arrivals.latest(velocities.row, ~np.isnan(velocities.airspeed_kt))
        self.status = arrivals.latest(reports.statuses.row, reports.statuses.nac_p >= 0)
        self.ident = arrivals.latest(reports.idents.row, ~_corrupt(reports.idents.callsign))

    def altitudes(self, position: Index, group: Index, at: F64) -> F64:
        """Barometric altitude in ft at positions, NaN where none is recent."""
        return self._recent(
            self.altitude, self.reports.altitudes.row, self.reports.altitudes.altitude_ft, position, group, at,
            "altitude_baro_ft", "altitude_at", STALE_ALTITUDE_S,
        )  # fmt: skip

    def speeds(self, position: Index, group: Index, at: F64, stale_s: float) -> F64:
        """Ground speed in kt at positions, NaN where none is recent."""
        return self._recent(
            self.velocity, self.reports.velocities.row, self.reports.velocities.groundspeed_kt, position, group, at,
            "groundspeed_kt", "velocity_at", stale_s,
        )  # fmt: skip

    def at_points(
        self, position: Index, group: Index, at: F64, entry: Index, surface: npt.NDArray[np.bool_]
    ) -> tuple[F64, ...]:
        """What else is known at points, in the order of `points.AcceptedFixes.more`; `entry`: their position rows."""
        velocities, carried = self.reports.velocities, self.arrivals.carried
        rows = velocities.row

        def recent(latest: Latest, values: npt.NDArray[Any], name: str, time_name: str) -> F64:
            return self._recent(latest, rows, values, position, group, at, name, time_name, STALE_VELOCITY_S)

        nic = self.reports.positions.nic[entry].astype(np.float64)
        nac_p = known(self.status.entry(position), self.reports.statuses.nac_p, carried["nac_p"][group])
        return (
            recent(self.velocity, velocities.track_deg, "track_deg", "velocity_at"),
            recent(self.air, velocities.airspeed_kt, "airspeed_kt", "airspeed_at"),
            recent(self.air, velocities.heading_deg, "heading_deg", "airspeed_at"),
            recent(self.velocity, velocities.geom_minus_baro_ft, "geom_minus_baro_ft", "velocity_at"),
            np.where(nic < 0, NAN, nic),
            np.where(nac_p < 0, NAN, nac_p),
            surface.astype(np.float64),
        )

    def _recent(
        self,
        latest: Latest,
        rows: npt.NDArray[np.int32],
        values: npt.NDArray[Any],
        position: Index,
        group: Index,
        at: F64,
        name: str,
        time_name: str,
        stale_s: float,
    ) -> F64:
        entry = latest.entry(position)
        carried = self.arrivals.carried
        value = known(entry, values, carried[name][group])
        value_at = known(entry, self.reports.heard_at[rows], carried[time_name][group])
        result: F64 = np.where(np.abs(at - value_at) <= stale_s, value, NAN).astype(np.float64)
        return result


CARRIED = (
    *("heard_at", "fix_surface", "fix_in_ring", *past.LAST_FIX, *words.COLUMNS),
    *("altitude_baro_ft", "altitude_at", "groundspeed_kt", "track_deg", "velocity_at", "vertical_rate_fpm"),
    *("callsign", "category", *altitudes.COLUMNS),
    *("airspeed_kt", "heading_deg", "airspeed_at", "geom_minus_baro_ft", "nac_p"),
)
"""Columns that are asked for as they were before the batch."""


class View:
    """Single moments of the batch, as values. `group` is -1 for an aircraft that is not in the batch.

    `fixes` and `surface` are parallel: accepted fixes, and whether each came from a surface position.
    """

    def __init__(
        self,
        table: SlotTable,
        content: Contents,
        runs: words.Runs,
        fixes: past.AcceptedFixes,
        surface: npt.NDArray[np.bool_],
    ) -> None:
        self._table = table
        self._arrivals = content.arrivals
        self._content = content
        self._runs = runs
        self._fixes = fixes
        self._fix = Latest(content.arrivals, fixes.position, np.arange(len(fixes.position)))
        self._surface = surface
        self._past = past.Past(table, fixes)

    def _before(self, name: str, slot: int, group: int) -> Any:
        """A column as it was before the batch."""
        return self._table[name][slot] if group < 0 else self._arrivals.carried[name][group]

    def state(self, slot: int, group: int, position: int) -> AircraftState:
        """The state at `position` (one before the aircraft's first: before the batch)."""
        reports, content, fixes = self._content.reports, self._content, self._fixes

        def before(name: str) -> float | None:
            return _number(self._before(name, slot, group))

        in_batch = group >= 0 and position >= self._arrivals.firsts[group]
        fix = self._fix.entry_of(group, position)
        a, v = content.altitude.entry_of(group, position), content.velocity.entry_of(group, position)
        r, i = content.vertical.entry_of(group, position), content.ident.entry_of(group, position)
        velocities = reports.velocities
        callsign = reports.idents.callsign[i] if i >= 0 else self._before("callsign", slot, group)
        category = reports.idents.category[i] if i >= 0 else self._before("category", slot, group)
        return AircraftState(
            heard_at=float(self._arrivals.at[position] if in_batch else self._before("heard_at", slot, group)),
            fix_at=float(fixes.at[fix]) if fix >= 0 else before("fix_at"),
            latitude_deg=float(fixes.latitude_deg[fix]) if fix >= 0 else before("latitude_deg"),
            longitude_deg=float(fixes.longitude_deg[fix]) if fix >= 0 else before("longitude_deg"),
            fix_on_surface=bool(self._surface[fix] if fix >= 0 else self._before("fix_surface", slot, group)),
            altitude_baro_ft=float(reports.altitudes.altitude_ft[a]) if a >= 0 else before("altitude_baro_ft"),
            altitude_at=float(reports.heard_at[reports.altitudes.row[a]]) if a >= 0 else before("altitude_at"),
            groundspeed_kt=float(velocities.groundspeed_kt[v]) if v >= 0 else before("groundspeed_kt"),
            track_deg=_number(velocities.track_deg[v]) if v >= 0 else before("track_deg"),
            velocity_at=float(reports.heard_at[velocities.row[v]]) if v >= 0 else before("velocity_at"),
            vertical_rate_fpm=float(velocities.vertical_rate_fpm[r]) if r >= 0 else before("vertical_rate_fpm"),
            callsign=bytes(callsign).decode("ascii") or None,
            category=bytes(category).decode("ascii") or None,
        )

    def run(self, slot: int, group: int, position: int) -> GroundRun | None:
        """The run of ground words at `position`; None if the aircraft never said."""
        if group >= 0:
            run = self._runs.at_position(int(self._arrivals.firsts[group]), position)
            if run is not None:
                return run
        word = int(self._before("ground_word", slot, group))
        if word < 0:
            return None
        return GroundRun(
            word == 1,
            float(self._before("ground_run_since", slot, group)),
            float(self._before("ground_word_at", slot, group)),
            int(self._before("ground_run_words", slot, group)),
            _number(self._before("ground_other_at", slot, group)),
        )

    def two_places(
        self, slot: int, group: int, position: int, second: dict[int, list[tuple[int, float]]]
    ) -> float | None:
        """When the address was last heard in a second place; `second`: positions and times in the batch, by slot."""
        here = [at for p, at in second.get(slot, ()) if p <= position]
        return here[-1] if here else _number(self._before("two_places_at", slot, group))

    def points(self, slot: int, group: int, position: int) -> Points:
        """The recent past at `position`."""
        first = int(self._arrivals.firsts[group]) if group >= 0 else 0
        last_fix = None
        if not self._before("fix_in_ring", slot, group) and not np.isnan(self._before("fix_at", slot, group)):
            last_fix = [float(self._before(name, slot, group)) for name in past.LAST_FIX]
        return self._past.at(last_fix, slot, first, position if group >= 0 else -1)


def remember(table: SlotTable, content: Contents) -> None:
    """The last value of each kind into the table."""
    arrivals, reports = content.arrivals, content.reports
    heights, velocities, idents = reports.altitudes, reports.velocities, reports.idents
    # The ground speed and the difference of altitudes are of one message, so that one time tells the age of both.
    moving = {
        "groundspeed_kt": velocities.groundspeed_kt,
        "track_deg": velocities.track_deg,
        "geom_minus_baro_ft": velocities.geom_minus_baro_ft,
    }
    flying = {"airspeed_kt": velocities.airspeed_kt, "heading_deg": velocities.heading_deg}
    kinds: tuple[tuple[Latest, npt.NDArray[np.int32], dict[str, npt.NDArray[Any]], str], ...] = (
        (content.altitude, heights.row, {"altitude_baro_ft": heights.altitude_ft}, "altitude_at"),
        (content.velocity, velocities.row, moving, "velocity_at"),
        (content.vertical, velocities.row, {"vertical_rate_fpm": velocities.vertical_rate_fpm}, "vertical_rate_at"),
        (content.air, velocities.row, flying, "airspeed_at"),
        (content.ident, idents.row, {"callsign": idents.callsign, "category": idents.category}, ""),
        (content.status, reports.statuses.row, {"nac_p": reports.statuses.nac_p}, ""),
    )
    for latest, rows, columns, time_name in kinds:
        entry = latest.entry(arrivals.lasts)
        told = np.flatnonzero(entry >= 0)
        slots, entry = arrivals.slots[told], entry[told]
        for name, values in columns.items():
            table[name][slots] = values[entry]
        if time_name:
            table[time_name][slots] = reports.heard_at[rows[entry]]

    def put(name: str, rows: npt.NDArray[Any], values: npt.NDArray[Any], told: npt.NDArray[np.bool_]) -> None:
        # Rows ascend in arrival; the last assignment to a slot wins.
        which = np.flatnonzero(told)
        if len(which):
            table[name][reports.slot[rows[which]]] = values[which]

    put("altitude_geom_ft", heights.row, heights.altitude_ft, heights.geometric & ~np.isnan(heights.altitude_ft))
    put("nac_v", velocities.row, velocities.nac_v, velocities.nac_v >= 0)
    put("squawk", reports.squawks.row, reports.squawks.squawk, reports.squawks.squawk >= 0)
    put("emergency", reports.squawks.row, reports.squawks.emergency, reports.squawks.emergency >= 0)
    put("nic", reports.positions.row, reports.positions.nic, reports.positions.nic >= 0)
    statuses = reports.statuses
    put("adsb_version", statuses.row, statuses.version, statuses.version >= 0)
    put("sil", statuses.row, statuses.sil, statuses.sil >= 0)


def _corrupt(callsign: npt.NDArray[np.bytes_]) -> npt.NDArray[np.bool_]:
    """Names that hold a character outside the alphabet, or nothing."""
    if len(callsign) == 0:
        return np.zeros(0, np.bool_)
    result: npt.NDArray[np.bool_] = (np.char.find(callsign, b"#") >= 0) | (callsign == b"")
    return result


def _number(value: Any) -> float | None:
    return None if value != value else float(value)
