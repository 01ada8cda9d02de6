"""One address with a bit turned over: a few frames of an aircraft that pass every check under a wrong address.

The ghost is heard where its twin is, at its height, and seldom. Aircraft of one fleet often have addresses one bit
apart, too, and stand side by side; but each of them is sighted again and again. A ghost that is sighted often never
leaves its twin all through a flight, and has fewer frames.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from detector.domain.geo import destination, distance_nm
from detector.domain.sighting import Sighting
from detector.domain.units import SECONDS_PER_HOUR
from detector.tracking.pieces import Pieces

ADDRESS_BITS = 24
RECENT_S = 600.0
"""The twin was sighted within this time."""
AT_MOST = 2
"""Sightings of a ghost: more of them are an aircraft."""
TIMES_AS_MANY = 3
"""The twin was sighted that many times as often, and before."""
PLACE_NM = 0.3
DRIFT_KT = 100.0
"""How far from the twin's dead reckoning: at once, and more as time passes (a turn, a change of speed)."""
UNKNOWN_KT = 500.0
HEIGHT_FT = 500.0
CLIMB_FPM = 3_000.0
"""The same for heights."""
BESIDE_S = 15.0
"""Beside each other in flight: sighted within this time, at one place and height by the above."""
MEETINGS, PARTINGS = 2, 0.1
"""A ghost was beside its twin so often, and in no more than this share of the times away from it."""
FEWER = 1.25
"""Its twin has at least so many times its frames since then: a bit turned over is rare. Two with as many frames fly in
formation."""
FAR_FEWER = 10.0
"""One with so few frames is seldom sighted in the same seconds as its twin: where that can be by then will do."""
KNOWN = 50_000
"""So many addresses are kept; the one not sighted for longest goes first."""


class Beside(msgspec.Struct, frozen=True, array_like=True):
    """An address one bit away: how often it was sighted beside it in flight, and how often away from it.

    `near`: how often where it can have been by then, on the ground or some minutes later. `mine`, `theirs`: frames of
    the two when they were first compared.
    """

    met: int
    near: int
    parted: int
    mine: int
    theirs: int


class Known(msgspec.Struct, frozen=True, array_like=True):
    """An address: since when, how often and where last sighted."""

    first_at: float
    count: int
    at: float
    latitude_deg: float
    longitude_deg: float
    altitude_ft: float | None
    groundspeed_kt: float | None
    track_deg: float | None
    frames: int = 0
    beside: dict[str, Beside] = {}
    turn: int = 0
    """Grows with every sighting of anybody: who was sighted longest ago."""


