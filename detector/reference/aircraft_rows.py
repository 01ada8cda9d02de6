"""Tables of aircraft as people publish them, to rows: four forms, told apart by their first line.

standing data    `ICAO,Registration,ModelICAO,...`, Virtual Radar Server (CC0)
OpenSky          `icao24,registration,...`, in double or single quotes: aircraftDatabase.csv and its later editions
tar1090-db       no head, `;` between `address;registration;type;flags;description;year;operator;`
plain            one's own: any of the names of COLUMNS in any order, `icao24` and `registration` at the least
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from detector.domain.errors import InputError
from detector.reference.aircraft_table import AircraftRow
from detector.reference.csv_records import Numbered, header_of, records
from detector.reference.refusals import Refusal, RefusedRow
from detector.reference.row_values import text_of

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "address": ("icao24", "icao", "address", "hex"),
    "registration": ("registration", "reg"),
    "type_code": ("type_code", "typecode", "modelicao", "type"),
    "operator": ("operator", "owner", "ownop"),
    "serial": ("serial", "serialnumber", "msn"),
    "built": ("built", "yearbuilt", "year"),
    "military": ("military",),
    "valid_from": ("from", "valid_from", "registered"),
    "valid_to": ("to", "valid_to"),
}
"""What a row may tell, and the names that columns of it have; the first name that a file has is taken.

OpenSky's `reguntil` is none of them: it is when a certificate expires, and the aircraft flies on as before."""
NEEDED = ("address", "registration")
IGNORED = frozenset({"manufacturer", "model", "manufacturerandmodel", "isprivateoperator", "airlinecode"})
"""Columns that nothing is made of, though their name is like one that something is made of."""
LONGEST = 200
"""No name of anything is longer; a value that is has swallowed its neighbours."""

