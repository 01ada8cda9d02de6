"""Reports to tracks: gates, air/ground words, silences, the recent past - and the few moments worth a closer look.

`observe` works out, in columns, where something may have begun or ended, brings the state up to date, and then
describes those moments one by one. What makes a moment worth looking at depends on the aircraft's own messages and on
event time alone, so the cut of the stream has no part in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, RejectCounts
from detector.domain.observation import Observation, Trigger
from detector.domain.report import ReportBatch, address_text
from detector.tracking import altitudes, gates, points, states, words
from detector.tracking.arrivals import Arrivals, begins, last_true
from detector.tracking.settings import TrackingSettings
from detector.tracking.silences import HeightsNear, arriving, silences

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
        "silence_ended_at": Column("f8", float("nan")),
        "followed_until": Column("f8", float("nan")),
        "low": Column("?", False),
    }
    | altitudes.COLUMNS
    | gates.COLUMNS
    | points.COLUMNS
    | words.COLUMNS
    | states.COLUMNS
)
"""Times in Unix s UTC. `heard_at`: last frame of any kind; `silence_ended_at`: end of its last silence;
`followed_until`: see `Tracker.follow`; `low`: its last fix of known height was close above a field."""
CARRIED = (*states.CARRIED, "silence_ended_at", "low")


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
        self.table = SlotTable(COLUMNS)
        self.rejects = RejectCounts()
        self.size = 0
        self._near_fields = near_fields
        self._watched_fields = watched_fields

    def follow(self, slot: int, until: float | None) -> None:
        """Look at every silence, and at a fix now and then, of the aircraft in `slot` until then; None ends it."""
        self.table["followed_until"][slot] = np.nan if until is None else until

    def observe(
        self, reports: ReportBatch, frames: FrameBatch, clock: F64
    ) -> tuple[Iterator[Observation], TrackPoints]:
        """Moments worth a look, in order of arrival, and the points of the batch.

        `frames`: the batch the reports were decoded from; `clock` (n + 1,): event time before the batch (-inf if
        there was none) and after each frame, never falling; [before, after] for a heartbeat, which has no frames.
        The moments have to be gone through to the end before the next batch. `follow` may be called meanwhile, for
        the aircraft of the moment at hand: it holds from that moment on.
        """
        if len(reports):
            self.size = max(self.size, int(reports.slot.max()) + 1)
            self.table.grow_to(self.size)
        arrivals = Arrivals(reports, self.table, CARRIED)
        trigger = np.zeros(len(reports), dtype=np.int64)
        silence_end = self._silence_ends(arrivals, trigger)
        baro = altitudes.believed(arrivals, reports, self.table)
        content = states.Contents(arrivals, reports, baro)
        runs = words.runs(arrivals, reports, self.table, self.settings.ground_confirm_s)
        trigger[runs.marked] |= Trigger.GROUND_WORD
        fixes, surface = self._fixes(content, silence_end, trigger)

        states.remember(self.table, reports, baro)
        self.table["address"][arrivals.slots] = reports.address[arrivals.order[arrivals.firsts]]
        self.table["heard_at"][arrivals.slots] = arrivals.at[arrivals.lasts]
        ends = last_true(silence_end)[arrivals.lasts]
        ended = ends >= arrivals.firsts
        self.table["silence_ended_at"][arrivals.slots[ended]] = arrivals.at[ends[ended]]
        view = states.View(self.table, content, runs, fixes, surface)
        kept = np.flatnonzero(fixes.kept)
        drawn = TrackPoints(
            self.table["address"][fixes.slot[kept]],
            fixes.at[kept],
            fixes.latitude_deg[kept],
            fixes.longitude_deg[kept],
            fixes.altitude_ft[kept],
        )
        return self._moments(view, content, fixes, trigger, frames, clock), drawn

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
    ) -> tuple[points.AcceptedFixes, Flags]:
        """Gate the resolved positions; mark the moments that fixes make; remember the last fix and the low flag."""
        settings, arrivals, positions = self.settings, content.arrivals, content.reports.positions
        found = arrivals.latest(positions.row, ~np.isnan(positions.latitude_deg))
        position, entry = found.positions, found.entries
        group, slot, at = arrivals.group[position], arrivals.slot[position], arrivals.at[position]
        latitude, longitude = positions.latitude_deg[entry], positions.longitude_deg[entry]
        surface = positions.surface[entry]
        speed = content.speeds(position, group, at, gates.STALE_VELOCITY_S)
        rows = gates.FixRows(slot, at, latitude, longitude, surface, speed, begins(group))
        accepted, jumped = gates.accept(self.table, rows, settings)
        self.rejects.add(Reject.IMPLIED_SPEED, int(np.count_nonzero(~accepted)))
        trigger[position[jumped]] |= Trigger.JUMP
        if not accepted.all():
            keep = np.flatnonzero(accepted)
            position, group, slot, at = position[keep], group[keep], slot[keep], at[keep]
            latitude, longitude, surface, speed = latitude[keep], longitude[keep], surface[keep], speed[keep]
            jumped = jumped[keep]
        firsts = np.flatnonzero(begins(group))
        previous = np.empty_like(at)
        previous[1:] = at[:-1]
        previous[firsts] = arrivals.carried["fix_at"][group[firsts]]
        altitude = np.where(surface, np.nan, content.altitudes(position, group, at))
        height: F64 = altitude - self._near_fields(latitude, longitude)
        near, close = height < points.NEAR_FT, height < points.CLOSE_FT
        kept = points.thinned(at, previous, near, close) | jumped
        fixes = points.AcceptedFixes(position, slot, at, latitude, longitude, altitude, speed, kept)
        self._low_exits(arrivals, fixes, surface, height, trigger)
        self._settling(arrivals, fixes, previous, silence_end, trigger)
        spell = np.floor(at / FOLLOWED_EVERY_S) != np.floor(previous / FOLLOWED_EVERY_S)
        trigger[position[spell]] |= Trigger.WATCHED
        self.table["fix_altitude_ft"][slot] = altitude
        self.table["fix_groundspeed_kt"][slot] = speed
        self.table["fix_in_ring"][slot] = kept
        return fixes, surface

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
        """Fixes in the minutes after a silence."""
        position, at = fixes.position, fixes.at
        ended = last_true(silence_end)[position]
        here = ended >= arrivals.first[position]
        carried = arrivals.carried["silence_ended_at"][arrivals.group[position]]
        silence_at = np.where(here, arrivals.at[np.maximum(ended, 0)], carried) if len(position) else at
        attentive = (at - silence_at <= self.settings.after_silence_s) & (at >= silence_at)
        new_spell = np.floor(at / SETTLING_EVERY_S) != np.floor(previous / SETTLING_EVERY_S)
        trigger[position[attentive & (new_spell | ~(previous >= silence_at))]] |= Trigger.AFTER_SILENCE

    def _moments(
        self,
        view: states.View,
        content: states.Contents,
        fixes: points.AcceptedFixes,
        trigger: Triggers,
        frames: FrameBatch,
        clock: F64,
    ) -> Iterator[Observation]:
        """The moments in order of arrival: silences at the frame that carries event time there, before that frame."""
        arrivals, frame_row, after_s = content.arrivals, content.reports.frame_row, self.settings.open_silence_s
        silent = [
            (int(np.searchsorted(clock[1:], heard_at + after_s)), 0, heard_at + after_s, slot, group, position)
            for slot, group, position, heard_at in silences(arrivals, frame_row, self.table, self.size, clock, after_s)
        ]
        heard = [
            (
                int(frame_row[arrivals.order[p]]),
                1,
                float(arrivals.at[p]),
                int(arrivals.slot[p]),
                int(arrivals.group[p]),
                p,
            )
            for p in self._worth_a_look(arrivals, trigger).tolist()
        ]
        for row, kind, at, slot, group, position in sorted(silent + heard):
            followed = at <= float(self.table["followed_until"][slot])
            if kind == 0:
                state, run = view.state(slot, group, position), view.run(slot, group, position)
                if followed or arriving(state, run, self._watched_fields):
                    past = view.points(slot, group, position)
                    icao24 = address_text(int(self.table["address"][slot]))
                    yield Observation(Trigger.SILENT, slot, icao24, at, state, past, run, None, None, b"")
                continue
            why = int(trigger[position])
            if not followed:
                why &= ~int(Trigger.WATCHED)
            if why:
                frame = frames.payload[row, : int(frames.length[row])].tobytes()
                yield self._heard(view, Trigger(why), slot, group, position, frame)
        points.remember(self.table, fixes)

    def _worth_a_look(self, arrivals: Arrivals, trigger: Triggers) -> npt.NDArray[np.intp]:
        """Positions with a trigger. WATCHED counts for aircraft that are followed, or may be from some row on."""
        marked = np.flatnonzero(trigger)
        watched_only = trigger[marked] == Trigger.WATCHED
        candidate = ~np.isnan(self.table["followed_until"][arrivals.slots])
        candidate[arrivals.group[marked[~watched_only]]] = True
        chosen: npt.NDArray[np.intp] = marked[~watched_only | candidate[arrivals.group[marked]]]
        return chosen

    def _heard(
        self, view: states.View, why: Trigger, slot: int, group: int, position: int, frame: bytes
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
            frame=frame,
        )
