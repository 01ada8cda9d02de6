"""Cases to draw: the flight to Pyongyang as published, made of straight ways, and a few others."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np

import detector
from detector.domain.alert import Alert, AlertEvent, Evidence, JourneyStep
from detector.domain.geo import bearing_deg, destination, distance_nm
from detector.domain.stop import (
    Candidate,
    Certainty,
    Check,
    Finding,
    GroundTime,
    Level,
    Moment,
    Severity,
    Status,
    Stop,
    Verdict,
)
from detector.domain.times import parse_iso
from detector.reference.airports import Airports
from detector.web.replay_map import MapCase, Track

UHWW = (43.399, 132.148)
ZKPY = (39.224, 125.670)
ACROSS_RUSSIA = [
    UHWW, (48.4, 134.2), (51.3, 126.3), (52.4, 114.0), (53.0, 104.5), (55.8, 92.5), (55.2, 82.5), (55.7, 73.0),
    (56.6, 61.0), (55.75, 50.6), (55.2, 49.2),
]  # fmt: skip
UNHEARD = [(7.3, 7.7), (9.4, 10.1), (12.0, 12.6)]
"""Hours of 8 November, UTC, in which nobody is near enough."""

Fix = tuple[float, float, float, float]


def airports() -> Airports:
    return Airports.from_bytes((Path(detector.__file__).parent / "reference/data/airports.npz").read_bytes())


def at(text: str) -> float:
    return parse_iso(text)


def flown(way: list[tuple[float, float]], start: float, knots: float, heights: tuple[float, float, float]) -> list[Fix]:
    """A fix every 30 s along great circles: climb from the first height to the second, down to the third at the end."""
    lengths = [distance_nm(*a, *b) for a, b in pairwise(way)]
    total, fixes = sum(lengths), []
    for i in range(int(total / knots * 120) + 1):
        along = gone = i * knots / 120
        leg = 0
        while leg < len(lengths) - 1 and along > lengths[leg]:
            along -= lengths[leg]
            leg += 1
        place = destination(*way[leg], bearing_deg(*way[leg], *way[leg + 1]), along)
        height = min(heights[0] + gone * 250, heights[1], heights[2] + (total - gone) * 290)
        fixes.append((start + 30 * i, *place, height))
    return fixes


def track(icao24: str, callsign: str | None, fixes: list[Fix]) -> Track:
    columns = np.array(sorted(fixes), dtype=np.float64).reshape(-1, 4)
    return Track(icao24, callsign, columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3])


def pyongyang_stop(**changes: object) -> Stop:
    values = {
        "id": "15522c-20241107-1f2e3d4c", "revision": 3, "status": Status.CLOSED, "icao24": "15522c",
        "registration": "RA-86572", "type_code": "IL62", "callsign_in": "RFF7092", "callsign_out": "RFF7092",
        "airport": "ZKPY", "country": "KP",
        "candidates": (Candidate("ZKPY", 0.97, 15.1), Candidate("ZKSC", 0.03, 24.9)),
        "landed": Moment(at("2024-11-07T01:27:00Z"), at("2024-11-07T01:49:30Z"), at("2024-11-07T01:30:00Z"), False),
        "departed": Moment(at("2024-11-07T01:54:10Z"), at("2024-11-07T02:16:40Z"), at("2024-11-07T02:13:00Z"), False),
        "ground_time": GroundTime(300.0, 2980.0, 2580.0), "level": Level.BOTH_SIDES,
        "checks": (
            Check("implied_speed", Verdict.PASS, None, 20.0, "min", "no jump in the track"),
            Check("energy_arrival", Verdict.PASS, 20.0, 19.4, "NM", "lost 20.0 NM from the field at 4,883 ft above it"),
            Check("energy_departure", Verdict.PASS, 15.0, 51.0, "NM", "heard again 15.0 NM from the field at 4,600 ft"),
            Check("feasible", Verdict.PASS, 3000.0, 1130.0, "s", "silent for 50 min; a short stay takes 19 min"),
            Check("altitude_at_field", Verdict.NOT_EVALUABLE, None, 2000.0, "ft", "no altitude near the contact"),
            Check("low_samples", Verdict.FAIL, 0.0, 3.0, "altitudes", "0 altitudes below 3,000 ft above the field"),
        ),
        "findings": (
            Finding("listed_airport", Certainty.CERTAIN, Severity.HIGH, "ZKPY is listed: UN Security Council 1718"),
            Finding("short_turnaround", Certainty.CERTAIN, Severity.MEDIUM, "at most 50 min on the ground (limit 60)"),
        ),
        "opened_at": at("2024-11-07T01:26:30Z"), "revised_at": at("2024-11-07T02:30:00Z"),
    }  # fmt: skip
    return Stop(**(values | changes))  # type: ignore[arg-type]


def home_stop() -> Stop:
    """Seen on the ground at Vladivostok, from one day to the next."""
    return Stop(
        id="15522c-20241107-aa", revision=2, status=Status.CLOSED, icao24="15522c", registration="RA-86572",
        type_code="IL62", callsign_in="RFF7092", callsign_out="RFF7092", airport="UHWW", country="RU",
        candidates=(Candidate("UHWW", 1.0, 0.2),),
        landed=Moment(at("2024-11-07T03:14:00Z"), at("2024-11-07T03:15:00Z"), at("2024-11-07T03:14:40Z"), True),
        departed=Moment(at("2024-11-08T06:04:00Z"), at("2024-11-08T06:05:00Z"), at("2024-11-08T06:04:40Z"), True),
        ground_time=GroundTime(96_570.0, 96_630.0, 96_600.0), level=Level.OBSERVED,
        opened_at=at("2024-11-07T03:14:30Z"), revised_at=at("2024-11-08T06:05:00Z"),
    )  # fmt: skip


def pyongyang(callsign: str = "RFF7092") -> MapCase:
    """Both days: there and back on the 7th, across Russia on the 8th to a point south of Kazan."""
    arrival = destination(*ZKPY, bearing_deg(*ZKPY, *UHWW) - 12, 20.0)
    departure = destination(*ZKPY, bearing_deg(*ZKPY, *UHWW) + 8, 15.0)
    dogleg = (41.1, 129.9)
    fixes = flown([UHWW, dogleg, arrival], at("2024-11-07T00:24:00Z"), 395, (60, 34_100, 5_000))
    fixes += flown([departure, (41.0, 130.6), UHWW], at("2024-11-07T02:16:40Z"), 400, (4_700, 33_100, 60))
    fixes += flown(ACROSS_RUSSIA, at("2024-11-08T06:04:00Z"), 440, (60, 34_100, 30_000))
    day = at("2024-11-08T00:00:00Z")
    fixes = [f for f in fixes if not any(day + 3600 * a < f[0] < day + 3600 * b for a, b in UNHEARD)]
    last = max(fixes)
    stop, home = pyongyang_stop(callsign_in=callsign, callsign_out=callsign), home_stop()
    alert = Alert(
        id="a-15522c-20241107-1f2e3d4c", revision=4, event=AlertEvent.UPDATED, at=last[0], severity=Severity.HIGH,
        stop=stop,
        journey=(
            JourneyStep(kind="stop", at=home.landed.estimate, until=at("2024-11-08T06:04:10Z"), airport="UHWW",
                        callsign=callsign, stop_id=home.id, level=4),
            JourneyStep(kind="leg", at=at("2024-11-08T06:04:10Z"), until=last[0], latitude_deg=last[1],
                        longitude_deg=last[2], altitude_ft=last[3], track_deg=233.0, callsign=callsign,
                        near="23 NM south of UWKD (Kazan)"),
        ),
        evidence=Evidence(412, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "pyModeS 3.6.1", 0),
    )  # fmt: skip
    other = flown(
        [(36.0, 126.2), (37.5, 127.2), (38.4, 130.4)], at("2024-11-07T00:50:00Z"), 390, (33_000, 33_000, 33_000)
    )
    return MapCase(
        title="Vladivostok - Pyongyang and back",
        generated_from="pyongyang.csv.gz",
        tracks=[track("15522c", callsign, fixes), track("71c218", "JNA641", other)],
        stops=[stop, home],
        alerts=[alert],
        airports=airports(),
        notes=["Receivers: Vladivostok, Seoul, Dandong and eight across Russia."],
    )
