"""Forms of registrations: which registers write them so, and whether an address of a given block goes with one.

Nationality marks are those of ICAO Annex 7, which states notify; the forms come from the standing-data table (CC0).
Whose block an address is in: `detector.reference.blocks`.
"""

from __future__ import annotations

import re
from collections import defaultdict

from detector.domain.errors import InputError
from detector.reference.csv_rows import rows

TABLE = "table of registration prefixes"
COLUMNS = ("Prefix", "CountryISO2", "DecodeFullRegex")
UNASSIGNED = "ZZ"
"""Stands in the table for marks of no state (4U, the United Nations)."""
LONGEST = 12
"""Characters of a registration at most; patterns are not run over anything longer (the longest real ones have 11)."""

REPLACED = {("N", "US"): r"N[1-9][\dA-Z]{0,4}"}
"""Narrower than in the table: without it `NZ7015`, a serial of New Zealand's air force, would pass for an N-number."""
ADDED = (("B", "TW", r"B-\d{5}"),)
"""Taiwan's register uses China's mark, with five digits; the table gives B- to China alone."""

GUARDIANS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("GG", "IM", "JE"), ("GB", "Crown dependency: addresses come from the United Kingdom's block")),
    **dict.fromkeys(
        ("AI", "BM", "FK", "GI", "KY", "MS", "SH", "TC", "VG"),
        ("GB", "British overseas territory: addresses come from the United Kingdom's block"),
    ),
    **dict.fromkeys(("HK", "MO"), ("CN", "special administrative region: addresses come from China's block")),
    **dict.fromkeys(
        ("AW", "BQ", "CW", "SX", "XC"),
        ("NL", "Kingdom of the Netherlands in the Caribbean: addresses come from the Netherlands' block"),
    ),
    **dict.fromkeys(
        ("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"),
        ("FR", "French overseas territory: one register and one block with France"),
    ),
    "PS": ("EG", "has no block of its own, and SU-Y is part of Egypt's mark"),
}
"""Registers that give out addresses of another state's block, and why. A guardian and its wards count as one, in both
directions: parts of a block pass from one to the other, and the table of blocks knows them only from aircraft seen."""

WITHOUT_BLOCK = frozenset({"AD", "DM", "KN", "KS", "SS", "TL", "TV"})
"""Registers for which the table of blocks has none: nothing can be said of their addresses."""
OF_NO_REGISTER = frozenset({"XA", "XB"})
"""Blocks of ICAO (given out for a time to any state's aircraft) and of NATO."""

_CSHARP_NAME = re.compile(r"\(\?<(?=[A-Za-z_])")


class Prefixes:
    """Forms of registrations by register."""

    def __init__(self, forms: dict[str, list[tuple[str, re.Pattern[str]]]]) -> None:
        """`forms`: under each prefix, the country and the whole pattern of every form that begins so."""
        self._forms = forms
        self._lengths = sorted({len(prefix) for prefix in forms}, reverse=True)

    @staticmethod
    def from_bytes(data: bytes) -> Prefixes:
        """From the gzipped CSV table, with what is replaced and added here. Raises InputError when it is damaged."""
        forms: defaultdict[str, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)
        for prefix, country, pattern in (*rows(data, COLUMNS, TABLE), *ADDED):
            if country == UNASSIGNED:
                continue
            pattern = REPLACED.get((prefix, country), pattern)
            try:
                compiled = re.compile(_CSHARP_NAME.sub("(?P<", pattern), re.ASCII)
            except re.error as error:
                raise InputError(f"{TABLE}: {prefix}: {pattern!r} is no pattern ({error})") from error
            forms[prefix].append((country, compiled))
        return Prefixes(dict(forms))

    def register_of(self, registration: str) -> tuple[str, ...]:
        """ISO 3166 alpha-2 of the registers that write registrations so, by the longest prefix; () where none does.

        Either case; hyphens have to be where the register has them: without them, `ZK450` of the Royal Air Force would
        be New Zealand's.
        """
        text = registration.strip().upper()
        if len(text) > LONGEST:
            return ()
        for length in self._lengths:
            forms = self._forms.get(text[:length], ())
            found = dict.fromkeys(country for country, pattern in forms if pattern.fullmatch(text))
            if found:
                return tuple(found)
        return ()

    def block_fits(self, registration: str, block_country: str | None) -> bool | None:
        """Whether a register of that form gives out addresses of the block of `block_country` (None: no state's).

        None where that is unknown: a form of no register (military serials), a register or a block without the other.
        """
        registers = self.register_of(registration)
        if not registers or block_country in OF_NO_REGISTER:
            return None
        if block_country is not None and _guardian(block_country) in map(_guardian, registers):
            return True
        return None if WITHOUT_BLOCK.intersection(registers) else False


def _guardian(country: str) -> str:
    return GUARDIANS[country][0] if country in GUARDIANS else country
