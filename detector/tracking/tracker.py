"""Reports to tracks: gates, air/ground words, silences, the recent past - and the few moments worth a closer look.

`observe` works out, in columns, where something may have begun or ended, brings the state up to date, and then
describes those moments one by one. What makes a moment worth looking at depends on the aircraft's own messages and on
event time alone, so the cut of the stream has no part in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column
from detector.domain.doubt import Place
from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, RejectCounts
from detector.domain.observation import Observation, Points, Trigger
from detector.domain.report import ReportBatch, address_text
from detector.domain.sighting import Sighting
from detector.tracking import altitudes, doubts, evidence, forgetting, gates, points, sightings, sources, states, words
from detector.tracking.arrivals import Arrivals, begins, last_true
from detector.tracking.settings import TrackingSettings
from detector.tracking.silences import HeightsNear, arriving, flying, silences, worth_a_look
from detector.tracking.sparse import AircraftTable

F64 = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Triggers = npt.NDArray[np.int64]

FOLLOWED_EVERY_S = 600.0
"""A followed aircraft's fixes are looked at this often."""
SETTLING_EVERY_S = 5.0
"""Fixes in the minutes after a silence are looked at this often."""

COLUMNS = (
    {
        "address": Column("u4", 0),
        "heard_at": Column("f8", float("nan")),
        "frames": Column("i8", 0),
        "silence_ended_at": Column("f8", float("nan")),
        "followed_until": Column("f8", float("nan")),
        "low": Column("?", False),
    }
    | altitudes.COLUMNS
    | gates.COLUMNS
    | points.COLUMNS
    | words.COLUMNS
    | states.COLUMNS
    | sightings.COLUMNS
    | forgetting.COLUMNS
    | sources.COLUMNS
)
"""Times in Unix s UTC. `heard_at`: last frame of any kind; `frames`: how many so far; `silence_ended_at`: end of its
last silence; `followed_until`: see `Tracker.follow`; `low`: its last fix of known height was close above a field."""
CARRIED = (*states.CARRIED, "frames", "silence_ended_at", "low", "two_places_at", "confirmed_at")

LONGER = (1, 2, 4, 8)
"""A long silence is looked at again after so many times its length: others may have shown meanwhile what is heard."""
SILENCE, SEEN, HEARD = range(3)
"""Order of moments at one frame: a silence that it shows, a sighting, and the frame itself."""


@dataclass(frozen=True, slots=True, eq=False)
class TrackPoints:
    """Points of the batch, for those who draw tracks; all (n,). `altitude_ft`: NaN where not known."""

    address: npt.NDArray[np.uint32]
    at: F64
    latitude_deg: F64
    longitude_deg: F64
    altitude_ft: F64


