"""What one aircraft sends along its timeline: frames with the time and the true place of sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.frame import LONG_BYTES
from detector.simulation.encode import comm_b, frames, position, status, velocity
from detector.simulation.encode.altitude import altitude_code, identity_code
from detector.simulation.flight import Air
from detector.simulation.gnss import Believed, believed
from detector.simulation.motion import Motion
from detector.simulation.performance import density_ratio, sound_kt
from detector.simulation.scenario import Aircraft, Scenario
from detector.simulation.schedule import rates_of, sending_times
from detector.simulation.timeline import Timeline

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Sent:
    """Frames in order of sending: `at` (n,) Unix s, `payload` (n, 14), and where the antenna truly was."""

    at: Floats
    payload: npt.NDArray[np.uint8]
    lat: Floats
    lon: Floats
    height_ft: Floats

    @staticmethod
    def concat(parts: list[Sent]) -> Sent:
        """All of them, sorted by time."""
        if not parts:
            none = np.zeros(0)
            return Sent(none, np.zeros((0, LONG_BYTES), np.uint8), none, none, none)
        at = np.concatenate([p.at for p in parts])
        order = np.argsort(at, kind="stable")
        return Sent(
            at[order],
            np.concatenate([p.payload for p in parts])[order],
            np.concatenate([p.lat for p in parts])[order],
            np.concatenate([p.lon for p in parts])[order],
            np.concatenate([p.height_ft for p in parts])[order],
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    """One kind of message at its instants: truth, belief, and what the crew has set."""

    aircraft: Aircraft
    icao24: int
    truth: Motion
    belief: Believed
    baro_ft: Floats
    geom_ft: Floats
    callsigns: list[str]
    identity: Ints
    flight: Ints
    qnh_hpa: float
    cruise_ft: Floats
    random: np.random.Generator

    @property
    def odd(self) -> Ints:
        return np.arange(len(self.baro_ft)) % 2

    @property
    def ground(self) -> npt.NDArray[np.bool_]:
        return self.truth.on_ground


def emit(aircraft: Aircraft, timeline: Timeline, scenario: Scenario, air: Air, random: np.random.Generator) -> Sent:
    """All that `aircraft` sends, by anybody heard or not."""
    parts: list[Sent] = []
    wanted = rates_of(aircraft, scenario.rates)
    for motion in timeline.segments:
        for kind, at in sending_times(timeline, motion, wanted, scenario.rates, random).items():
            if len(at):
                moment = _moment(aircraft, timeline, motion.sample(at), scenario, air, random)
                sent = MESSAGES[kind](moment)
                keep = _is_sent(kind, moment)
                truth = moment.truth
                parts.append(Sent(at[keep], sent[keep], truth.lat[keep], truth.lon[keep], truth.height_ft[keep]))
    return Sent.concat(parts)


def _is_sent(kind: str, m: _Moment) -> npt.NDArray[np.bool_]:
    """Without a position an airborne position message still tells the pressure altitude; a surface one is not sent."""
    tells_altitude = kind == "airborne_position" and m.aircraft.altitude == "baro"
    return (
        np.ones(len(m.ground), np.bool_) if not kind.endswith("_position") or tells_altitude else m.belief.has_position
    )


def _moment(
    aircraft: Aircraft, timeline: Timeline, truth: Motion, scenario: Scenario, air: Air, random: np.random.Generator
) -> _Moment:
    flight = timeline.flight_at(truth.at)
    flights = aircraft.flights
    callsigns = [f.callsign if f.callsign is not None else aircraft.callsign for f in flights] or [aircraft.callsign]
    squawks = [f.squawk or aircraft.squawk for f in flights] or [aircraft.squawk]
    cruise = np.array([f.cruise_ft for f in flights] or [0.0])
    belief = believed(truth, timeline.faults, nic=aircraft.nic, nac_p=aircraft.nac_p)
    return _Moment(
        aircraft,
        int(aircraft.icao24, 16),
        truth,
        belief,
        truth.height_ft + air.pressure_shift_ft,
        belief.gnss_height_ft + scenario.geoid_ft,
        callsigns,
        np.array([identity_code(s) for s in squawks], np.int64)[flight],
        flight,
        scenario.qnh_hpa,
        cruise[flight],
        random,
    )


def _squitter(m: _Moment, me: npt.ArrayLike, believed_ground: bool = False) -> npt.NDArray[np.uint8]:
    if m.aircraft.df == 18:
        return frames.extended_squitter(me, icao24=m.icao24, capability=0, df=18)
    ground = m.belief.motion.on_ground if believed_ground else m.ground
    return frames.extended_squitter(me, icao24=m.icao24, capability=np.where(ground, 4, 5))


def _nic_columns(m: _Moment, surface: bool) -> tuple[Ints, Ints]:
    """Type codes and NIC supplements B (airborne) for the NIC of each instant."""
    table = position.SURFACE_NIC if surface else position.AIRBORNE_NIC
    values = [position.surface_nic(int(n)) if surface else int(n) for n in range(12)]
    codes = np.array([table[v] for v in values])
    return codes[m.belief.nic, 0], codes[m.belief.nic, 2]


def _airborne_position(m: _Moment) -> npt.NDArray[np.uint8]:
    believed_motion = m.belief.motion
    type_code, nic_b = _nic_columns(m, surface=False)
    place = believed_motion.lat, believed_motion.lon, m.odd
    if m.aircraft.altitude == "gnss":
        me = position.airborne_position_gnss(*place, m.geom_ft)
    else:
        supplement = nic_b if m.aircraft.adsb_version == 2 else 0
        me = position.airborne_position(
            *place, m.baro_ft, type_code=type_code, nic_b=supplement, gillham=m.aircraft.gillham
        )
    forced_ground = believed_motion.on_ground & ~m.ground
    if forced_ground.any():
        surface = position.surface_position(*place, believed_motion.groundspeed_kt, believed_motion.track_deg)
        me = np.where(forced_ground, surface, me)
    # Type code 0: all of the position is zero, the altitude stays (DO-260B 2.2.3.2.3.1).
    blank = me & ~np.int64((0b11111 << 51) | (1 << 48) | ((1 << 36) - 1))
    return _squitter(m, np.where(m.belief.has_position, me, blank), believed_ground=True)


def _surface_position(m: _Moment) -> npt.NDArray[np.uint8]:
    motion = m.belief.motion
    type_code, _ = _nic_columns(m, surface=True)
    me = position.surface_position(
        motion.lat, motion.lon, m.odd, motion.groundspeed_kt, motion.track_deg, type_code=type_code
    )
    return _squitter(m, me)


def _velocity(m: _Moment) -> npt.NDArray[np.uint8]:
    motion, difference = m.belief.motion, m.geom_ft - m.baro_ft
    if m.aircraft.velocity == "air":
        me = velocity.air_velocity(_indicated_kt(m), motion.heading_deg % 360, motion.vertical_rate_fpm, difference)
    else:
        me = velocity.ground_velocity(motion.groundspeed_kt, motion.track_deg, motion.vertical_rate_fpm, difference)
    return _squitter(m, me)


def _identification(m: _Moment) -> npt.NDArray[np.uint8]:
    codes = np.array([status.identification(c, m.aircraft.category) for c in m.callsigns], np.int64)
    return _squitter(m, codes[m.flight])


def _operational_status(m: _Moment) -> npt.NDArray[np.uint8]:
    def one(on_ground: bool, nac_p: int, nic: int) -> int:
        row = position.SURFACE_NIC[position.surface_nic(nic)] if on_ground else position.AIRBORNE_NIC[nic]
        return status.operational_status(
            version=m.aircraft.adsb_version,
            on_ground=on_ground,
            nac_p=nac_p,
            sil=m.aircraft.sil,
            nic_a=row[1],
            nic_c=row[2] if on_ground else 0,
        )

    keys = np.stack([m.ground.astype(np.int64), m.belief.nac_p, m.belief.nic], axis=1)
    distinct, which = np.unique(keys, axis=0, return_inverse=True)
    messages = np.array([one(bool(g), int(p), int(n)) for g, p, n in distinct], np.int64)
    return _squitter(m, messages[which.reshape(-1)])


def _emergency_status(m: _Moment) -> npt.NDArray[np.uint8]:
    emergencies = {identity_code("7700"): 1, identity_code("7600"): 4, identity_code("7500"): 5}
    state = np.array([emergencies.get(int(code), 0) for code in m.identity], np.int64)
    return _squitter(m, np.int64(status.emergency_status(0)) | state << 45 | m.identity << 32)


def _target_state(m: _Moment) -> npt.NDArray[np.uint8]:
    fixed = status.target_state(
        selected_altitude_ft=None, qnh_hpa=m.qnh_hpa, selected_heading_deg=None, nac_p=0, sil=m.aircraft.sil
    )
    selected = np.rint(_selected_ft(m) / 32).astype(np.int64) + 1
    return _squitter(m, np.int64(fixed) | selected << 36 | m.belief.nac_p << 13)


def _acquisition(m: _Moment) -> npt.NDArray[np.uint8]:
    return frames.all_call_reply(icao24=m.icao24, capability=np.where(m.ground, 4, 5))


def _all_call(m: _Moment) -> npt.NDArray[np.uint8]:
    interrogators = m.random.choice(np.array([3, 11, 38, 74]), len(m.ground))
    return frames.all_call_reply(icao24=m.icao24, capability=np.where(m.ground, 4, 5), interrogator=interrogators)


def _altitude_code(m: _Moment) -> Ints:
    return altitude_code(m.baro_ft, gillham=m.aircraft.gillham)


def _surveillance_altitude(m: _Moment) -> npt.NDArray[np.uint8]:
    return frames.surveillance_altitude(
        icao24=m.icao24, flight_status=m.ground.astype(np.int64), altitude_code=_altitude_code(m)
    )


def _surveillance_identity(m: _Moment) -> npt.NDArray[np.uint8]:
    return frames.surveillance_identity(
        icao24=m.icao24, flight_status=m.ground.astype(np.int64), identity_code=m.identity
    )


def _comm_b_altitude(m: _Moment) -> npt.NDArray[np.uint8]:
    return frames.comm_b_altitude(
        _registers(m), icao24=m.icao24, flight_status=m.ground.astype(np.int64), altitude_code=_altitude_code(m)
    )


def _comm_b_identity(m: _Moment) -> npt.NDArray[np.uint8]:
    return frames.comm_b_identity(
        _registers(m), icao24=m.icao24, flight_status=m.ground.astype(np.int64), identity_code=m.identity
    )


def _air_air_short(m: _Moment) -> npt.NDArray[np.uint8]:
    return frames.air_air_short(icao24=m.icao24, on_ground=m.ground, altitude_code=_altitude_code(m))


def _air_air_long(m: _Moment) -> npt.NDArray[np.uint8]:
    return frames.air_air_long(0, icao24=m.icao24, on_ground=m.ground, altitude_code=_altitude_code(m))


def _registers(m: _Moment) -> Ints:
    """BDS 4,0  5,0  6,0  2,0 in turn; on the ground only 2,0, as the others are then not kept up to date."""
    motion = m.belief.motion
    airspeed = np.where(m.ground, np.nan, m.truth.true_airspeed_kt)
    sound = np.array([sound_kt(float(h)) for h in m.truth.height_ft])
    rate = m.truth.vertical_rate_fpm
    callsigns = np.array([comm_b.aircraft_identification(c) for c in m.callsigns], np.int64)
    choices = [
        comm_b.selected_vertical_intention(_selected_ft(m), np.full(len(rate), m.qnh_hpa)),
        comm_b.track_and_turn(
            m.truth.roll_deg, motion.track_deg, motion.groundspeed_kt, m.truth.track_rate_deg_s, airspeed
        ),
        comm_b.heading_and_speed(m.truth.heading_deg, _indicated_kt(m), airspeed / sound, rate, rate),
        callsigns[m.flight],
    ]
    turn = np.where(m.ground, 3, np.arange(len(rate)) % 4)
    return np.choose(turn, choices)


def _indicated_kt(m: _Moment) -> Floats:
    ratio = np.array([density_ratio(float(h)) for h in m.baro_ft])
    return np.where(m.ground, np.nan, m.truth.true_airspeed_kt * np.sqrt(ratio))


def _selected_ft(m: _Moment) -> Floats:
    """On the altitude panel: the cruise level while climbing, 3,000 ft while descending, else the present hundred."""
    rate = m.truth.vertical_rate_fpm
    level = np.rint(m.baro_ft / 100) * 100
    return np.clip(np.where(rate > 200, m.cruise_ft, np.where(rate < -200, 3_000.0, level)), 0, 65_000)


MESSAGES: dict[str, Callable[[_Moment], npt.NDArray[np.uint8]]] = {
    "airborne_position": _airborne_position,
    "surface_position": _surface_position,
    "velocity": _velocity,
    "identification": _identification,
    "operational_status": _operational_status,
    "emergency_status": _emergency_status,
    "target_state": _target_state,
    "acquisition": _acquisition,
    "all_call": _all_call,
    "surveillance_altitude": _surveillance_altitude,
    "surveillance_identity": _surveillance_identity,
    "comm_b_altitude": _comm_b_altitude,
    "comm_b_identity": _comm_b_identity,
    "air_air_short": _air_air_short,
    "air_air_long": _air_air_long,
}
"""One function for each kind in `schedule`."""
