"""All that is sent in one measurement, as Beast in slots of 10 ms, and the alerts that must come of it.

prelude    the aircraft that will complete a stop are on their way; of the others a few are there
ramp       the rest of the crowd appears, a tenth a second
measured   full rate; all stops are completed here
tail       as much as in the prelude, so that event time goes on
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.live.crowd import FRAMES_PER_S, Crowd
from benchmarks.live.landings import COMPLETE_S, HEARD_S, landings, listed_fields
from detector.app import build_pipeline
from detector.domain.alert import AlertEvent
from detector.domain.frame import FrameBatch
from detector.framing import beast
from detector.settings import load_configuration

START = 1_780_000_000
"""Unix s of the first frame in the recording; a live feed is dated anew by the service. In June 2026."""
SLOT_S = 0.01
RAMP_S = 10
EARLY = 300
"""Aircraft of the crowd that are there all the time."""
MARGIN_S = 3.0
"""No stop is completed so near the ends of the measured time."""
SEED = 4
CHUNK_FRAMES = 25_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What to make. `seconds`: the measured time; `aircraft`: the crowd; `stops`: alerts in the measured time."""

    seconds: int = 60
    aircraft: int = 5_000
    stops: int = 200
    tail_s: int = 15

    @property
    def measured_from_s(self) -> int:
        """From the start of the recording."""
        return math.ceil(HEARD_S + COMPLETE_S - MARGIN_S) + 1

    @property
    def length_s(self) -> int:
        """Of the whole recording."""
        return self.measured_from_s + self.seconds + self.tail_s


@dataclass(frozen=True, slots=True)
class Expected:
    """An alert as it opens offline. `at`: time of the frame that completes the stop."""

    icao24: str
    airport: str | None
    at: float


def frames_of(plan: Plan) -> FrameBatch:
    """Everything that is sent, in order of time."""
    measured_from = START + plan.measured_from_s
    first, last = measured_from + MARGIN_S, measured_from + plan.seconds - MARGIN_S
    random = np.random.default_rng(SEED)
    completed = np.linspace(first, last, plan.stops) + random.uniform(0.0, 0.05, plan.stops)
    stopping = landings(listed_fields(load_configuration(None), START), completed.tolist(), SEED)
    end = START + plan.length_s
    heard = [f.take((f.heard_at >= START) & (f.heard_at < end)) for f in stopping]
    whole = FrameBatch.concat([*_crowd(plan), *heard])
    return whole.take(np.argsort(whole.heard_at, kind="stable"))


def _crowd(plan: Plan) -> list[FrameBatch]:
    crowd = Crowd.of(plan.aircraft, START, SEED)
    early = min(EARLY, plan.aircraft)
    parts = [crowd.frames(np.arange(early), START, plan.length_s)]
    for k, rows in enumerate(np.array_split(np.arange(early, plan.aircraft), RAMP_S)):
        parts.append(crowd.frames(rows, START + plan.measured_from_s - RAMP_S + k, plan.seconds + RAMP_S - k))
    return parts


def alerts_of(frames: FrameBatch) -> tuple[list[Expected], int, float]:
    """(the alerts that open, how many other revisions there are, seconds that the path took), offline."""
    pipeline = build_pipeline(load_configuration(None))
    began = time.perf_counter()
    alerts = []
    for k in range(0, len(frames), CHUNK_FRAMES):
        alerts += pipeline.step(frames.take(slice(k, k + CHUNK_FRAMES))).alerts
    alerts += pipeline.finish().alerts
    took_s = time.perf_counter() - began
    opened = [alert for alert in alerts if alert.event is AlertEvent.OPENED]
    strays = [a.stop.icao24 for a in opened if not np.isin(a.at, frames.heard_at)]
    if strays:
        raise SystemExit(f"these alerts opened when no frame was heard: {', '.join(strays)}")
    expected = [Expected(alert.stop.icao24, alert.stop.airport, alert.at) for alert in opened]
    return expected, len(alerts) - len(expected), took_s


def slot_bounds(frames: FrameBatch, length_s: int) -> npt.NDArray[np.int64]:
    """Row at which each slot begins, and the number of rows."""
    edges = np.arange(round(length_s / SLOT_S) + 1) * round(SLOT_S * 1e6)
    since_us = np.rint((frames.heard_at - START) * 1e6).astype(np.int64)
    return np.searchsorted(since_us, edges, side="left")


def slot_of(at: float) -> int:
    """The slot in which a frame of that time is sent."""
    return round((at - START) * 1e6) // round(SLOT_S * 1e6)


def write(plan: Plan, folder: Path) -> None:
    """`slots.beast`, `offsets.npy` (bytes, n + 1), `frames.npy` (frames up to each slot, n + 1), `expected.json`."""
    frames = frames_of(plan)
    expected, others, took_s = alerts_of(frames)
    bounds = slot_bounds(frames, plan.length_s)
    offsets = np.zeros(len(bounds), np.int64)
    with (folder / "slots.beast").open("wb") as file:
        for k, (begin, end) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
            offsets[k + 1] = offsets[k] + file.write(beast.encode(frames.take(slice(begin, end))))
    np.save(folder / "offsets.npy", offsets)
    np.save(folder / "frames.npy", bounds)
    told = {
        "plan": asdict(plan),
        "frames": len(frames),
        "alerts": [asdict(one) for one in expected],
        "other_revisions": others,
        "offline_s": took_s,
    }
    (folder / "expected.json").write_text(json.dumps(told, indent=1))


def rate_of(plan: Plan) -> int:
    """Frames a second of the crowd in the measured time."""
    return plan.aircraft * FRAMES_PER_S


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live.traffic", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--aircraft", type=int, default=5_000)
    parser.add_argument("--stops", type=int, default=200)
    chosen = parser.parse_args()
    write(Plan(chosen.seconds, chosen.aircraft, chosen.stops), chosen.folder)


if __name__ == "__main__":
    main()
