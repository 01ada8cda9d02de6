"""Reports to tracks: gates, air/ground words, silences, the recent past - and the few moments worth a closer look.

Two steps a batch: `observe` works out, in columns, where something may have begun or ended and describes those
moments; the state then already includes the batch. What makes a moment worth looking at depends on the aircraft's
own messages alone, so the cut of the stream has no part in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, RejectCounts
from detector.domain.observation import GroundRun, Observation, Trigger
from detector.domain.report import ReportBatch, address_text
from detector.tracking import gates, points, states, words
from detector.tracking.arrivals import Arrivals, Latest, known, last_true
from detector.tracking.settings import TrackingSettings
from detector.tracking.silences import OpenSilences

F64 = npt.NDArray[np.float64]
F32 = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

HeightsNear = Callable[[F64, F64], F32]
"""(latitude, longitude) in degrees to the height in ft of the highest field around, NaN where there is none."""

FOLLOWED_EVERY_S = 600.0
"""A followed aircraft's fixes are looked at this often."""

COLUMNS = (
    {
        "address": Column("u4", 0),
        "heard_at": Column("f8", float("nan")),
        "silence_ended_at": Column("f8", float("nan")),
        "silence_told": Column("?", False),
        "followed": Column("?", False),
        "low": Column("?", False),
    }
    | gates.COLUMNS
    | {"fix_altitude_ft": Column("f8", float("nan")), "fix_groundspeed_kt": Column("f8", float("nan"))}
    | words.COLUMNS
    | states.COLUMNS
    | points.COLUMNS
)


