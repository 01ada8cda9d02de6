"""Operators by the three-letter designator that their call signs begin with.

Designators are those of ICAO Doc 8585; the names come from the standing-data table (CC0). A call sign is what a crew
typed in: it hints at an operator and proves none.
"""

from __future__ import annotations

import re

from detector.reference.csv_rows import rows

CALLSIGN = re.compile(r"([A-Z]{3})[0-9][0-9A-Z]{0,4}")
"""A designator and a flight number (eight characters are all that a transponder sends). A registration typed in as a
call sign seldom has the form: `GABCD` has a fourth letter, `N123AB` a digit too early."""

REGISTRATIONS = re.compile(
    r"RPC[0-9]{3,4}|CUT[0-9]{4}|VNA[0-9]{3}|EZA[0-9]{3}|VH[A-Z][0-9][0-9A-Z]|ODM[0-9]{2}"
    r"|FAB[0-9]{4}|FAU[0-9]{3}|ARG0[0-9]"
)
"""Those that do have it, without their hyphen, and whose letters are also somebody else's designator: RP-C4136 of the
Philippines, CU-T1234 of Cuba, VN-A389 of Vietnam, EZ-A781 of Turkmenistan, VH-A54 of Australia, OD-M10 of Lebanon, and
serials of the air forces of Brazil (FAB1394) and Uruguay (FAU-551) and of Argentina's government (ARG-01).

Slovak microlights (OM-S107) are taken for flights of SalamAir (OMS107): of the two, those are far more frequent."""


class Airlines:
    """Names by designator."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    @staticmethod
    def from_bytes(data: bytes) -> Airlines:
        """From the gzipped CSV table, less airlines without a designator. Raises InputError when it is damaged."""
        names: dict[str, str] = {}
        for designator, name in rows(data, ("ICAO", "Name"), "table of airlines"):
            if designator and name:
                names.setdefault(designator, name)
        return Airlines(names)

    def operator_of(self, callsign: str) -> str | None:
        """Name of the operator of a call sign of a flight; None for an unknown designator, and for any other form."""
        text = callsign.strip().upper()
        flight = CALLSIGN.fullmatch(text)
        if flight is None or REGISTRATIONS.fullmatch(text):
            return None
        return self._names.get(flight[1])
