"""Reports: what decoded frames say, in columns.

One row per accepted frame, and one small group of columns per kind of content. A group's `row` points into the
batch, ascending; a value that the frame does not give is NaN, -1 or an empty string, never a guess.
Field definitions: ICAO Doc 9871 (2nd ed.) and RTCA DO-260B; each group names its own tables.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]
I16 = npt.NDArray[np.int16]
I8 = npt.NDArray[np.int8]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]

NAMESPACE_SHIFT = 24
"""Address keys: bits 0-23 the 24-bit address, bits 24-25 whose address it is (the constants below)."""
ICAO = 0
"""An address assigned by ICAO, from Mode S and ADS-B."""
ANONYMOUS = 1
"""DF18 CF=1: an address of the sender's own choosing."""
TISB = 2
"""DF18 CF=2, 5: retold by a ground station from radar."""
ADSR = 3
"""DF18 CF=6: ADS-B of another link, rebroadcast by a ground station."""


def address_text(key: int) -> str:
    """An address key as text: `15522c`; addresses that are not ICAO's, or retold by others, begin with `~`."""
    return f"{'~' if key >> NAMESPACE_SHIFT else ''}{key & 0xFFFFFF:06x}"


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Position messages, TC 5-18 and 20-22, also those whose place could not be resolved (NaN)."""

    row: I32
    latitude_deg: F64
    longitude_deg: F64
    surface: Flags
    nic: I8
    """Navigation integrity category 0-11 by ADS-B version (DO-260B 2.2.3.2.7.2.6); -1 not told."""
    paired: Flags
    """True: from an even/odd pair; False: relative to an earlier fix or the receiver's place."""


@dataclass(frozen=True, slots=True, eq=False)
class Altitudes:
    """Altitude codes of DF0, 4, 16, 20 and TC 9-18 (barometric, 1013.25 hPa) and TC 20-22 (above the ellipsoid)."""

    row: I32
    altitude_ft: F32
    geometric: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Velocities:
    """TC 19 (DO-260B 2.2.3.2.6) and the movement fields of TC 5-8."""

    row: I32
    groundspeed_kt: F32
    track_deg: F32
    airspeed_kt: F32
    airspeed_is_true: Flags
    heading_deg: F32
    vertical_rate_fpm: F32
    vertical_rate_is_baro: Flags
    geom_minus_baro_ft: F32
    nac_v: I8


@dataclass(frozen=True, slots=True, eq=False)
class Idents:
    """TC 1-4. `category` is `A0`..`D7`: set letter (TC 4 = A .. TC 1 = D) and number."""

    row: I32
    callsign: npt.NDArray[np.bytes_]
    category: npt.NDArray[np.bytes_]


@dataclass(frozen=True, slots=True, eq=False)
class Squawks:
    """Identity codes of DF5, 21 and TC 28 subtype 1. `squawk` holds the four octal digits as a decimal number."""

    row: I32
    squawk: I16
    emergency: I8
    """Emergency state of TC 28 (0-7); -1 where the frame has none."""


@dataclass(frozen=True, slots=True, eq=False)
class OperationalStatuses:
    """TC 31 (DO-260B 2.2.3.2.7.2); -1 where the version does not define the field."""

    row: I32
    version: I8
    surface: Flags
    nic_supplement_a: I8
    nic_supplement_c: I8
    nac_p: I8
    sil: I8


@dataclass(frozen=True, slots=True, eq=False)
class ReportBatch:
    """`n` accepted frames, in order of arrival, and what they say.

    heard_at    float64 (n,)   Unix s UTC
    slot        int32 (n,)     the aircraft's place in every per-aircraft table of the path
    address     uint32 (n,)    address key (`address_text`)
    df          uint8 (n,)     downlink format
    typecode    uint8 (n,)     ADS-B type code, 0 for other formats
    on_ground   int8 (n,)      the frame's own word on it: 1 ground, 0 airborne, -1 not told
    frame_row   int32 (n,)     row of the frame in the batch that was decoded
    """

    heard_at: F64
    slot: I32
    address: U32
    df: U8
    typecode: U8
    on_ground: I8
    frame_row: I32
    positions: Positions
    altitudes: Altitudes
    velocities: Velocities
    idents: Idents
    squawks: Squawks
    statuses: OperationalStatuses

    def __len__(self) -> int:
        return len(self.heard_at)
