"""Decoded tracks: what others have already made of frames, in columns.

One row is what a source says of one aircraft at one moment. What it does not say is NaN, -1 or an empty string,
never a guess. The batch is the unit of flow beside `FrameBatch`, and where it was cut has no meaning either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.domain.frame import FrameBatch

F64 = npt.NDArray[np.float64]
F32 = npt.NDArray[np.float32]
I16 = npt.NDArray[np.int16]
I8 = npt.NDArray[np.int8]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

NO_AIRCRAFT = 0xFFFF_FFFF
"""The address of a row in which a source tells nothing but the time: it was listening."""
PLACES = ("latitude_deg", "longitude_deg", "position_at")


@dataclass(frozen=True, slots=True, eq=False)
class DecodedBatch:
    """`n` rows, all columns (n,).

    heard_at              float64   Unix s UTC on the microsecond grid: when the source heard the aircraft
    address               uint32    address key (`domain.report`), or NO_AIRCRAFT
    latitude_deg, longitude_deg  float64   WGS 84; NaN where the row brings no new position
    position_at           float64   when that position was heard; NaN where the source does not tell
    surface               bool      the position came with the aircraft's word that it is on the ground
    on_ground             int8      1 ground, 0 airborne, -1 not told
    altitude_baro_ft      float32   1013.25 hPa
    altitude_geom_ft      float32   above the ellipsoid
    groundspeed_kt, track_deg       float32
    airspeed_kt           float32   true where `airspeed_is_true`, else indicated
    airspeed_is_true      bool
    heading_deg           float32
    vertical_rate_fpm     float32   barometric where `vertical_rate_is_baro`, else geometric or not told
    vertical_rate_is_baro bool
    callsign              S8        without blanks at its end
    category              S2        A0..D7
    squawk                int16     the four octal digits as a decimal number; -1 not told
    nic, nac_p            int8      -1 not told
    receiver              uint64    number of the file
    """

    heard_at: F64
    address: U32
    latitude_deg: F64
    longitude_deg: F64
    position_at: F64
    surface: Flags
    on_ground: I8
    altitude_baro_ft: F32
    altitude_geom_ft: F32
    groundspeed_kt: F32
    track_deg: F32
    airspeed_kt: F32
    airspeed_is_true: Flags
    heading_deg: F32
    vertical_rate_fpm: F32
    vertical_rate_is_baro: Flags
    callsign: npt.NDArray[np.bytes_]
    category: npt.NDArray[np.bytes_]
    squawk: I16
    nic: I8
    nac_p: I8
    receiver: U64

    def __len__(self) -> int:
        return len(self.heard_at)

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_] | slice) -> DecodedBatch:
        """The rows at `rows` (indices, mask or slice), in that order."""
        return DecodedBatch(*(getattr(self, name)[rows] for name in COLUMNS))

    def without_places(self, rows: Flags) -> DecodedBatch:
        """The same without the positions of `rows` (n,)."""
        columns = {name: np.where(rows, np.nan, getattr(self, name)) for name in PLACES}
        return replace(self, **columns, surface=self.surface & ~rows)

    def plain_rows(self) -> list[dict[str, Any]]:
        """Each row as plain values (texts as `str`), without the columns that tell nothing."""
        columns = {name: getattr(self, name).tolist() for name in COLUMNS}
        rows = []
        for i in range(len(self)):
            row = {name: values[i] for name, values in columns.items()}
            told = {name: value for name, value in row.items() if value == value and value != EMPTY[name]}
            rows.append({name: v.decode("ascii") if isinstance(v, bytes) else v for name, v in told.items()})
        return rows

    @staticmethod
    def empty() -> DecodedBatch:
        return DecodedBatch.of(())

    @staticmethod
    def of(rows: Sequence[Sequence[Any]]) -> DecodedBatch:
        """A batch of rows whose values stand in the order of the columns."""
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
        pairs = zip(columns, COLUMNS.values(), strict=True)
        return DecodedBatch(*(np.array(values, dtype=dtype) for values, dtype in pairs))

    @staticmethod
    def concat(batches: list[DecodedBatch]) -> DecodedBatch:
        """Batches one after the other."""
        if len(batches) == 1:
            return batches[0]
        if not batches:
            return DecodedBatch.empty()
        return DecodedBatch(*(np.concatenate([getattr(batch, name) for batch in batches]) for name in COLUMNS))


Batch = FrameBatch | DecodedBatch
"""What flows into the path: frames, or what others made of them; one kind in each batch."""

_NAN = float("nan")
_COLUMNS: dict[str, tuple[str, Any]] = {
    "heard_at": ("f8", _NAN),
    "address": ("u4", NO_AIRCRAFT),
    "latitude_deg": ("f8", _NAN),
    "longitude_deg": ("f8", _NAN),
    "position_at": ("f8", _NAN),
    "surface": ("?", False),
    "on_ground": ("i1", -1),
    "altitude_baro_ft": ("f4", _NAN),
    "altitude_geom_ft": ("f4", _NAN),
    "groundspeed_kt": ("f4", _NAN),
    "track_deg": ("f4", _NAN),
    "airspeed_kt": ("f4", _NAN),
    "airspeed_is_true": ("?", False),
    "heading_deg": ("f4", _NAN),
    "vertical_rate_fpm": ("f4", _NAN),
    "vertical_rate_is_baro": ("?", False),
    "callsign": ("S8", b""),
    "category": ("S2", b""),
    "squawk": ("i2", -1),
    "nic": ("i1", -1),
    "nac_p": ("i1", -1),
    "receiver": ("u8", 0),
}
COLUMNS = {name: dtype for name, (dtype, _) in _COLUMNS.items()}
"""Name of each column and its dtype, in order."""
EMPTY = {name: empty for name, (_, empty) in _COLUMNS.items()}
"""What a column holds where the source tells nothing."""


def joined(batches: Sequence[Batch]) -> list[Batch]:
    """Batches one after the other, neighbours of one kind made one; empty ones left out."""
    runs: list[list[Batch]] = []
    for batch in batches:
        if not len(batch):
            continue
        if runs and type(runs[-1][0]) is type(batch):
            runs[-1].append(batch)
        else:
            runs.append([batch])
    return [_one(run) for run in runs]


def _one(run: list[Batch]) -> Batch:
    frames = [batch for batch in run if isinstance(batch, FrameBatch)]
    return (
        FrameBatch.concat(frames)
        if frames
        else DecodedBatch.concat([batch for batch in run if isinstance(batch, DecodedBatch)])
    )
