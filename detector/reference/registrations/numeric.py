"""Registers whose number in decimal digits is added to the first address of a range.

Russia: RA-00000 would be 140000, RA-86572 is 15522C. Found in the addresses that aircraft have, like the schemes of
`stride`. RF- aircraft (of the state) are given addresses of the same block by another rule, if by any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Registrations of a prefix and a fixed number of decimal digits. `start` is the address of number 0."""

    prefixes: tuple[str, ...]
    country: str
    start: int
    digits: int

    @property
    def source(self) -> str:
        """The rule in words."""
        return f"computed from the address by the scheme of {self.prefixes[0]} registrations"

    @property
    def first(self) -> int:
        """The lowest address."""
        return self.start

    @property
    def last(self) -> int:
        """The highest address."""
        return self.start + int(10**self.digits) - 1

    def ending_of(self, address: int) -> str | None:
        """Every address of the range has one."""
        return f"{address - self.start:0{self.digits}d}"

    def address_of(self, ending: str) -> int | None:
        """None for what is not that many digits."""
        if len(ending) != self.digits or not _NUMBER.fullmatch(ending):
            return None
        return self.start + int(ending)


NUMBERS: tuple[Numbers, ...] = (Numbers(("RA-",), "RU", 0x140000, 5),)
