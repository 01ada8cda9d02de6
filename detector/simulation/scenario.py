"""A scenario: who flies where, when, heard by whom, and what is published and what was invented. Values only.

Written as YAML. Every value is optional unless said; an unknown key is an error. Times are ISO 8601 (UTC where no
offset is given). Where a time may also be an event of the flight, it is written

    take_off | landing | off_block | on_block | next take_off | next off_block | start | end   [+|- NUMBER s|min|h]

for example `landing - 5 min` or `next take_off + 3 min`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from detector.domain.errors import UsageError
from detector.domain.times import parse_iso

Approach = Literal["land", "go_around", "low_pass", "touch_and_go"]
PerformanceClass = Literal["jet_airliner", "heavy_old", "turboprop", "light", "helicopter"]
Place = tuple[Annotated[float, Meta(ge=-90, le=90)], Annotated[float, Meta(ge=-180, le=180)]]
"""Latitude and longitude in degrees."""


Address = Annotated[str, Meta(pattern="^[0-9a-f]{6}$")]
Callsign = Annotated[str, Meta(pattern="^[A-Z0-9]{0,8}$")]
Squawk = Annotated[str, Meta(pattern="^[0-7]{4}$")]
Category = Annotated[str, Meta(pattern="^[A-D][0-7]$")]
Quality = Annotated[int, Meta(ge=0, le=11)]
Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[float, Meta(ge=0)]
"""A number that is not negative."""
Positive = Annotated[float, Meta(gt=0)]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Silence(_Part, frozen=True, kw_only=True):
    """The transponder is off from `start` until `until`; with `below_ft`, only below that height above sea level."""

    start: str = msgspec.field(name="from", default="start")
    until: str = "end"
    below_ft: float | None = None


class GnssFault(_Part, frozen=True, kw_only=True):
    """What the aircraft's satellite receiver says is wrong from `start` until `until`.

    jammed     no position; NACp and NIC 0
    frozen     the position `at`, not moving
    circling   a circle of `radius_nm` around `at`, flown at `speed_kt`
    drag       the true position, shifted more and more until it is `at` when the fault ends
    shift      the true motion, moved so that the fault begins `at`

    A drag that should last after it has arrived is followed by a shift that begins where it ended.
    """

    kind: Literal["jammed", "frozen", "circling", "drag", "shift"]
    start: str = msgspec.field(name="from", default="start")
    until: str = "end"
    at: Place = (0.0, 0.0)
    radius_nm: Positive = 1.0
    speed_kt: Count = 160.0
    nic: Quality | None = None
    nac_p: Quality | None = None
    on_ground: bool | None = None
    """Forces the air/ground state that is sent; not told: the true state."""
    velocity: Literal["false", "true"] = "false"
    """Speed and track: those of the false motion, as a deceived receiver tells them, or the true ones."""
    height_ft: float | None = None
    """Satellite height above sea level; not told: the true one. Pressure altitude stays true."""


class Hold(_Part, frozen=True, kw_only=True):
    """Racetracks of about six minutes each (for a jet), `nm` before the destination, 7,000 ft above it."""

    nm: Positive = 25.0
    turns: Annotated[int, Meta(ge=1, le=100)] = 3


class Flight(_Part, frozen=True, kw_only=True):
    """One flight. Without `from` it begins in the air at the first of `via`; without `to` it ends at the last."""

    off_block: str
    """When it begins to move (in the air: when it is at the first of `via`)."""
    origin: str | None = msgspec.field(name="from", default=None)
    destination: str | None = msgspec.field(name="to", default=None)
    callsign: Callsign | None = None
    runway_out: str | None = None
    runway_in: str | None = None
    cruise_ft: Annotated[float, Meta(ge=0, le=60_000)] = 35_000.0
    """Pressure altitude."""
    speed_kt: Annotated[float, Meta(ge=20, le=600)] | None = None
    """True airspeed in cruise; not told: that of the class."""
    via: list[Place] = []
    approaches: Annotated[list[Approach], Meta(min_length=1)] = msgspec.field(default_factory=lambda: ["land"])
    """What it does at the destination, in order. If the last is no landing, `divert_to` must say where it goes."""
    divert_to: str | None = None
    turn_back_nm: Positive | None = None
    """Turns round this far short of the destination and goes to `divert_to`, or back to where it came from."""
    hold: Hold | None = None
    stand: Place | None = None
    """Where it parks at the destination, or without one, where it begins to taxi; else near the middle of the field."""
    squawk: Squawk | None = None
    silent: list[Silence] = []
    gnss: list[GnssFault] = []


class Stand(_Part, frozen=True, kw_only=True):
    """Something that stands still: a vehicle, a ground station, an aircraft that does not fly in this scenario."""

    at: Place
    start: str = msgspec.field(name="from", default="start")
    until: str = "end"


class Aircraft(_Part, frozen=True, kw_only=True):
    """One address. Flights are in order of time; between two flights it is parked where the first one ended."""

    icao24: Address
    registration: str | None = None
    type_code: str | None = None
    performance: PerformanceClass = msgspec.field(name="class", default="jet_airliner")
    callsign: Callsign = ""
    category: Category = "A0"
    squawk: Squawk = "1000"
    flights: list[Flight] = []
    stand: Stand | None = None
    df: Literal[17, 18] = 17
    adsb_version: Literal[0, 1, 2] = 2
    nic: Quality = 8
    nac_p: Quality = 9
    sil: Annotated[int, Meta(ge=0, le=3)] = 3
    altitude: Literal["baro", "gnss"] = "baro"
    """What its airborne positions carry: TC 9-18 or TC 20-22."""
    gillham: bool = False
    velocity: Literal["ground", "air"] = "ground"
    """TC 19 subtype 1, or 3 (indicated airspeed and heading)."""
    radar: bool = True
    """Whether it answers radars and other aircraft (DF 0, 4, 5, 16, 20, 21, DF 11 to an interrogator)."""
    on_before_s: Count = 900.0
    """How long before it moves the transponder is switched on."""
    on_after_s: Count = 300.0
    """How long after it stopped the transponder is left on."""


class Outage(_Part, frozen=True, kw_only=True):
    """The receiver hears nothing."""

    start: str = msgspec.field(name="from")
    until: str


class Receiver(_Part, frozen=True, kw_only=True):
    """A receiving station."""

    name: str
    at: Place
    antenna_ft: Count = 60.0
    """Height of the antenna above sea level (on a hill: the hill too)."""
    id: Annotated[str, Meta(pattern="^[0-9a-fA-F]{1,16}$")] | None = None
    """Up to 16 hexadecimal digits; not told: the number of the receiver in the list."""
    range_nm: Positive = 220.0
    horizon_factor: Positive = 1.0
    """1 is the radio horizon 1.23 (sqrt h + sqrt h); terrain makes it less."""
    loss: Share = 0.08
    """Share of frames lost close by; rises to `loss_far` at the end of the range."""
    loss_far: Share = 0.6
    damaged: Share = 0.0
    """Share of frames in which 1 to 3 bits are flipped."""
    clock_start_s: Count = 0.0
    """What its 12 MHz counter showed at the start of the scenario, in seconds."""
    clock_drift_ppm: float = 0.0
    clock_offset_s: float = 0.0
    """How far its time stamps are ahead of UTC."""
    outages: list[Outage] = []


class Rates(_Part, frozen=True, kw_only=True):
    """How much is sent. 1 is what DO-260B asks for (about 6 messages a second and aircraft)."""

    scale: Annotated[float, Meta(gt=0, le=10)] = 1.0
    """Factor for everything sent higher than `full_below_ft` above sea level, and while parked."""
    full_below_ft: float = 6_000.0
    replies_per_s: Count = 1.0
    """DF 4, 5, 20 and 21 together, where the aircraft answers radars."""
    comm_b_share: Share = 0.5
    air_air_per_s: Count = 0.2
    """DF 0 and 16 together."""


class Background(_Part, frozen=True, kw_only=True):
    """Airliners that cross a circle at cruise, at random times, tracks and addresses."""

    count: Annotated[int, Meta(ge=0, le=10_000)]
    centre: Place
    radius_nm: Positive = 200.0
    first_icao24: Address = "780000"
    start: str | None = msgspec.field(name="from", default=None)
    until: str | None = None
    """Between which times they enter and leave; not told: the scenario's own."""


