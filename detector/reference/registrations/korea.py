"""HL registrations: the four decimal digits stand in the address as they are, as hexadecimal digits.

HL7200 is 71BA00 and HL7799 is 71BF99; HL8000 is 71C000, HL8211 is 71C211, HL8759 is 71C759. Found in the addresses
that aircraft have, like the schemes of `stride`. HL8799 is the end of what the aircraft of the table speak for; older
numbers (HL5245 is 71AA45) follow another rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class DigitsAsHex:
    """HL registrations of one range of numbers. `shift` is the address less the digits read as hexadecimal ones."""

    first: int
    last: int
    shift: int
    prefixes: tuple[str, ...] = ("HL",)
    country: str = "KR"
    source: str = "computed from the address by the scheme of HL registrations"

    def ending_of(self, address: int) -> str | None:
        """None for an address with a hexadecimal letter where a digit should be."""
        digits = f"{address - self.shift:04x}"
        return digits if digits.isdecimal() else None

    def address_of(self, ending: str) -> int | None:
        """None for what is not four digits of the range."""
        if not _DIGITS.fullmatch(ending):
            return None
        address = self.shift + int(ending, 16)
        return address if self.first <= address <= self.last else None


KOREAN: tuple[DigitsAsHex, ...] = (
    DigitsAsHex(0x71BA00, 0x71BF99, 0x71BA00 - 0x7200),
    DigitsAsHex(0x71C000, 0x71C799, 0x71C000 - 0x8000),
)
