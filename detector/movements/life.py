"""What is remembered of one aircraft between the moments that matter: on ground or in the air, and the open stop."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from detector.domain.doubt import Doubt
from detector.domain.gap import Gap
from detector.domain.movement import Movement
from detector.domain.observation import GroundRun
from detector.domain.stop import Level, Moment, Status, Stop
from detector.movements.sides import Side

RECEIVERS_KEPT = 8
"""Receivers remembered that heard it on the ground: the latest."""
NEIGHBOUR_S = 36 * 3600.0
"""A stop further back says nothing of where it came from."""
GAPS_KEPT = 24
"""Silences on the ground that are remembered: the longest ones. A flight nobody heard lies in one of them."""


class Phase(StrEnum):
    """Where the aircraft is, as far as it says so itself."""

    UNKNOWN = "unknown"
    AIR = "air"
    GROUND = "ground"


class Landing(msgspec.Struct, frozen=True):
    """A change from air to ground: when, and the call sign it came with. `words`: frames that said so.

    `off_field`: a position on the ground away from every field came with it. `unheard`: it stood at another place
    before, and nothing of a flight between the two was heard.
    """

    moment: Moment
    callsign: str | None
    words: int = 0
    off_field: bool = False
    unheard: bool = False


class Leaving(msgspec.Struct, frozen=True):
    """A take-off whose first fixes are awaited: they tell whether it left from where it stood.

    `ground_until`: last word on the ground; `air_since`: first word in the air; `stop`: the stop it ends, if any;
    `untold`: the take-off itself, while no fix tells yet where it was.
    """

    ground_until: float
    air_since: float
    observed: bool
    landing: Landing | None
    stop: Stop | None
    untold: Movement | None = None


class Left(msgspec.Struct, frozen=True):
    """Where it left from, after a stop or seen to take off: the field, "" where none is named, and the best guess when
    (Unix s UTC). `stop_id`: "" for a take-off without a stop."""

    stop_id: str
    airport: str
    at: float


class Life(msgspec.Struct, omit_defaults=True):
    """One aircraft. Times in Unix s UTC.

    `lost`: the side before the last silence in the air; `resumed_at`: when that silence ended, None once it has been
    decided what it was; `first_after`: the first fix after it. `gaps`: silences on the ground, from and until.
    `passed_at`: the lowest point of the last low pass. `gap`: the silence in the air that was told last. `doubt`: that
    of the last moment; `refused_since`: the jump whose false place has been told as a rejected stop. `said_ground`,
    `said_air`: words since it landed, `said_aloft`: those of the run in the air at hand, `said_in_run`: begin of the
    run at hand, and how many of its words are counted; `ground_receivers`: who heard it on the ground. `held`: stops
    that are held back. `left`: where it left from last, twice; `scored`: its last stop, if that is over and
    has a score, and `onward`: the field it landed at next, "" while that is not known.
    """

    phase: Phase = Phase.UNKNOWN
    ground_since: float | None = None
    airborne_since: float | None = None
    landing: Landing | None = None
    leaving: Leaving | None = None
    gaps: tuple[tuple[float, float], ...] = ()
    lost: Side | None = None
    lost_callsign: str | None = None
    lost_category: str | None = None
    resumed_at: float | None = None
    first_after: Side | None = None
    doubt: Doubt | None = None
    refused_since: float | None = None
    said_ground: int = 0
    said_air: int = 0
    said_aloft: int = 0
    said_in_run: tuple[float, int] = (0.0, 0)
    ground_receivers: tuple[int, ...] = ()
    held: tuple[Stop, ...] = ()
    passed_at: float | None = None
    gap: Gap | None = None
    stop: Stop | None = None
    left: tuple[Left, ...] = ()
    scored: Stop | None = None
    onward: str = ""

    def count_words(self, run: GroundRun, receiver: int | None) -> None:
        """Words on air and ground while it stands, and who heard it stand. Words in the air count once it says ground
        again: the last of them belong to the take-off."""
        since, counted = self.said_in_run
        if since != run.since:
            if run.on_ground and self.phase is Phase.GROUND:
                self.said_air += self.said_aloft
            self.said_aloft, counted = 0, 0
        if run.on_ground:
            self.said_ground += run.words - counted
            if receiver is not None and receiver not in self.ground_receivers:
                self.ground_receivers = (*self.ground_receivers, receiver)[-RECEIVERS_KEPT:]
        else:
            self.said_aloft = run.words
        self.said_in_run = run.since, run.words

    def landed_anew(self) -> None:
        """The words of an earlier stop are over."""
        self.said_ground, self.said_air, self.ground_receivers = 0, 0, ()

    def remember_stop(self, stop: Stop) -> None:
        """A stop that is over, or is no more."""
        others = tuple(left for left in self.left if left.stop_id != stop.id)
        if stop.status is Status.CLOSED and stop.level > Level.REJECTED and stop.departed is not None:
            # A stop of a lower level may have been made elsewhere, or not at all.
            airport = (stop.airport or "") if stop.level >= Level.ONE_SIDE else ""
            self._remember_left(Left(stop.id, airport, stop.departed.estimate), others)
            if self.scored is None or self.scored.id != stop.id:
                self.onward = ""
            self.scored = None if stop.score is None else stop
        elif stop.status is not Status.OPEN:
            self.left = others
            if self.scored is not None and self.scored.id == stop.id:
                self.scored, self.onward = None, ""

    def remember_take_off(self, movement: Movement) -> None:
        """A take-off that was seen, though no stop before it may have been."""
        if movement.airport is not None:
            self._remember_left(Left("", movement.airport, movement.latest), self.left)

    def _remember_left(self, left: Left, others: tuple[Left, ...]) -> None:
        self.left = tuple(sorted((*others, left), key=lambda one: one.at))[-2:]

    def ways_of(self, stop: Stop) -> tuple[str, str]:
        """The fields that it left for this stop, and landed at next, "" where that is not known."""
        before = [left for left in self.left if left.stop_id != stop.id and left.at <= stop.landed.estimate]
        near = before and stop.landed.estimate - before[-1].at <= NEIGHBOUR_S
        onward = self.onward if self.scored is not None and self.scored.id == stop.id else ""
        return before[-1].airport if near else "", onward

    def onward_changed(self, stop: Stop) -> Stop | None:
        """The stop before this one, where this one tells, or no longer tells, where it flew on to."""
        before = self.scored
        if before is None or before.id == stop.id or before.departed is None:
            return None
        near = 0.0 <= stop.landed.estimate - before.departed.estimate <= NEIGHBOUR_S
        stands = near and stop.status is not Status.RETRACTED and stop.level >= Level.ONE_SIDE
        onward = (stop.airport or "") if stands else ""
        if onward == self.onward:
            return None
        self.onward = onward
        return before

    def remember_gap(self, begin: float, end: float) -> None:
        """A silence on the ground."""
        longest = sorted((*self.gaps, (begin, end)), key=lambda gap: gap[0] - gap[1])[:GAPS_KEPT]
        self.gaps = tuple(sorted(longest))

    def forget_leaving(self) -> list[Movement]:
        """No fix will tell any more of the take-off that is awaited: it is told without a place."""
        leaving, self.leaving = self.leaving, None
        return [leaving.untold] if leaving is not None and leaving.untold is not None else []
