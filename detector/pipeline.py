"""The one way through: frames or tracks in, stops, alerts and movements out. Pure: no clock, no file, no socket.

    frames -> event time -> decoding -> tracking -> movements -> rules -> alerting

Live and replay both call `step` with whatever batch they have; where a stream was cut has no meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt

from detector import rules
from detector.alerting import AlertBook, AlertSettings, EvidenceBook
from detector.decoding import Decoder, witness
from detector.decoding.decoded import reports_of
from detector.domain.alert import Alert, Evidence, JourneyStep
from detector.domain.decoded import NO_AIRCRAFT, Batch, DecodedBatch
from detector.domain.frame import FrameBatch, RejectCounts, Tick
from detector.domain.gap import Gap
from detector.domain.movement import Movement
from detector.domain.observation import Observation, Trigger
from detector.domain.report import ReportBatch
from detector.domain.sighting import Sighting
from detector.domain.stop import Finding, Stop
from detector.movements import CheckSettings, Movements, MovementSettings, believed
from detector.movements.surroundings import ReceiverSite
from detector.reference import Airports, WatchList
from detector.rules import RuleSettings
from detector.surroundings import Sky
from detector.tracking import EventClock, Reception, Tracker, TrackingSettings, TrackPoints
from detector.tracking.clock import Admitted

F64 = npt.NDArray[np.float64]

WATCHED_APPROACH_NM = 60.0
"""An aircraft lost this near to a listed field may have been on its way down to it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The named thresholds of every part of the path."""

    tracking: TrackingSettings = field(default_factory=TrackingSettings)
    movements: MovementSettings = field(default_factory=MovementSettings)
    checks: CheckSettings = field(default_factory=CheckSettings)
    rules: RuleSettings = field(default_factory=RuleSettings)
    alerting: AlertSettings = field(default_factory=AlertSettings)


@dataclass(slots=True)
class Changes:
    """What a batch changed: new revisions of stops, alerts and gaps, movements, and track points, in order."""

    stops: list[Stop] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    points: TrackPoints | None = None


class Pipeline:
    """The path for one stream. Its state is its parts' state; `detector.checkpoint` writes it down.

    `sites`: receivers whose place is known, by identity.
    """

    def __init__(
        self,
        decoder: Decoder,
        airports: Airports,
        watch_list: WatchList,
        limits: Limits,
        sites: Mapping[int, ReceiverSite] | None = None,
    ) -> None:
        self.decoder = decoder
        self.airports = airports
        self.clock = EventClock()
        self.reception = Reception()
        self.told_until: float | None = None
        """Event time of what has gone down the path."""
        self.tracker = Tracker(
            limits.tracking, airports.ceiling_ft, airports.raster(watch_list.indices, WATCHED_APPROACH_NM).at
        )
        self.sky = Sky(watch_list, sites or {})
        self.movements = Movements(limits.movements, limits.checks, airports, self.sky)
        self.evidence = EvidenceBook()
        self.alerts = AlertBook(limits.alerting, airports, self._witnessed, self._onward)
        self.frames = 0
        self.first_at: float | None = None
        """Time of the first frame."""
        self._watch_list = watch_list
        self._rule_settings = limits.rules
        self._touched = np.zeros(0, np.bool_)

    def step(self, batch: Batch) -> Changes:
        """Take in a batch of frames or of decoded tracks."""
        if self.first_at is None and len(batch):
            self.first_at = float(batch.heard_at[0])
        self.frames += len(batch)
        return self._take_in(self.clock.admit(batch))

    def tick(self, tick: Tick) -> Changes:
        """Take in a heartbeat: silences may have become long enough to be news."""
        changes = Changes()
        if self.clock.tick(tick.at) and self.clock.now is not None:
            self._hear(changes, *self.reception.advance(self.clock.now))
            self._heartbeat(changes, self.reception.now or self.clock.now)
        return changes

    def finish(self) -> Changes:
        """The recording is over: take in the frames that event time still holds back. To be called once, at the end."""
        changes = self._take_in(self.clock.finish())
        self._hear(changes, *self.reception.finish())
        return changes

    @property
    def rejects(self) -> RejectCounts:
        """What was dropped on the path so far, by reason."""
        total = RejectCounts()
        for part in (self.clock.rejects, self.reception.rejects, self.decoder.rejects, self.tracker.rejects):
            total.merge(part)
        return total

    def touched_slots(self) -> npt.NDArray[np.intp]:
        """Aircraft whose state has changed since the last call, ascending; whoever writes the state down asks."""
        slots = np.flatnonzero(self._touched)
        self._touched[:] = False
        return slots

    def _take_in(self, admitted: Admitted) -> Changes:
        changes = Changes()
        for batch, clock in admitted:
            if isinstance(batch, FrameBatch):
                self._hear(changes, *self.reception.admit(batch, clock))
            else:
                self._follow_tracks(changes, batch, clock)
        return changes

    def _hear(self, changes: Changes, frames: FrameBatch, clock: F64) -> None:
        """Frames that are ready to be decoded."""
        reports = self.decoder.decode(frames)
        self._advance(changes, reports, frames, frames.receiver[reports.frame_row], clock)

    def _follow_tracks(self, changes: Changes, tracks: DecodedBatch, clock: F64) -> None:
        """Runs of rows that tell of aircraft, and the rows between them that tell only the time."""
        idle = tracks.address == NO_AIRCRAFT
        cuts = np.flatnonzero(idle | np.concatenate([[False], idle[:-1]])) if len(idle) else np.zeros(0, np.intp)
        bounds = [0, *(cut for cut in cuts.tolist() if cut), len(tracks)]
        for start, end in pairwise(bounds):
            if end > start and idle[start]:
                self._heartbeat(changes, float(clock[start]))
            elif end > start:
                rows = tracks.take(slice(start, end))
                reports = reports_of(rows, self.decoder.addresses)
                self.decoder.table.grow_to(len(self.decoder.addresses))
                self._advance(changes, reports, None, rows.receiver, clock[start:end])

    def _heartbeat(self, changes: Changes, at: float) -> None:
        nothing = FrameBatch.empty()
        self.sky.ledger.tick(at, -np.inf if self.told_until is None else self.told_until)
        self._advance(changes, self.decoder.decode(nothing), nothing, nothing.receiver, np.array([at]))

    def _advance(
        self,
        changes: Changes,
        reports: ReportBatch,
        frames: FrameBatch | None,
        receivers: npt.NDArray[np.uint64],
        clock: F64,
    ) -> None:
        """`receivers`: who heard each report; `clock`: event time after each row (of a heartbeat: after it)."""
        if len(clock) == 0:
            return
        before = -np.inf if self.told_until is None else self.told_until
        span = np.maximum(np.concatenate([[before], clock]), before)
        self.told_until = float(span[-1])
        known = len(self.decoder.addresses)
        if known > len(self._touched):
            self._touched = np.concatenate([self._touched, np.zeros(known, np.bool_)])
        self._touched[reports.slot] = True
        self.sky.heard(reports.heard_at, receivers, reports.slot, before)
        moments, points = self.tracker.observe(reports, frames, span)
        changes.points = points if changes.points is None else _all_points(changes.points, points)
        for moment in moments:
            self._release(moment.clock, changes)
            if isinstance(moment, Sighting):
                self.sky.saw(moment)
                continue
            self._touched[moment.slot] = True
            self._reason(moment, changes)
        self._release(self.told_until, changes)
        self.evidence.release(self.alerts.expire(self.told_until))

    def _release(self, clock: float, changes: Changes) -> None:
        """Stops that were held back and are so no longer, or are held on: that alone is no news."""
        for stop, news in self.movements.due(clock):
            self._touched[self.decoder.addresses.add(int(stop.icao24, 16))] = True
            if news:
                changes.alerts += self._judge(stop, None, changes)
            else:
                changes.stops.append(stop)

    def _reason(self, observation: Observation, changes: Changes) -> None:
        icao24, at = observation.icao24, observation.at
        follows = self.alerts.follows(icao24, at)
        until = self.alerts.followed_until(icao24)
        for change in self.movements.observe(observation, followed=follows):
            if isinstance(change, Movement):
                changes.movements.append(change)
            elif isinstance(change, Gap):
                changes.gaps.append(change)
            else:
                changes.alerts += self._judge(change, observation, changes)
        if follows:
            quiet = bool(observation.trigger & Trigger.SILENT)
            airborne = observation.run is None or not observation.run.on_ground
            now = believed(observation).now
            changes.alerts += self.alerts.heard(icao24, now, at, airborne=airborne, quiet=quiet)
        if self.alerts.followed_until(icao24) != until:
            self.tracker.follow(observation.slot, self.alerts.followed_until(icao24))

    def _judge(self, stop: Stop, observation: Observation | None, changes: Changes) -> Iterator[Alert]:
        found = rules.findings(stop, self._watch_list, self._rule_settings)
        stop = self.movements.annotate(stop, msgspec.structs.replace(stop, findings=found))
        changes.stops.append(stop)
        frames = observation.evidence if observation is not None else tuple
        self.evidence.take_in(stop, frames, self.alerts.alert_on(stop))
        yield from self.alerts.stop_changed(stop)

    def _onward(self, stop: Stop, journey: tuple[JourneyStep, ...]) -> Finding | None:
        return rules.onward(stop, journey, self._rule_settings)

    def _witnessed(self, stop: Stop) -> Evidence | None:
        return witness.verify(stop.icao24, self.evidence.of(stop.id))


def _all_points(first: TrackPoints, then: TrackPoints) -> TrackPoints:
    columns = (np.concatenate([getattr(first, name), getattr(then, name)]) for name in TrackPoints.__slots__)
    return TrackPoints(*columns)
