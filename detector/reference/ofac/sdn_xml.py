"""OFAC's sdn_advanced.xml (Advanced Sanctions Data Model), read as it streams by: the file has more than 100 MB.

    Sanctions
     |- DateOfIssue                                      the day of publication
     |- ReferenceValueSets / *Values / FeatureType ...   what each ID of the file means, in words
     |- DistinctParties / DistinctParty / Profile        who: primary name, features
     |- ProfileRelationships                             who is tied to whom
     |- SanctionsEntries / SanctionsEntry                since when, and under which programmes

Elements are known by their local names (OFAC has changed the namespace), and labels by their words, never by their IDs.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import BinaryIO

from detector.domain.errors import InputError
from detector.reference.ofac.entries import LABELS, SHOWN, Refused, SdnAircraft, SdnList, entry
from detector.reference.row_values import text_of

CHUNK_BYTES = 1 << 16
HEAD_BYTES = 1 << 8
"""Fed at a time until the root element begins: so a DTD is noticed before much of what it declares can be used."""
LONGEST_TEXT = 100_000
"""Characters within one element. Those of the real file have a few hundred at most."""
ROOT = "Sanctions"
LABEL_SETS = frozenset(
    {"DetailReference", "EntryEventType", "FeatureType", "NamePartType", "PartySubType", "SanctionsType"}
)
DATE_PARTS = frozenset({"Year", "Month", "Day"})
DATED_BY = "entry date in sdn_advanced.xml"

Attributes = dict[str, str]


def read_sdn_advanced(file: BinaryIO, name: str) -> tuple[SdnList, Refused]:
    """The aircraft of the list, ordered as in the file, and what was not taken.

    Raises InputError, which begins with `name`, and takes nothing, where the file is damaged, cut off, declares a DTD,
    is other XML, has more text than `LONGEST_TEXT` in an element, does not say its day, or holds no aircraft.
    """
    target = _Target(name)
    parser = ET.XMLParser(target=target)  # noqa: S314  a DTD, in which a bomb would lie, is refused
    try:
        while data := file.read(CHUNK_BYTES if target.inside else HEAD_BYTES):
            parser.feed(data)
        parser.close()
    except (ET.ParseError, LookupError, ValueError) as error:
        raise InputError(
            f"{name}: damaged or cut off, or no XML ({text_of(str(error))}); get the file again"
        ) from error
    return target.found()


class _Target:
    """What the parser calls. It keeps labels, the names of all parties, and the features of aircraft only."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.inside = False
        self.labels: dict[tuple[str, str], str] = {}
        self.issued: date | None = None
        self.names: dict[str, str] = {}
        self.aircraft: dict[str, list[tuple[str, str, str]]] = {}
        """By profile: (FeatureTypeID, text, DetailReferenceID)."""
        self.related: dict[str, list[str]] = defaultdict(list)
        self.entered: set[str] = set()
        """Profiles with a sanctions entry."""
        self.events: dict[str, list[tuple[str, date]]] = defaultdict(list)
        """By profile: (EntryEventTypeID, day)."""
        self.undated: set[str] = set()
        """Profiles of which an event has no day that is one."""
        self.measures: dict[str, list[tuple[str, str]]] = defaultdict(list)
        """By profile: (SanctionsTypeID, comment)."""
        self._text: list[str] | None = None
        self._length = 0
        """Characters of the text so far; where none is taken, since the last tag."""
        self._id = self._profile = self._feature = self._detail = self._listed = self._event = self._measure = ""
        self._date: dict[str, str] = {}
        self._primary = False
        self._parts: list[tuple[str, str]] = []
        self._part_types: dict[str, str] = {}
        self._starts: dict[str, Callable[[Attributes], None]] = {
            "Profile": self._profile_starts,
            "Alias": self._alias_starts,
            "NamePartValue": self._name_part_starts,
            "NamePartGroup": self._name_part_group,
            "Feature": self._feature_starts,
            "VersionDetail": self._detail_starts,
            "ProfileRelationship": self._relationship,
            "SanctionsEntry": self._entry_starts,
            "EntryEvent": self._event_starts,
            "SanctionsMeasure": self._measure_starts,
            "Comment": self._comment_starts,
            "DateOfIssue": self._date_starts,
            **dict.fromkeys(LABEL_SETS, self._label_starts),
            **dict.fromkeys(DATE_PARTS, self._text_starts),
        }
        self._ends: dict[str, Callable[[str, str], None]] = {
            "NamePartValue": self._name_part_ends,
            "DocumentedName": self._documented_name_ends,
            "Identity": self._identity_ends,
            "VersionDetail": self._detail_ends,
            "EntryEvent": self._event_ends,
            "SanctionsMeasure": self._measure_ends,
            "Comment": self._comment_ends,
            "DateOfIssue": self._issue_ends,
            **dict.fromkeys(LABEL_SETS, self._label_ends),
            **dict.fromkeys(DATE_PARTS, self._date_part_ends),
        }

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise InputError(f"{self.name}: declares a document type, as OFAC's file does not; get the file from OFAC")

    def start(self, tag: str, attributes: Attributes) -> None:
        local = tag.rpartition("}")[2]
        if not self.inside:
            if local != ROOT:
                raise InputError(
                    f"{self.name}: XML with the root <{text_of(local[:SHOWN])}>, not <{ROOT}> as in sdn_advanced.xml"
                )
            self.inside = True
        if self._text is None:
            self._length = 0
        if (starts := self._starts.get(local)) is not None:
            starts(attributes)

    def data(self, text: str) -> None:
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise InputError(
                f"{self.name}: an element with more than {LONGEST_TEXT:,} characters of text; get the file from OFAC"
            )
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        local = tag.rpartition("}")[2]
        if (ends := self._ends.get(local)) is not None:
            text = "" if self._text is None else "".join(self._text).strip()
            self._text = None
            ends(local, text)
        if self._text is None:
            self._length = 0

    def close(self) -> None:
        return None

    def _text_starts(self, _: Attributes) -> None:
        self._text = []

    # Labels

    def _label_starts(self, attributes: Attributes) -> None:
        self._id, self._text = attributes.get("ID", ""), []

    def _label_ends(self, local: str, text: str) -> None:
        self.labels[local, self._id] = text

    # Days

    def _date_starts(self, _: Attributes) -> None:
        self._date = {}

    def _date_part_ends(self, local: str, text: str) -> None:
        self._date[local] = text

    def _issue_ends(self, _: str, __: str) -> None:
        self.issued = _day(self._date)

    # Parties

    def _profile_starts(self, attributes: Attributes) -> None:
        self._profile = attributes.get("ID", "")
        self._feature = ""
        if self.labels.get(("PartySubType", attributes.get("PartySubTypeID", ""))) == "Aircraft":
            self.aircraft.setdefault(self._profile, [])

    def _alias_starts(self, attributes: Attributes) -> None:
        # Further names of the primary alias are the same one in other scripts.
        self._primary = attributes.get("Primary") == "true" and not self._parts

    def _name_part_starts(self, attributes: Attributes) -> None:
        if self._primary:
            self._id, self._text = attributes.get("NamePartGroupID", ""), []

    def _name_part_ends(self, _: str, text: str) -> None:
        if self._primary:
            self._parts.append((self._id, text))

    def _documented_name_ends(self, _: str, __: str) -> None:
        self._primary = False

    def _name_part_group(self, attributes: Attributes) -> None:
        self._part_types[attributes.get("ID", "")] = attributes.get("NamePartTypeID", "")

    def _identity_ends(self, _: str, __: str) -> None:
        last: list[str] = []
        rest: list[str] = []
        for group, text in self._parts:
            label = self.labels.get(("NamePartType", self._part_types.get(group, "")))
            (last if label == "Last Name" else rest).append(text)
        self.names.setdefault(self._profile, ", ".join(" ".join(part) for part in (last, rest) if part))
        self._parts, self._part_types = [], {}

    def _feature_starts(self, attributes: Attributes) -> None:
        self._feature = attributes.get("FeatureTypeID", "") if self._profile in self.aircraft else ""

    def _detail_starts(self, attributes: Attributes) -> None:
        if self._feature:
            self._detail, self._text = attributes.get("DetailReferenceID", ""), []

    def _detail_ends(self, _: str, text: str) -> None:
        if self._feature:
            self.aircraft[self._profile].append((self._feature, text, self._detail))

    def _relationship(self, attributes: Attributes) -> None:
        if attributes.get("Former") == "true":
            return
        one, other = attributes.get("From-ProfileID", ""), attributes.get("To-ProfileID", "")
        self.related[one].append(other)
        self.related[other].append(one)

    # Entries

    def _entry_starts(self, attributes: Attributes) -> None:
        self._listed = attributes.get("ProfileID", "")
        self.entered.add(self._listed)

    def _event_starts(self, attributes: Attributes) -> None:
        self._event, self._date = attributes.get("EntryEventTypeID", ""), {}

    def _event_ends(self, _: str, __: str) -> None:
        if (day := _day(self._date)) is not None:
            self.events[self._listed].append((self._event, day))
        else:
            self.undated.add(self._listed)

    def _measure_starts(self, attributes: Attributes) -> None:
        self._measure = attributes.get("SanctionsTypeID", "")

    def _measure_ends(self, _: str, __: str) -> None:
        self._measure = ""

    def _comment_starts(self, _: Attributes) -> None:
        if self._measure:
            self._text = []

    def _comment_ends(self, _: str, text: str) -> None:
        if self._measure and text:
            self.measures[self._listed].append((self._measure, text))

    # What it comes to

    def found(self) -> tuple[SdnList, Refused]:
        if self.issued is None:
            raise InputError(f"{self.name}: no day in DateOfIssue; is it the sdn_advanced.xml of OFAC?")
        taken: list[SdnAircraft] = []
        refused, notes = [], []
        for profile in self.aircraft:
            try:
                made, odd = self._aircraft(profile)
            except ValueError as error:
                refused.append(f"profile {text_of(profile[:SHOWN])}: {error}")
                continue
            taken.append(made)
            notes.extend(odd)
            if profile in self.undated:
                notes.append(f"entry {made.identifier} ({made.name}): an event of the entry without a day is left out")
        if not taken:
            raise InputError(f"{self.name}: no aircraft in it; is it the sdn_advanced.xml of OFAC?")
        found = SdnList(dated=self.issued, source=f"OFAC SDN list ({Path(self.name).name})", entries=tuple(taken))
        others = len(self.names.keys() - self.aircraft.keys())
        return found, Refused(others=others, rows=tuple(refused), notes=tuple(notes))

    def _aircraft(self, profile: str) -> tuple[SdnAircraft, list[str]]:
        if profile not in self.entered:
            raise ValueError("no sanctions entry names it: it is not on the list")
        values: dict[str, list[str]] = defaultdict(list)
        for feature, text, detail in self.aircraft[profile]:
            label = self.labels.get(("FeatureType", feature), "").rstrip(": ").replace("\u2019", "'")
            if (field := LABELS.get(label)) is not None:
                values[field].append(text or self.labels.get(("DetailReference", detail), ""))
        # The day it was put on the list; other events (an amendment) say nothing about that, but are all there may be.
        days = self.events.get(profile, [])
        created = [day for kind, day in days if self.labels.get(("EntryEventType", kind)) == "Created"]
        listed_from = min(created or [day for _, day in days], default=None)
        return entry(
            profile,
            self.names.get(profile, ""),
            values,
            linked_to=(self.names.get(other, "") for other in self.related.get(profile, ())),
            programmes=(
                text
                for kind, text in self.measures.get(profile, ())
                if self.labels.get(("SanctionsType", kind)) == "Program"
            ),
            listed_from=listed_from,
            dated_by=DATED_BY if listed_from is not None else "",
        )


def _day(parts: dict[str, str]) -> date | None:
    try:
        return date(*(int(parts[name]) for name in ("Year", "Month", "Day")))
    except (KeyError, ValueError):
        return None
