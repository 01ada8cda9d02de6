"""Alerts to draw and export: the published flight, and what may be odd about another one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec
import numpy as np

from detector.domain.alert import Alert, AlertEvent
from detector.domain.gap import Gap, GapClass
from detector.domain.geo import destination
from detector.domain.stop import Candidate, Kind, Level, Moment, Severity, Status, Stop
from detector.domain.track import Track
from detector.reference.airports import Airports
from detector.web.picture import HeardCell, PictureCase, Receiver
from tests.web import cases

HOSTILE = (
    '"><script>alert(1)</script>', "</svg><svg onload=alert(1)>", "]]><!ENTITY x SYSTEM 'file:///etc'>",
    "&#60;b&#62;", '=HYPERLINK("http://x";"y")', "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1",
    'a\nb,c"d',     "\u202eKCIT\u202c", "\u2066x\u2069", "\u200bZW", "\x00\x08\x1b[31m", "\ufffe\uffff", "\ud800",
    "url(javascript:1)", "%s%n{0}",
    "' onmouseover='alert(1)", "x" * 300, "\u0627\u0644", "\u5317\u4eac", "",
)  # fmt: skip


@cache
def airports() -> Airports:
    return cases.airports()


@cache
def pyongyang() -> PictureCase:
    case = cases.pyongyang()
    stop = case.alerts[0].stop
    silence = Gap(
        id="gap-1", revision=1, icao24="15522c", callsign="RFF7092", begin=cases.at("2024-11-07T01:21:30Z"),
        end=cases.at("2024-11-07T02:16:40Z"), kind=GapClass.COVERAGE, reason="others are lost here at 5,000 ft, too",
        lost=None, found=None, listened_s=3000.0, stop_id=stop.id,
    )  # fmt: skip
    return PictureCase(
        alert=case.alerts[0], stops=case.stops, track=case.tracks[0], airports=airports(), silence=silence,
        hearing=[HeardCell(37.75, 126.75, 1e3), HeardCell(40.25, 127.25, 12e3), HeardCell(42.25, 129.75, 30e3)],
        receivers=[Receiver("Dandong", 40.12, 124.6)], recording="pyongyang.csv.gz", program="detector 0.1.0",
    )  # fmt: skip


def changed(case: PictureCase, **of_stop: object) -> PictureCase:
    """The same alert with another stop."""
    stop = msgspec.structs.replace(case.alert.stop, **of_stop)
    return with_alert(case, msgspec.structs.replace(case.alert, stop=stop))


def with_alert(case: PictureCase, alert: Alert, **others: object) -> PictureCase:
    values = {name: getattr(case, name) for name in PictureCase.__slots__}
    return PictureCase(**(values | {"alert": alert} | others))


def retracted() -> PictureCase:
    case = changed(pyongyang(), status=Status.RETRACTED, retraction="heard on in flight", findings=())
    return with_alert(case, msgspec.structs.replace(case.alert, event=AlertEvent.RETRACTED))


def dark() -> PictureCase:
    candidates = (Candidate("ZKWS", 0.28, 60.0), Candidate("ZKPY", 0.13, 120.0), Candidate("ZKSD", 0.04, 70.0))
    case = changed(pyongyang(), level=Level.DARK, airport=None, airport_name=None, country=None, candidates=candidates)
    assert case.alert.stop.kind is Kind.DARK
    return case


def without_track() -> PictureCase:
    return with_alert(pyongyang(), pyongyang().alert, track=None, stops=[])


def nowhere() -> PictureCase:
    """No field of the tables, no candidate, no track, no journey."""
    case = changed(pyongyang(), airport="ZZZZ", country=None, candidates=())
    return with_alert(case, msgspec.structs.replace(case.alert, journey=()), track=None, stops=[])


def at_place(airport: str, legs: list[tuple[float, float]], **of_stop: object) -> PictureCase:
    """A flight over some places to a field, unheard there for an hour, and the same way back."""
    fixes = cases.flown(legs, cases.at("2024-11-07T00:00:00Z"), 420, (30_000, 30_000, 4_000))
    landed = fixes[-1][0] + 300.0
    back = cases.flown(legs[::-1], landed + 3_600.0, 420, (4_000, 30_000, 30_000))
    stop = cases.pyongyang_stop(
        airport=airport, country=None, candidates=(Candidate(airport, 0.9, 5.0),),
        landed=Moment(landed, landed + 600.0, landed + 60.0, False),
        departed=Moment(landed + 2_000.0, landed + 3_600.0, landed + 3_300.0, False), **of_stop,
    )  # fmt: skip
    alert = Alert(
        id="alert-odd", revision=1, event=AlertEvent.OPENED, at=landed + 4_000.0, severity=Severity.HIGH, stop=stop
    )
    track = cases.track("15522c", "RFF7092", fixes + back)
    return PictureCase(alert=alert, stops=[], track=track, airports=airports(), recording="odd", program="detector")


def across_180() -> PictureCase:
    """Nadi from the east and back: over the antimeridian twice, heard and unheard."""
    return at_place("NFFN", [(-14.3, -170.7), (-16.0, -179.9), (-16.6, 179.0)])


def far_north() -> PictureCase:
    """Longyearbyen by way of places beyond the map."""
    return at_place("ENSB", [(89.5, 30.0), (86.0, 20.0), (78.4, 16.0)])


def tiny() -> PictureCase:
    """A circuit of a few miles."""
    place = cases.ZKPY
    around = [destination(*place, bearing, 3.0) for bearing in (0.0, 90.0, 180.0)]
    return at_place("ZKPY", around)


def parked() -> PictureCase:
    """One point, and nothing else."""
    case = pyongyang()
    one = np.array([cases.at("2024-11-07T01:30:00Z")])
    track = Track("15522c", None, one, np.array([39.22]), np.array([125.67]), np.array([np.nan]))
    return with_alert(case, msgspec.structs.replace(case.alert, journey=()), track=track, stops=[])


ODD: dict[str, Callable[[], PictureCase]] = {
    "retracted": retracted, "dark": dark, "without track": without_track, "nowhere": nowhere, "across 180": across_180,
    "far north": far_north, "tiny": tiny, "parked": parked, "pyongyang": pyongyang,
}  # fmt: skip


def named(text: str) -> PictureCase:
    """A text of somebody's choice wherever one can come from."""
    case = pyongyang()
    stop: Stop = msgspec.structs.replace(
        case.alert.stop, callsign_in=text, callsign_out=text[::-1], registration=text, operator=text, type_code=text,
        airport_name=text,
        findings=tuple(msgspec.structs.replace(f, reason=text, rule=text) for f in case.alert.stop.findings),
        checks=tuple(msgspec.structs.replace(c, reason=text) for c in case.alert.stop.checks),
        candidates=(*case.alert.stop.candidates, Candidate(text, 0.01, 3.0)),
    )  # fmt: skip
    journey = tuple(msgspec.structs.replace(step, near=text, callsign=text) for step in case.alert.journey)
    alert = msgspec.structs.replace(case.alert, stop=stop, journey=journey)
    track = case.track
    assert track is not None
    return with_alert(
        case, alert, recording=text, program=text, receivers=[Receiver(text, 40.0, 127.0)],
        track=track.rows(np.arange(len(track)), callsign=text),
        silence=None if case.silence is None else msgspec.structs.replace(case.silence, reason=text),
    )  # fmt: skip
