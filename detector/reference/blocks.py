"""Blocks of 24-bit addresses: whose state an address is of, and whether it is from a military range.

ICAO gives every state one block (Annex 10, Volume III, Part I, chapter 9, table 9-1). Which parts of it a state keeps
for its military, or gives to its territories, is known from the aircraft that have such addresses. Both come from the
standing-data table (CC0), with corrections of our own where it calls civil addresses military.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from detector.domain.errors import InputError
from detector.reference.csv_rows import rows

TABLE = "table of address blocks"
END = 1 << 24
COLUMNS = ("Start", "Finish", "CountryISO2", "IsMilitary")
UNASSIGNED = "ZZ"
"""Stands in the table for ranges that belong to no state."""


class Block(msgspec.Struct, frozen=True):
    """A range of addresses, both ends included.

    `country` is ISO 3166 alpha-2 of the state or territory; XA stands for ICAO itself, XB for NATO, XC for the former
    Netherlands Antilles.
    """

    first: int
    last: int
    country: str
    military: bool


CORRECTIONS: tuple[Block, ...] = (
    # Counted in the standing-data table of aircraft (`data/reference/aircraft.csv.gz`); no military one is in them.
    Block(0x43EB62, 0x43F8FF, "GG", military=False),  # 105 aircraft of Guernsey's register; the highest at 43F819
    Block(0x4780C6, 0x4780CF, "NO", military=False),  # three airliners, LN-SAE to LN-SAG
    Block(0x7C822E, 0x7CB63F, "AU", military=False),  # 18 from VH-8AA on; the scheme of VH- goes up to 7CB63F
    Block(0xE80600, 0xE806FF, "CL", military=False),  # 31 airliners of one operator
)
"""Ranges that the table calls military and that civil aircraft have; each replaces what the table says of it."""


class AddressBlocks:
    """All blocks; they are nested, and the narrowest one that an address is in counts.

    Nothing changes after construction.
    """

    def __init__(self, blocks: Iterable[Block], corrections: Iterable[Block] = ()) -> None:
        """Each of the corrections replaces all that the blocks say of its range."""
        # The widest first, so that narrower ones lie on top.
        layers = [*sorted(blocks, key=lambda block: block.first - block.last), *corrections]
        borders = {0, END, *(block.first for block in layers), *(block.last + 1 for block in layers)}
        self._starts = np.array(sorted(borders), np.int64)
        self._starts_list: list[int] = self._starts.tolist()
        owners: list[Block | None] = [None] * len(borders)
        for block in layers:
            begin, end = np.searchsorted(self._starts, [block.first, block.last + 1])
            owners[begin:end] = [block] * int(end - begin)
        self._owners = owners
        self._country: npt.NDArray[Any] = np.array(
            [None if owner is None else owner.country for owner in owners], object
        )
        self._military = np.array([owner is not None and owner.military for owner in owners], np.bool_)

    @staticmethod
    def from_bytes(data: bytes) -> AddressBlocks:
        """From the gzipped CSV table, with the corrections. Raises InputError when it is damaged."""
        blocks = [
            Block(*_range(start, finish), country, military == "1")
            for start, finish, country, military in rows(data, COLUMNS, TABLE)
            if country != UNASSIGNED
        ]
        return AddressBlocks(blocks, CORRECTIONS)

    def block_of(self, address: int) -> Block | None:
        """The narrowest block around an address; None where it is in no state's, or is no address."""
        if not 0 <= address < END:
            return None
        return self._owners[bisect_right(self._starts_list, address) - 1]

    def countries(self, addresses: npt.NDArray[np.uint32]) -> npt.NDArray[Any]:
        """Country of each address, shape as given: str, or None for no state's."""
        return self._country[self._index(addresses)]

    def military(self, addresses: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
        """Whether each address is in a military range, shape as given."""
        return self._military[self._index(addresses)]

    def _index(self, addresses: npt.NDArray[np.uint32]) -> npt.NDArray[np.intp]:
        return np.searchsorted(self._starts, addresses, "right") - 1


def _range(start: str, finish: str) -> tuple[int, int]:
    try:
        first, last = int(start, 16), int(finish, 16)
    except ValueError as error:
        raise InputError(f"{TABLE}: {start}-{finish} is no range of addresses") from error
    if not 0 <= first <= last < END:
        raise InputError(f"{TABLE}: {start}-{finish} is no range of addresses")
    return first, last


FIRST_GIVEN = 0x001000
"""The first block of a state begins at 004000; further down is what somebody numbered from 1 on."""

_SAME_DIGITS = "all six digits are the same; may be a placeholder that was never replaced"
_ROW_OF_DIGITS = "its digits are a row; may be a placeholder that was never replaced"
_PLACEHOLDERS: dict[int, str] = {
    0x000000: "no address at all: Annex 10 forbids all zeros",
    0xFFFFFF: "no address at all: Annex 10 forbids all ones",
    # aaaaaa and abcdef are left out: they belong to N-numbers that an aircraft may have (N787BK and N86QU).
    **{digit * 0x111111: _SAME_DIGITS for digit in range(1, 15) if digit != 0xA},
    0x123456: _ROW_OF_DIGITS,
    0x654321: _ROW_OF_DIGITS,
    0xFEDCBA: _ROW_OF_DIGITS,
}


def placeholder(address: int) -> str | None:
    """Why an address is probably no aircraft's own: nobody set it up, or somebody made it up. None for all others.

    None of these is an aircraft's in the standing-data table, nor computed by a register.
    """
    reason = _PLACEHOLDERS.get(address)
    if reason is None and 0 < address < FIRST_GIVEN:
        return "a small number, far below the first address of any state"
    return reason