_TAR1090 = re.compile(r"^[0-9A-Fa-f]{6};[^;]*;[^;]*;[01]*;")
_DIVIDED = re.compile(r"(?:[^;\\]|\\.|\\$)*(?:;|$)")
_ADDRESS = re.compile(r"[0-9A-Fa-f]{6}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_TRUTHS = {"1": True, "true": True, "yes": True, "y": True, "0": False, "false": False, "no": False, "n": False}
_DAYS = ("valid_from", "valid_to")


class AircraftRows:
    """Rows of a file as they come, and afterwards what was refused.

    `form`: which of the forms it has; `unused`: columns of a plain one that nothing is made of.
    """

    def __init__(self, lines: Iterable[str], name: str) -> None:
        """Raises InputError where the first line is of none of the forms; `name` names the file in it."""
        self.refused: list[RefusedRow] = []
        self.unused: tuple[str, ...] = ()
        self._name = name
        numbered = enumerate(lines, 1)
        number, first = next(numbered, (1, ""))
        first = first.lstrip("\ufeff")
        self._lines: Iterator[Numbered] = itertools.chain([(number, first)], numbered)
        self._seen: dict[tuple[int, date | None, date | None], AircraftRow] = {}
        if _TAR1090.match(first):
            self.form = "tar1090-db"
        else:
            self._quote = "'" if first.startswith("'") else '"'
            self._head = header_of(self._lines, name, self._quote)
            self._place = _places(self._head, name)
            self.form = _form(self._head)
            if self.form == "plain":
                taken = set(self._place.values())
                self.unused = tuple(column[:40] for i, column in enumerate(self._head) if i not in taken)

    def __iter__(self) -> Iterator[AircraftRow]:
        parsed = self._tar1090() if self.form == "tar1090-db" else self._with_head()
        for line, told in parsed:
            longest = max(told.values(), key=len)
            if len(longest) > LONGEST:
                self._refuse(line, "", Refusal.COLUMNS, f"a value of {len(longest):,} characters")
                continue
            row = self._row(line, {what: text_of(value) for what, value in told.items()})
            if row is not None:
                yield row

    def _tar1090(self) -> Iterator[tuple[int, dict[str, str]]]:
        for line, text in self._lines:
            fields = [part.rstrip(";").replace("\\", "") for part in _DIVIDED.findall(text.rstrip("\r\n"))]
            if not any(fields):
                continue
            address, registration, type_code, flags, _, year, operator = [*fields, *[""] * 7][:7]
            # The first of the flags; an unset one says nothing: most military aircraft of the table have none.
            told = {"address": address, "registration": registration, "type_code": type_code, "operator": operator}
            yield line, told | {"built": year, "military": "1" if flags[:1] == "1" else ""}

    def _with_head(self) -> Iterator[tuple[int, dict[str, str]]]:
        for line, fields in records(self._lines, len(self._head), self._name, self._quote):
            if fields is None:
                words = f"not {len(self._head)} values, as there are columns"
                self._refuse(line, "", Refusal.COLUMNS, words)
            else:
                yield line, {what: fields[i] for what, i in self._place.items()}

    def _row(self, line: int, told: Mapping[str, str]) -> AircraftRow | None:
        address = told["address"]
        if not _ADDRESS.fullmatch(address):
            self._refuse(line, "", Refusal.ADDRESS, f"{address!r} is no address of six hexadecimal digits")
            return None
        try:
            begin, end = (_day(told.get(name, "")) for name in _DAYS)
        except ValueError as error:
            self._refuse(line, address, Refusal.DAY, str(error))
            return None
        if begin is not None and end is not None and end < begin:
            self._refuse(line, address, Refusal.DAY, f"until {end}, before it begins ({begin})")
            return None
        registration = told.get("registration", "").upper()
        row = AircraftRow(
            address=int(address, 16),
            registration=registration if any(c.isalnum() for c in registration) else "",
            type_code=told.get("type_code", "").upper(),
            operator=told.get("operator", ""),
            serial=told.get("serial", ""),
            built=int(year[0]) if (year := _YEAR.match(told.get("built", ""))) else None,
            military=_TRUTHS.get(told.get("military", "").lower()),
            valid_from=begin,
            valid_to=end,
        )
        if not (row.registration or row.type_code or row.operator or row.serial) and row.military is None:
            self._refuse(line, address, Refusal.NOTHING_TOLD, "nothing but the address")
            return None
        earlier = self._seen.setdefault((row.address, begin, end), row)
        if earlier is not row:
            same = "the same again" if earlier == row else f"told before as {earlier.registration or 'something else'}"
            self._refuse(line, address, Refusal.DUPLICATE, same)
            return None
        return row

    def _refuse(self, line: int, address: str, reason: Refusal, text: str) -> None:
        self.refused.append(RefusedRow(line, address.lower(), reason, text))


def _day(text: str) -> date | None:
    """Raises ValueError, in words, for one that is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{text!r} is no day; write it as 2024-11-07") from None


def _places(head: list[str], name: str) -> dict[str, int]:
    """Where in a row each thing stands. Raises InputError."""
    places: dict[str, int] = {}
    known = [column.strip().lower() for column in head]
    for what, names in COLUMNS.items():
        found = [known.index(each) for each in names if each in known]
        if found:
            places[what] = found[0]
    missing = [COLUMNS[what][0] for what in NEEDED if what not in places]
    if missing:
        near = difflib.get_close_matches(missing[0], [each for each in known if each not in IGNORED], n=1)
        hint = f" (there is `{near[0][:40]}`)" if near else ""
        raise InputError(
            f"{name}:1: no column {' and no column '.join(f'`{each}`' for each in missing)}{hint}: "
            "not a table of aircraft in any form that is known here"
        )
    return places


def _form(head: list[str]) -> str:
    if {"ICAO", "ModelICAO", "ManufacturerAndModel"} <= set(head):
        return "standing data"
    names = {column.strip().lower() for column in head}
    return "OpenSky" if {"icao24", "typecode", "operatoricao"} <= names else "plain"
