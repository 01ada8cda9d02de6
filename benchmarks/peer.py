"""Every frame decoded by pyModeS, and by this program, in columns of one shape: one value a frame, NaN where none.

pyModeS values are taken as they come, before any rule of this program is applied to them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyModeS

from detector.decoding import ColumnarDecoder
from detector.domain.frame import FrameBatch
from detector.domain.report import ADSR, ANONYMOUS, ICAO, NAMESPACE_SHIFT, TISB, ReportBatch

Column = npt.NDArray[Any]
Columns = dict[str, Column]

NUMBERS = (
    "altitude_baro_ft", "altitude_geom_ft", "squawk", "emergency", "category_set", "category", "groundspeed_kt",
    "track_deg", "movement_kt", "surface_track_deg", "airspeed_kt", "airspeed_is_true", "heading_deg",
    "vertical_rate_fpm", "vertical_rate_is_baro", "geom_minus_baro_ft", "nac_v", "version", "nic_supplement_a", "nac_p",
    "sil", "on_ground",
)  # fmt: skip
_NAMESPACES = {0: ICAO, 1: ANONYMOUS, 2: TISB, 5: TISB, 6: ADSR}
_VELOCITY = {
    "groundspeed": "groundspeed_kt",
    "track": "track_deg",
    "airspeed": "airspeed_kt",
    "heading": "heading_deg",
    "vertical_rate": "vertical_rate_fpm",
    "geo_minus_baro": "geom_minus_baro_ft",
    "nac_v": "nac_v",
}
_STATUS = ("version", "nic_supplement_a", "nac_p", "sil")


def empty_columns(n: int) -> Columns:
    columns: Columns = {name: np.full(n, np.nan) for name in NUMBERS}
    columns["callsign"] = np.zeros(n, "S8")
    return columns


def pymodes_columns(frames: FrameBatch) -> tuple[Columns, Columns]:
    """(fields, header): header holds `df`, `key`, `crc` and `valid` (1, 0, NaN = pyModeS gives no verdict)."""
    n = len(frames)
    fields = empty_columns(n)
    header: Columns = {"df": np.zeros(n, int), "key": np.zeros(n, np.int64), "crc": np.zeros(n, np.int64)}
    header["valid"] = np.full(n, np.nan)
    for i in range(n):
        data = frames.payload[i].tobytes()
        message = pyModeS.Message(data if data[0] >= 128 else data[:7])
        namespace = _NAMESPACES.get(data[0] & 7, 0) if message.df == 18 else ICAO
        header["df"][i], header["crc"][i] = message.df, message.crc
        header["key"][i] = int(message.icao, 16) | namespace << NAMESPACE_SHIFT
        if message.crc_valid is not None:
            header["valid"][i] = message.crc_valid
        _fill(fields, i, message.df, message.decode())
    return fields, header


def _fill(fields: Columns, i: int, df: int, says: dict[str, Any]) -> None:
    def put(name: str, value: float | None) -> None:
        if value is not None:
            fields[name][i] = value

    typecode = says.get("typecode", 0)
    if df in (0, 4, 16, 20) or 9 <= typecode <= 18:
        put("altitude_baro_ft", says["altitude"])
    elif 20 <= typecode <= 22:
        put("altitude_geom_ft", says["altitude"])
    put("squawk", int(says["squawk"]) if "squawk" in says else None)
    put("emergency", says.get("emergency_state"))
    if 1 <= typecode <= 4:
        put("category_set", 4 - typecode)
        put("category", says["category"])
        fields["callsign"][i] = says["callsign"].encode("ascii")
    elif typecode == 19:
        for theirs, ours in _VELOCITY.items():
            put(ours, says.get(theirs))
        put("vertical_rate_is_baro", says["vr_source"] == "BARO")
        put("airspeed_is_true", {"TAS": 1, "IAS": 0}.get(says.get("airspeed_type", "")))
    elif 5 <= typecode <= 8:
        put("movement_kt", says["groundspeed"])
        put("surface_track_deg", says["track"])
    elif typecode == 31:
        for name in _STATUS:
            put(name, says[name])
    put("on_ground", _on_ground(says))


def _on_ground(says: dict[str, Any]) -> float | None:
    if says.get("bds") in ("0,5", "0,6") and "cpr_format" in says:
        return float(says["bds"] == "0,6")
    if "vertical_status" in says:
        return float(says["vertical_status"] == "on-ground")
    if "capability" in says:
        return {4: 1.0, 5: 0.0}.get(says["capability"])
    return {0: 0.0, 1: 1.0, 2: 0.0, 3: 1.0}.get(says.get("flight_status", -1))


def own_columns(frames: FrameBatch, keys: Column, batch: int = 16_384) -> tuple[Columns, npt.NDArray[np.bool_]]:
    """(fields, accepted) by the columnar decoder, which is told all `keys` beforehand: every address is announced."""
    decoder = ColumnarDecoder()
    for key in np.unique(keys).tolist():
        decoder.addresses.add(key)
    fields = empty_columns(len(frames))
    subtype = frames.payload[:, 4] & 7
    accepted = np.zeros(len(frames), np.bool_)
    for start in range(0, len(frames), batch):
        reports = decoder.decode(frames.take(slice(start, start + batch)))
        at = reports.frame_row + start
        accepted[at] = True
        _spread(fields, at, reports, subtype)
    return fields, accepted


def _spread(fields: Columns, at: Column, reports: ReportBatch, subtype: Column) -> None:
    altitudes, velocities, statuses = reports.altitudes, reports.velocities, reports.statuses
    for name, mine in (("altitude_baro_ft", ~altitudes.geometric), ("altitude_geom_ft", altitudes.geometric)):
        fields[name][at[altitudes.row[mine]]] = altitudes.altitude_ft[mine]
    squawks, idents = reports.squawks, reports.idents
    fields["squawk"][at[squawks.row]] = squawks.squawk
    fields["emergency"][at[squawks.row]] = _told(squawks.emergency)
    fields["callsign"][at[idents.row]] = idents.callsign
    pairs = idents.category.view(np.uint8).reshape(-1, 2).astype(float)
    fields["category_set"][at[idents.row]] = pairs[:, 0] - ord("A")
    fields["category"][at[idents.row]] = pairs[:, 1] - ord("0")
    airborne = reports.typecode[velocities.row] == 19
    row, surface_row = at[velocities.row[airborne]], at[velocities.row[~airborne]]
    for name in _VELOCITY.values():
        fields[name][row] = _told(getattr(velocities, name)[airborne])
    fields["movement_kt"][surface_row] = velocities.groundspeed_kt[~airborne]
    fields["surface_track_deg"][surface_row] = velocities.track_deg[~airborne]
    fields["vertical_rate_is_baro"][row] = velocities.vertical_rate_is_baro[airborne]
    # The type of an airspeed is told by subtypes 3 and 4 even where the speed itself is not.
    told = np.isin(subtype[row], (3, 4))
    fields["airspeed_is_true"][row[told]] = velocities.airspeed_is_true[airborne][told]
    for name in _STATUS:
        fields[name][at[statuses.row]] = _told(getattr(statuses, name))
    fields["on_ground"][at] = _told(reports.on_ground)


def _told(values: Column) -> Column:
    """-1 stands for "not told" in integer columns."""
    return np.where(values == -1, np.nan, values) if values.dtype.kind == "i" else values.astype(float)
