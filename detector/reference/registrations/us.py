"""N-numbers: the FAA counts Mode S codes through all of them, in an alphabet that puts letters before digits.

N1 is A00001, then N1A, N1AA, N1AB ... N1ZZ, N10, N10A ... N99999, which is ADF7C7. Source: the Mode S codes that the
FAA's aircraft registry publishes beside every N-number; the form of N-numbers is in 14 CFR 47.15.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FIRST = 0xA00001
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""I and O are left out: they look like 1 and 0."""
N_NUMBER = re.compile(r"[1-9](?:[0-9]{0,4}|[0-9]{0,3}[A-HJ-NP-Z]|[0-9]{0,2}[A-HJ-NP-Z]{2})")
"""What follows the N: a digit other than 0, five characters at most, of which the last one or two may be letters."""

SUFFIXES = 1 + 24 * 25
"""No letter, or a first one with a second one or none."""
FOURTH = 1 + 24 + 10
"""Codes from one four-digit number to the next: itself, one letter, a fifth digit."""
THIRD = SUFFIXES + 10 * FOURTH
SECOND = SUFFIXES + 10 * THIRD
CODES = SUFFIXES + 10 * SECOND
"""Codes of each first digit: 101,711."""


@dataclass(frozen=True, slots=True)
class NNumbers:
    """The register of the United States."""

    prefixes: tuple[str, ...] = ("N",)
    country: str = "US"
    source: str = "N-number computed from the address (FAA)"
    first: int = FIRST
    last: int = FIRST + 9 * CODES - 1

    def ending_of(self, address: int) -> str | None:
        """Every address of the range has one."""
        digit, rest = divmod(address - FIRST, CODES)
        ending = str(digit + 1)
        for codes in (SECOND, THIRD, FOURTH):
            if rest < SUFFIXES:
                return ending + _letters(rest)
            digit, rest = divmod(rest - SUFFIXES, codes)
            ending += str(digit)
        if rest <= len(LETTERS):
            return ending + LETTERS[rest - 1 : rest]
        return ending + str(rest - len(LETTERS) - 1)

    def address_of(self, ending: str) -> int | None:
        """None for what is no N-number."""
        if not N_NUMBER.fullmatch(ending):
            return None
        address = FIRST + (int(ending[0]) - 1) * CODES
        for place, codes in enumerate((SECOND, THIRD, FOURTH), 1):
            rest = ending[place:]
            if not rest[:1].isdigit():
                return address + _number(rest)
            address += SUFFIXES + int(rest[0]) * codes
        last = ending[4:]
        if last.isdigit():
            return address + 1 + len(LETTERS) + int(last)
        return address + (1 + LETTERS.index(last) if last else 0)


def _letters(number: int) -> str:
    """0 to 600 as "", A, AA, AB ... ZZ."""
    if number == 0:
        return ""
    first, second = divmod(number - 1, 25)
    return LETTERS[first] + LETTERS[second - 1 : second] if second else LETTERS[first]


def _number(letters: str) -> int:
    if not letters:
        return 0
    second = 1 + LETTERS.index(letters[1]) if len(letters) == 2 else 0
    return 1 + LETTERS.index(letters[0]) * 25 + second