class Tracker:
    """One row of `table` an aircraft, under the slots that the decoder gave.

    `near_fields`: heights of fields around; `watched_fields`: the same for fields on a watch list, within the distance
    at which an aircraft may be lost on its way there. `rejects` counts what the gates refuse.
    """

    def __init__(self, settings: TrackingSettings, near_fields: HeightsNear, watched_fields: HeightsNear) -> None:
        self.settings = settings
        self._rings = evidence.Rings()
        self.table = AircraftTable(COLUMNS | evidence.COLUMNS, self._rings.frames, self._rings.comm_b)
        self.rejects = RejectCounts()
        self.doubts = doubts.Doubts()
        self.size = 0
        self._near_fields = near_fields
        self._watched_fields = watched_fields

    def follow(self, slot: int, until: float | None) -> None:
        """Look at every silence, and at a fix now and then, of the aircraft in `slot` until then; None ends it."""
        self.table["followed_until"][slot] = np.nan if until is None else until

    def observe(
        self, reports: ReportBatch, frames: FrameBatch | None, clock: F64, confirming: Flags | None = None
    ) -> tuple[Iterator[Observation | Sighting], TrackPoints]:
        """Moments worth a look and sightings, in order of arrival, and the points of the batch.

        `frames`: the batch the reports were decoded from, None for decoded tracks, where each row has a report;
        `clock` (n + 1,): event time before the batch (-inf if there was none) and after each row of it, never
        falling; [before, after] for a heartbeat, which has no rows; `confirming`: see `sources.Sources`.
        The moments have to be gone through to the end before the next batch. `follow` may be called meanwhile, for
        the aircraft of the moment at hand: it holds from that moment on.
        """
        if len(reports):
            self.size = max(self.size, int(reports.slot.max()) + 1)
            self.table.grow_to(self.size)
        arrivals = Arrivals(reports, self.table, CARRIED)
        self._sources = sources.Sources(arrivals, reports, self.table, confirming)
        trigger = np.zeros(len(reports), dtype=np.int64)
        silence_end = self._silence_ends(arrivals, trigger)
        baro = altitudes.believed(arrivals, reports, self.table)
        content = states.Contents(arrivals, reports, baro)
        runs = words.runs(arrivals, reports, self.table, self.settings.ground_confirm_s)
        trigger[runs.marked] |= Trigger.GROUND_WORD
        fixes, surface, jumped, seen, second = self._fixes(content, silence_end, trigger)

        states.remember(self.table, content)
        self.table["address"][arrivals.slots] = reports.address[arrivals.order[arrivals.firsts]]
        forgetting.note(self.table, arrivals)
        self.table["heard_at"][arrivals.slots] = arrivals.at[arrivals.lasts]
        self.table["frames"][arrivals.slots] += arrivals.lasts - arrivals.firsts + 1
        ends = last_true(silence_end)[arrivals.lasts]
        ended = ends >= arrivals.firsts
        self.table["silence_ended_at"][arrivals.slots[ended]] = arrivals.at[ends[ended]]
        view = states.View(self.table, content, runs, fixes, surface)
        kept = np.flatnonzero(fixes.kept)
        drawn = TrackPoints(self.table["address"][fixes.slot[kept]], *(column[kept] for column in fixes.columns()[:4]))
        begin = fixes.position[self._may_land(fixes, kept) | jumped]
        self._frames = evidence.EvidenceFrames(
            self.table, self._rings, arrivals, reports, frames, fixes, begin, trigger
        )
        return self._moments(view, content, fixes, seen, second, trigger, frames, clock), drawn

    def _may_land(self, fixes: points.AcceptedFixes, kept: npt.NDArray[np.intp]) -> Flags:
        """Fixes that are low, or of unknown height, and points near a watched field: their frames may be evidence."""
        result: Flags = ~(fixes.altitude_ft >= evidence.BELOW_FT)
        result[kept] |= self._watched_fields(fixes.latitude_deg[kept], fixes.longitude_deg[kept]) > -np.inf
        return result

    def _silence_ends(self, arrivals: Arrivals, trigger: Triggers) -> Flags:
        """Positions that end a silence. The first frame ever ends one of unknown length."""
        before = arrivals.before(arrivals.at, "heard_at")
        first_ever = arrivals.firsts[np.isnan(arrivals.carried["heard_at"])]
        result = arrivals.at - before >= self.settings.silence_s
        trigger[np.flatnonzero(result)] |= Trigger.SILENCE_END
        trigger[first_ever] |= Trigger.FIRST_HEARD
        result[first_ever] = True
        return result

    def _fixes(
        self, content: states.Contents, silence_end: Flags, trigger: Triggers
    ) -> tuple[points.AcceptedFixes, Flags, Flags, npt.NDArray[np.intp], dict[int, list[tuple[int, float]]]]:
        """Gate the resolved positions; mark the moments that fixes make; remember the last fix and the low flag.

        Gives the fixes, which of them are on the surface, which were jumps, which are sightings, and by slot the
        positions and times at which the address was heard in a second place.
        """
        settings, arrivals, positions = self.settings, content.arrivals, content.reports.positions
        found = arrivals.latest(positions.row, ~np.isnan(positions.latitude_deg))
        position, entry = found.positions, found.entries
        group, slot, at = arrivals.group[position], arrivals.slot[position], arrivals.at[position]
        latitude, longitude = positions.latitude_deg[entry], positions.longitude_deg[entry]
        surface = positions.surface[entry]
        speed = content.speeds(position, group, at, gates.STALE_VELOCITY_S)
        rows = gates.FixRows(slot, at, latitude, longitude, surface, speed, begins(group))
        gated = gates.accept(self.table, rows, settings)
        self.rejects.add(Reject.IMPLIED_SPEED, int(np.count_nonzero(~gated.accepted)))
        second: dict[int, list[tuple[int, float]]] = {}
        for row in gated.second:
            second.setdefault(int(slot[row]), []).append((int(position[row]), float(at[row])))
        jumped = np.zeros(len(position), np.bool_)
        jumped[[jump.row for jump in gated.jumps]] = True
        if not gated.accepted.all():
            keep = np.flatnonzero(gated.accepted)
            position, group, slot, at, entry = position[keep], group[keep], slot[keep], at[keep], entry[keep]
            latitude, longitude, surface, speed = latitude[keep], longitude[keep], surface[keep], speed[keep]
            jumped = jumped[keep]
        firsts = np.flatnonzero(begins(group))
        previous = np.empty_like(at)
        previous[1:] = at[:-1]
        previous[firsts] = arrivals.carried["fix_at"][group[firsts]]
        altitude = np.where(surface, np.nan, content.altitudes(position, group, at))
        height: F64 = altitude - self._near_fields(latitude, longitude)
        near, close = height < points.NEAR_FT, (height < points.CLOSE_FT) | (surface & (speed >= points.ROLLING_KT))
        kept = points.thinned(at, previous, near, close) | jumped
        which = np.flatnonzero(kept)
        more = content.at_points(position[which], group[which], at[which], entry[which], surface[which])
        rank = np.cumsum(kept) - 1
        fixes = points.AcceptedFixes(position, slot, at, latitude, longitude, altitude, speed, kept, rank, more)
        self._doubt(arrivals, fixes, surface, jumped, gated.jumps, second)
        seen = sightings.sighted(self.table, fixes, jumped)
        self._low_exits(arrivals, fixes, surface, height, trigger)
        self._settling(arrivals, fixes, previous, silence_end, trigger)
        spell = np.floor(at / FOLLOWED_EVERY_S) != np.floor(previous / FOLLOWED_EVERY_S)
        trigger[position[spell]] |= Trigger.WATCHED
        self.table["fix_altitude_ft"][slot] = altitude
        self.table["fix_groundspeed_kt"][slot] = speed
        self.table["fix_in_ring"][slot] = kept
        return fixes, surface, jumped, seen, second

    def _doubt(
        self,
        arrivals: Arrivals,
        fixes: points.AcceptedFixes,
        surface: Flags,
        jumped: Flags,
        jumps: list[gates.Jump],
        second: dict[int, list[tuple[int, float]]],
    ) -> None:
        """Raise, keep and clear doubts: at jumps, and at the points of aircraft in doubt."""
        self.doubts.begin()
        rows = np.flatnonzero(jumped)
        doubted = {*self.doubts.current, *fixes.slot[rows].tolist()}
        if doubted:
            rows = np.union1d(rows, np.flatnonzero(fixes.kept & np.isin(fixes.slot, [*doubted])))
        of_row = dict(zip(np.flatnonzero(jumped).tolist(), jumps, strict=True))
        for row in rows.tolist():
            slot, position = int(fixes.slot[row]), int(fixes.position[row])
            group, first = int(arrivals.group[position]), int(arrivals.first[position])
            here = fixes.place(row)
            same = row > 0 and fixes.slot[row - 1] == slot
            last = fixes.place(row - 1) if same else self._place_carried(arrivals, group)
            place = np.array([here.latitude_deg]), np.array([here.longitude_deg])
            nowhere = surface[row] and not np.isfinite(self._near_fields(*place)[0])
            jump = of_row.get(row)
            shared_at = max(
                (when for at_position, when in second.get(slot, ()) if at_position <= position),
                default=float(arrivals.carried["two_places_at"][group]),
            )
            before_at = jump.before_at if jump is not None else last.at if last is not None else here.at
            if doubts.another_aircraft(shared_at, before_at, here.at):
                self.doubts.end(slot, position)
            elif jump is not None:
                past = self._past(arrivals, fixes, slot, group, first, position - 1)
                before = doubts.place_before(past, jump.before_at, jump.before_latitude_deg, jump.before_longitude_deg)
                if jump.seen_at is not None:
                    seen = Place(jump.seen_at, jump.seen_latitude_deg, jump.seen_longitude_deg, None, None, None, None)
                    self.doubts.jumped(slot, position, seen, before, nowhere=bool(nowhere))
                else:
                    self.doubts.jumped(slot, position, here, before, nowhere=bool(nowhere))
            elif slot in self.doubts.current:
                self.doubts.heard(slot, position, here, last, nowhere=bool(nowhere))

    def _place_carried(self, arrivals: Arrivals, group: int) -> Place | None:
        at, latitude, longitude = (float(arrivals.carried[name][group]) for name in points.LAST_FIX[:3])
        return None if np.isnan(at) else Place(at, latitude, longitude, None, None, None, None)

    def _past(
        self, arrivals: Arrivals, fixes: points.AcceptedFixes, slot: int, group: int, first: int, position: int
    ) -> Points:
        """The points at `position`, before the rings hold the batch."""
        last_fix = None
        if not arrivals.carried["fix_in_ring"][group] and not np.isnan(arrivals.carried["fix_at"][group]):
            last_fix = [float(arrivals.carried[name][group]) for name in points.LAST_FIX]
        return points.past(self.table, last_fix, fixes, slot, first, position)

    def _low_exits(
        self, arrivals: Arrivals, fixes: points.AcceptedFixes, surface: Flags, height: F64, trigger: Triggers
    ) -> None:
        """Leaving the airspace close above a field, judged where a height is known."""
        judged = np.flatnonzero(surface | ~np.isnan(fixes.altitude_ft))
        low = surface[judged] | (height[judged] < self.settings.low_ft)
        group = arrivals.group[fixes.position[judged]]
        firsts = np.flatnonzero(begins(group))
        was_low = np.empty_like(low)
        was_low[1:] = low[:-1]
        was_low[firsts] = arrivals.carried["low"][group[firsts]]
        trigger[fixes.position[judged[was_low & ~low]]] |= Trigger.LOW_EXIT
        self.table["low"][fixes.slot[judged]] = low

    def _settling(
        self, arrivals: Arrivals, fixes: points.AcceptedFixes, previous: F64, silence_end: Flags, trigger: Triggers
    ) -> None:
        """Fixes in the minutes after a silence, now and then from its end on: each aircraft at times of its own."""
        position, at = fixes.position, fixes.at
        ended = last_true(silence_end)[position]
        here = ended >= arrivals.first[position]
        carried = arrivals.carried["silence_ended_at"][arrivals.group[position]]
        silence_at = np.where(here, arrivals.at[np.maximum(ended, 0)], carried) if len(position) else at
        attentive = (at - silence_at <= self.settings.after_silence_s) & (at >= silence_at)
        new_spell = (at - silence_at) // SETTLING_EVERY_S != (previous - silence_at) // SETTLING_EVERY_S
        trigger[position[attentive & (new_spell | ~(previous >= silence_at))]] |= Trigger.AFTER_SILENCE

    def _moments(
        self,
        view: states.View,
        content: states.Contents,
        fixes: points.AcceptedFixes,
        seen: npt.NDArray[np.intp],
        second: dict[int, list[tuple[int, float]]],
        trigger: Triggers,
        frames: FrameBatch | None,
        clock: F64,
    ) -> Iterator[Observation | Sighting]:
        """The moments in order of arrival: silences at the frame that carries event time there, before that frame."""
        arrivals = content.arrivals
        row_of = content.reports.frame_row if frames is not None else np.arange(len(content.reports), dtype=np.int32)

        def row(position: int) -> int:
            return int(row_of[arrivals.order[position]])

        moments = [
            (int(np.searchsorted(clock[1:], at + after_s)), SILENCE, at + after_s, slot, group, position)
            for after_s in (self.settings.open_silence_s, *(n * self.settings.long_silence_s for n in LONGER))
            for worth in [
                partial(worth_a_look, self.table, self._watched_fields, after_s >= self.settings.long_silence_s)
            ]
            for slot, group, position, at in silences(arrivals, row_of, self.table, self.size, clock, after_s, worth)
        ]
        for i in seen.tolist():
            p = int(fixes.position[i])
            moments.append((row(p), SEEN, float(fixes.at[i]), int(fixes.slot[i]), i, p))
        moments += [
            (row(p), HEARD, float(arrivals.at[p]), int(arrivals.slot[p]), int(arrivals.group[p]), p)
            for p in self._worth_a_look(arrivals, trigger).tolist()
        ]
        for at_row, kind, at, slot, group, position in sorted(moments):
            if kind == SEEN:
                count = int(arrivals.carried["frames"][arrivals.group[position]]) + position + 1
                yield sightings.sighting(
                    fixes,
                    group,
                    address=int(self.table["address"][slot]),
                    doubt=self.doubts.at(slot, position),
                    receiver=0 if frames is None else int(frames.receiver[at_row]),
                    clock=float(clock[1 + at_row]),
                    frames=count - int(arrivals.first[position]),
                )
                continue
            followed = at <= float(self.table["followed_until"][slot])
            if kind == SILENCE:
                state, run = view.state(slot, group, position), view.run(slot, group, position)
                long = at - state.heard_at >= self.settings.long_silence_s
                if followed or arriving(state, run, self._watched_fields) or (long and flying(state, run)):
                    yield Observation(
                        Trigger.SILENT, slot, address_text(int(self.table["address"][slot])), at, state,
                        view.points(slot, group, position), run, None, None, b"", clock=at,
                        doubt=self.doubts.at(slot, position), confirmed_at=self._sources.heard(slot, group, position),
                        two_places_at=view.two_places(slot, group, position, second),
                        evidence=partial(self._frames.evidence, slot, group, position),
                        comm_b=partial(self._frames.comm_b, slot, group, position),
                    )  # fmt: skip
                continue
            why = int(trigger[position])
            if not followed:
                why &= ~int(Trigger.WATCHED)
            if why:
                now = float(clock[1 + at_row])
                yield self._heard(view, Trigger(why), slot, group, position, frames, at_row, now, second)
        points.remember(self.table, fixes)
        self._frames.remember()

    def _worth_a_look(self, arrivals: Arrivals, trigger: Triggers) -> npt.NDArray[np.intp]:
        """Positions with a trigger. WATCHED counts for aircraft that are followed, or may be from some row on."""
        marked = np.flatnonzero(trigger)
        watched_only = trigger[marked] == Trigger.WATCHED
        candidate = ~np.isnan(self.table["followed_until"][arrivals.slots])
        candidate[arrivals.group[marked[~watched_only]]] = True
        chosen: npt.NDArray[np.intp] = marked[~watched_only | candidate[arrivals.group[marked]]]
        return chosen

    def _heard(
        self,
        view: states.View,
        why: Trigger,
        slot: int,
        group: int,
        position: int,
        frames: FrameBatch | None,
        row: int,
        clock: float,
        second: dict[int, list[tuple[int, float]]],
    ) -> Observation:
        now = view.state(slot, group, position)
        ends_silence = bool(why & Trigger.SILENCE_END)
        return Observation(
            trigger=why,
            slot=slot,
            icao24=address_text(int(self.table["address"][slot])),
            at=now.heard_at,
            now=now,
            points=view.points(slot, group, position),
            run=view.run(slot, group, position),
            before=view.state(slot, group, position - 1) if ends_silence else None,
            points_before=view.points(slot, group, position - 1) if ends_silence else None,
            frame=b"" if frames is None else frames.payload[row, : int(frames.length[row])].tobytes(),
            clock=clock,
            receiver=None if frames is None else int(frames.receiver[row]) or None,
            doubt=self.doubts.at(slot, position),
            confirmed_at=self._sources.heard(slot, group, position),
            two_places_at=view.two_places(slot, group, position, second),
            evidence=partial(self._frames.evidence, slot, group, position),
            comm_b=partial(self._frames.comm_b, slot, group, position),
        )
