"""A listing: who published a reason to look at a field or an aircraft, under what, and from when to when.

It is no legal finding about a flight.
"""

from __future__ import annotations

from datetime import date

import msgspec

from detector.domain.times import day_of


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """Why one field or aircraft is on one list.

    list         name of the list
    programme    legal programme or resolution; `authority`: who issued it
    identifier   number of the entry there, or of the legal text; `source`: the document; `link`: where it can be read
    valid_from   first day in force, UTC; `valid_to` the last one, None = until further notice
    reason       in plain words
    matched      of an aircraft: what of it the entry names, in words (`registration EP-FAA`)
    sure         False where it may mean another one: known by a call sign, a serial number or a disputed word alone;
                 or where it may have ended before
    """

    list: str
    programme: str
    authority: str
    identifier: str
    source: str
    link: str
    valid_from: date
    valid_to: date | None
    reason: str
    matched: str = ""
    sure: bool = True

    def in_force(self, at: float) -> bool:
        """Whether it is in force at Unix time `at`."""
        day = day_of(at)
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
