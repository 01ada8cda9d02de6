"""OFAC's SDN.CSV, and the table of its aircraft that ships as a sample.

SDN.CSV has twelve columns and no head (OFAC's data specification of the SDN list): ent_num, SDN_Name, SDN_Type,
Program, Title, Call_Sign, Vess_type, Tonnage, GRT, Vess_flag, Vess_owner, Remarks. `-0- ` is null. A row is a line.
What is known of an aircraft stands in the remarks, divided by semicolons. It tells no day of listing.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from detector.domain.errors import InputError
from detector.reference.ofac.entries import LABELS, Refused, SdnAircraft, SdnList, entry

COLUMNS = 12
LONGEST_LINE = 1_000_000
"""Characters. The longest lines of the real file have a few thousand; a longer one is no list, but a broken or hostile
file."""
NULL = "-0-"
END_OF_FILE = "\x1a"
"""Ctrl-Z, with which some files of DOS days end."""
SAMPLE_HEAD = (
    *("ent_num", "name", "tail", "program", "model", "msn", "construction_no", "mode_s", "operator", "linked_to"),
)
SAMPLE_FIELDS = {
    "tail": "tails",
    "mode_s": "mode_s",
    "model": "model",
    "msn": "serial",
    "construction_no": "construction_no",
    "operator": "operator",
}
NumberedRow = tuple[int, list[str] | str]
ABBREVIATED = re.compile(r"(\.\w+|\b(LTDA?|CO|CORP|INC))\.$", re.IGNORECASE)
"""As in `S.A.` and `LTD.`"""
LINKED_TO = re.compile(r"\(?Linked To:\s*(.*?)\)?", re.DOTALL)


def read_sdn_csv(lines: Iterable[str], name: str, dated: date) -> tuple[SdnList, Refused]:
    """The aircraft of a list published on the day `dated`, ordered as in the file, and what was not taken.

    The shape is told by the first line. Raises InputError, which begins with `name`, where it is neither shape, where
    a line is longer than `LONGEST_LINE`, or where no aircraft can be taken.
    """
    rows: Iterator[NumberedRow] = _rows(lines, name)
    first: NumberedRow = next(rows, (1, ""))
    sample = first[1] == list(SAMPLE_HEAD)
    if not sample:
        if not isinstance(first[1], list) or len(first[1]) != COLUMNS or not first[1][0].strip().isdecimal():
            raise InputError(
                f"{name}: neither SDN.CSV ({COLUMNS} columns, no head, the first one a number) "
                f"nor a table with the head {','.join(SAMPLE_HEAD)}"
            )
        rows = itertools.chain([first], rows)
    taken: dict[str, SdnAircraft] = {}
    refused: list[str] = []
    notes: list[str] = []
    others = 0
    for number, row in rows:
        if isinstance(row, str):
            refused.append(f"line {number}: {row}")
            continue
        try:
            made = _sample_entry(row) if sample else _entry(row)
            if made is None:
                others += 1
                continue
            if made[0].identifier in taken:
                raise ValueError(f"entry {made[0].identifier} stands further up already")
        except ValueError as error:
            refused.append(f"line {number}: {error}")
            continue
        taken[made[0].identifier] = made[0]
        notes.extend(f"line {number}: {note}" for note in made[1])
    if not taken:
        raise InputError(f"{name}: no aircraft in it; is it the whole list?")
    found = SdnList(dated=dated, source=f"OFAC SDN list ({Path(name).name})", entries=tuple(taken.values()))
    return found, Refused(others=others, rows=tuple(refused), notes=tuple(notes))


def _rows(lines: Iterable[str], name: str) -> Iterator[NumberedRow]:
    """Number of the line from 1, and its columns, or what is wrong with it. Each line by itself: a quotation mark that
    is never closed costs one row, not all that follow. Raises InputError where the last one breaks off: whoever stands
    in the part that is missing would count as taken off the list."""
    width, ended = 0, False
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            raise InputError(f"{name}:{number}: a line of more than {LONGEST_LINE:,} characters; get the file again")
        text = line.rstrip("\r\n" + END_OF_FILE).removeprefix("\ufeff")
        if not text.strip():
            continue
        row: list[str] | str
        try:
            row = next(csv.reader([text], strict=True))
        except csv.Error as error:
            row = f"not a row of CSV ({error})"
        if ended and not line.endswith(("\n", "\r", END_OF_FILE)) and (isinstance(row, str) or len(row) != width):
            raise InputError(f"{name}:{number}: the last line breaks off; the list is not whole, get it again")
        width = width or len(row)
        ended = ended or line.endswith(("\n", "\r"))
        yield number, row


def _entry(row: list[str]) -> tuple[SdnAircraft, list[str]] | None:
    """From a row of SDN.CSV; None for what is no aircraft."""
    if len(row) != COLUMNS:
        raise ValueError(f"{len(row)} columns, not {COLUMNS}; cut off?")
    identifier, name, kind, programme, *_, remarks = ("" if (text := cell.strip()) == NULL else text for cell in row)
    if kind.lower() != "aircraft":
        return None
    values: dict[str, list[str]] = {}
    linked: list[str] = []
    for part in re.split(r";\s+", _without_full_stop(remarks)):
        if match := LINKED_TO.fullmatch(part):
            linked.append(match[1])
            continue
        words = part.removeprefix("alt. ").replace("\u2019", "'")
        for label, field in LABELS.items():
            if words.startswith(label + " "):
                values.setdefault(field, []).append(words.removeprefix(label))
    return entry(identifier, name, values, linked_to=linked, programmes=programmes_of(programme))


def _sample_entry(row: list[str]) -> tuple[SdnAircraft, list[str]]:
    if len(row) != len(SAMPLE_HEAD):
        raise ValueError(f"{len(row)} columns, not {len(SAMPLE_HEAD)}; cut off?")
    cells = dict(zip(SAMPLE_HEAD, (cell.strip() for cell in row), strict=True))
    values = {field: [cells[column]] for column, field in SAMPLE_FIELDS.items()}
    linked = [_without_full_stop(cells["linked_to"])]
    programmes = programmes_of(cells["program"])
    return entry(cells["ent_num"], cells["name"], values, linked_to=linked, programmes=programmes)


def programmes_of(text: str) -> list[str]:
    """`SDGT] [NPWMD] [IFSR` is three; the outer brackets are mostly not written."""
    return [tag.strip() for tag in re.split(r"[\[\]]", text)]


def _without_full_stop(text: str) -> str:
    """Without the full stop that ends the remarks. An abbreviation at the end keeps it: OFAC writes one for both."""
    return text if ABBREVIATED.search(text) else text.removesuffix(".")
