"""The reference decoder: one frame at a time, every field as pyModeS decodes it.

Some fifty times slower than the columnar decoder, and there to check it. Both follow the same rules of acceptance
(`addresses`, namespaces of DF18, parity) and of pairing (`positions`), written here as the plain sequence of steps
they are; the state of one can be loaded into the other.

What pyModeS 3.6.1 does otherwise than the columnar decoder, and this one therefore too: altitudes in metres (M = 1)
are NaN, ground speed of TC 19 and height of TC 20-22 are cut to whole knots and feet, a height of 0 m is a height.
What pyModeS does not know at all is read here from the bits: NIC (by version) and NIC supplement C.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyModeS
from pyModeS.position import airborne_position_pair, airborne_position_with_ref, surface_position_with_ref

from detector.decoding import codes, positions
from detector.decoding.addresses import AddressBook
from detector.decoding.columnar import COLUMNS
from detector.domain.columns import SlotTable
from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, RejectCounts
from detector.domain.report import (
    ADSR,
    ANONYMOUS,
    ICAO,
    NAMESPACE_SHIFT,
    TISB,
    Altitudes,
    Idents,
    OperationalStatuses,
    Positions,
    ReportBatch,
    Squawks,
    Velocities,
)

NAN = float("nan")
_LONG_FORMATS = (16, 17, 18, 20, 21)
_SHORT_FORMATS = (0, 4, 5, 11)
_NAMESPACE_BY_CF = {0: ICAO, 1: ANONYMOUS, 2: TISB, 5: TISB, 6: ADSR}

Row = tuple[Any, ...]


class _Rows:
    """The rows of each group of a `ReportBatch` while it grows; a row is the group's fields in their order."""

    def __init__(self) -> None:
        self.head: list[Row] = []
        self.positions: list[Row] = []
        self.altitudes: list[Row] = []
        self.velocities: list[Row] = []
        self.idents: list[Row] = []
        self.squawks: list[Row] = []
        self.statuses: list[Row] = []

    def batch(self) -> ReportBatch:
        heard_at, slot, address, df, typecode, on_ground, frame_row = _columns(self.head, "f8 i4 u4 u1 u1 i1 i4")
        return ReportBatch(
            heard_at,
            slot,
            address,
            df,
            typecode,
            on_ground,
            frame_row,
            Positions(*_columns(self.positions, "i4 f8 f8 ? i1 ?")),
            Altitudes(*_columns(self.altitudes, "i4 f4 ?")),
            Velocities(*_columns(self.velocities, "i4 f4 f4 f4 ? f4 f4 ? f4 i1")),
            Idents(*_columns(self.idents, "i4 S8 S2")),
            Squawks(*_columns(self.squawks, "i4 i2 i1")),
            OperationalStatuses(*_columns(self.statuses, "i4 i1 ? i1 i1 i1 i1")),
        )


def _columns(rows: list[Row], dtypes: str) -> list[Any]:
    types = dtypes.split()
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(types)
    return [np.array(column, dtype=dtype) for column, dtype in zip(columns, types, strict=True)]


