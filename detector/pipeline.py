"""The one way through: frames in, stops, alerts and movements out. Pure: no clock, no file, no socket.

    frames -> event time -> decoding -> tracking -> movements -> rules -> alerting

Live and replay both call `step` with whatever batch they have; where a stream was cut has no meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import numpy as np
import numpy.typing as npt

from detector import rules
from detector.alerting import AlertBook, AlertSettings
from detector.decoding import Decoder, witness
from detector.domain.alert import Alert, Evidence
from detector.domain.frame import FrameBatch, RejectCounts, Tick
from detector.domain.movement import Movement
from detector.domain.observation import Observation, Trigger
from detector.domain.stop import Stop
from detector.movements import Movements, MovementSettings
from detector.reference import Airports, WatchList
from detector.rules import RuleSettings
from detector.tracking import EventClock, Tracker, TrackingSettings, TrackPoints

WATCHED_APPROACH_NM = 60.0
"""An aircraft lost this near to a listed field may have been on its way down to it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The named thresholds of every part of the path."""

    tracking: TrackingSettings = field(default_factory=TrackingSettings)
    movements: MovementSettings = field(default_factory=MovementSettings)
    rules: RuleSettings = field(default_factory=RuleSettings)
    alerting: AlertSettings = field(default_factory=AlertSettings)


@dataclass(slots=True)
class Changes:
    """What a batch changed: new revisions of stops and alerts, movements, and track points, in order."""

    stops: list[Stop] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    points: TrackPoints | None = None


class Pipeline:
    """The path for one stream. Its state is its parts' state; `detector.checkpoint` writes it down."""

    def __init__(self, decoder: Decoder, airports: Airports, watch_list: WatchList, limits: Limits) -> None:
        self.decoder = decoder
        self.airports = airports
        self.clock = EventClock()
        self.tracker = Tracker(
            limits.tracking, airports.ceiling_ft, airports.raster(watch_list.indices, WATCHED_APPROACH_NM).at
        )
        self.movements = Movements(
            limits.movements, airports, lambda airport, at: bool(watch_list.entries_for(airport, at))
        )
        self.alerts = AlertBook(limits.alerting, airports, self._evidence)
        self.frames = 0
        self.first_at: float | None = None
        """Time of the first frame."""
        self._watch_list = watch_list
        self._rule_settings = limits.rules
        self._touched = np.zeros(0, np.bool_)

    def step(self, frames: FrameBatch) -> Changes:
        """Take in a batch."""
        if self.first_at is None and len(frames):
            self.first_at = float(frames.heard_at[0])
        self.frames += len(frames)
        before = self.clock.now
        admitted, clock = self.clock.admit(frames)
        return self._advance(admitted, before, clock)

    def tick(self, tick: Tick) -> Changes:
        """Take in a heartbeat: silences may have become long enough to be news."""
        before = self.clock.now
        self.clock.tick(tick.at)
        after = [] if self.clock.now is None else [self.clock.now]
        return self._advance(FrameBatch.empty(), before, np.array(after))

    def finish(self) -> Changes:
        """The recording is over: take in the frames that event time still holds back. To be called once, at the end."""
        before = self.clock.now
        held, clock = self.clock.finish()
        return self._advance(held, before, clock) if len(held) else Changes()

    @property
    def rejects(self) -> RejectCounts:
        """What was dropped on the path so far, by reason."""
        total = RejectCounts()
        for part in (self.clock.rejects, self.decoder.rejects, self.tracker.rejects):
            total.merge(part)
        return total

    def touched_slots(self) -> npt.NDArray[np.intp]:
        """Aircraft whose state has changed since the last call, ascending; whoever writes the state down asks."""
        slots = np.flatnonzero(self._touched)
        self._touched[:] = False
        return slots

    def _advance(self, frames: FrameBatch, before: float | None, clock: npt.NDArray[np.float64]) -> Changes:
        """`before`: event time before the frames; `clock`: after each (of a heartbeat: after it)."""
        changes = Changes()
        if self.clock.now is None:
            return changes
        reports = self.decoder.decode(frames)
        known = len(self.decoder.addresses)
        if known > len(self._touched):
            self._touched = np.concatenate([self._touched, np.zeros(known, np.bool_)])
        self._touched[reports.slot] = True
        span = np.concatenate([[-np.inf if before is None else before], clock])
        observations, changes.points = self.tracker.observe(reports, frames, span)
        for observation in observations:
            self._touched[observation.slot] = True
            self._reason(observation, changes)
        self.alerts.expire(self.clock.now)
        return changes

    def _reason(self, observation: Observation, changes: Changes) -> None:
        icao24, at = observation.icao24, observation.at
        follows = self.alerts.follows(icao24, at)
        until = self.alerts.followed_until(icao24)
        for change in self.movements.observe(observation, followed=follows):
            if isinstance(change, Movement):
                changes.movements.append(change)
            else:
                changes.alerts += self._judge(change, changes)
        if follows:
            quiet = bool(observation.trigger & Trigger.SILENT)
            airborne = observation.run is None or not observation.run.on_ground
            changes.alerts += self.alerts.heard(icao24, observation.now, at, airborne=airborne, quiet=quiet)
        if self.alerts.followed_until(icao24) != until:
            self.tracker.follow(observation.slot, self.alerts.followed_until(icao24))

    def _judge(self, stop: Stop, changes: Changes) -> Iterator[Alert]:
        found = rules.findings(stop, self._watch_list, self._rule_settings)
        stop = self.movements.annotate(stop, msgspec.structs.replace(stop, findings=found))
        changes.stops.append(stop)
        yield from self.alerts.stop_changed(stop)

    def _evidence(self, icao24: str) -> Evidence | None:
        return witness.verify(icao24, self.movements.frames_of(icao24))
