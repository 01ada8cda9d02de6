"""Registers that lay a suffix of three letters over their block: a place for each letter, with or without gaps.

The address is `start + a * stride1 + b * stride2 + c` for the letters' places a, b, c in the alphabet. Registers
publish no such rule: each was found in the addresses that its aircraft have, and is shipped only where five or more
aircraft of the standing-data table (CC0, `data/reference/aircraft.csv.gz`) fit and 97 % of them or more; a test
counts them again. An address that a scheme leaves to a registration may have gone to a military aircraft all the same
(Romania: 4 beside 53 that fit).

Left out for that reason: South Africa (ZS- fits 68 of 178), Poland (SP- 36 of 178), Ethiopia (ET- 22 of 39), Iraq
(YI- from 728421 fits 14 of 15), Syria (YK- from 778421, no aircraft in the table), and the numbers of Swiss gliders
(three).
"""

from __future__ import annotations

from dataclasses import dataclass

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTERS_AND_DIGITS = LETTERS + "0123456789"


@dataclass(frozen=True, slots=True)
class Series:
    """Registrations with one beginning. `start` is the address of the first of them, `first_letter` + AA."""

    prefixes: tuple[str, ...]
    country: str
    start: int
    stride1: int
    stride2: int
    first_letter: str = "A"
    last_letter: str = "Z"
    alphabet: str = LETTERS

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
        letters = self.alphabet.index(self.last_letter) - self.alphabet.index(self.first_letter)
        return self.start + letters * self.stride1 + (len(self.alphabet) - 1) * (self.stride2 + 1)

    def ending_of(self, address: int) -> str | None:
        """Three letters; None for an address in a gap."""
        a, rest = divmod(address - self.start, self.stride1)
        b, c = divmod(rest, self.stride2)
        n = len(self.alphabet)
        if b >= n or c >= n:
            return None
        return self.alphabet[a + self.alphabet.index(self.first_letter)] + self.alphabet[b] + self.alphabet[c]

    def address_of(self, ending: str) -> int | None:
        """None for what is not three letters of the series."""
        if len(ending) != 3:
            return None
        a, b, c = (self.alphabet.find(letter) for letter in ending)
        low, high = self.alphabet.index(self.first_letter), self.alphabet.index(self.last_letter)
        if not low <= a <= high or b < 0 or c < 0:
            return None
        return self.start + (a - low) * self.stride1 + b * self.stride2 + c


SERIES: tuple[Series, ...] = (
    Series(("TS-",), "TN", 0x028000, 1024, 32),
    Series(("F-G",), "FR", 0x390000, 1024, 32),
    Series(("F-H",), "FR", 0x398000, 1024, 32),
    # Germany: from P on, D-A and D-B have places of their own at the beginning of the block (D-B: one aircraft).
    Series(("D-A",), "DE", 0x3C0001, 676, 26, first_letter="P"),
    Series(("D-B",), "DE", 0x3C2001, 676, 26, first_letter="P"),
    Series(("D-A",), "DE", 0x3C4421, 1024, 32, last_letter="O"),
    Series(("D-B",), "DE", 0x3C8421, 1024, 32, last_letter="O"),
    Series(("D-C",), "DE", 0x3CC000, 676, 26),
    Series(("D-E",), "DE", 0x3D04A8, 676, 26),
    Series(("D-F",), "DE", 0x3D4950, 676, 26),
    Series(("D-G",), "DE", 0x3D8DF8, 676, 26),
    Series(("D-H",), "DE", 0x3DD2A0, 676, 26),
    Series(("D-I",), "DE", 0x3E1748, 676, 26),
    # From 3E8000 (D-KNRC) on military aircraft have the addresses (15 in the table; one D-KOBN as well).
    Series(("D-K",), "DE", 0x3E5BF0, 676, 26, last_letter="M"),
    Series(("OO-",), "BE", 0x448421, 1024, 32),
    Series(("OY-",), "DK", 0x458421, 1024, 32),
    Series(("OH-",), "FI", 0x460000, 676, 26),
    Series(("SX-",), "GR", 0x468421, 1024, 32),
    Series(("HA-",), "HU", 0x470000, 676, 26),
    Series(("CS-",), "PT", 0x490421, 1024, 32),
    Series(("YR-",), "RO", 0x4A0421, 1024, 32),
    Series(("SE-",), "SE", 0x4A8421, 1024, 32),
    Series(("HB-",), "CH", 0x4B0000, 676, 26),
    Series(("TC-",), "TR", 0x4B8421, 1024, 32),
    Series(("YU-",), "RS", 0x4C0000, 1024, 32),
    Series(("EP-",), "IR", 0x730421, 1024, 32),
    Series(("JY-",), "JO", 0x740421, 1024, 32),
    # From AP-XAA on military aircraft have the addresses (three in the table).
    Series(("AP-",), "PK", 0x760421, 1024, 32, last_letter="W"),
    Series(("9V-",), "SG", 0x768421, 1024, 32),
    Series(("VH-",), "AU", 0x7C0000, 1296, 36, last_letter="9", alphabet=LETTERS_AND_DIGITS),
    Series(("HS-",), "TH", 0x880421, 1024, 32),
    Series(("C-F",), "CA", 0xC00001, 676, 26),
    Series(("C-G",), "CA", 0xC044A9, 676, 26),
    # LQ- are aircraft of the state; LV-ABC and LQ-ABC have one address.
    Series(("LV-", "LQ-"), "AR", 0xE01041, 4096, 64),
)
