"""Every encoded field, decoded by pyModeS, is the value that went in, within the field's quantum."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyModeS
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.simulation.encode import comm_b, frames, position, status, velocity
from detector.simulation.encode.altitude import altitude_code, identity_code

ICAO24 = st.integers(1, 0xFFFFFF)
CALLSIGN = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=8)
SQUAWK = st.text("01234567", min_size=4, max_size=4)
UNKNOWN = float("nan")


def decoded(payload: npt.NDArray[np.uint8]) -> dict[str, Any]:
    row = payload[0]
    length = int(frames.length_of(payload)[0])
    return dict(pyModeS.decode(row[:length].tobytes().hex()))


def squitter(me: npt.ArrayLike, icao24: int = 0x4840D6) -> dict[str, Any]:
    message = decoded(frames.extended_squitter(me, icao24=icao24))
    assert message["crc_valid"] is True
    return message


@given(ICAO24, st.integers(0, 7), st.sampled_from([17, 18]))
def test_address_and_parity_of_a_squitter_are_read_back(icao24: int, capability: int, df: int) -> None:
    message = decoded(frames.extended_squitter(0x99 << 40, icao24=icao24, capability=capability, df=df))
    assert (message["df"], message["icao"], message["crc_valid"]) == (df, f"{icao24:06X}", True)


@given(CALLSIGN, st.sampled_from("ABCD"), st.integers(0, 7))
def test_identification_carries_call_sign_and_category(callsign: str, letter: str, digit: int) -> None:
    message = squitter(status.identification(callsign, f"{letter}{digit}"))
    assert message["callsign"] == callsign
    assert (message["typecode"], message["category"]) == (4 - "ABCD".index(letter), digit)


@pytest.mark.parametrize("callsign", ["TOOLONG12", "lower", "A-1", "É"])
def test_a_call_sign_outside_the_alphabet_is_refused(callsign: str) -> None:
    with pytest.raises(ValueError, match="call sign"):
        status.identification(callsign)


@given(st.floats(-1000, 50_175))
def test_altitude_of_25_foot_code_is_within_half_a_step(altitude_ft: float) -> None:
    message = squitter(position.airborne_position([0.0], [0.0], [0], [altitude_ft]))
    assert abs(message["altitude"] - altitude_ft) <= 12.5


@given(st.floats(-1200, 126_700))
def test_altitude_of_gillham_code_is_within_half_a_step(altitude_ft: float) -> None:
    code = altitude_code(altitude_ft, gillham=True)
    message = decoded(frames.surveillance_altitude(icao24=0x4840D6, flight_status=0, altitude_code=code))
    assert abs(message["altitude"] - altitude_ft) <= 50


@given(st.floats(50_176, 126_700))
def test_altitude_above_the_25_foot_code_is_sent_in_hundreds(altitude_ft: float) -> None:
    message = squitter(position.airborne_position([0.0], [0.0], [0], [altitude_ft]))
    assert abs(message["altitude"] - altitude_ft) <= 50


@given(st.floats(0, 13_400), st.sampled_from([20, 21, 22]))
def test_gnss_altitude_is_sent_in_metres(altitude_ft: float, type_code: int) -> None:
    message = squitter(position.airborne_position_gnss([0.0], [0.0], [0], [altitude_ft], type_code=type_code))
    assert message["typecode"] == type_code
    assert abs(message["altitude"] - altitude_ft) <= 3.3


@given(st.floats(0, 200), st.floats(0, 359.99))
def test_surface_speed_is_the_step_below_and_track_the_nearest(speed_kt: float, track_deg: float) -> None:
    message = squitter(position.surface_position([50.0], [8.0], [1], [speed_kt], [track_deg]))
    step = 0.125 if speed_kt < 1 else 0.25 if speed_kt < 2 else 0.5 if speed_kt < 15 else 1 if speed_kt < 70 else 5
    assert -1e-6 <= min(speed_kt, 175) - message["groundspeed"] <= step + 1e-6
    assert abs((message["track"] - track_deg + 180) % 360 - 180) <= 360 / 256 + 1e-9


@pytest.mark.parametrize("code", range(1, 125))
def test_every_movement_code_maps_to_itself(code: int) -> None:
    speed = pyModeS.decoder.bds.bds06._decode_movement(code)
    assert speed is not None
    assert int(position.movement_code(speed)) == code


def test_a_track_that_is_not_valid_is_not_sent() -> None:
    message = squitter(position.surface_position([50.0], [8.0], [0], [3.0], [90.0], track_valid=False))
    assert message["track"] is None


@given(
    st.floats(0, 1000),
    st.floats(0, 359.99),
    st.floats(-32_000, 32_000),
    st.one_of(st.just(UNKNOWN), st.floats(-3100, 3100)),
    st.booleans(),
)
def test_ground_velocity_is_read_back(speed: float, track: float, rate: float, difference: float, baro: bool) -> None:
    me = velocity.ground_velocity(speed, track, rate, difference, nac_v=2, baro_rate=baro)
    message = squitter(me)
    assert abs(message["groundspeed"] - speed) <= 1.8
    if speed > 50:
        assert abs((message["track"] - track + 180) % 360 - 180) <= 0.9
    assert abs(message["vertical_rate"] - rate) <= 32
    assert message["vr_source"] == ("BARO" if baro else "GNSS")
    assert message["nac_v"] == 2
    if np.isnan(difference):
        assert message["geo_minus_baro"] is None
    else:
        assert abs(message["geo_minus_baro"] - difference) <= 12.5


@given(st.floats(0, 4000), st.floats(0, 359.99))
def test_supersonic_velocity_counts_in_four_knots(speed: float, track: float) -> None:
    message = squitter(velocity.ground_velocity(speed, track, UNKNOWN, UNKNOWN, supersonic=True))
    assert message["subtype"] == 2
    assert abs(message["groundspeed"] - speed) <= 4.0
    assert message["vertical_rate"] is None


@given(st.floats(0, 1000), st.floats(0, 359.99), st.booleans(), st.booleans())
def test_air_velocity_is_read_back(airspeed: float, heading: float, true: bool, supersonic: bool) -> None:
    me = velocity.air_velocity(airspeed, heading, 0, 0, true_airspeed=true, supersonic=supersonic)
    message = squitter(me)
    assert message["subtype"] == (4 if supersonic else 3)
    assert message["airspeed_type"] == ("TAS" if true else "IAS")
    assert abs(message["airspeed"] - airspeed) <= (2 if supersonic else 0.5)
    assert abs((message["heading"] - heading + 180) % 360 - 180) <= 0.176


@given(SQUAWK, st.integers(0, 7))
def test_emergency_status_carries_the_squawk(squawk: str, state: int) -> None:
    message = squitter(status.emergency_status(identity_code(squawk), state))
    assert (message["squawk"], message["emergency_state"]) == (squawk, state)


@given(st.floats(0, 65_000), st.floats(800, 1208), st.floats(0, 359.99), st.integers(0, 11), st.integers(0, 3))
def test_target_state_is_read_back(altitude: float, qnh: float, heading: float, nac_p: int, sil: int) -> None:
    me = status.target_state(
        selected_altitude_ft=altitude, qnh_hpa=qnh, selected_heading_deg=heading, nac_p=nac_p, sil=sil
    )
    message = squitter(me)
    assert abs(message["selected_altitude"] - altitude) <= 16
    assert abs(message["baro_pressure_setting"] - qnh) <= 0.4 + 1e-9
    assert abs((message["selected_heading"] - heading + 180) % 360 - 180) <= 0.36
    assert (message["nac_p"], message["sil"], message["autopilot"]) == (nac_p, sil, True)


@given(st.integers(1, 2), st.booleans(), st.integers(0, 11), st.integers(0, 3), st.integers(0, 1), st.integers(0, 1))
def test_operational_status_is_read_back(
    version: int, on_ground: bool, nac_p: int, sil: int, nic_a: int, nic_c: int
) -> None:
    me = status.operational_status(
        version=version, on_ground=on_ground, nac_p=nac_p, sil=sil, nic_a=nic_a, nic_c=nic_c, nac_v=3
    )
    message = squitter(me)
    assert (message["version"], message["subtype"]) == (version, int(on_ground))
    assert (message["nac_p"], message["sil"], message["nic_supplement_a"]) == (nac_p, sil, nic_a)
    if on_ground:
        assert message["capability_class"] >> 5 & 7 == 3
        assert message["capability_class"] >> 4 & 1 == (nic_c if version == 2 else 0)
    else:
        assert message["nic_baro"] == 1


def test_operational_status_of_version_0_says_version_0() -> None:
    assert squitter(status.operational_status(version=0, on_ground=False, nac_p=9, sil=3))["version"] == 0


@given(ICAO24, st.integers(0, 7), st.integers(0, 127))
def test_all_call_reply_carries_capability_and_interrogator(icao24: int, capability: int, interrogator: int) -> None:
    payload = frames.all_call_reply(icao24=icao24, capability=capability, interrogator=interrogator)
    message = decoded(payload)
    assert (message["df"], message["icao"], message["capability"]) == (11, f"{icao24:06X}", capability)
    assert pyModeS.Message(payload[0, :7].tobytes()).crc == interrogator


@given(ICAO24, st.integers(0, 5), SQUAWK, st.integers(-40, 2007))
def test_replies_to_radars_carry_address_status_and_value(
    icao24: int, flight_status: int, squawk: str, steps: int
) -> None:
    altitude = 25 * steps
    header = {"icao24": icao24, "flight_status": flight_status}
    mb = comm_b.aircraft_identification("TEST1")
    code, identity = altitude_code(altitude), identity_code(squawk)
    four = decoded(frames.surveillance_altitude(**header, altitude_code=code))
    five = decoded(frames.surveillance_identity(**header, identity_code=identity))
    twenty = decoded(frames.comm_b_altitude(mb, **header, altitude_code=code))
    twenty_one = decoded(frames.comm_b_identity(mb, **header, identity_code=identity))
    assert [m["df"] for m in (four, five, twenty, twenty_one)] == [4, 5, 20, 21]
    assert {m["icao"] for m in (four, five, twenty, twenty_one)} == {f"{icao24:06X}"}
    assert four["flight_status"] == five["flight_status"] == flight_status
    assert four["altitude"] == twenty["altitude"] == altitude
    assert five["squawk"] == twenty_one["squawk"] == squawk
    assert twenty["callsign"] == twenty_one["callsign"] == "TEST1"


@given(ICAO24, st.booleans(), st.integers(-40, 2007))
def test_replies_to_other_aircraft_carry_vertical_status_and_altitude(icao24: int, ground: bool, steps: int) -> None:
    code = altitude_code(25 * steps)
    short = decoded(frames.air_air_short(icao24=icao24, on_ground=ground, altitude_code=code))
    long = decoded(frames.air_air_long(0x1234, icao24=icao24, on_ground=ground, altitude_code=code))
    for message, df in ((short, 0), (long, 16)):
        assert (message["df"], message["icao"], message["altitude"]) == (df, f"{icao24:06X}", 25 * steps)
        assert message["vertical_status"] == ("on-ground" if ground else "airborne")
        assert (message["sensitivity_level"], message["reply_information"]) == (7, 3)
    assert int(long["mv"], 16) == 0x1234


@given(st.floats(-35, 35), st.floats(0, 359.99), st.floats(0, 600), st.floats(-15, 15), st.floats(0, 600))
def test_track_and_turn_register_is_read_back(
    roll: float, track: float, speed: float, rate: float, airspeed: float
) -> None:
    fields = pyModeS.decoder.bds.bds50.decode_bds50(int(comm_b.track_and_turn(roll, track, speed, rate, airspeed)))
    assert abs(fields["roll"] - roll) <= 45 / 512
    assert abs((fields["true_track"] - track + 180) % 360 - 180) <= 90 / 1024 + 1e-9
    assert abs(fields["groundspeed"] - speed) <= 1
    assert abs(fields["track_rate"] - rate) <= 8 / 512
    assert abs(fields["true_airspeed"] - airspeed) <= 1


@given(st.floats(0, 359.99), st.floats(0, 500), st.floats(0, 1), st.floats(-6000, 6000), st.floats(-6000, 6000))
def test_heading_and_speed_register_is_read_back(
    heading: float, airspeed: float, mach: float, baro: float, inertial: float
) -> None:
    me = int(comm_b.heading_and_speed(heading, airspeed, mach, baro, inertial))
    fields = pyModeS.decoder.bds.bds60.decode_bds60(me)
    assert abs((fields["magnetic_heading"] - heading + 180) % 360 - 180) <= 90 / 1024 + 1e-9
    assert abs(fields["indicated_airspeed"] - airspeed) <= 0.5
    assert abs(fields["mach"] - mach) <= 0.002 + 1e-9
    assert abs(fields["baro_vertical_rate"] - baro) <= 16
    assert abs(fields["inertial_vertical_rate"] - inertial) <= 16


@given(st.floats(0, 65_000), st.floats(800, 1209))
def test_selected_altitude_register_is_read_back(altitude: float, qnh: float) -> None:
    fields = pyModeS.decoder.bds.bds40.decode_bds40(int(comm_b.selected_vertical_intention(altitude, qnh)))
    assert abs(fields["selected_altitude_mcp"] - altitude) <= 8
    assert abs(fields["baro_pressure_setting"] - qnh) <= 0.05 + 1e-9


def test_what_a_register_does_not_know_has_neither_status_nor_value() -> None:
    assert int(comm_b.track_and_turn(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)) == 0
    assert int(comm_b.heading_and_speed(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)) == 0
