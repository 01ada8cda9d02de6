"""What is heard is what was sent: read back by pyModeS and compared with the truth."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyModeS
import pytest

from detector.domain.errors import UsageError
from detector.domain.frame import FrameBatch
from detector.domain.geo import distance_nm
from detector.domain.units import M_PER_NM
from detector.simulation import Simulation, simulate
from detector.simulation.receivers import radio_horizon_nm
from detector.simulation.scenario import Aircraft, Background, GnssFault, Outage, Rates, Receiver, Silence, Stand, Wind
from tests.simulation.fields import EVERYWHERE, FIELDS, hop, played, scenario

NEAR_A, NEAR_B = EVERYWHERE


def texts(frames: FrameBatch) -> list[str]:
    return [row[:n].tobytes().hex() for row, n in zip(frames.payload, frames.length, strict=True)]


def type_codes(frames: FrameBatch) -> np.ndarray:
    """TC of DF17 and DF18, else -1."""
    df = frames.payload[:, 0] >> 3
    return np.where((df == 17) | (df == 18), (frames.payload[:, 4] >> 3).astype(int), -1)


def positions_heard(sim: Simulation) -> np.ndarray:
    codes = type_codes(sim.frames)
    return sim.frames.heard_at[((codes >= 5) & (codes <= 18)) | ((codes >= 20) & (codes <= 22))]


def movement_at(sim: Simulation, kind: str) -> float:
    return next(m.movement.at for m in sim.movements if m.movement.kind == kind)


def test_the_same_seed_gives_the_same_frames_and_another_seed_others() -> None:
    first, again, other = played(hop(), seed=5), played(hop(), seed=5), played(hop(), seed=6)
    assert first.frames.payload.tobytes() == again.frames.payload.tobytes()
    assert (first.frames.heard_at == again.frames.heard_at).all()
    assert first.frames.payload.tobytes() != other.frames.payload.tobytes()


def test_positions_altitudes_and_speeds_read_by_pymodes_are_the_truth() -> None:
    sim = played(hop(), seed=3, receivers=[NEAR_A], wind=Wind(from_deg=250, speed_kt=30), qnh_hpa=1003.0)
    motion = sim.timelines["4840d6"].segments[0]
    checked = {"position": 0, "altitude": 0, "speed": 0}
    for text, at in zip(texts(sim.frames), sim.frames.heard_at, strict=True):
        if int(text[:2], 16) >> 3 != 17:
            continue
        there = motion.sample(np.array([at]))
        place = float(there.lat[0]), float(there.lon[0])
        message = pyModeS.decode(text, reference=place, surface_ref=place)
        assert message["crc_valid"] is True
        if "latitude" in message:
            # Heard up to a millisecond after it was sent.
            found = distance_nm(*place, message["latitude"], message["longitude"]) * M_PER_NM
            assert found < 10 + float(there.groundspeed_kt[0]) * 0.001
            checked["position"] += 1
        if message.get("bds") == "0,5":
            assert abs(message["altitude"] - float(there.height_ft[0]) - 10.25 * 27.3) < 14
            checked["altitude"] += 1
        if message.get("bds") == "0,9":
            assert abs(message["groundspeed"] - float(there.groundspeed_kt[0])) < 2.5
            assert abs(message["vertical_rate"] - float(there.vertical_rate_fpm[0])) < 60
            checked["speed"] += 1
    assert min(checked.values()) > 500


def test_squitters_come_at_the_rates_of_the_standard() -> None:
    sim = played(hop(), receivers=[NEAR_A])
    codes = type_codes(sim.frames)
    begin = movement_at(sim, "take_off") + 60
    window = (sim.frames.heard_at > begin) & (sim.frames.heard_at < begin + 300)
    airborne = np.count_nonzero(window & (codes >= 9) & (codes <= 18)) / 300
    velocity = np.count_nonzero(window & (codes == 19)) / 300
    name = np.count_nonzero(window & (codes >= 1) & (codes <= 4)) / 300
    assert airborne == pytest.approx(2, abs=0.02)
    assert velocity == pytest.approx(2, abs=0.02)
    assert name == pytest.approx(0.2, abs=0.02)
    gaps = np.diff(sim.frames.heard_at[window & (codes >= 9) & (codes <= 18)])
    assert 0.25 < gaps.min() < gaps.max() < 0.75


def test_thinning_leaves_the_low_part_whole_and_makes_the_high_part_small() -> None:
    whole, thin = (played(hop(), receivers=[NEAR_A], rates=Rates(scale=s, full_below_ft=5_000)) for s in (1.0, 0.1))
    counts = []
    for sim in (whole, thin):
        motion = sim.timelines["4840d6"].segments[0].sample(sim.frames.heard_at)
        moving_low = (motion.height_ft < 4_900) & (motion.groundspeed_kt > 1)
        counts.append((np.count_nonzero(moving_low), np.count_nonzero(motion.height_ft > 5_100)))
    assert counts[1][0] == pytest.approx(counts[0][0], rel=0.03)
    assert counts[1][1] == pytest.approx(0.1 * counts[0][1], rel=0.05)


def test_on_the_ground_it_says_so_in_every_format() -> None:
    sim = played(hop(), receivers=[NEAR_A])
    off, up = movement_at(sim, "off_block"), movement_at(sim, "take_off")
    before = sim.frames.take((sim.frames.heard_at > off) & (sim.frames.heard_at < up))
    after = sim.frames.take((sim.frames.heard_at > up + 1) & (sim.frames.heard_at < up + 120))
    for frames, ground in ((before, True), (after, False)):
        seen = set()
        for text in texts(frames):
            message = pyModeS.decode(text)
            if message["df"] in (4, 5):
                assert message["flight_status"] == int(ground)
            elif message["df"] == 11:
                assert message["capability"] == (4 if ground else 5)
            elif message.get("bds") in ("0,5", "0,6"):
                assert (message["bds"] == "0,6") == ground
            seen.add(message["df"])
        assert {4, 5, 11, 17} <= seen


def test_a_receiver_hears_nothing_from_beyond_its_horizon() -> None:
    low = Receiver(name="low", at=(43.35, 132.0), antenna_ft=30, loss=0.0, loss_far=0.0)
    sim = played(hop(), receivers=[low])
    motion = sim.timelines["4840d6"].segments[0].sample(sim.frames.heard_at)
    distance = np.array([distance_nm(*low.at, a, b) for a, b in zip(motion.lat, motion.lon, strict=True)])
    assert (distance < radio_horizon_nm(30, motion.height_ft + 15) + 0.05).all()
    assert distance.max() > 100


def test_two_receivers_hear_one_frame_microseconds_apart() -> None:
    sim = played(hop(), receivers=[NEAR_A, NEAR_B])
    frames = sim.frames
    keys: dict[bytes, list[tuple[float, int]]] = {}
    for row, at, receiver in zip(frames.payload, frames.heard_at, frames.receiver, strict=True):
        keys.setdefault(row.tobytes(), []).append((float(at), int(receiver)))
    twice = [heard for heard in keys.values() if {r for _, r in heard} == {1, 2} and len(heard) == 2]
    assert len(twice) > 500
    apart = np.array([abs(a[0] - b[0]) for a, b in twice])
    assert np.median(apart) < 1e-3


def test_times_are_ascending_and_whole_microseconds() -> None:
    at = played(hop()).frames.heard_at
    assert (np.diff(at) >= 0).all()
    assert (np.rint(at * 1e6) / 1e6 == at).all()


def test_an_outage_silences_one_receiver_and_no_other() -> None:
    outage = Outage(start="2024-01-01T00:40:00Z", until="2024-01-01T00:50:00Z")
    deaf = Receiver(name="near A", at=NEAR_A.at, antenna_ft=4_000, outages=[outage])
    frames = played(hop(), receivers=[deaf, NEAR_B]).frames
    inside = (frames.heard_at >= 1704069600) & (frames.heard_at < 1704070200)
    assert set(frames.receiver[inside].tolist()) == {2}
    assert 1 in frames.receiver[~inside]


def test_a_transponder_switched_off_by_events_is_silent_between_them() -> None:
    sim = played(hop(silent=[Silence(start="take_off + 10 min", until="landing + 1 min")]))
    off, on = movement_at(sim, "take_off") + 600, movement_at(sim, "landing") + 60
    at = sim.frames.heard_at
    assert not np.any((at > off + 0.01) & (at < on - 1))
    assert np.any(at < off)
    assert np.any(at > on)


def test_a_transponder_off_below_a_height_sends_nothing_there() -> None:
    sim = played(hop(silent=[Silence(below_ft=5_000)]))
    motion = sim.timelines["4840d6"].segments[0].sample(sim.frames.heard_at)
    assert len(sim.frames) > 1_000
    assert motion.height_ft.min() > 4_900


def test_damage_breaks_the_share_of_frames_that_was_asked_for() -> None:
    noisy = Receiver(name="noisy", at=NEAR_A.at, antenna_ft=4_000, damaged=0.2)
    frames = played(hop(), receivers=[noisy]).frames
    df17 = [t for t in texts(frames) if len(t) == 28 and int(t[:2], 16) >> 3 == 17]
    broken = sum(pyModeS.decode(t)["crc_valid"] is not True for t in df17) / len(df17)
    assert broken == pytest.approx(0.2, abs=0.03)


def test_a_frozen_position_stays_while_altitude_and_airspeed_go_on() -> None:
    fault = GnssFault(kind="frozen", start="take_off + 5 min", until="landing", at=(43.0, 133.0))
    sim = played(hop(gnss=[fault]), receivers=[NEAR_A])
    begin = movement_at(sim, "take_off") + 300
    frames = sim.frames.take((sim.frames.heard_at > begin + 1) & (sim.frames.heard_at < begin + 300))
    messages = [pyModeS.decode(t, reference=(43.0, 133.0)) for t in texts(frames)]
    places = [(m["latitude"], m["longitude"]) for m in messages if "latitude" in m]
    assert max(distance_nm(43.0, 133.0, *p) for p in places) * M_PER_NM < 10
    assert len({m["altitude"] for m in messages if m.get("bds") == "0,5"}) > 20
    assert max(m["groundspeed"] for m in messages if m.get("bds") == "0,9") == 0


def test_a_jammed_aircraft_sends_no_position_and_no_quality() -> None:
    fault = GnssFault(kind="jammed", start="take_off + 5 min", until="take_off + 15 min")
    sim = played(hop(gnss=[fault]), receivers=[NEAR_A])
    begin, at = movement_at(sim, "take_off") + 300, positions_heard(sim)
    assert not np.any((at > begin + 0.01) & (at < begin + 600))
    assert np.any(at > begin + 601)
    window = (sim.frames.heard_at > begin + 1) & (sim.frames.heard_at < begin + 599)
    states = [pyModeS.decode(t) for t in texts(sim.frames.take(window & (type_codes(sim.frames) == 31)))]
    assert {m["nac_p"] for m in states} == {0}


def test_background_aircraft_are_heard_and_stop_nowhere() -> None:
    crowd = Background(count=5, centre=(43.0, 132.5), radius_nm=100)
    sim = played(hop(), background=[crowd], end="2024-01-01T02:00:00Z")
    df17 = sim.frames.take(sim.frames.payload[:, 0] >> 3 == 17)
    addresses = {t[2:8] for t in texts(df17)}
    assert {f"78000{k}" for k in range(5)} <= addresses
    assert {s.icao24 for s in sim.stops} == {"4840d6"}


def test_a_ground_vehicle_sends_df18_and_never_flies() -> None:
    van = Aircraft(icao24="3abcde", df=18, category="C3", callsign="FOLLOW1", stand=Stand(at=(43.4, 132.1)))
    frames = simulate(scenario(aircraft=[van], end="2024-01-01T01:00:00Z"), FIELDS).frames
    messages = [pyModeS.decode(t) for t in texts(frames)]
    assert {m["df"] for m in messages} == {18}
    assert {m["bds"] for m in messages} <= {"0,6", "0,8", "6,1", "6,5"}
    assert len(messages) > 100


def test_a_time_that_is_none_is_refused_with_its_key() -> None:
    with pytest.raises(UsageError, match=r"from/until.*soon"):
        played(hop(silent=[Silence(start="soon")]))
    with pytest.raises(UsageError, match=r"outages\.from"):
        played(hop(), receivers=[Receiver(name="x", at=NEAR_A.at, outages=[Outage(start="2024-13-01", until="")])])


def decoded(sim: Simulation, begin: float, end: float, reference: tuple[float, float]) -> list[dict[str, object]]:
    frames = sim.frames.take((sim.frames.heard_at > begin) & (sim.frames.heard_at < end))
    return [pyModeS.decode(t, reference=reference, surface_ref=reference) for t in texts(frames)]


def test_the_velocity_of_a_drag_is_that_of_the_false_positions_unless_the_true_one_is_asked_for() -> None:
    errors = {}
    for velocity in ("false", "true"):
        fault = GnssFault(
            kind="drag", start="take_off + 3 min", until="take_off + 12 min", at=(43.4, 134.5), velocity=velocity
        )
        sim = played(hop(gnss=[fault]), receivers=[NEAR_A])
        begin = movement_at(sim, "take_off") + 300
        span = float(begin), float(begin) + 240
        messages = decoded(sim, *span, (43.2, 133.0))
        places = [(m["latitude"], m["longitude"]) for m in messages if "latitude" in m]
        flown = distance_nm(*places[0], *places[-1]) / 240 * 3600  # type: ignore[arg-type]
        speeds = [float(str(m["groundspeed"])) for m in messages if m.get("bds") == "0,9"]
        errors[velocity] = abs(float(np.mean(speeds)) - flown)
    assert errors["false"] < 15
    assert errors["true"] > 60


def test_a_shift_goes_on_where_a_drag_has_ended() -> None:
    """Touches down, rolls and stands at the false place, without a jump in between."""
    there = (42.6, 133.4)
    faults = [
        GnssFault(kind="drag", start="landing - 10 min", until="landing", at=there),
        GnssFault(kind="shift", start="landing", until="end", at=there),
    ]
    sim = played(hop(gnss=faults), receivers=[NEAR_B])
    landing = movement_at(sim, "landing")
    messages = decoded(sim, landing - 60, landing + 60, there)
    places = np.array([(m["latitude"], m["longitude"]) for m in messages if "latitude" in m], float)
    steps = [distance_nm(*a, *b) for a, b in pairwise(places)]
    assert len(places) > 100
    assert max(steps) < 0.2
    assert min(distance_nm(*there, *place) for place in places) < 0.05


def test_a_false_satellite_height_shows_beside_the_true_pressure_altitude() -> None:
    fault = GnssFault(kind="frozen", start="take_off + 6 min", until="landing", at=(43.0, 133.0), height_ft=11_000.0)
    sim = played(hop(gnss=[fault]), receivers=[NEAR_A])
    begin = movement_at(sim, "take_off")
    before = decoded(sim, begin + 330, begin + 355, (43.0, 133.0))
    during = decoded(sim, begin + 365, begin + 385, (43.0, 133.0))
    gaps = [
        {float(str(m["geo_minus_baro"])) for m in messages if m.get("geo_minus_baro") is not None}
        for messages in (before, during)
    ]
    assert max(abs(gap) for gap in gaps[0]) < 200
    assert min(abs(gap) for gap in gaps[1]) > 1_000


def test_a_jammed_aircraft_still_sends_its_pressure_altitude_without_a_position() -> None:
    fault = GnssFault(kind="jammed", start="take_off + 5 min", until="take_off + 15 min")
    sim = played(hop(gnss=[fault]), receivers=[NEAR_A])
    begin = movement_at(sim, "take_off") + 300
    frames = sim.frames.take((sim.frames.heard_at > begin + 1) & (sim.frames.heard_at < begin + 599))
    blank = frames.take(type_codes(frames) == 0)
    assert len(blank) > 500
    assert not (blank.payload[:, 6] & 0x0F).any()
    assert not blank.payload[:, 7:11].any()
    assert {pyModeS.decode(t)["crc_valid"] for t in texts(blank)} == {True}