class Twins:
    """What is known of each address."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self.turn = 0
        """How many sightings were taken in."""
        self._pieces: Pieces[str] = Pieces()

    def feed(self, sighting: Sighting) -> None:
        """Take in a sighting."""
        s = sighting
        before = self._known.pop(s.icao24, None)
        first_at, count = (s.at, 1) if before is None else (before.first_at, before.count + 1)
        self.turn += 1
        beside = {} if s.icao24.startswith("~") else self._beside(s, {} if before is None else before.beside)
        self._known[s.icao24] = Known(
            first_at,
            count,
            s.at,
            s.latitude_deg,
            s.longitude_deg,
            s.altitude_baro_ft,
            s.groundspeed_kt,
            s.track_deg,
            s.frames,
            beside,
            self.turn,
        )
        self._pieces.change(s.icao24)
        if len(self._known) > KNOWN:
            self._forget(next(iter(self._known)))

    def twin(
        self, icao24: str, latitude_deg: float, longitude_deg: float, altitude_ft: float | None, at: float
    ) -> str | None:
        """The address that `icao24`, at this place and height, is with one bit turned over."""
        if icao24.startswith("~"):
            return None
        mine = self._known.get(icao24)
        count, since = (0, at) if mine is None else (mine.count, mine.first_at)
        if mine is not None and (beside := self._never_away(mine)) is not None:
            return beside
        if count > AT_MOST:
            return None
        for other in _one_bit_away(icao24):
            known = self._known.get(other)
            if known is None or known.count < TIMES_AS_MANY * max(count, 1) or known.first_at > since:
                continue
            # The state of the twin may be from just after the moment asked about.
            if abs(at - known.at) <= RECENT_S and _together(known, latitude_deg, longitude_deg, altitude_ft, at):
                return other
        return None

    def _beside(self, s: Sighting, before: dict[str, Beside]) -> dict[str, Beside]:
        """Who of the neighbours was with it, and who was not, this sighting counted."""
        found = before
        for other in _one_bit_away(s.icao24):
            known = self._known.get(other)
            if known is None or abs(s.at - known.at) > RECENT_S:
                continue
            one = found.get(other) or Beside(0, 0, 0, s.frames, known.frames)
            if not _together(known, s.latitude_deg, s.longitude_deg, s.altitude_baro_ft, s.at):
                one = msgspec.structs.replace(one, parted=one.parted + 1)
            else:
                close = not s.surface and abs(s.at - known.at) <= BESIDE_S
                one = msgspec.structs.replace(one, met=one.met + close, near=one.near + 1)
            found = {**found, other: one}
        return found

    def _never_away(self, mine: Known) -> str | None:
        """The neighbour with more frames that it was beside all the time."""
        for other, one in mine.beside.items():
            known = self._known.get(other)
            if known is None or one.parted > PARTINGS * (one.near + one.parted):
                continue
            sent, theirs = mine.frames - one.mine, known.frames - one.theirs
            if sent > 0 and (
                (one.met >= MEETINGS and theirs >= FEWER * sent)
                or (one.near >= MEETINGS and theirs >= FAR_FEWER * sent)
            ):
                return other
        return None

    def sweep(self, oldest: float) -> None:
        """Forget addresses not sighted since `oldest`."""
        for icao24 in [icao24 for icao24, one in self._known.items() if one.at < oldest]:
            self._forget(icao24)

    def changed(self, *, whole: bool = False) -> tuple[dict[str, Known], list[str]]:
        """What is new since the last call (with `whole`, all there is): (what is known by address, addresses gone)."""
        changed, gone = self._pieces.take(self._known if whole else None)
        return {icao24: self._known[icao24] for icao24 in changed}, gone

    def restore(self, known: Mapping[str, Known], turn: int) -> None:
        """Take up the state of another run."""
        self._known = dict(sorted(known.items(), key=lambda item: item[1].turn))
        self.turn = turn
        self._pieces = Pieces(self._known)

    def _forget(self, icao24: str) -> None:
        del self._known[icao24]
        self._pieces.drop(icao24)


def _one_bit_away(icao24: str) -> Iterator[str]:
    address = int(icao24, 16)
    return (f"{address ^ 1 << bit:06x}" for bit in range(ADDRESS_BITS))


def _together(known: Known, latitude_deg: float, longitude_deg: float, altitude_ft: float | None, at: float) -> bool:
    since_s = at - known.at
    hours = abs(since_s) / SECONDS_PER_HOUR
    place, allowed_nm = (known.latitude_deg, known.longitude_deg), PLACE_NM
    if known.groundspeed_kt is None or known.track_deg is None:
        # At rest nothing tells a track; in the air it is told soon.
        speed = UNKNOWN_KT if known.groundspeed_kt is None else known.groundspeed_kt
        allowed_nm += speed * hours
    else:
        ahead_nm = known.groundspeed_kt * since_s / SECONDS_PER_HOUR
        place = destination(*place, known.track_deg, ahead_nm)
        allowed_nm += min(DRIFT_KT, known.groundspeed_kt) * hours
    if distance_nm(*place, latitude_deg, longitude_deg) > allowed_nm:
        return False
    if altitude_ft is None or known.altitude_ft is None:
        return True
    return abs(altitude_ft - known.altitude_ft) <= HEIGHT_FT + CLIMB_FPM * abs(since_s) / 60.0
