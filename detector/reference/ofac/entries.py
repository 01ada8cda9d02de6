"""Aircraft of the SDN list as values, and what the labels of OFAC's files mean.

Each entry says since when it is on the list and where that day comes from: OFAC's CSV file tells no days at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from detector.domain.errors import InputError
from detector.reference.row_values import text_of

NOT_KNOWN = ""
"""A text that the list does not give."""


class SdnAircraft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One entry, or one spell of it on the list: an entry that went and came back has two.

    identifier       number of the entry (`ent_num` of SDN.CSV, profile number of sdn_advanced.xml)
    name             as listed; mostly the registration, sometimes `MSN 391`
    tails            registrations that it has, the name where that is one; () where the entry gives none
    previous_tails   registrations that it had before: another aircraft may have them now
    mode_s           addresses that it names, six hexadecimal digits in lower case
    model, serial, construction_no, operator
                     as written there, "" where not; several are divided by `; `
    linked_to        names of the listed parties that it is tied to
    programmes       such as SDGT, IFSR
    listed_from      first day on the list; None only before `merged` has put one in, and so is `first_seen`
    listed_until     last day on the list, None = still there in the newest version that was read
    first_seen       publication of the first version read with it, in this spell: proof that it was listed then
    last_seen        of an entry that is gone: publication of the last version with it. It was taken off on an unknown
                     day from then to `listed_until`
    dated_by         where `listed_from` comes from, in words
    """

    identifier: str
    name: str
    tails: tuple[str, ...] = ()
    previous_tails: tuple[str, ...] = ()
    mode_s: tuple[str, ...] = ()
    model: str = NOT_KNOWN
    serial: str = NOT_KNOWN
    construction_no: str = NOT_KNOWN
    operator: str = NOT_KNOWN
    linked_to: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    listed_from: date | None = None
    listed_until: date | None = None
    first_seen: date | None = None
    last_seen: date | None = None
    dated_by: str = NOT_KNOWN


class SdnList(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="schema", tag="detector.sdn_list/1"
):
    """The list as published on the day `dated`, with what is known of its past. `source`: the file, in words."""

    dated: date
    source: str
    entries: tuple[SdnAircraft, ...]

    def current(self) -> dict[str, SdnAircraft]:
        """Entries that are on the newest version, by identifier."""
        return {entry.identifier: entry for entry in self.entries if entry.listed_until is None}

    def to_bytes(self) -> bytes:
        """As JSON; equal lists give equal bytes."""
        return msgspec.json.encode(self)

    @staticmethod
    def from_bytes(data: bytes, name: str) -> SdnList:
        """From what `to_bytes` gave. Raises InputError, which begins with `name`."""
        try:
            return msgspec.json.decode(data, type=SdnList)
        except msgspec.DecodeError as error:
            raise InputError(f"{name}: not a stored SDN list ({error}); load the list again") from error


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """What of a file was not taken.

    others   rows or parties that are no aircraft, counted
    rows     aircraft that could not be taken, each with its place and the reason
    notes    what was left out of an aircraft that was taken, or is odd about it
    """

    others: int = 0
    rows: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


LABELS = {
    "Aircraft Tail Number": "tails",
    "Previous Aircraft Tail Number": "previous_tails",
    "Aircraft Mode S Transponder Code": "mode_s",
    "Aircraft Model": "model",
    "Aircraft Manufacturer's Serial Number (MSN)": "serial",
    "Aircraft Construction Number (also called L/N or S/N or F/N)": "construction_no",
    "Aircraft Operator": "operator",
}
"""Labels of the remarks in SDN.CSV and of the feature types in sdn_advanced.xml, and the field that each one fills."""

MODE_S = re.compile("[0-9A-Fa-f]{6}")
REGISTRATION = re.compile(r"(?!MSN|S/?N)(?=.*[A-Z])(?=.*[-0-9])[A-Z0-9]{1,3}-?[A-Z0-9]{2,6}")
"""A name of this form is the registration: SDN.CSV mostly gives it nowhere else."""
ENTRY_NUMBER = re.compile("[0-9]{1,9}")
SHOWN = 40
"""So many characters of a wrong value are shown in a message."""


def entry(
    identifier: str,
    name: str,
    values: Mapping[str, Sequence[str]],
    *,
    linked_to: Iterable[str] = (),
    programmes: Iterable[str] = (),
    listed_from: date | None = None,
    dated_by: str = NOT_KNOWN,
) -> tuple[SdnAircraft, list[str]]:
    """An entry from texts by field of `LABELS`, and notes on it. Raises ValueError without a number or a name."""
    if not ENTRY_NUMBER.fullmatch(identifier):
        raise ValueError(f"the number of the entry, {identifier[:SHOWN]!r}, is not a number")
    name = _on_one_line(name)
    if not name:
        raise ValueError(f"entry {identifier} has no name")
    tails = once(tail.upper() for tail in values.get("tails", ()))
    if not tails and REGISTRATION.fullmatch(name.upper()):
        tails = (name.upper(),)
    codes = once(values.get("mode_s", ()))
    notes = [
        f"entry {identifier} ({name}): Mode S code {code[:SHOWN]!r} is not six hexadecimal digits and is left out"
        for code in codes
        if not MODE_S.fullmatch(code)
    ]
    made = SdnAircraft(
        identifier=identifier,
        name=name,
        tails=tails,
        previous_tails=once(tail.upper() for tail in values.get("previous_tails", ())),
        mode_s=once(code.lower() for code in codes if MODE_S.fullmatch(code)),
        model=_joined(values.get("model", ())),
        # A few serial numbers carry the full stop of the sentence that they ended once.
        serial=_joined(_on_one_line(text).rstrip(". ") for text in values.get("serial", ())),
        construction_no=_joined(values.get("construction_no", ())),
        operator=_joined(values.get("operator", ())),
        linked_to=once(linked_to),
        programmes=once(programmes),
        listed_from=listed_from,
        dated_by=dated_by,
    )
    if not (made.tails or made.previous_tails or made.mode_s or made.serial or made.construction_no):
        notes.append(f"entry {identifier} ({name}) names no registration, address or serial number to know it by")
    return made, notes


def once(texts: Iterable[str]) -> tuple[str, ...]:
    """Each text once, in order, on one line, with nothing in it that a terminal obeys, and without empty ones."""
    return tuple(dict.fromkeys(plain for text in texts if (plain := _on_one_line(text))))


def _on_one_line(text: str) -> str:
    """White space is folded again, as some of it lay between characters that are left out."""
    return " ".join(text_of(text).split())


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(once(texts))
