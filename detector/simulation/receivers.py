"""Who hears what: line of sight, range, losses, damage, outages, and the clocks of the receivers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.frame import FrameBatch
from detector.domain.geo import distances_nm
from detector.domain.times import from_microseconds
from detector.domain.units import M_PER_NM
from detector.simulation.emission import Sent
from detector.simulation.scenario import Receiver, instant

Floats = npt.NDArray[np.float64]

LIGHT_NM_PER_S = 299_792_458.0 / M_PER_NM
ANTENNA_ABOVE_WHEELS_FT = 15.0
TICKS_PER_S = 12_000_000
TICK_WRAP = 2**48
"""The Beast counter has 48 bits and runs over after 271 days."""


def radio_horizon_nm(receiver_ft: npt.ArrayLike, aircraft_ft: npt.ArrayLike) -> Floats:
    """Line of sight over a smooth Earth with 4/3 refraction: 1.23 (sqrt h + sqrt h), heights in feet (ITU-R P.528)."""
    result: Floats = 1.23 * (
        np.sqrt(np.maximum(np.asarray(receiver_ft, np.float64), 0))
        + np.sqrt(np.maximum(np.asarray(aircraft_ft, np.float64), 0))
    )
    return result


@dataclass(frozen=True, slots=True)
class ReceiverClock:
    """The free-running 12 MHz counter of one receiver."""

    receiver: int
    epoch: float
    """Unix s at which the counter showed `start_ticks`."""
    start_ticks: int
    drift_ppm: float

    def ticks(self, heard_at: Floats) -> npt.NDArray[np.int64]:
        """What the counter showed (n,) at true times, 48 bits."""
        elapsed = (heard_at - self.epoch) * TICKS_PER_S * (1 + self.drift_ppm * 1e-6)
        return (self.start_ticks + np.rint(elapsed).astype(np.int64)) % TICK_WRAP


def receiver_number(receiver: Receiver, index: int) -> int:
    """Its 64-bit identity."""
    return int(receiver.id, 16) if receiver.id is not None else index + 1


def clock_of(receiver: Receiver, index: int, start: float) -> ReceiverClock:
    """Its counter, for a scenario that begins at `start` (Unix s)."""
    ticks = int(receiver.clock_start_s * TICKS_PER_S)
    return ReceiverClock(receiver_number(receiver, index), start, ticks, receiver.clock_drift_ppm)


def heard_by(receiver: Receiver, index: int, sent: Sent, random: np.random.Generator) -> FrameBatch:
    """The frames of `sent` that reach `receiver`, stamped with its clock error, in order of sending."""
    lat, lon = receiver.at
    distance = distances_nm(sent.lat, sent.lon, np.float64(lat), np.float64(lon))  # type: ignore[arg-type]
    horizon = receiver.horizon_factor * radio_horizon_nm(
        receiver.antenna_ft, np.maximum(sent.height_ft, 0) + ANTENNA_ABOVE_WHEELS_FT
    )
    reach = np.minimum(horizon, receiver.range_nm)
    loss = receiver.loss + (receiver.loss_far - receiver.loss) * np.clip(distance / receiver.range_nm, 0, 1) ** 2
    heard = (distance < reach) & (random.random(len(distance)) >= loss)
    for outage in receiver.outages:
        heard &= ~(
            (sent.at >= instant(outage.start, "outages.from")) & (sent.at < instant(outage.until, "outages.until"))
        )
    rows = np.flatnonzero(heard)
    arrival = sent.at[rows] + distance[rows] / LIGHT_NM_PER_S + receiver.clock_offset_s
    payload = np.ascontiguousarray(sent.payload[rows])
    length = np.where(payload[:, 0] >> 7, 14, 7).astype(np.uint8)
    _damage(payload, length, receiver.damaged, random)
    strength = np.clip(230 / (1 + distance[rows] / 25) * random.uniform(0.8, 1.2, len(rows)), 3, 255)
    return FrameBatch(
        from_microseconds(np.rint(arrival * 1e6).astype(np.int64)),
        payload,
        length,
        np.full(len(rows), receiver_number(receiver, index), np.uint64),
        strength.astype(np.uint8),
        np.zeros(len(rows), np.bool_),
    )


def merged(batches: list[FrameBatch]) -> FrameBatch:
    """What all receivers heard, in order of their time stamps."""
    whole = FrameBatch.concat(batches)
    return whole.take(np.argsort(whole.heard_at, kind="stable"))


def _damage(
    payload: npt.NDArray[np.uint8], length: npt.NDArray[np.uint8], share: float, random: np.random.Generator
) -> None:
    """Flips 1 to 3 bits in a share of the frames, in place."""
    if share <= 0 or not len(payload):
        return
    rows = np.flatnonzero(random.random(len(payload)) < share)
    for flips in range(3):
        hit = rows[random.random(len(rows)) < (1.0, 0.4, 0.4)[flips]]
        bit = (random.random(len(hit)) * length[hit] * 8).astype(np.int64)
        payload[hit, bit // 8] ^= (0x80 >> (bit % 8)).astype(np.uint8)
