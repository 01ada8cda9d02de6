"""A stop worked out again from its frames alone, by pyModeS and a path with nothing in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from detector import app
from detector.alerting import EvidenceFrame
from detector.decoding import DECODERS
from detector.domain.frame import LONG_BYTES, FrameBatch, Tick
from detector.domain.gap import Gap
from detector.domain.stop import Stop
from detector.pipeline import Changes, Pipeline
from detector.settings import Configuration

DECODER = "reference"
TICK_EVERY_S = 1800.0
"""The stream that the frames are from went on while the aircraft was silent; the heartbeats stand for that. Event time
takes an hour without any for a broken clock."""


class Found(NamedTuple):
    """Every revision of every stop by id, and the silences in flight in their last revisions."""

    stops: dict[str, list[Stop]]
    silences: dict[str, Gap]


def batch_of(frames: Sequence[EvidenceFrame]) -> FrameBatch:
    """The frames in columns."""
    raw = [bytes.fromhex(frame.frame) for frame in frames]
    payload = np.frombuffer(b"".join(one.ljust(LONG_BYTES, b"\0") for one in raw), np.uint8)
    n = len(frames)
    return FrameBatch(
        np.array([frame.at for frame in frames], np.float64),
        payload.reshape(n, LONG_BYTES).copy(),
        np.array([len(one) for one in raw], np.uint8),
        np.array([frame.receiver for frame in frames], np.uint64),
        np.zeros(n, np.uint8),
        np.zeros(n, np.bool_),
    )


def found_in(frames: Sequence[EvidenceFrame], configuration: Configuration, silent_until: float | None) -> Found:
    """What the frames give. `silent_until`: until then nothing was heard after the
    last one (Unix s UTC); None: what came after it does not matter."""
    path = app.build_pipeline(configuration, DECODER)
    found = Found({}, {})
    for changes in _told(path, frames, silent_until):
        for stop in changes.stops:
            found.stops.setdefault(stop.id, []).append(stop)
        for gap in changes.gaps:
            found.silences[gap.id] = gap
    return found


def same_stop(claimed: Stop, revisions: dict[str, list[Stop]]) -> Stop | None:
    """The last revision of the stop that is the claimed one: of its id, else the one that shares the most time with it.

    The id comes from the very frame that opened the stop, which need not be among those kept.
    """
    mine = [told[-1] for told in revisions.values() if told[-1].icao24 == claimed.icao24]
    exact = next((stop for stop in mine if stop.id == claimed.id), None)
    if exact is not None:
        return exact
    shared = [(_overlap_s(claimed, stop), stop.id, stop) for stop in mine]
    best = max(shared, default=None, key=lambda one: one[:2])
    return best[2] if best is not None and best[0] > 0.0 else None


def same_silence(claimed: Stop, silences: dict[str, Gap]) -> Gap | None:
    """The silence of the aircraft that begins last before the latest landing and goes on after it."""
    latest = claimed.landed.latest
    mine = [gap for gap in silences.values() if gap.icao24 == claimed.icao24 and gap.begin <= latest]
    lasting = [gap for gap in mine if gap.end is None or gap.end >= latest]
    return max(lasting, key=lambda gap: (gap.begin, gap.id), default=None)


def places(frames: Sequence[EvidenceFrame], icao24: str) -> list[tuple[float, float, float]]:
    """(time, latitude, longitude) of every position that pyModeS makes of the frames."""
    decoder = DECODERS[DECODER]()
    decoder.addresses.add(int(icao24, 16))
    reports = decoder.decode(batch_of(frames))
    positions = reports.positions
    rows = zip(reports.heard_at[positions.row], positions.latitude_deg, positions.longitude_deg, strict=True)
    return [(float(at), float(lat), float(lon)) for at, lat, lon in rows if not np.isnan(lat)]


def _told(path: Pipeline, frames: Sequence[EvidenceFrame], silent_until: float | None) -> Iterator[Changes]:
    for part in _spells(frames):
        yield path.step(batch_of(part)) if isinstance(part, list) else path.tick(part)
    yield path.finish()
    if silent_until is not None and silent_until > frames[-1].at:
        for tick in (*_ticks(frames[-1].at, silent_until), Tick(silent_until)):
            yield path.tick(tick)


def _spells(frames: Sequence[EvidenceFrame]) -> Iterator[list[EvidenceFrame] | Tick]:
    """The frames, and heartbeats where they pause for long."""
    spell: list[EvidenceFrame] = list(frames[:1])
    for before, frame in pairwise(frames):
        if frame.at - before.at > TICK_EVERY_S:
            yield spell
            yield from _ticks(before.at, frame.at)
            spell = []
        spell.append(frame)
    if spell:
        yield spell


def _ticks(begin: float, end: float) -> Iterable[Tick]:
    count = int((end - begin) // TICK_EVERY_S)
    return (Tick(begin + k * TICK_EVERY_S) for k in range(1, count + 1) if begin + k * TICK_EVERY_S < end)


def _overlap_s(a: Stop, b: Stop) -> float:
    (a_begin, a_end), (b_begin, b_end) = _span(a), _span(b)
    return min(a_end, b_end) - max(a_begin, b_begin)


def _span(stop: Stop) -> tuple[float, float]:
    """From the earliest landing to the latest departure, open to both sides where they are not known."""
    begin = stop.landed.estimate if stop.landed.earliest is None else stop.landed.earliest
    return begin, float("inf") if stop.departed is None else max(stop.departed.latest, begin + 1.0)