class ReferenceDecoder:
    """`Decoder` by pyModeS. `receiver_places`: (latitude, longitude) in degrees by receiver identity."""

    def __init__(self, receiver_places: Mapping[int, tuple[float, float]] | None = None) -> None:
        self.addresses = AddressBook()
        self.table = SlotTable(COLUMNS)
        self.rejects = RejectCounts()
        self._receiver_places = dict(receiver_places or {})

    def decode(self, frames: FrameBatch) -> ReportBatch:
        """Reports of the frames that are whole, clean and of a known aircraft; the others are counted by reason."""
        rows = _Rows()
        for frame_row in range(len(frames)):
            data = frames.payload[frame_row].tobytes()
            df = data[0] >> 3
            if df >= 16 and frames.length[frame_row] != 14:
                self.rejects.add(Reject.LENGTH)
                continue
            if df not in _LONG_FORMATS and df not in _SHORT_FORMATS:
                self.rejects.add(Reject.UNKNOWN_FORMAT)
                continue
            message = pyModeS.Message(data if df in _LONG_FORMATS else data[:7])
            heard_at = float(frames.heard_at[frame_row])
            key = self._key(message, data[0] & 7)
            if key is None:
                continue
            slot = self._slot(key, heard_at, announces=df in (11, 17, 18) and message.crc == 0)
            if slot < 0:
                self.rejects.add(Reject.TABLE_FULL if self.addresses.refused() else Reject.UNANNOUNCED)
                continue
            says = message.decode()
            at = len(rows.head)
            typecode = message.typecode or 0
            ground = _on_ground(says, df, typecode, data[0] & 7)
            rows.head.append((heard_at, slot, key, df, typecode, ground, frame_row))
            if 1 <= typecode <= 4:
                category = f"{'ABCD'[4 - typecode]}{says['category']}"
                rows.idents.append((at, says["callsign"].encode("ascii"), category.encode("ascii")))
            _add_altitude(rows, at, df, typecode, says)
            _add_velocity(rows, at, typecode, says)
            _add_squawk(rows, at, df, typecode, says)
            if typecode == 31 and says["subtype"] <= 1:
                self._add_status(rows, at, slot, says, data)
            if says.get("bds") in ("0,5", "0,6") and typecode:
                self._add_position(rows, at, slot, heard_at, int(frames.receiver[frame_row]), typecode, says)
        return rows.batch()

    def _key(self, message: pyModeS.Message, field: int) -> int | None:
        """The address key, None (and counted) for a frame that is damaged or has a layout of its own."""
        key = int(message.icao, 16)
        if message.df == 11:
            # pyModeS gives no verdict here: the parity carries the interrogator's code in its low seven bits.
            broken = message.crc >= 128
        else:
            broken = message.crc_valid is False
        if broken:
            self.rejects.add(Reject.CRC)
            return None
        if message.df == 18:
            namespace = _NAMESPACE_BY_CF.get(field)
            if namespace is None:
                self.rejects.add(Reject.UNKNOWN_FORMAT)
                return None
            key |= namespace << NAMESPACE_SHIFT
        return key

    def _slot(self, key: int, heard_at: float, *, announces: bool) -> int:
        slot = self.addresses.slots(np.array([key], np.uint32), np.array([heard_at]), np.array([announces]))
        self.table.grow_to(self.addresses.size)
        return int(slot[0])

    def _add_status(self, rows: _Rows, at: int, slot: int, says: Mapping[str, Any], data: bytes) -> None:
        version = min(says["version"], 2)
        surface = says["subtype"] == 1
        a, nac_p, sil = (says["nic_supplement_a"], says["nac_p"], says["sil"]) if version else (-1, -1, -1)
        # Bit 20 of ME is the fifth of the message's seventh byte.
        c = data[6] >> 4 & 1 if surface and version == 2 else -1
        rows.statuses.append((at, version, surface, a, c, nac_p, sil))
        for name, told in (("adsb_version", version), ("nic_supplement_a", a), ("nic_supplement_c", c)):
            if told >= 0:
                self.table[name][slot] = told

    def _add_position(
        self, rows: _Rows, at: int, slot: int, heard_at: float, receiver: int, typecode: int, says: Mapping[str, Any]
    ) -> None:
        surface = says["bds"] == "0,6"
        halves = (says["cpr_format"], says["cpr_lat"], says["cpr_lon"])
        place = None if surface else self._paired(slot, heard_at, halves)
        paired = place is not None
        self._age_anchor(slot, heard_at, surface=surface)
        if place is not None:
            self.table["anchor_at"][slot] = heard_at
            self.table["anchor_airborne_only"][slot] = False
            self.table["anchor_latitude_deg"][slot], self.table["anchor_longitude_deg"][slot] = place
        else:
            place = self._near_reference(slot, heard_at, surface=surface, receiver=receiver, halves=halves)
        if surface and place is None:
            self.rejects.add(Reject.NO_REFERENCE)
        latitude, longitude = place or (NAN, NAN)
        version = int(self.table["adsb_version"][slot])
        a = int(self.table["nic_supplement_a"][slot])
        other = int(self.table["nic_supplement_c"][slot]) if surface else says["nic_b"]
        nic = codes.NIC[version, typecode, a, other if version != 1 else 0]
        rows.positions.append((at, latitude, longitude, surface, nic, paired))

    def _paired(self, slot: int, heard_at: float, halves: tuple[int, int, int]) -> tuple[float, float] | None:
        """The place by this half and the last one of the other parity; this half is remembered."""
        odd, lat, lon = halves
        mine, other = ("odd", "even") if odd else ("even", "odd")
        self.table[f"cpr_{mine}_at"][slot] = heard_at
        self.table[f"cpr_{mine}_lat"][slot] = lat
        self.table[f"cpr_{mine}_lon"][slot] = lon
        if not abs(heard_at - float(self.table[f"cpr_{other}_at"][slot])) <= positions.PAIR_S:
            return None
        pair = [int(self.table[f"cpr_{parity}_{axis}"][slot]) for parity in ("even", "odd") for axis in ("lat", "lon")]
        by_even, by_odd = (airborne_position_pair(*pair, even_is_newer=newer) for newer in (True, False))
        # Both halves have to lie between the poles; pyModeS looks at the newer one only.
        if by_even is None or by_odd is None:
            return None
        latitude, longitude = by_odd if odd else by_even
        return latitude, longitude if longitude < 180.0 else -180.0

    def _age_anchor(self, slot: int, heard_at: float, *, surface: bool) -> None:
        """Forget the last pair after too long a silence; on the ground, too, if the first message there is too late."""
        if not heard_at - float(self.table["position_heard_at"][slot]) <= positions.ANCHOR_SURFACE_S:
            for name in ("anchor_at", "anchor_latitude_deg", "anchor_longitude_deg"):
                self.table[name][slot] = NAN
            self.table["anchor_airborne_only"][slot] = False
        landed = surface and not self.table["position_surface"][slot]
        if landed and heard_at - float(self.table["anchor_at"][slot]) > positions.FIRST_SURFACE_S:
            self.table["anchor_airborne_only"][slot] = True
        self.table["position_heard_at"][slot] = heard_at
        self.table["position_surface"][slot] = surface

    def _near_reference(
        self, slot: int, heard_at: float, *, surface: bool, receiver: int, halves: tuple[int, int, int]
    ) -> tuple[float, float] | None:
        anchor_at = float(self.table["anchor_at"][slot])
        reference: tuple[float, float] | None = None
        if surface:
            serves = not np.isnan(anchor_at) and not self.table["anchor_airborne_only"][slot]
        else:
            serves = abs(heard_at - anchor_at) <= positions.ANCHOR_AIRBORNE_S
        if serves:
            reference = (
                float(self.table["anchor_latitude_deg"][slot]),
                float(self.table["anchor_longitude_deg"][slot]),
            )
        elif surface:
            reference = self._receiver_places.get(receiver)
        if reference is None:
            return None
        near = surface_position_with_ref if surface else airborne_position_with_ref
        latitude, longitude = near(*halves, *reference)
        if abs(latitude) > 90.0:
            return None
        return latitude, _wrapped(longitude)


