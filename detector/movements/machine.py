"""From moments to movements and stops: one small state an aircraft, and one place where it changes."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from detector.domain.observation import Heard, Observation, Trigger
from detector.domain.stop import Status, Stop
from detector.movements import contact, passes, silence
from detector.movements.ground_stops import Change
from detector.movements.life import Life
from detector.movements.settings import MovementSettings
from detector.movements.silence import IsListed
from detector.reference import Airports

FRAMES_KEPT = 48
"""Frames kept of an aircraft as evidence: those that completed its latest moments."""
JUMPS_KEPT = 16
"""Position jumps remembered of an aircraft; a later one must not hide the one before a landing."""
NOT_AIRCRAFT = ("C", "D")
"""Emitter category sets C (surface vehicles and obstacles) and D (reserved): they never fly and never stop over."""


class Movements:
    """Turns the moments of all aircraft into stops and movements, in order.

    `is_listed(airport, at)` tells whether a field was on a watch list: a silence there is news while it lasts.
    """

    def __init__(self, settings: MovementSettings, airports: Airports, is_listed: IsListed) -> None:
        self.settings = settings
        self._airports = airports
        self._is_listed = is_listed
        self.lives: dict[str, Life] = {}

    def observe(self, o: Observation, *, followed: bool) -> list[Change]:
        """What the moment changes: new revisions of stops, and movements."""
        if o.icao24.startswith("~") or (o.now.category or "").startswith(NOT_AIRCRAFT):
            return []
        life = self.lives.get(o.icao24)
        if life is None:
            life = self.lives[o.icao24] = Life()
        airports, settings = self._airports, self.settings
        changes: list[Change] = []
        if o.frame:
            life.frames = (*life.frames, Heard(o.at, o.frame.hex()))[-FRAMES_KEPT:]
        if o.trigger & Trigger.SILENT:
            changes += silence.lasting(life, o, airports, self._is_listed, followed, settings)
        if o.trigger & Trigger.JUMP:
            life.jumps = (*life.jumps, o.at)[-JUMPS_KEPT:]
        if o.trigger & (Trigger.SILENCE_END | Trigger.FIRST_HEARD):
            changes += silence.began(life, o, settings)
        if o.trigger & Trigger.GROUND_WORD and o.run is not None:
            step = contact.on_ground if o.run.on_ground else contact.in_air
            changes += step(life, o, o.run, airports, settings)
        if o.trigger & Trigger.AFTER_SILENCE:
            changes += silence.ended(life, o, airports, self._is_listed, settings)
        if o.trigger & Trigger.LOW_EXIT:
            changes += passes.climbed_out(life, o, airports, settings)
        return _continued(changes)

    def annotate(self, stop: Stop, annotated: Stop) -> Stop:
        """Take the findings of the rules into the open stop, so that its next revision starts from them."""
        life = self.lives[stop.icao24]
        if life.stop is stop:
            life.stop = annotated
        if life.leaving is not None and life.leaving.stop is stop:
            life.leaving = msgspec.structs.replace(life.leaving, stop=annotated)
        return annotated

    def frames_of(self, icao24: str) -> tuple[Heard, ...]:
        """The raw frames behind the latest moments of an aircraft, oldest first."""
        life = self.lives.get(icao24)
        return life.frames if life is not None else ()

    def restore(self, lives: Mapping[str, Life]) -> None:
        """Put back what `lives` held."""
        self.lives = dict(lives)


def _continued(changes: list[Change]) -> list[Change]:
    """Changes in which a stop taken back and told anew at once, under the same id, is one revision: a correction."""
    retracted = {c.id: c for c in changes if isinstance(c, Stop) and c.status is Status.RETRACTED}
    anew = {c.id for c in changes if isinstance(c, Stop) and c.revision == 1 and c.id in retracted}
    if not anew:
        return changes
    result: list[Change] = []
    for change in changes:
        if isinstance(change, Stop) and change.id in anew:
            if change.status is Status.RETRACTED:
                continue
            change = msgspec.structs.replace(change, revision=change.revision + retracted[change.id].revision - 1)
        result.append(change)
    return result
