"""Types of aircraft by their ICAO designator: what they are called, and which are used alike.

Source: the standing-data table (CC0), which follows ICAO Doc 8643: species (L landplane, S seaplane, A amphibian, H
helicopter, G gyrocopter, T tilt-rotor), engines (J jet, T turboprop, P piston, E electric, R rocket) and wake
category (J super, H heavy, M medium, L light, L/M by version).
"""

from __future__ import annotations

from collections import Counter

from detector.domain.identity import TypeClass
from detector.reference.csv_rows import rows

COLUMNS = (
    "ICAO",
    "Manufacturer",
    "Model",
    "EngineTypeCode",
    "SpeciesCode",
    "WakeTurbulenceCode",
    "IsActive",
)

SPECIAL = {
    "BALL": TypeClass.LIGHT,
    "GLID": TypeClass.LIGHT,
    "GYRO": TypeClass.ROTORCRAFT,
    "UHEL": TypeClass.ROTORCRAFT,
    "ULAC": TypeClass.LIGHT,
}
"""Special designators of Doc 8643, which stand for many types and have neither species nor engines in the table:
balloon, glider, microlight gyrocopter, helicopter and aeroplane."""
NOT_FLYING = "-"
"""Codes of ground vehicles and of masts begin so."""

_Row = tuple[str, ...]


class TypeTable:
    """Rows by designator; a designator covers several models, and their rows may disagree."""

    def __init__(self, by_code: dict[str, list[_Row]]) -> None:
        """`by_code`: rows as `COLUMNS`."""
        self._by_code = by_code
        self._names: dict[str, str | None] = {}

    @staticmethod
    def from_bytes(data: bytes) -> TypeTable:
        """From the gzipped CSV table. Raises InputError when it is damaged.

        Rows are only sorted by designator here; what they say is worked out where it is asked for.
        """
        by_code: dict[str, list[_Row]] = {}
        for row in rows(data, COLUMNS, "table of aircraft types"):
            by_code.setdefault(row[0], []).append(row)
        return TypeTable(by_code)

    def codes(self) -> list[str]:
        """Every designator, ascending."""
        return sorted({*self._by_code, *SPECIAL})

    def name_of(self, type_code: str) -> str | None:
        """Maker and model of the row that reads most like the designator; None for an unknown one."""
        code = type_code.strip().upper()
        if code not in self._names:
            self._names[code] = self._named(code)
        return self._names[code]

    def _named(self, code: str) -> str | None:
        found = self._by_code.get(code, [])
        if not found:
            return None
        makers = Counter(row[1] for row in found)
        chosen = max(found, key=lambda row: (*_likeness(row, code), makers[row[1]]))
        _, maker, model, *_ = chosen
        return model if model.startswith(maker) else f"{maker} {model}".strip()

    def class_of(self, type_code: str) -> TypeClass | None:
        """What most rows in use say, else most of all; None for an unknown designator, and for what does not fly."""
        code = type_code.strip().upper()
        if code in SPECIAL:
            return SPECIAL[code]
        found = [] if code.startswith(NOT_FLYING) else self._by_code.get(code, [])
        for chosen in ([row for row in found if _is_active(row)], found):
            classes = Counter(each for row in chosen if (each := _class_of_row(row)) is not None)
            if classes:
                return classes.most_common(1)[0][0]
        return None


def _likeness(row: _Row, code: str) -> tuple[bool, bool, int]:
    """How a row fits to be the name of its designator: in use, its model begins so, and has the digits of it.

    C130 is the C-130 rather than Lockheed's 182, and AT76 the ATR 72-600 rather than the P-72. Of several makers the
    one with the most models is taken, who is none under licence.
    """
    model = "".join(c for c in row[2].upper() if c.isalnum())
    return _is_active(row), model.startswith(code), sum(digit in model for digit in set(code) if digit.isdigit())


def _is_active(row: _Row) -> bool:
    return row[-1] == "1"


def _class_of_row(row: _Row) -> TypeClass | None:
    _, _, _, engine, species, wake, _ = row
    if species in ("H", "G", "T"):
        return TypeClass.ROTORCRAFT
    if wake in ("H", "J"):
        return TypeClass.HEAVY
    if engine == "J":
        return {"M": TypeClass.JET, "L/M": TypeClass.JET, "L": TypeClass.LIGHT_JET}.get(wake)
    if engine in ("T", "P", "E"):
        return {"M": TypeClass.PROPELLER, "L/M": TypeClass.PROPELLER, "L": TypeClass.LIGHT}.get(wake)
    return None