def _wrapped(longitude: float) -> float:
    return (longitude + 180.0) % 360.0 - 180.0


def _on_ground(says: Mapping[str, Any], df: int, typecode: int, field: int) -> int:
    """1 ground, 0 airborne, -1 not told. pyModeS does not give the capability of DF17, nor DF20/21's flight status."""
    if 5 <= typecode <= 8:
        return 1
    if 9 <= typecode <= 18 or 20 <= typecode <= 22:
        return 0
    if df in (0, 16):
        return int(says["vertical_status"] == "on-ground")
    if df in (11, 17):
        return {4: 1, 5: 0}.get(says.get("capability", field), -1)
    if df in (4, 5, 20, 21):
        return {0: 0, 1: 1, 2: 0, 3: 1}.get(says.get("flight_status", field), -1)
    return -1


def _or_nan(value: float | None) -> float:
    return NAN if value is None else float(value)


def _add_altitude(rows: _Rows, at: int, df: int, typecode: int, says: Mapping[str, Any]) -> None:
    geometric = 20 <= typecode <= 22
    if df in (0, 4, 16, 20) or geometric or 9 <= typecode <= 18:
        rows.altitudes.append((at, _or_nan(says["altitude"]), geometric))


def _add_velocity(rows: _Rows, at: int, typecode: int, says: Mapping[str, Any]) -> None:
    if typecode == 19 and 1 <= says["subtype"] <= 4:
        rows.velocities.append(
            (
                at,
                _or_nan(says.get("groundspeed")),
                _or_nan(says.get("track")),
                _or_nan(says.get("airspeed")),
                says.get("airspeed_type") == "TAS",
                _or_nan(says.get("heading")),
                _or_nan(says["vertical_rate"]),
                says["vr_source"] == "BARO",
                _or_nan(says["geo_minus_baro"]),
                says["nac_v"],
            )
        )
    elif 5 <= typecode <= 8:
        speed, track = _or_nan(says["groundspeed"]), _or_nan(says["track"])
        rows.velocities.append((at, speed, track, NAN, False, NAN, NAN, False, NAN, -1))


def _add_squawk(rows: _Rows, at: int, df: int, typecode: int, says: Mapping[str, Any]) -> None:
    if df in (5, 21):
        rows.squawks.append((at, int(says["squawk"]), -1))
    elif typecode == 28 and says["subtype"] == 1:
        rows.squawks.append((at, int(says["squawk"]), says["emergency_state"]))