@dataclass(frozen=True, slots=True, eq=False)
class TrackPoints:
    """Points of the batch, for those who draw tracks; all (n,). `surface`: the fix came from a surface position."""

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
        self._silences = OpenSilences(settings.open_silence_s, watched_fields)

    def follow(self, slot: int, followed: bool) -> None:
        """Look at every silence, and at a fix now and then, of the aircraft in `slot`, wherever it is."""
        self.table["followed"][slot] = followed

    def observe(
        self, reports: ReportBatch, frames: FrameBatch, clock: F64, now: float
    ) -> tuple[list[Observation], TrackPoints]:
        """Moments worth a look, in order of arrival, and the points of the batch.

        `frames`: the batch the reports were decoded from; `clock` (n frames,): event time after each frame, never
        falling; `now`: event time after the batch (also without any frames).
        """
        if len(reports):
            self.size = max(self.size, int(reports.slot.max()) + 1)
            self.table.grow_to(self.size)
            self.table["address"][reports.slot] = reports.address
        arrivals = Arrivals(reports, self.table)
        trigger = np.zeros(len(reports), dtype=np.int64)
        before = arrivals.before(arrivals.at, "heard_at")
        quiet = arrivals.at - before
        trigger[np.isnan(before)] |= Trigger.FIRST_HEARD
        # The first frame ever ends a silence of unknown length.
        silence_end = (quiet >= self.settings.silence_s) | np.isnan(before)
        trigger[quiet >= self.settings.silence_s] |= Trigger.SILENCE_END

        content = states.Contents(arrivals, reports)
        runs = words.runs(arrivals, reports, self.table, self.settings.ground_confirm_s)
        trigger[runs.latest.positions[runs.mark]] |= Trigger.GROUND_WORD
        fixes, latest_fix, surface = self._fixes(arrivals, reports, content, silence_end, trigger)

        silent = self._silences.closed(arrivals, quiet, before) if len(reports) else []
        states.remember(self.table, reports)
        if len(reports):
            last = np.flatnonzero(np.concatenate([arrivals.begins[1:], [True]]))
            self.table["heard_at"][arrivals.slots] = arrivals.at[last]
            self.table["silence_told"][arrivals.slots] = False
            ends = last_true(silence_end)[last]
            ended = ends >= arrivals.firsts
            self.table["silence_ended_at"][arrivals.slots[ended]] = arrivals.at[ends[ended]]
        silent += self._silences.still_open(self.table, self.size, now, arrivals)

        view = states.View(self.table, arrivals, content, runs, fixes, latest_fix, surface)
        moments: list[tuple[tuple[int, int, float, int], Observation]] = []
        for slot, group, position, heard_at in silent:
            at = heard_at + self.settings.open_silence_s
            if not self._silences.matters(view, slot, group, position):
                continue
            key = (int(np.searchsorted(clock, at)), 0, at, slot)
            moments.append((key, self._moment(view, Trigger.SILENT, slot, group, position, at, frames, None)))
        for position in np.flatnonzero(trigger).tolist():
            row = int(arrivals.order[position])
            slot, group = int(arrivals.slot[position]), int(arrivals.group[position])
            at, frame_row = float(arrivals.at[position]), int(reports.frame_row[row])
            kind = Trigger(int(trigger[position]))
            moments.append(
                ((frame_row, 1, at, slot), self._moment(view, kind, slot, group, position, at, frames, frame_row))
            )
        moments.sort(key=lambda moment: moment[0])
        points.remember(self.table, fixes)
        kept = fixes.kept
        drawn = TrackPoints(
            self.table["address"][fixes.slot[kept]],
            fixes.at[kept],
            fixes.latitude_deg[kept],
            fixes.longitude_deg[kept],
            fixes.altitude_ft[kept],
        )
        return [moment for _, moment in moments], drawn

    def _fixes(
        self,
        arrivals: Arrivals,
        reports: ReportBatch,
        content: states.Contents,
        silence_end: Flags,
        trigger: npt.NDArray[np.int64],
    ) -> tuple[points.AcceptedFixes, Latest, Flags]:
        """Gate the resolved positions; mark the moments that fixes make; remember the last fix and the low flag."""
        settings, carried = self.settings, arrivals.carried
        resolved = ~np.isnan(reports.positions.latitude_deg)
        found = arrivals.latest(reports.positions.row, resolved)
        position, entry = found.positions, found.entries
        group, slot, at = arrivals.group[position], arrivals.slot[position], arrivals.at[position]
        latitude, longitude = reports.positions.latitude_deg[entry], reports.positions.longitude_deg[entry]
        surface = reports.positions.surface[entry]
        speed = content.speeds(position, group, at, gates.STALE_VELOCITY_S)
        begins = np.concatenate([[True], group[1:] != group[:-1]]) if len(group) else np.zeros(0, np.bool_)
        rows = gates.FixRows(slot, at, latitude, longitude, surface, speed, begins)
        accepted, jumped = gates.accept(self.table, rows, settings)
        self.rejects.add(Reject.IMPLIED_SPEED, int(np.count_nonzero(~accepted)))
        trigger[position[jumped]] |= Trigger.JUMP

        keep = np.flatnonzero(accepted)
        position, group, slot, at = position[keep], group[keep], slot[keep], at[keep]
        latitude, longitude, surface, speed = latitude[keep], longitude[keep], surface[keep], speed[keep]
        altitude = np.where(surface, np.nan, content.altitudes(position, group, at))
        begins = np.concatenate([[True], group[1:] != group[:-1]]) if len(group) else np.zeros(0, np.bool_)
        firsts = np.flatnonzero(begins)
        previous = np.empty_like(at)
        previous[1:] = at[:-1]
        previous[firsts] = carried["fix_at"][group[firsts]]
        height = altitude - self._near_fields(latitude, longitude)
        near = surface | (height < points.NEAR_FT)
        kept = points.thinned(at, previous, near) | jumped[keep]

        # Leaving the airspace close above a field, judged where a height is known.
        judged = np.flatnonzero(surface | ~np.isnan(altitude))
        low = surface[judged] | (height[judged] < settings.low_ft)
        judged_begins = np.concatenate([[True], group[judged][1:] != group[judged][:-1]]) if len(judged) else begins[:0]
        was_low = np.concatenate([[False], low[:-1]]) if len(judged) else low
        was_low = np.where(judged_begins, carried["low"][group[judged]], was_low)
        trigger[position[judged[was_low & ~low]]] |= Trigger.LOW_EXIT
        self.table["low"][slot[judged]] = low

        ended = last_true(silence_end)[position] if len(position) else position
        ended_here = ended >= arrivals.first[position]
        silence_at = np.where(ended_here, arrivals.at[np.maximum(ended, 0)], carried["silence_ended_at"][group])
        attentive = (at - silence_at <= settings.after_silence_s) & (at >= silence_at)
        fresh = ~(previous >= silence_at) | (np.floor(at / 5.0) != np.floor(previous / 5.0))
        trigger[position[attentive & fresh]] |= Trigger.AFTER_SILENCE
        followed = carried["followed"][group] & (
            np.floor(at / FOLLOWED_EVERY_S) != np.floor(previous / FOLLOWED_EVERY_S)
        )
        trigger[position[followed]] |= Trigger.WATCHED

        self.table["fix_altitude_ft"][slot] = altitude
        self.table["fix_groundspeed_kt"][slot] = speed
        fixes = points.AcceptedFixes(position, slot, at, latitude, longitude, altitude, speed, kept)
        return fixes, arrivals.latest(arrivals.order[position]), surface

    def _moment(
        self,
        view: states.View,
        kind: Trigger,
        slot: int,
        group: int,
        position: int,
        at: float,
        frames: FrameBatch,
        frame_row: int | None,
    ) -> Observation:
        ends_silence = bool(kind & Trigger.SILENCE_END)
        frame = b"" if frame_row is None else frames.payload[frame_row, : int(frames.length[frame_row])].tobytes()
        run: GroundRun | None = view.run(slot, group, position)
        return Observation(
            trigger=kind,
            slot=slot,
            icao24=address_text(int(self.table["address"][slot])),
            at=at,
            now=view.state(slot, group, position),
            points=view.points(slot, group, position),
            run=run,
            before=view.state(slot, group, position - 1) if ends_silence else None,
            points_before=view.points(slot, group, position - 1) if ends_silence else None,
            frame=frame,
        )
