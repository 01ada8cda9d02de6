"""When an aircraft sends what: rates of DO-260B 2.2.3.3 and the scenario's own for replies, jittered.

An event is the crossing of a whole number by the integral of its rate, so rates may change at any time. The fastest
squitters are jittered by 0.1 s in 0.5 s (DO-260B 2.2.3.3.2.2), the others by the same share of their interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.simulation.motion import Motion
from detector.simulation.scenario import Aircraft, Rates
from detector.simulation.timeline import Timeline, inside

Floats = npt.NDArray[np.float64]

STEP_S = 1.0
JITTER = 0.2
MOVING_KT = 0.5


@dataclass(frozen=True, slots=True)
class Rate:
    """Messages per second in the air, moving on the ground, and parked."""

    air: float
    moving: float
    parked: float
    thinned: bool = True


SQUITTER_RATES: dict[str, Rate] = {
    "airborne_position": Rate(2.0, 0.0, 0.0),
    "surface_position": Rate(0.0, 2.0, 0.2),
    "velocity": Rate(2.0, 0.0, 0.0),
    "identification": Rate(0.2, 0.2, 0.1),
    "operational_status": Rate(0.4, 0.4, 0.2),
    "emergency_status": Rate(0.2, 0.2, 0.1),
    "target_state": Rate(0.8, 0.0, 0.0),
    "acquisition": Rate(1.0, 0.2, 0.1),
}
"""Target state only from version 2, operational status not from version 0."""


def rates_of(aircraft: Aircraft, rates: Rates) -> dict[str, Rate]:
    """What this aircraft sends, by kind of message."""
    wanted = dict(SQUITTER_RATES)
    if aircraft.adsb_version < 2:
        del wanted["target_state"]
    if aircraft.adsb_version < 1:
        del wanted["operational_status"]
    if aircraft.df == 18:
        return {kind: wanted[kind] for kind in wanted if kind not in ("acquisition", "target_state")}
    if aircraft.radar:
        long_share, replies = rates.comm_b_share, rates.replies_per_s
        for kind, share in (
            ("surveillance_altitude", (1 - long_share) / 2),
            ("surveillance_identity", (1 - long_share) / 2),
            ("comm_b_altitude", long_share / 2),
            ("comm_b_identity", long_share / 2),
            ("all_call", 0.2),
        ):
            wanted[kind] = Rate(replies * share, replies * share * 0.3, replies * share * 0.1)
        wanted["air_air_short"] = Rate(rates.air_air_per_s * 0.7, 0.0, 0.0)
        wanted["air_air_long"] = Rate(rates.air_air_per_s * 0.3, 0.0, 0.0)
    return wanted


def sending_times(
    timeline: Timeline, motion: Motion, wanted: dict[str, Rate], rates: Rates, random: np.random.Generator
) -> dict[str, Floats]:
    """Instants (Unix s, whole microseconds), ascending, of each kind of message along one segment of motion."""
    first, last = float(motion.at[0]), float(motion.at[-1])
    first = min([first, *(a for a, b in timeline.on if motion.on_ground[0] and a < first <= b)])
    last = max([last, *(b for a, b in timeline.on if motion.on_ground[-1] and a <= last < b)])
    if last < first:  # over before it begins
        return {kind: np.zeros(0) for kind in wanted}
    grid = np.arange(np.floor(first), np.ceil(last) + STEP_S, STEP_S)
    there = motion.sample(grid)
    on = inside(grid, timeline.on)
    for start, until, below_ft in timeline.off_below:
        on &= ~((grid >= start) & (grid < until) & (there.height_ft < below_ft))
    parked = there.on_ground & (there.groundspeed_kt < MOVING_KT)
    thin = np.where(parked | (~there.on_ground & (there.height_ft > rates.full_below_ft)), rates.scale, 1.0) * on
    result: dict[str, Floats] = {}
    for kind, rate in wanted.items():
        each = np.where(there.on_ground, np.where(parked, rate.parked, rate.moving), rate.air) * thin
        count = np.concatenate([[0.0], np.cumsum(each[:-1] * STEP_S)])
        offset = random.random()
        events = np.arange(np.ceil(count[0] + 1e-9), np.floor(count[-1] + offset) + 1) - offset
        events = events + random.uniform(-JITTER, JITTER, len(events))
        # Where nothing is sent the count stands still: only its rising parts can be inverted.
        rising = np.concatenate([[True], np.diff(count) > 0]) | np.concatenate([np.diff(count) > 0, [True]])
        at = np.interp(events[(events > 0) & (events < count[-1])], count[rising], grid[rising])
        at = np.sort(np.rint(at * 1e6) / 1e6)
        at = at[(at >= first) & (at <= last) & on[np.searchsorted(grid, at, side="right") - 1]]
        result[kind] = at[inside(at, timeline.on)]
    return result
