"""Visits as a Polars table: the columns of a month's file, and the way from records to it and on to arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.domain.visit import Coded, Visit, VisitColumns
from detector.history.engine import pl

MOMENT = pl.Datetime("us", "UTC")
"""Event times lie on whole microseconds (`domain.times`), so nothing is lost."""
SCHEMA: dict[str, pl.DataType] = {
    "id": pl.String(),
    "icao24": pl.String(),
    "airport": pl.String(),
    "landed_at": MOMENT,
    "departed_at": MOMENT,
    "ground_min_s": pl.Float64(),
    "ground_max_s": pl.Float64(),
    "level": pl.Int8(),
    "registration": pl.String(),
    "type_code": pl.String(),
    "operator": pl.String(),
    "state": pl.String(),
    "military": pl.Boolean(),
    "callsign_in": pl.String(),
    "callsign_out": pl.String(),
    "origin": pl.String(),
    "destination": pl.String(),
    "source": pl.String(),
}
"""The fields of `Visit`; null where they are None."""
TEXTS = ("airport", "type_code", "operator", "state", "origin", "destination")
NUMBERS = ("landed_at", "departed_at", "ground_min_s", "ground_max_s")
NEEDED = ("icao24", *NUMBERS, "level", "military", *TEXTS)
MICROSECONDS = 1_000_000


def table_of(visits: Sequence[Visit]) -> pl.DataFrame:
    """One row a visit, in the order given; of several with one id the last."""
    data: dict[str, Any] = {name: [getattr(visit, name) for visit in visits] for name in SCHEMA}
    for name in ("landed_at", "departed_at"):
        data[name] = [None if at is None else round(at * MICROSECONDS) for at in data[name]]
    made = pl.DataFrame(data, schema={name: pl.Int64() if kind == MOMENT else kind for name, kind in SCHEMA.items()})
    return made.cast({"landed_at": MOMENT, "departed_at": MOMENT}).unique("id", keep="last", maintain_order=True)


def visits_of(table: pl.DataFrame) -> list[Visit]:
    """The records of a table with all columns, in its order."""
    numbers = {name: _numbers(table[name]) for name in ("landed_at", "departed_at")}
    records = table.drop("landed_at", "departed_at").iter_rows(named=True)
    return [
        Visit(**record, landed_at=landed_at, departed_at=None if np.isnan(departed_at) else departed_at)
        for record, landed_at, departed_at in zip(
            records, *(column.tolist() for column in numbers.values()), strict=True
        )
    ]


def columns_of(months: Sequence[pl.DataFrame]) -> VisitColumns:
    """Tables with the columns `NEEDED`, each ordered by landing and all in the order of time, as arrays."""
    if not months:
        return VisitColumns.of([])
    pieces = [_Piece(month) for month in months]
    texts: dict[str, Any] = {name: _joined([piece.texts[name] for piece in pieces]) for name in TEXTS}
    numbers: dict[str, Any] = {
        name: np.concatenate([piece.arrays[name] for piece in pieces]) for name in pieces[0].arrays
    }
    return VisitColumns(**numbers, **texts)


class _Piece:
    """One table as arrays, its texts as codes of its own."""

    def __init__(self, table: pl.DataFrame) -> None:
        military = table["military"].cast(pl.Int8).fill_null(-1)
        self.arrays: dict[str, npt.NDArray[Any]] = {
            # As a whole number Polars reads decimal or hexadecimal digits alike, whole columns at once.
            "icao24": table["icao24"].str.to_integer(base=16, dtype=pl.UInt32).to_numpy(),
            **{name: _numbers(table[name]) for name in NUMBERS},
            "level": table["level"].to_numpy(),
            "military": military.to_numpy(),
        }
        self.texts = {name: coded(table[name]) for name in TEXTS}


def _numbers(column: pl.Series) -> npt.NDArray[np.float64]:
    """Float64, NaN where null; moments as Unix seconds."""
    if column.dtype == MOMENT:
        microseconds = column.to_physical().cast(pl.Float64).fill_null(float("nan")).to_numpy()
        seconds: npt.NDArray[np.float64] = microseconds / MICROSECONDS
        return seconds
    return column.fill_null(float("nan")).to_numpy()


def coded(column: pl.Series) -> Coded:
    """Texts as codes of their ascending names; a hash per row, and no Python object."""
    names = column.unique().sort()
    codes = column.cast(pl.Enum(names)).to_physical().to_numpy().astype(np.int32)
    return Coded(codes, tuple(names.to_list()))


def _joined(pieces: Sequence[Coded]) -> Coded:
    names = sorted({name for piece in pieces for name in piece.names})
    number = {name: i for i, name in enumerate(names)}
    codes = [np.array([number[name] for name in piece.names], np.int32)[piece.codes] for piece in pieces]
    return Coded(np.concatenate(codes), tuple(names))
