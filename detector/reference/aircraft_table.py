"""Aircraft by address, as one source tells of them: columns in one NumPy `.npz` file.

Several tables stand beside each other, each with its source and date; what they say of one address is put together only
when it is asked for (`detector.reference.directory`), so that no source overwrites another one.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from detector.domain.errors import InputError
from detector.reference.texts import Texts

FORMAT = 1
"""Raised whenever a column changes its name or meaning; a table of another format is refused."""

ALWAYS, FOR_EVER = np.iinfo(np.int32).min, np.iinfo(np.int32).max
"""Days (proleptic ordinals) of a row whose source does not say since when or until when it holds."""
MILITARY_UNKNOWN, MILITARY_YES, MILITARY_NO = 0, 1, 2
TEXTS = ("registration", "type_code", "operator", "serial", "told_by")
NUMBERS: dict[str, type[np.generic]] = {
    "address": np.uint32,
    "from_day": np.int32,
    "to_day": np.int32,
    "built": np.uint16,
    "military": np.uint8,
}


class AircraftRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row as a person or a source writes it; "" and None where it says nothing.

    address          24 bits
    registration     as painted, in capital letters; `type_code` by ICAO Doc 8643
    serial           the maker's serial number
    built            year
    valid_from, valid_to   first and last day, UTC
    told_by          its source, where that is not the one of the whole table
    """

    address: int
    registration: str = ""
    type_code: str = ""
    operator: str = ""
    serial: str = ""
    built: int | None = None
    military: bool | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    told_by: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class AircraftTable:
    """Rows of one source, ordered by address, then by `from_day`. An address may have several, of different days.

    source     what it is called where its facts are shown; `dated`: the day it was published, None = not known
    address    uint32 (n,); `from_day`, `to_day` ordinals, int32; `built` year, 0 = not known; `military` MILITARY_*
    """

    source: str
    dated: date | None
    address: npt.NDArray[np.uint32]
    from_day: npt.NDArray[np.int32]
    to_day: npt.NDArray[np.int32]
    built: npt.NDArray[np.uint16]
    military: npt.NDArray[np.uint8]
    registration: Texts
    type_code: Texts
    operator: Texts
    serial: Texts
    told_by: Texts

    @staticmethod
    def of(rows: Sequence[AircraftRow], source: str, dated: date | None) -> AircraftTable:
        """From rows in any order."""
        ordered = sorted(rows, key=lambda row: (row.address, row.valid_from or date.min))
        military = {None: MILITARY_UNKNOWN, True: MILITARY_YES, False: MILITARY_NO}
        return AircraftTable(
            source,
            dated,
            np.array([row.address for row in ordered], np.uint32),
            np.array([row.valid_from.toordinal() if row.valid_from else ALWAYS for row in ordered], np.int32),
            np.array([row.valid_to.toordinal() if row.valid_to else FOR_EVER for row in ordered], np.int32),
            np.array([row.built or 0 for row in ordered], np.uint16),
            np.array([military[row.military] for row in ordered], np.uint8),
            **{name: Texts.of(getattr(row, name) for row in ordered) for name in TEXTS},
        )

    def __len__(self) -> int:
        return len(self.address)

    def rows_of(self, address: int) -> range:
        """The rows of an address."""
        return range(int(self.address.searchsorted(address)), int(self.address.searchsorted(address, side="right")))

    def row(self, i: int) -> AircraftRow:
        """One row."""
        built, military = int(self.built[i]), int(self.military[i])
        return AircraftRow(
            address=int(self.address[i]),
            registration=self.registration[i],
            type_code=self.type_code[i],
            operator=self.operator[i],
            serial=self.serial[i],
            told_by=self.told_by[i],
            built=built or None,
            military=None if military == MILITARY_UNKNOWN else military == MILITARY_YES,
            valid_from=_day(int(self.from_day[i])),
            valid_to=_day(int(self.to_day[i])),
        )

    def to_bytes(self, *, compressed: bool = True) -> bytes:
        """The `.npz` file; equal tables give equal bytes. Without compression it is read three times as fast."""
        head = msgspec.json.encode({"format": FORMAT, "source": self.source, "dated": self.dated})
        columns: dict[str, Any] = {"head": np.frombuffer(head, np.uint8)}
        columns |= {name: getattr(self, name) for name in NUMBERS}
        for name in TEXTS:
            columns[f"{name}_number"], columns[f"{name}_joined"] = getattr(self, name).columns()
        buffer = io.BytesIO()
        (np.savez_compressed if compressed else np.savez)(buffer, **columns)
        return buffer.getvalue()

    @staticmethod
    def from_bytes(data: bytes, name: str = "aircraft table") -> AircraftTable:
        """Read what `to_bytes` wrote. Raises InputError, naming `name`, when it is damaged or of another format."""
        try:
            # No pickle: a table is numbers and text, and may come from somebody else.
            with np.load(io.BytesIO(data), allow_pickle=False) as columns:
                head = msgspec.json.decode(columns["head"].tobytes(), type=_Head)
                if head.format != FORMAT:
                    raise InputError(f"{name}: format {head.format}, this program reads {FORMAT}")
                numbers = {column: columns[column] for column in NUMBERS}
                texts = {
                    column: Texts(columns[f"{column}_number"], columns[f"{column}_joined"].tobytes())
                    for column in TEXTS
                }
        except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile, msgspec.DecodeError) as error:
            raise InputError(f"{name}: damaged or not an aircraft table ({error})") from error
        values: dict[str, Any] = {**numbers, **texts}
        table = AircraftTable(head.source, head.dated, **values)
        if not table._fits():
            raise InputError(f"{name}: damaged: its columns do not fit together")
        return table

    def _fits(self) -> bool:
        n = len(self.address)
        columns = all(
            getattr(self, name).dtype == kind and getattr(self, name).shape == (n,) for name, kind in NUMBERS.items()
        )
        texts = [getattr(self, name) for name in TEXTS]
        within = all(
            text.number.shape == (n,) and (n == 0 or 0 <= text.number.min() <= text.number.max() < len(text.begin) - 1)
            for text in texts
        )
        return columns and within and bool(np.all(self.address[1:] >= self.address[:-1]))


class _Head(msgspec.Struct):
    format: int
    source: str
    dated: date | None


def _day(ordinal: int) -> date | None:
    return None if ordinal in (ALWAYS, FOR_EVER) else date.fromordinal(ordinal)
