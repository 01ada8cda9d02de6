"""Air data from Comm-B replies: of the simulator's encoder, and of replies that were really heard."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pyModeS
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.decoding.comm_b import air_data, mach_of
from detector.domain.airdata import AirData
from detector.domain.observation import Heard
from detector.simulation.encode import altitude, comm_b, frames

PYMODES = Path(__file__).parents[1] / "data" / "recordings" / "pymodes"
ICAO24 = np.array([0x4840D6])


def reply(register: int, *, altitude_ft: float | None = 20_000.0, at: float = 10.0) -> Heard:
    """DF20 with an altitude, DF21 without one."""
    registers, airborne = np.array([register]), np.array([0])
    if altitude_ft is None:
        row = frames.comm_b_identity(registers, icao24=ICAO24, flight_status=airborne, identity_code=np.array([0]))
    else:
        code = altitude.altitude_code(np.array([altitude_ft]))
        row = frames.comm_b_altitude(registers, icao24=ICAO24, flight_status=airborne, altitude_code=code)
    return Heard(at, row[0].tobytes().hex())


def turning(**values: float) -> int:
    usual = {"roll_deg": 20.0, "track_deg": 75.0, "groundspeed_kt": 340.0, "track_rate_deg_s": 1.25}
    return int(comm_b.track_and_turn(**{**usual, "true_airspeed_kt": 320.0, **values}))


def heading(**values: float) -> int:
    usual = {"magnetic_heading_deg": 301.0, "indicated_airspeed_kt": 270.0, "mach": mach_of(270.0, 20_000.0)}
    return int(comm_b.heading_and_speed(**{**usual, "baro_rate_fpm": -640.0, "inertial_rate_fpm": -600.0, **values}))


@pytest.mark.parametrize("altitude_ft", [20_000.0, None])
def test_a_turn_report_gives_roll_and_true_airspeed(altitude_ft: float | None) -> None:
    (one,) = air_data([reply(turning(), altitude_ft=altitude_ft)])
    assert (one.at, one.tas_kt, one.groundspeed_kt) == (10.0, 320.0, 340.0)
    assert one.roll_deg == pytest.approx(20.0, abs=0.1)
    assert one.track_deg == pytest.approx(75.0, abs=0.1)
    assert one.heading_deg is None


@pytest.mark.parametrize("altitude_ft", [20_000.0, None])
def test_a_speed_report_gives_heading_and_mach(altitude_ft: float | None) -> None:
    (one,) = air_data([reply(heading(), altitude_ft=altitude_ft)])
    assert (one.ias_kt, one.tas_kt) == (270.0, None)
    assert one.heading_deg == pytest.approx(301.0, abs=0.1)
    assert one.mach == pytest.approx(mach_of(270.0, 20_000.0), abs=0.003)


@pytest.mark.parametrize(
    "heard",
    [
        reply(heading(mach=0.9)),  # never with 270 kt at 20,000 ft
        reply(heading(baro_rate_fpm=-5_000.0, inertial_rate_fpm=2_000.0)),
        reply(heading(mach=float("nan"))),
        reply(turning(track_rate_deg_s=-3.0)),  # banked to the right, turning left
        reply(turning(true_airspeed_kt=float("nan"))),
        reply(comm_b.aircraft_identification("TST1")),
        reply(int(comm_b.selected_vertical_intention(20_000.0, 1_013.2))),
        reply(0),
        Heard(10.0, "8d406b902015a678d4d220aa4bda"),
        Heard(10.0, "02e60000000000"),
    ],
)
def test_a_reply_that_contradicts_itself_or_is_another_gives_nothing(heard: Heard) -> None:
    assert air_data([heard]) == ()


def test_the_altitude_of_a_reply_before_serves_one_without() -> None:
    doubtful = reply(heading(mach=0.75), altitude_ft=None, at=20.0)  # 270 kt at 33,000 ft
    assert len(air_data([doubtful])) == 1
    assert air_data([reply(0, altitude_ft=5_000.0), doubtful]) == ()


@pytest.mark.parametrize(
    ("cas_kt", "altitude_ft", "mach"), [(250.0, 0.0, 0.378), (300.0, 10_000.0, 0.541), (280.0, 35_000.0, 0.817)]
)
def test_mach_follows_from_calibrated_airspeed_as_in_the_tables(cas_kt: float, altitude_ft: float, mach: float) -> None:
    assert mach_of(cas_kt, altitude_ft) == pytest.approx(mach, abs=0.012)


@cache
def heard_really() -> dict[str, list[Heard]]:
    by_aircraft = defaultdict(list)
    for name in ("sample_data_commb_df20.csv", "sample_data_commb_df21.csv"):
        with (PYMODES / name).open(encoding="utf-8-sig") as file:
            for at, icao24, frame in csv.reader(file):
                by_aircraft[icao24].append(Heard(float(at), frame))
    return by_aircraft


def test_nine_of_ten_replies_that_pymodes_is_sure_of_are_used_with_its_values() -> None:
    sure = used = 0
    for heard in heard_really().values():
        for h in heard:
            says = pyModeS.decode(h.frame)
            if says.get("bds") in ("5,0", "6,0") and "bds_candidates" not in says:
                sure += 1
                for one in air_data([h]):
                    used += 1
                    assert one.tas_kt == says.get("true_airspeed")
                    assert one.mach == says.get("mach")
                    assert one.heading_deg == says.get("magnetic_heading")
                    assert one.roll_deg == says.get("roll")
    assert sure > 5_000
    assert used > 0.9 * sure


def test_the_air_data_of_one_aircraft_agree_with_each_other() -> None:
    """Within the minutes of the samples no aircraft changes its indicated airspeed by half."""
    spread = [
        max(speeds) / min(speeds)
        for heard in heard_really().values()
        if len(speeds := [one.ias_kt for one in air_data(heard) if one.ias_kt is not None]) >= 5
    ]
    assert len(spread) > 50
    assert np.quantile(spread, 0.98) < 1.5


@given(st.lists(st.binary(min_size=14, max_size=14), max_size=4))
@settings(max_examples=200, deadline=None)
def test_no_frame_makes_it_fail(raw: list[bytes]) -> None:
    heard = [Heard(float(k), (bytes([160 | b[0] & 15]) + b[1:]).hex()) for k, b in enumerate(raw)]
    assert all(isinstance(one, AirData) for one in air_data(heard))
