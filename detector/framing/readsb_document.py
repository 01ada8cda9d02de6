"""Documents of readsb and of the community aggregators, as a server gives them out one after the other.

    {"now": 1693303200.1, "messages": 9, "aircraft": [{"hex": "a19702", "seen": 0.3, "seen_pos": 1.2, ...}, ...]}
    {"now": 1693303200100, "ac": [...], "total": 9, "ctime": 1693303200100, "ptime": 2.1, "msg": "No error"}

The aggregators (adsb.lol, airplanes.live, adsb.fi share the form "v2") write `now` in ms, the ages in s. Ticks are not
made of them: a server that still writes documents may have lost its antenna.
Sources: readsb, README-json.md; airplanes.live, description of the fields.
"""

from __future__ import annotations

from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.framing.live_documents import (
    NOT_UNDERSTOOD,
    NOTHING,
    NOTHING_SAID,
    OLDEST_S,
    Document,
    ServerTime,
    elements_of,
    said_in,
    value_of,
)
from detector.framing.readsb_fleet import Fleet
from detector.framing.track_rows import microseconds, number


class FleetDocuments:
    """A DocumentReader. `receiver`: the number of the feed.

    `many`: the server stands for many receivers; a new document is a sign of life even if nobody flies where we look.
    """

    def __init__(self, receiver: int, *, many: bool = False) -> None:
        self.rejects = RejectCounts()
        self._fleet = Fleet(receiver, self.rejects)
        self._time = ServerTime()
        self._many = many
        self._messages = float("nan")

    def read(self, data: bytes, ours_at: float) -> Document:
        said = said_in(data)
        if said is None:
            self.rejects.add(Reject.GARBAGE)
            return NOT_UNDERSTOOD
        now = microseconds(value_of(said.now))
        if now is None:
            self.rejects.add(Reject.BAD_TIME)
            return NOT_UNDERSTOOD
        fleet = elements_of(said.ac if said.aircraft == NOTHING_SAID else said.aircraft, self.rejects)
        if fleet is None:
            self.rejects.add(Reject.GARBAGE)
            return NOT_UNDERSTOOD
        shift = self._time.shift(now, round(ours_at * 1e6))
        if shift is None:
            return NOTHING
        self._fleet.add_all(fleet, now + shift, OLDEST_S, value_of)
        rows = self._fleet.batch()
        messages, self._messages = self._messages, number(value_of(said.messages))
        heard = self._many or len(rows) > 0 or self._messages > messages
        return Document(rows, heard, remark=self._time.remark(shift))
