"""JA registrations: a digit, then three characters that count digits before letters, and letters only after letters.

JA0000 is 840000; each first digit has 22,984 addresses: 10 x (10 x 34 + 24 x 24) that go on with a digit, and 24 x 24
x 24 that go on with three letters (I and O are not used). Found in the addresses that aircraft have, like the schemes
of `stride`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

START = 0x840000
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
CHARACTERS = "0123456789" + LETTERS
ENDING = re.compile(r"[0-9](?:[0-9]{2}[0-9A-HJ-NP-Z]|[0-9][A-HJ-NP-Z]{2}|[A-HJ-NP-Z]{3})")

THIRD = len(CHARACTERS)
"""Addresses of each third digit."""
SECOND = 10 * THIRD + 24 * 24
FIRST = 10 * SECOND + 24 * 24 * 24


@dataclass(frozen=True, slots=True)
class JapaneseRegister:
    """The register of Japan."""

    prefixes: tuple[str, ...] = ("JA",)
    country: str = "JP"
    source: str = "computed from the address by the scheme of JA registrations"
    first: int = START
    last: int = START + 10 * FIRST - 1

    def ending_of(self, address: int) -> str | None:
        """Every address of the range has one."""
        first, rest = divmod(address - START, FIRST)
        if rest >= 10 * SECOND:
            return f"{first}{_letters(rest - 10 * SECOND, 3)}"
        second, rest = divmod(rest, SECOND)
        if rest >= 10 * THIRD:
            return f"{first}{second}{_letters(rest - 10 * THIRD, 2)}"
        third, rest = divmod(rest, THIRD)
        return f"{first}{second}{third}{CHARACTERS[rest]}"

    def address_of(self, ending: str) -> int | None:
        """None for what is no such registration."""
        if not ENDING.fullmatch(ending):
            return None
        address = START + int(ending[0]) * FIRST
        if not ending[1].isdigit():
            return address + 10 * SECOND + _number(ending[1:])
        address += int(ending[1]) * SECOND
        if not ending[2].isdigit():
            return address + 10 * THIRD + _number(ending[2:])
        return address + int(ending[2]) * THIRD + CHARACTERS.index(ending[3])


def _letters(number: int, n: int) -> str:
    text = ""
    for _ in range(n):
        number, letter = divmod(number, 24)
        text = LETTERS[letter] + text
    return text


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 24 + LETTERS.index(letter)
    return number