class Wind(_Part, frozen=True, kw_only=True):
    """Wind from 3,000 ft above the ground upwards; it falls to nothing at the ground."""

    from_deg: float = 0.0
    speed_kt: Annotated[float, Meta(ge=0, le=250)] = 0.0


class Scenario(_Part, frozen=True, kw_only=True):
    """All of it."""

    name: str
    start: str
    seed: Annotated[int, Meta(ge=0)] = 1
    description: str = ""
    published: list[str] = []
    """What was published, with its source."""
    invented: list[str] = []
    """What was not published: what was chosen, and why."""
    end: str | None = None
    """Nothing is sent after this; not told: five minutes after the last flight."""
    qnh_hpa: Annotated[float, Meta(ge=900, le=1100)] = 1013.25
    geoid_ft: float = 60.0
    """Height of the geoid above the ellipsoid."""
    wind: Wind = Wind()
    aircraft: list[Aircraft]
    receivers: list[Receiver]
    rates: Rates = Rates()
    background: list[Background] = []
    garbage_runs: Annotated[int, Meta(ge=0, le=10_000)] = 0
    """How many runs of bytes that are no frames stand at random places in a recording made of this."""


def instant(text: str, key: str) -> float:
    """Unix seconds of a time in a scenario; `key` says in the error what it was for. Raises UsageError."""
    try:
        return parse_iso(text)
    except ValueError:
        raise UsageError(f"scenario: {key}: not a time in ISO 8601 nor an event known there: {text!r}") from None
