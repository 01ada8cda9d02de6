"""What belongs to a fix, and what was merely heard near it in time."""

from __future__ import annotations

import numpy as np
import pytest

from detector.domain.observation import AircraftState, GroundRun, Observation, Points, Trigger
from detector.movements import MovementSettings
from detector.movements.ground_stops import IN_FLIGHT_S, _contact
from detector.movements.life import Life, Phase
from detector.movements.sides import Side, side
from detector.movements.silence import BLIP_S, began
from tests.movements.worlds import airports

S = MovementSettings()
POINTS = Points.of(
    *(np.array(column) for column in ([970.0, 1_000.0], [43.6, 43.62], [1.3, 1.36], [3_300.0, 3_000.0], [150.0, 150.0]))
)


def state(**changes: object) -> AircraftState:
    values: dict[str, object] = {
        "heard_at": 1_000.0, "fix_at": 1_000.0, "latitude_deg": 43.62, "longitude_deg": 1.36, "fix_on_surface": False,
        "altitude_baro_ft": 3_000.0, "altitude_at": 1_000.0, "groundspeed_kt": 150.0, "track_deg": 140.0,
        "velocity_at": 1_000.0, "vertical_rate_fpm": -700.0, "callsign": None, "category": None,
    }  # fmt: skip
    return AircraftState(**(values | changes))  # type: ignore[arg-type]


def observation(now: AircraftState, before: AircraftState | None = None) -> Observation:
    run = GroundRun(True, 1_000.0, 1_002.0, 3, 999.0)
    return Observation(Trigger.GROUND_WORD, 0, "15522c", now.heard_at, now, POINTS, run, before, POINTS, b"")


def test_an_altitude_replied_minutes_after_the_last_fix_does_not_replace_the_one_of_the_fix() -> None:
    late = side(state(heard_at=1_600.0, altitude_baro_ft=400.0, altitude_at=1_600.0), POINTS, 180.0)
    assert late is not None
    assert late.altitude_ft == 3_000.0


@pytest.mark.parametrize(
    ("fix_on_surface", "age_s", "placed"),
    [(False, IN_FLIGHT_S, True), (False, IN_FLIGHT_S + 0.1, False), (True, 180.0, True), (True, 180.1, False)],
)
def test_a_fix_in_flight_is_no_place_of_ground_contact(fix_on_surface: bool, age_s: float, placed: bool) -> None:
    now = state(fix_on_surface=fix_on_surface)
    assert bool(_contact(observation(now), 1_000.0 + age_s, airports(), S)) is placed


@pytest.mark.parametrize(("heard_for_s", "parted"), [(BLIP_S, False), (BLIP_S + 1.0, True)])
def test_a_few_frames_between_two_silences_do_not_part_them(heard_for_s: float, parted: bool) -> None:
    first = Side(0.0, 0.0, 43.0, 1.0, 5_000.0, 200.0, 140.0, -900.0)
    life = Life(phase=Phase.AIR, lost=first, resumed_at=1_000.0 - heard_for_s)
    began(life, observation(state(heard_at=1_400.0), state()), S)
    assert (life.lost is not first) is parted
