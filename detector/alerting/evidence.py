"""The raw frames that a stop rests on, gathered as the stop is revised, for as long as they may be needed.

A tracker keeps only the recent past of an aircraft. What it holds at each revision is taken over here, as far as it
lies around the landing and the departure: a stop that alerts has its approach on record, however long it lasts. An
stop without a finding is kept too while it is open (a rule may fire only when it leaves) or held back, and let go when
it ends without one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from detector.domain.alert import Alert, AlertEvent
from detector.domain.observation import Heard
from detector.domain.stop import Status, Stop

BEFORE_LANDING_S = 1800.0
AFTER_LANDING_S = 300.0
BEFORE_DEPARTURE_S = 300.0
AFTER_DEPARTURE_S = 600.0
"""Frames this far around the landing and the departure belong to the stop: its approach and its climb."""
EDGE = 24
"""So do this many frames on either side of it, however far off: a silence may have begun long before the landing."""
LIMIT = 600
"""Frames kept of one stop at most."""
SHARP_EDGE = 150
"""When there are more, so many on either side of the stop stay, and those further away are thinned evenly."""


EvidenceFrame = Heard
"""What the frames of an alert are, for those who read them."""


class EvidenceBook:
    """The frames by stop id, in order of time. Frames of one aircraft only ever join its own stops."""

    def __init__(self) -> None:
        self.frames: dict[str, tuple[Heard, ...]] = {}
        self._changed: set[str] = set()
        self._dropped: set[str] = set()
        self._released: set[str] = set()
        self._written: set[str] = set()

    def take_in(self, stop: Stop, heard: Callable[[], Iterable[Heard]], alert: Alert | None) -> None:
        """A stop in a new revision, what the tracker has of the aircraft, and the alert there is on the stop so far.

        An alert that was taken back and stays so gets no new revision: its frames stay those that its last one names.
        """
        if not (alert is not None or stop.findings or stop.status is Status.OPEN or stop.held is not None):
            self._drop(stop.id)
            return
        if alert is not None and alert.event is AlertEvent.RETRACTED and not stop.findings:
            return
        kept = self.frames.get(stop.id, ())
        merged = thinned(_of_stop(sorted({*kept, *heard()}, key=_order), stop), stop)
        if merged != kept:
            self.frames[stop.id] = merged
            self._changed.add(stop.id)
            self._dropped.discard(stop.id)
            self._released.discard(stop.id)

    def of(self, stop_id: str) -> tuple[Heard, ...]:
        """The frames of a stop, by time; () if none is kept."""
        return self.frames.get(stop_id, ())

    def release(self, stop_ids: Iterable[str]) -> None:
        """Let go of stops whose alerts nobody watches any more. What was written down of them stays written."""
        for stop_id in stop_ids:
            if stop_id in self._changed:
                self._released.add(stop_id)
            else:
                self.frames.pop(stop_id, None)

    def changes(self) -> tuple[dict[str, tuple[Heard, ...]], set[str]]:
        """(frames by stop, ids of stops that are dropped) since the last call; whoever writes the state down asks."""
        changed = {stop_id: self.frames[stop_id] for stop_id in sorted(self._changed)}
        dropped = self._dropped
        for stop_id in self._released:
            self.frames.pop(stop_id, None)
        self._written = (self._written | self._changed) - self._released - dropped
        self._changed, self._dropped, self._released = set(), set(), set()
        return changed, dropped

    def restore(self, frames: Mapping[str, tuple[Heard, ...]]) -> None:
        """Put back what `frames` held."""
        self.frames = dict(frames)
        self._written = set(frames)

    def _drop(self, stop_id: str) -> None:
        if self.frames.pop(stop_id, None) is not None:
            self._changed.discard(stop_id)
            if stop_id in self._written:
                self._dropped.add(stop_id)


def lines(frames: Iterable[Heard]) -> list[str]:
    """Frames as text, one a line: microseconds since 1970, the frame in hexadecimal, the receiver in hexadecimal."""
    return [f"{round(frame.at * 1e6)} {frame.frame} {frame.receiver:x}" for frame in frames]


def parsed(text: Iterable[str]) -> tuple[Heard, ...]:
    """What `lines` wrote. Raises ValueError for anything else."""
    frames = []
    for line in text:
        microseconds, frame, receiver = line.split()
        bytes.fromhex(frame)
        frames.append(Heard(int(microseconds) / 1e6, frame, int(receiver, 16)))
    return tuple(frames)


def thinned(frames: tuple[Heard, ...], stop: Stop) -> tuple[Heard, ...]:
    """At most LIMIT of them: those nearest to the stop, and an even choice of the others."""
    if len(frames) <= LIMIT:
        return frames
    before, after = _edges(frames, stop)
    near = {*range(max(before - SHARP_EDGE, 0), before), *range(after, min(after + SHARP_EDGE, len(frames)))}
    far = [i for i in range(len(frames)) if i not in near]
    chosen = np.linspace(0, len(far) - 1, LIMIT - len(near)).round().astype(int)
    return tuple(frames[i] for i in sorted(near | {far[i] for i in chosen.tolist()}))


def _of_stop(frames: list[Heard], stop: Stop) -> tuple[Heard, ...]:
    """Those around the landing and the departure, and those on either side of the time between."""
    landed, departed = stop.landed, stop.departed
    windows = [(landed.earliest, landed.latest, BEFORE_LANDING_S, AFTER_LANDING_S)]
    if departed is not None:
        windows.append((departed.earliest, departed.latest, BEFORE_DEPARTURE_S, AFTER_DEPARTURE_S))
    before, after = _edges(frames, stop)
    return tuple(
        frame
        for i, frame in enumerate(frames)
        if before - EDGE <= i < before
        or after <= i < after + EDGE
        or any(
            (earliest is None or frame.at >= earliest - early) and frame.at <= latest + late
            for earliest, latest, early, late in windows
        )
    )


def _edges(frames: list[Heard] | tuple[Heard, ...], stop: Stop) -> tuple[int, int]:
    """How many frames are not later than the landing, and how many are earlier than the departure."""
    before = bisect_right(frames, stop.landed.latest, key=_time)
    if stop.departed is None:
        return before, before
    left_at = stop.departed.latest if stop.departed.earliest is None else stop.departed.earliest
    return before, max(bisect_left(frames, left_at, key=_time), before)


def _time(frame: Heard) -> float:
    return frame.at


def _order(frame: Heard) -> tuple[float, str, int]:
    return frame.at, frame.frame, frame.receiver
