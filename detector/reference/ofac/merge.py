"""Versions of the SDN list put together, so that what was listed once is still known, with its days.

A version tells who is listed on its day, and no more: an entry that is gone went on some day since the version before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec
from msgspec.structs import replace

from detector.domain.errors import InputError
from detector.reference.ofac.entries import SdnAircraft, SdnList

MAX_DROPPED = 0.2
"""Share of the aircraft that may go at once: more looks like a download that broke off. A whole fleet can go, as Iran
Air's did on 16 January 2016; then a person looks at the changes, and forces it."""
COMPARED = (
    *("name", "tails", "previous_tails", "mode_s", "model", "serial", "construction_no", "operator", "linked_to"),
    *("programmes", "listed_from"),
)


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one field of an entry; both as text, several values divided by commas."""

    identifier: str
    name: str
    field: str
    before: str
    after: str


class SdnChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two versions: entries that came, that went, and fields that changed, by entry number."""

    before: date
    after: date
    added: tuple[SdnAircraft, ...]
    removed: tuple[SdnAircraft, ...]
    changed: tuple[FieldChange, ...]

    def lines(self) -> list[str]:
        """For a person: `+` came, `-` went, `~` changed."""
        return [
            *(f"+ {_words(entry)}" for entry in self.added),
            *(f"- {_words(entry)}" for entry in self.removed),
            *(
                f"~ {change.identifier} {change.name}: {change.field} {change.before or 'none'} "
                f"-> {change.after or 'none'}"
                for change in self.changed
            ),
        ]


def merged(old: SdnList | None, new: SdnList, *, forced: bool = False) -> SdnList:
    """The new version with the history of the old one, ordered by entry number and day.

    - An entry of both has the first day that the new version tells, unless an earlier version is proof that it was
      listed before that day; where the new version tells none, it keeps the one that is known.
    - An entry that is new in a version without days is listed from its publication on.
    - An entry that is gone stays, until the day before the new version.
    - One that comes back after having gone is a second spell, under the same identifier.

    Raises InputError where the new version is older than the old one, or, unless `forced`, drops more than a fifth of
    the aircraft.
    """
    before: dict[str, SdnAircraft] = {}
    ended: list[SdnAircraft] = []
    now = new.current()
    gone: list[SdnAircraft] = []
    if old is not None:
        if new.dated < old.dated:
            raise InputError(f"the list of {new.dated} is older than the one of {old.dated} that is loaded already")
        before = {identifier: _first_seen(entry, old.dated) for identifier, entry in old.current().items()}
        ended = [entry for entry in old.entries if entry.listed_until is not None]
        gone = [_ended(entry, old.dated, new.dated) for identifier, entry in before.items() if identifier not in now]
        if len(gone) > MAX_DROPPED * len(before) and not forced:
            raise InputError(
                f"the list of {new.dated} lacks {len(gone)} of {len(before)} aircraft of the list of {old.dated}: "
                "get it again if it broke off, or force it"
            )
    last_day: dict[str, date] = {}
    for entry in ended:
        last_day[entry.identifier] = max(last_day.get(entry.identifier, date.min), _until(entry))
    current = []
    for identifier, entry in now.items():
        ended_on = last_day.get(identifier, date.min)
        if entry.listed_from is not None and entry.listed_from <= ended_on:
            # The day of an earlier spell.
            entry = replace(entry, listed_from=None, dated_by="")
        if identifier in before:
            current.append(_kept(entry, before[identifier]))
        else:
            current.append(_first_seen(entry, new.dated, "back in" if identifier in last_day else "first seen in"))
    entries = sorted([*ended, *gone, *current], key=_order)
    return SdnList(dated=new.dated, source=new.source, entries=tuple(entries))


def changes(old: SdnList, new: SdnList) -> SdnChanges:
    """What a person should see before the new version is taken. Days are compared where the new version tells them."""
    before, now = old.current(), new.current()
    changed = [
        FieldChange(identifier=identifier, name=now[identifier].name, field=field, before=was, after=is_)
        for identifier in before.keys() & now.keys()
        for field in COMPARED
        if (was := _text(before[identifier], field)) != (is_ := _text(now[identifier], field))
        and (field != "listed_from" or is_)
    ]
    return SdnChanges(
        before=old.dated,
        after=new.dated,
        added=_ordered(entry for identifier, entry in now.items() if identifier not in before),
        removed=_ordered(entry for identifier, entry in before.items() if identifier not in now),
        changed=tuple(sorted(changed, key=lambda change: (int(change.identifier), COMPARED.index(change.field)))),
    )


def _first_seen(entry: SdnAircraft, seen: date, words: str = "first seen in") -> SdnAircraft:
    """As an entry of which nothing is known but from the version of the day `seen`."""
    entry = replace(entry, first_seen=entry.first_seen or seen)
    if entry.listed_from is not None:
        return entry
    return replace(entry, listed_from=seen, dated_by=f"{words} the list of {seen}")


def _kept(entry: SdnAircraft, before: SdnAircraft) -> SdnAircraft:
    """An entry that is known as `before`."""
    proved = before.first_seen or date.min
    if entry.listed_from is not None and entry.listed_from <= proved:
        return replace(entry, first_seen=before.first_seen)
    return replace(entry, first_seen=before.first_seen, listed_from=before.listed_from, dated_by=before.dated_by)


def _ended(entry: SdnAircraft, last_seen: date, missed: date) -> SdnAircraft:
    """As one that a version no longer has. Put right on the very day that it came, it was listed for that day."""
    until = max(missed - timedelta(days=1), entry.listed_from or date.min)
    return replace(entry, listed_until=until, last_seen=last_seen)


def _until(entry: SdnAircraft) -> date:
    return entry.listed_until or date.max


def _order(entry: SdnAircraft) -> tuple[int, date, date]:
    return int(entry.identifier), entry.listed_from or date.min, _until(entry)


def _ordered(entries: Iterable[SdnAircraft]) -> tuple[SdnAircraft, ...]:
    return tuple(sorted(entries, key=_order))


def _text(entry: SdnAircraft, field: str) -> str:
    value = getattr(entry, field)
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def _words(entry: SdnAircraft) -> str:
    """`26345 EP-FAA (Boeing B747, SDGT, IFSR; linked to QESHM FARS AIR)`."""
    known = ", ".join(text for text in (entry.model, *entry.programmes) if text)
    linked = f"; linked to {', '.join(entry.linked_to)}" if entry.linked_to else ""
    return f"{entry.identifier} {entry.name} ({known}{linked})"
