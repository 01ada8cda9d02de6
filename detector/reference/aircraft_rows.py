"""Tables of aircraft as people publish them, to rows: four forms, told apart by their first line.

standing data    `ICAO,Registration,ModelICAO,...`, Virtual Radar Server (CC0)
OpenSky          `icao24,registration,...`, in double or single quotes: aircraftDatabase.csv and its later editions
tar1090-db       no head, `;` between `address;registration;type;flags;description;year;operator;`
plain            one's own: any of the names of COLUMNS in any order, `icao24` and `registration` at the least
"""

from __future__ import annotations

import csv
import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from detector.domain.errors import InputError
from detector.reference.aircraft_table import AircraftRow
from detector.reference.refusals import Refusal, RefusedRow

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "address": ("icao24", "icao", "address", "hex"),
    "registration": ("registration", "reg"),
    "type_code": ("type_code", "typecode", "modelicao", "type"),
    "operator": ("operator", "owner", "ownop"),
    "serial": ("serial", "serialnumber", "msn"),
    "built": ("built", "yearbuilt", "year"),
    "military": ("military",),
    "valid_from": ("from", "valid_from", "registered"),
    "valid_to": ("to", "valid_to", "reguntil"),
}
"""What a row may tell, and the names that columns of it have; the first name that a file has is taken."""
NEEDED = ("address", "registration")
IGNORED = frozenset({"manufacturer", "model", "manufacturerandmodel", "isprivateoperator", "airlinecode"})
"""Columns that nothing is made of, though their name is like one that something is made of."""

_TAR1090 = re.compile(r"^[0-9A-Fa-f]{6};[^;]*;[^;]*;[01]*;")
_ADDRESS = re.compile(r"[0-9A-Fa-f]{6}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_TRUTHS = {"1": True, "true": True, "yes": True, "y": True, "0": False, "false": False, "no": False, "n": False}


class AircraftRows:
    """Rows of a file as they come, and afterwards what was refused. `form`: which of the forms it has."""

    def __init__(self, lines: Iterable[str], name: str) -> None:
        """Raises InputError where the first line is of none of the forms; `name` names the file in it."""
        self.refused: list[RefusedRow] = []
        iterator = iter(lines)
        first = next(iterator, "").lstrip("\ufeff")
        self._lines = iterator
        self._seen: dict[tuple[int, date | None, date | None], AircraftRow] = {}
        if _TAR1090.match(first):
            self.form = "tar1090-db"
            self._lines = itertools.chain([first], iterator)
        else:
            self._quote = "'" if first.startswith("'") else '"'
            self._head = next(csv.reader([first], quotechar=self._quote), [])
            self._place = _places(self._head, name)
            self.form = _form(self._head)

    def __iter__(self) -> Iterator[AircraftRow]:
        for line, told in self._tar1090() if self.form == "tar1090-db" else self._with_head():
            row = self._row(line, told)
            if row is not None:
                yield row

    def _tar1090(self) -> Iterator[tuple[int, dict[str, str]]]:
        for line, fields in enumerate(
            csv.reader(self._lines, delimiter=";", quoting=csv.QUOTE_NONE, escapechar="\\"), 1
        ):
            if not fields:
                continue
            address, registration, type_code, flags, _, year, operator, *_ = [*fields, *[""] * 7]
            yield (
                line,
                {
                    "address": address,
                    "registration": registration,
                    "type_code": type_code,
                    "operator": operator,
                    "built": year,
                    # The first of the flags; an unset one says nothing: most military aircraft of the table have none.
                    "military": "1" if flags[:1] == "1" else "",
                },
            )

    def _with_head(self) -> Iterator[tuple[int, dict[str, str]]]:
        reader = csv.reader(self._lines, quotechar=self._quote)
        for fields in reader:
            line = reader.line_num + 1
            if not fields or fields == [""]:
                continue
            if len(fields) != len(self._head):
                words = f"{len(fields)} columns, not {len(self._head)}"
                self.refused.append(RefusedRow(line, "", Refusal.COLUMNS, words))
                continue
            yield line, {what: fields[i].strip() for what, i in self._place.items()}

    def _row(self, line: int, told: Mapping[str, str]) -> AircraftRow | None:
        address = told["address"].strip()
        if not _ADDRESS.fullmatch(address):
            self._refuse(line, "", Refusal.ADDRESS, f"{address!r} is no address of six hexadecimal digits")
            return None
        try:
            begin, end = (date.fromisoformat(day) if (day := told.get(name, "")) else None for name in _DAYS)
        except ValueError as error:
            self._refuse(line, address, Refusal.DAY, str(error))
            return None
        if begin is not None and end is not None and end < begin:
            self._refuse(line, address, Refusal.DAY, f"until {end}, before it begins ({begin})")
            return None
        row = AircraftRow(
            address=int(address, 16),
            registration=told.get("registration", "").upper(),
            type_code=told.get("type_code", "").upper(),
            operator=told.get("operator", ""),
            serial=told.get("serial", ""),
            built=int(year[0]) if (year := _YEAR.match(told.get("built", ""))) else None,
            military=_TRUTHS.get(told.get("military", "").lower()),
            valid_from=begin,
            valid_to=end,
        )
        if not (row.registration or row.type_code or row.operator or row.military):
            self._refuse(line, address, Refusal.NOTHING_TOLD, "nothing but the address")
            return None
        key = (row.address, begin, end)
        if (earlier := self._seen.setdefault(key, row)) is not row:
            same = "the same again" if earlier == row else f"told before as {earlier.registration or 'something else'}"
            self._refuse(line, address, Refusal.DUPLICATE, same)
            return None
        return row

    def _refuse(self, line: int, address: str, reason: Refusal, text: str) -> None:
        self.refused.append(RefusedRow(line, address.lower(), reason, text))


_DAYS = ("valid_from", "valid_to")


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
        hint = f" (there is `{near[0]}`)" if near else ""
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
