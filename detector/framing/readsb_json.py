"""JSON lines of what readsb knows: an aircraft a line, or a whole `aircraft.json` a line.

    {"now": 1693303200, "hex": "a19702", "alt_baro": 3775, "gs": 19, "lat": 40.765236, "lon": -119.192047, ...}
    {"now": 1693303200.1, "aircraft": [{"hex": "a19702", "seen": 0.3, "seen_pos": 1.2, ...}, ...]}
    {"now": 1693303201}

`seen` and `seen_pos` are the ages, in s, of the last message and of the position; an aircraft that was not heard anew
since the line before is left out. A line without an aircraft is a tick: the source was listening.

A dialect of these lines (adsb_actions) has `gscp` in place of `gs`, and 0 where readsb writes "ground". There 0 means
on the ground; in readsb's own lines it is a pressure altitude like any other. Source: readsb, README-json.md.
"""

from __future__ import annotations

from typing import Any

import msgspec

from detector.domain.decoded import DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.framing import readsb_fields
from detector.framing.lines import LineBuffer
from detector.framing.track_rows import SAME_S, TrackRows, address_key, microseconds, number

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Ten thousand aircraft on one line are some 8 MB."""
FASTEST_ON_GROUND_KT = 175.0
"""No surface position tells a higher speed (DO-260B table 2-15): with one, 0 is neither a word nor an altitude."""
_MICRO = 1_000_000

Aircraft = dict[str, Any]


class ReadsbJsonFramer:
    """A Framer for these lines. Those that are no such object are counted GARBAGE, without a time BAD_TIME."""

    undated = False

    def __init__(self, receiver: int = 0, start_at: float | None = None) -> None:
        self.rejects = RejectCounts()
        self._lines = LineBuffer(self.rejects, MAX_LINE_BYTES)
        self._rows = TrackRows(receiver, self.rejects)
        self._decoder = msgspec.json.Decoder(Aircraft)

    def feed(self, data: bytes) -> DecodedBatch:
        return self._block(self._lines.complete(data))

    def finish(self) -> DecodedBatch:
        return self._block(self._lines.rest())

    def _block(self, block: bytes) -> DecodedBatch:
        for line in block.split(b"\n"):
            if line.strip():
                self._line(line)
        return self._rows.batch()

    def _line(self, line: bytes) -> None:
        try:
            said = self._decoder.decode(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            self.rejects.add(Reject.GARBAGE)
            return
        now = microseconds(said.get("now"))
        fleet = said.get("aircraft")
        if isinstance(fleet, list) and now is not None:
            heard = [(now - _age(one, "seen"), one) for one in fleet if isinstance(one, dict)]
            self.rejects.add(Reject.GARBAGE, len(fleet) - len(heard))
            # The oldest first: a document is no order of events, its ages are.
            for at, one in sorted(heard, key=lambda pair: pair[0]):
                self._aircraft(one, at, now)
            self._rows.tick(now)
        elif "hex" in said and now is not None:
            self._aircraft(said, now - _age(said, "seen"), now)
        else:
            self._rows.tick(now)

    def _aircraft(self, said: Aircraft, at: int, now: int) -> None:
        kind = said.get("type")
        said = _own(said)
        key = address_key(said.get("hex"), readsb_fields.namespace(kind, said.get("hex")))
        if key is not None and "seen" in said and not self._rows.is_news(key, at, SAME_S):
            return
        baro, speed, on_ground = _altitude_and_speed(said, kind)
        rate = said.get("baro_rate")
        self._rows.add(
            at,
            key,
            latitude=said.get("lat"),
            longitude=said.get("lon"),
            position_microseconds=now - _age(said, "seen_pos") if "seen_pos" in said else None,
            on_ground=on_ground,
            altitude_baro_ft=baro,
            altitude_geom_ft=said.get("alt_geom"),
            groundspeed_kt=speed,
            track_deg=said.get("track"),
            vertical_rate_fpm=rate if rate is not None else said.get("geom_rate"),
            vertical_rate_is_baro=rate is not None,
            **readsb_fields.details(said),
        )


def _own(said: Aircraft) -> Aircraft:
    """The object without the fields that a ground station has told about the aircraft (listed under `tisb`)."""
    retold = said.get("tisb")
    kind = said.get("type")
    if not isinstance(retold, list) or not retold or (isinstance(kind, str) and kind.startswith("tisb")):
        return said
    names = {"altitude": "alt_baro", "callsign": "flight"}
    gone = {names.get(name, name) for name in retold if isinstance(name, str)}
    return {name: value for name, value in said.items() if name not in gone}


def _altitude_and_speed(said: Aircraft, kind: object) -> tuple[object, object, int]:
    """(barometric altitude in ft, ground speed in kt, on the ground: 1, 0 or -1)."""
    altitude = said.get("alt_baro")
    if "gs" in said or "gscp" not in said:
        return altitude, said.get("gs"), readsb_fields.on_ground(altitude, kind)
    speed = said.get("gscp")
    if number(altitude) != 0.0:
        return altitude, speed, readsb_fields.on_ground(altitude, kind)
    return None, speed, -1 if number(speed) > FASTEST_ON_GROUND_KT else 1


def _age(said: Aircraft, name: str) -> int:
    """An age in us; 0 where it is not told."""
    age = number(said.get(name))
    return round(age * _MICRO) if 0.0 <= age < 1e9 else 0
