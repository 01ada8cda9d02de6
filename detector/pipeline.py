"""The one way through: frames or tracks in, stops, alerts and movements out. Pure: no clock, no file, no socket.

    frames -> event time -> decoding -> tracking -> movements -> rules -> alerting

Live and replay both call `step` with whatever batch they have; where a stream was cut has no meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt

from detector.alerting import AlertBook, AlertSettings, EvidenceBook
from detector.decoding import Decoder, witness
from detector.decoding.decoded import reports_of, taken_in
from detector.domain.alert import Alert, Evidence, TableUsed
from detector.domain.decoded import NO_AIRCRAFT, Batch, DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, RejectCounts, Tick
from detector.domain.gap import Gap
from detector.domain.identity import Identities, Strangers
from detector.domain.movement import Movement
from detector.domain.observation import Observation, Trigger
from detector.domain.report import ReportBatch, address_text
from detector.domain.sighting import Sighting
from detector.domain.stop import Stop
from detector.movements import CheckSettings, Movements, MovementSettings, believed
from detector.movements.surroundings import ReceiverSite
from detector.reference import Airports, WatchList
from detector.rules import RulesFile
from detector.rules.judge import Judge
from detector.scoring import Baselines, Scorer, Ways
from detector.surroundings import Sky
from detector.tracking import EventClock, Reception, Tracker, TrackingSettings, TrackPoints, forgetting, sources
from detector.tracking.clock import Admitted

F64 = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

WATCHED_APPROACH_NM = 60.0
"""An aircraft lost this near to a listed field may have been on its way down to it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The named thresholds of every part of the path."""

    tracking: TrackingSettings = field(default_factory=TrackingSettings)
    movements: MovementSettings = field(default_factory=MovementSettings)
    checks: CheckSettings = field(default_factory=CheckSettings)
    rules: RulesFile = field(default_factory=RulesFile)
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

    `sites`: receivers whose place is known, by identity. `unconfirming`: those that do not confirm a stop alone.
    `identities`: who knows the aircraft; `reference`: by which tables and lists, as alerts say it; `usual`: what
    history has taught; `scorer`: gives stops their scores.
    """

    def __init__(
        self,
        decoder: Decoder,
        airports: Airports,
        watch_list: WatchList,
        limits: Limits,
        sites: Mapping[int, ReceiverSite] | None = None,
        unconfirming: frozenset[int] = frozenset(),
        identities: Identities | None = None,
        reference: tuple[TableUsed, ...] = (),
        usual: Baselines | None = None,
        scorer: Scorer | None = None,
    ) -> None:
        self.decoder = decoder
        self.decoder.addresses.hold(limits.tracking.aircraft_limit)
        self.airports = airports
        self.clock = EventClock()
        self.reception = Reception(unconfirming)
        self.told_until: float | None = None
        """Event time of what has gone down the path."""
        self.forgotten = 0
        """How many aircraft were forgotten by this run."""
        self._watched_fields = airports.raster(watch_list.indices, WATCHED_APPROACH_NM).at
        self.tracker = Tracker(limits.tracking, airports.ceiling_ft, self._watched_fields)
        self.sky = Sky(watch_list, sites or {}, unconfirming)
        self.movements = Movements(limits.movements, limits.checks, airports, self.sky)
        self.evidence = EvidenceBook()
        self.scorer = scorer
        self._rules = Judge(limits.rules, airports, watch_list, identities or Strangers(), usual, scorer)
        self.alerts = AlertBook(limits.alerting, airports, self._witnessed, self._rules.onward, reference)
        self.frames = 0
        self.ticks = 0
        """Heartbeats taken in, believed or not; with `frames` they say where in a recording the path is."""
        self.first_at: float | None = None
        """Time of the first frame."""
        self._touched = np.zeros(0, np.bool_)
        self._handed_out = np.zeros(0, np.bool_)
        self._forgotten_keys: set[int] = set()

    def step(self, batch: Batch) -> Changes:
        """Take in a batch of frames or of decoded tracks."""
        if self.first_at is None and len(batch):
            self.first_at = float(batch.heard_at[0])
        self.frames += len(batch)
        return self._take_in(self.clock.admit(batch))

    def tick(self, tick: Tick) -> Changes:
        """Take in a heartbeat: silences may have become long enough to be news."""
        changes = Changes()
        self.ticks += 1
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
        self._handed_out[slots] = True
        return slots

    def never_given(self) -> npt.NDArray[np.bool_]:
        """By slot: whether `touched_slots` has not given it since the aircraft got it, or nobody has it."""
        return ~self._handed_out[: self.decoder.addresses.size]

    def forgotten_keys(self) -> list[int]:
        """Address keys of aircraft that were given by `touched_slots` once and have been forgotten since the last call,
        ascending. What was written down of them may be deleted; by the time of the call none of them is known again."""
        addresses = self.decoder.addresses
        keys = sorted(key for key in self._forgotten_keys if addresses.slot_of(key) < 0)
        self._forgotten_keys = set()
        return keys

    def restored(self, aircraft: Mapping[int, int]) -> None:
        """Aircraft of another run have got their slots back: slot to address key."""
        addresses = self.decoder.addresses
        for slot in sorted(aircraft):
            addresses.place(slot, aircraft[slot])
        self.tracker.size = addresses.size
        self.decoder.table.grow_to(addresses.size)
        self.tracker.table.grow_to(addresses.size)
        self._touched = np.zeros(addresses.size, np.bool_)
        self._handed_out = np.zeros(addresses.size, np.bool_)
        self._handed_out[list(aircraft)] = True

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
        for rows in self._runs(changes, clock, partial(self.decoder.addresses.newcomers, frames)):
            part = frames if rows is None else frames.take(rows)
            reports = self.decoder.decode(part)
            heard_by = part.receiver[reports.frame_row]
            self._advance(changes, reports, part, heard_by, clock if rows is None else clock[rows])

    def _follow_tracks(self, changes: Changes, tracks: DecodedBatch, clock: F64) -> None:
        """Runs of rows that tell of aircraft, and the rows between them that tell only the time."""
        idle = tracks.address == NO_AIRCRAFT
        cuts = np.flatnonzero(idle | np.concatenate([[False], idle[:-1]])) if len(idle) else np.zeros(0, np.intp)
        bounds = [0, *(cut for cut in cuts.tolist() if cut), len(tracks)]
        for start, end in pairwise(bounds):
            if end > start and idle[start]:
                self._heartbeat(changes, float(clock[start]))
            elif end > start:
                self._follow(changes, tracks.take(slice(start, end)), clock[start:end])

    def _follow(self, changes: Changes, tracks: DecodedBatch, clock: F64) -> None:
        addresses = self.decoder.addresses
        for rows in self._runs(changes, clock, lambda start, _: addresses.strangers(tracks.address[start:]) + start):
            part, now = (tracks, clock) if rows is None else (tracks.take(rows), clock[rows])
            known = taken_in(part, addresses)
            until = float(now[-1])
            if not known.all():
                self.decoder.rejects.add(Reject.TABLE_FULL, int(np.count_nonzero(~known)))
                part, now = part.take(np.flatnonzero(known)), now[known]
            addresses.refused()  # rows are counted instead
            self.decoder.table.grow_to(addresses.size)
            part, now = self._in_time(part, now)
            self._advance(changes, reports_of(part, addresses), None, part.receiver, now)
            if self.told_until is None or self.told_until < until:
                self._pass_time(changes, until)

    def _in_time(self, tracks: DecodedBatch, clock: F64) -> tuple[DecodedBatch, F64]:
        """The rows that tell nothing older than what other sources have told."""
        addresses, table = self.decoder.addresses, self.tracker.table
        table.grow_to(addresses.size)
        slots = np.array([addresses.slot_of(key) for key in tracks.address.tolist()], np.intp)
        stale, unplaced = sources.overtaken(tracks, slots, table)
        if not (stale | unplaced).any():
            return tracks, clock
        self.tracker.rejects.add(Reject.STALE, int(np.count_nonzero(stale | unplaced)))
        kept = np.flatnonzero(~stale)
        return tracks.without_places(unplaced).take(kept), clock[kept]

    def _heartbeat(self, changes: Changes, at: float) -> None:
        before = -np.inf if self.told_until is None else self.told_until
        self.sky.ledger.tick(at, before)
        self._pass_time(changes, at)
        if len(forgetting.crossed(np.array([before, max(at, before)]), forgetting.FULL_EVERY_S)):
            self._forget(changes, max(at, before), before)

    def _pass_time(self, changes: Changes, at: float) -> None:
        """Event time comes to `at`, and nothing is heard."""
        nothing = FrameBatch.empty()
        self._advance(changes, self.decoder.decode(nothing), nothing, nothing.receiver, np.array([at]))

    def _runs(self, changes: Changes, clock: F64, newcomers: forgetting.Newcomers) -> Iterator[slice | None]:
        """Runs of rows between which aircraft may be forgotten, None for all in one; between two it is done.

        `clock`: event time after each row; `newcomers`: which rows may make an aircraft known.

        Each second is a mark, in the midst of a batch as well as between two: no result may depend on where that ends.
        But nothing happens at one unless there are too many, or at a full hour somebody was not heard for long. Marks
        at which neither can be are passed over.
        """
        if len(clock) == 0:
            yield None
            return
        before = clock[0] if self.told_until is None else self.told_until
        times = np.maximum(np.concatenate([[before], clock]), before)
        start = 0
        while start < len(clock):
            if len(forgetting.crossed(times[start : start + 2], forgetting.FULL_EVERY_S)):
                self._forget(changes, float(times[1 + start]), float(times[start]))
            end = forgetting.next_mark(self.tracker, len(self.decoder.addresses), newcomers, times, start)
            yield None if (start, end) == (0, len(clock)) else slice(start, end)
            start = end

    def _forget(self, changes: Changes, now: float, before: float) -> None:
        """Event time has come from `before` to a mark, and is `now`: let go of whom nobody waits for any more."""
        if not len(self._forgettable(now, before)):
            return
        # Silences up to now are news first, and may show that somebody matters.
        self._pass_time(changes, now)
        slots = self._forgettable(now, before)
        addresses = self.decoder.addresses
        for slot in slots.tolist():
            key = addresses.keys[slot]
            self.evidence.release(self.movements.forget(address_text(key)))
            if self._handed_out[slot]:
                self._forgotten_keys.add(key)
        self._touched[slots] = self._handed_out[slots] = False
        self.tracker.table.clear(slots)
        self.tracker.doubts.forget(slots.tolist())
        self.decoder.table.clear(slots)
        addresses.release(slots.tolist())
        self.forgotten += len(slots)

    def _forgettable(self, now: float, before: float) -> Index:
        """Slots of those to be let go of at the mark, ascending."""
        addresses = self.decoder.addresses
        keys = np.array(addresses.keys, np.int64)
        return forgetting.forgettable(self.tracker, keys, self._at_stake, self._watched_fields, now=now, before=before)

    def _at_stake(self) -> forgetting.AtStake:
        groups = (self.alerts.watches, *self.movements.at_stake())
        slot_of = self.decoder.addresses.slot_of
        return forgetting.AtStake(*([slot_of(int(icao24, 16)) for icao24 in group] for group in groups))

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
        size = self.decoder.addresses.size
        if size > len(self._touched):
            more = np.zeros(size, np.bool_)
            self._touched = np.concatenate([self._touched, more])
            self._handed_out = np.concatenate([self._handed_out, more])
        self._touched[reports.slot] = True
        self.sky.heard(reports.heard_at, receivers, reports.address, before)
        moments, points = self.tracker.observe(reports, frames, span, self.sky.confirming(receivers))
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
        stop = self.movements.annotate(stop, self._rules.judged(stop, Ways(*self.movements.ways_of(stop))))
        yield from self._tell(stop, observation, changes)
        before = self.movements.onward_changed(stop)
        if before is not None:
            yield from self._score_again(before, stop.revised_at, observation, changes)

    def _score_again(self, stop: Stop, at: float, observation: Observation | None, changes: Changes) -> Iterator[Alert]:
        """A stop that is over, now that it is known where the aircraft flew on to."""
        revised = msgspec.structs.replace(stop, revision=stop.revision + 1, revised_at=at)
        revised = self._rules.judged(revised, Ways(*self.movements.ways_of(stop)))
        if revised.score != stop.score:
            yield from self._tell(self.movements.annotate(stop, revised), observation, changes)

    def _tell(self, stop: Stop, observation: Observation | None, changes: Changes) -> Iterator[Alert]:
        changes.stops.append(stop)
        frames = observation.evidence if observation is not None else tuple
        self.evidence.take_in(stop, frames, self.alerts.alert_on(stop))
        yield from self.alerts.stop_changed(stop)

    def _witnessed(self, stop: Stop) -> Evidence | None:
        return witness.verify(stop.icao24, self.evidence.of(stop.id))


def _all_points(first: TrackPoints, then: TrackPoints) -> TrackPoints:
    columns = (np.concatenate([getattr(first, name), getattr(then, name)]) for name in TrackPoints.__slots__)
    return TrackPoints(*columns)
