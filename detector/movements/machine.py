"""From moments to movements and stops: one small state an aircraft, and one place where it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from detector.domain.movement import Movement, MovementKind
from detector.domain.observation import Observation, Trigger
from detector.domain.stop import Status, Stop
from detector.movements import contact, gaps, passes, silence
from detector.movements.check_settings import CheckSettings
from detector.movements.examination import examined, released
from detector.movements.ground_stops import Change
from detector.movements.life import Life, Phase
from detector.movements.quarantine import believed, refused
from detector.movements.settings import MovementSettings
from detector.movements.surroundings import Surroundings
from detector.reference import Airports

NOT_AIRCRAFT = ("C", "D")
"""Emitter category sets C (surface vehicles and obstacles) and D (reserved): they never fly and never stop over."""


class Movements:
    """Turns the moments of all aircraft into stops and movements, in order.

    `sky` tells what the aircraft's own messages do not: what is listed, who listened, who else was there.
    """

    def __init__(
        self, settings: MovementSettings, checks: CheckSettings, airports: Airports, sky: Surroundings
    ) -> None:
        self.settings = settings
        self._checks = checks
        self._airports = airports
        self._sky = sky
        self.lives: dict[str, Life] = {}
        self._held: dict[str, tuple[str, Stop]] = {}
        self._look_at = float("inf")
        """No held stop is due before."""

    def observe(self, o: Observation, *, followed: bool) -> list[Change]:
        """What the moment changes: new revisions of stops, and movements."""
        if o.icao24.startswith("~") or (o.now.category or "").startswith(NOT_AIRCRAFT):
            return []
        heard, o = o, believed(o)
        life = self.lives.get(o.icao24)
        if life is None:
            life = self.lives[o.icao24] = Life()
        airports, settings = self._airports, self.settings
        changes: list[Change] = []
        if o.trigger & Trigger.SILENT:
            changes += silence.lasting(life, o, airports, self._sky, followed, settings)
        life.doubt = o.doubt
        if o.trigger & (Trigger.SILENCE_END | Trigger.FIRST_HEARD):
            changes += silence.began(life, o, settings)
        if o.run is not None and o.run.on_ground and life.gap is not None and life.gap.end is None:
            life.gap = gaps.closed(life.gap, o.run.since)
            changes.append(life.gap)
        if o.trigger & Trigger.GROUND_WORD and o.run is not None:
            life.count_words(o.run, o.receiver)
            step = contact.on_ground if o.run.on_ground else contact.in_air
            changes += step(life, o, o.run, airports, settings)
            changes += refused(life, heard, o.run, airports, settings)
        if o.trigger & Trigger.AFTER_SILENCE:
            changes += silence.ended(life, o, airports, self._sky, settings)
        if o.trigger & Trigger.LOW_EXIT:
            changes += passes.climbed_out(life, o, airports, settings)
        for change in changes:
            if isinstance(change, Movement) and change.kind is MovementKind.TAKE_OFF:
                life.remember_take_off(change)
        return [self._examined(change, life, o) for change in _continued(changes)]

    def due(self, clock: float) -> Iterator[tuple[Stop, bool]]:
        """New revisions of held stops whose time has come by `clock`, in order of that time; and whether there is
        more to it than that a stop is held on. Take in each before asking for the next."""
        while self._look_at <= clock:
            until, icao24, stop_id = self._next_held()
            if until > clock:
                self._look_at = until
                break
            _, stop = self._held[stop_id]
            again = released(stop, self._airports, self._sky, until, self._checks)
            self._keep(self.lives[icao24], stop, again)
            yield again, again.held is None or again.level != stop.level

    def _next_held(self) -> tuple[float, str, str]:
        """When the next held stop is due, its aircraft and its id."""
        held = ((stop.held.until, icao24, stop_id) for stop_id, (icao24, stop) in self._held.items() if stop.held)
        return min(held, default=(float("inf"), "", ""))

    def _examined(self, change: Change, life: Life, o: Observation) -> Change:
        if not isinstance(change, Stop):
            return change
        stop = examined(change, life, o, self._airports, self._sky, self._checks)
        self._keep(life, change, stop)
        return stop

    def _keep(self, life: Life, old: Stop, new: Stop) -> None:
        """Put `new` where `old` stood: in the open stop, in the take-off that is awaited, among the held ones."""
        if life.stop is not None and life.stop.id == old.id:
            life.stop = new
        if life.leaving is not None and life.leaving.stop is not None and life.leaving.stop.id == old.id:
            life.leaving = msgspec.structs.replace(life.leaving, stop=new)
        self._held.pop(old.id, None)
        if new.held is not None and new.status is not Status.RETRACTED:
            self._held[new.id] = (new.icao24, new)
            self._look_at = min(self._look_at, new.held.until)
        held = tuple(stop for stop in life.held if stop.id != new.id)
        life.held = (*held, new) if new.id in self._held else held

    def annotate(self, stop: Stop, annotated: Stop) -> Stop:
        """Take the findings of the rules into the open stop, so that its next revision starts from them."""
        life = self.lives[stop.icao24]
        life.remember_stop(annotated)
        self._keep(life, stop, annotated)
        return annotated

    def held(self) -> list[Stop]:
        """Stops that are held back now."""
        return [stop for _, stop in self._held.values()]

    def ways_of(self, stop: Stop) -> tuple[str, str]:
        """The fields that the aircraft of a stop left before it, and landed at next, "" where that is not known."""
        return self.lives[stop.icao24].ways_of(stop)

    def onward_changed(self, stop: Stop) -> Stop | None:
        """The last stop of the aircraft before this one, where this one changes what is known of its way out. To be
        asked once for each revision, after `annotate`."""
        return self.lives[stop.icao24].onward_changed(stop)

    def at_stake(self) -> tuple[list[str], list[str]]:
        """Addresses of aircraft in an open or held stop, or one about to be closed; and of others on the ground, or
        about to leave it."""
        stops, ground = list[str](), list[str]()
        for icao24, life in self.lives.items():
            leaving = life.leaving
            if life.stop is not None or life.held or (leaving is not None and leaving.stop is not None):
                stops.append(icao24)
            elif life.phase is Phase.GROUND or life.landing is not None or leaving is not None:
                ground.append(icao24)
        return stops, ground

    def forget(self, icao24: str) -> list[str]:
        """Let go of an aircraft; gives the ids of stops it was in, which stay as they were told last."""
        life = self.lives.pop(icao24, None)
        if life is None:
            return []
        leaving = None if life.leaving is None else life.leaving.stop
        stops = [stop.id for stop in (life.stop, leaving, *life.held) if stop is not None]
        for stop_id in stops:
            self._held.pop(stop_id, None)
        return stops

    def restore(self, lives: Mapping[str, Life]) -> None:
        """Put back what `lives` held."""
        self.lives = dict(lives)
        self._held = {stop.id: (icao24, stop) for icao24, life in self.lives.items() for stop in life.held}
        self._look_at = self._next_held()[0]


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
