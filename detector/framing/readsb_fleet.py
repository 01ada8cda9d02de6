"""Aircraft objects as readsb writes them, to rows: one on a line of its own, or all of a document.

`seen` and `seen_pos` are the ages, in s, of the last message and of the position; an aircraft that was not heard anew
since it was last given is left out. A dialect (adsb_actions) has `gscp` in place of `gs`, and 0 where readsb writes
"ground". There 0 means on the ground; in readsb's own it is a pressure altitude like any other.
Source: readsb, README-json.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from detector.domain.decoded import DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.framing import readsb_fields
from detector.framing.track_rows import SAME_S, TrackRows, address_key, number

FASTEST_ON_GROUND_KT = 175.0
"""No surface position tells a higher speed (DO-260B table 2-15): with one, 0 is neither a word nor an altitude."""
_MICRO = 1_000_000

Aircraft = dict[str, Any]


class Fleet:
    """Gathers the rows of one source. `receiver`: its number; `rejects` counts what was no aircraft."""

    def __init__(self, receiver: int, rejects: RejectCounts) -> None:
        self._rejects = rejects
        self._rows = TrackRows(receiver, rejects)

    def add_all(
        self,
        fleet: list[Any],
        now: int,
        oldest_s: float = float("inf"),
        read: Callable[[Any], Any] = lambda one: one,
    ) -> None:
        """The aircraft of a document written at `now` (us), without those last heard longer than `oldest_s` ago.

        `read` makes an object of an element. It is called twice, so that never more than one such object is held.
        """
        heard = [(age_us(said, "seen"), one) for one in fleet if isinstance(said := read(one), dict)]
        self._rejects.add(Reject.GARBAGE, len(fleet) - len(heard))
        # The oldest first: a document is no order of events, its ages are.
        for age, one in sorted(heard, key=lambda pair: -pair[0]):
            if age <= oldest_s * _MICRO:
                self.add(read(one), now - age, now)

    def tick(self, now: int | None) -> None:
        """The source was listening at `now` (us)."""
        self._rows.tick(now)

    def batch(self) -> DecodedBatch:
        """The rows gathered since the last call."""
        return self._rows.batch()

    def add(self, said: Aircraft, at: int, now: int) -> None:
        """One aircraft, heard `at`, told at `now` (us)."""
        kind = said.get("type")
        said = _own(said)
        key = address_key(said.get("hex"), readsb_fields.namespace(kind, said.get("hex")))
        if key is not None and "seen" in said and not self._rows.is_news(key, at, SAME_S):
            return
        baro, speed, on_ground = _altitude_and_speed(said, kind)
        rate = said.get("baro_rate")
        # A position whose age cannot be read may be of any time.
        has_place = said.get("seen_pos") is None or number(said["seen_pos"]) >= 0.0
        self._rows.add(
            at,
            key,
            latitude=said.get("lat") if has_place else None,
            longitude=said.get("lon") if has_place else None,
            position_microseconds=now - age_us(said, "seen_pos") if "seen_pos" in said else None,
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


def age_us(said: Aircraft, name: str) -> int:
    """An age in us; 0 where it is not told."""
    age = number(said.get(name))
    return round(age * _MICRO) if 0.0 <= age < 1e9 else 0
