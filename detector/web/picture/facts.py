"""The column of facts beside the map: who, when by which clock, how sure, and where it went then."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence

import numpy as np

from detector.domain.alert import JourneyStep
from detector.domain.durations import duration_text
from detector.domain.geo import distance_nm
from detector.domain.stop import Level, Moment, Stop
from detector.domain.track import Track
from detector.reference.airports import Airports
from detector.web.picture.case import PictureCase
from detector.web.picture.orientation import near_text, wind
from detector.web.picture.places import local_clock, offset_text, zone_at
from detector.web.replay_map.fields import Field, field_near, field_of
from detector.web.replay_map.lines import KeyPoint, Way
from detector.web.replay_map.words import (
    RULES,
    aircraft_text,
    callsign_text,
    contradiction_text,
    dated_interval_text,
    day_clock,
    ground_time_text,
    held_text,
    meaning,
    off_field_text,
    probability_text,
    readable,
    stands,
)

Fact = tuple[str, str]
"""(heading, words)."""
STEPS = 4
"""Of a journey: the first ones and the last."""
CANDIDATES = 6
AT_FIELD_FT = 3_000.0
"""A track that begins lower than this above a field may have begun there,"""
CLIMB_S, CLIMB_FT = 300.0, 1_000.0
"""if so long after it is so much higher."""


def facts(case: PictureCase, way: Way | None) -> list[Fact]:
    """In the order in which a reader asks; none with empty words."""
    stop, airports = case.alert.stop, case.airports
    field = field_of(airports, stop.airport)
    zone = None if field is None else zone_at(field.latitude_deg, field.longitude_deg)
    told = [
        ("Aircraft", _aircraft(stop)),
        ("Flight in", "" if way is None else _flight_in(way, stop, airports)),
        *_times(stop, zone),
        ("Flight out", "" if way is None else _flight_out(way, stop, airports)),
        ("Afterwards", _afterwards(case.alert.journey, airports)),
        ("How sure", f"Level {int(stop.level)} of 4, {stop.kind}: {meaning(stop)}."),
        ("Against it", contradiction_text(stop)),
        ("Held back", held_text(stop)),
        (*_where(stop, field, airports),),
        ("The silence", _silence(case)),
        ("Why it stands out", _findings(stop)),
    ]
    return [(heading, words) for heading, words in told if words]


def _aircraft(stop: Stop) -> str:
    parts = (aircraft_text(stop), callsign_text(stop) and f"call sign {callsign_text(stop)}", stop.operator)
    return ", ".join(part for part in parts if part)


def _times(stop: Stop, zone: zoneinfo.ZoneInfo | None) -> list[Fact]:
    if not stands(stop):
        landed, left, stayed = "Would have landed", "Would have left", "Would have been on the ground"
    elif stop.level is Level.DARK:
        landed, left, stayed = "If it landed", "If so, it left", "If so, on the ground"
    else:
        landed, left, stayed = "Landed", "Left", "On the ground"
    guess = stop.level is not Level.DARK
    stay = "" if stop.ground_time is None else ground_time_text(stop.ground_time, guess=guess)
    gone = "not heard leaving" if stop.departed is None and stands(stop) else ""
    return [
        (landed, _when(stop, stop.landed, zone)),
        (left, gone if stop.departed is None else _when(stop, stop.departed, zone)),
        (stayed, stay),
    ]


def _when(stop: Stop, moment: Moment, zone: zoneinfo.ZoneInfo | None) -> str:
    """By the clock of the world, then by that of the place, then whether anybody saw it."""
    words = dated_interval_text(moment, guess=stop.level is not Level.DARK)
    seen = words.endswith(", seen")
    words = f"{words.removesuffix(', seen')} UTC"
    if zone is not None:
        words += f" ({_local(moment, zone)} local time, {offset_text(moment.estimate, zone)})"
    if not stands(stop):
        return words
    return words + (", seen" if seen else ", not seen")


def _local(moment: Moment, zone: zoneinfo.ZoneInfo) -> str:
    if moment.earliest is None:
        return f"before {local_clock(moment.latest, zone)}"
    first, last = local_clock(moment.earliest, zone), local_clock(moment.latest + 59.0, zone)
    if moment.observed and moment.latest - moment.earliest < 60.0:
        return local_clock(moment.estimate, zone)
    return f"{first} to {last}"


def _flight_in(way: Way, stop: Stop, airports: Airports) -> str:
    before = [point for point in _heard_ends(way) if point.at <= stop.landed.latest]
    if not before:
        return ""
    flight = [point for point in before if point.leg == before[-1].leg]
    first, last = flight[0], flight[-1]
    words = _began(way, first, stop, airports)
    if last is not first and not stop.landed.observed:
        words += f"; last heard {_at(last, stop, airports)}"
    return f"{words}."


def _flight_out(way: Way, stop: Stop, airports: Airports) -> str:
    if stop.departed is None:
        return ""
    since = stop.departed.latest if stop.departed.earliest is None else stop.departed.earliest
    after = [point for point in _heard_ends(way) if point.at >= since]
    if not after:
        return ""
    flight = [point for point in after if point.leg == after[0].leg]
    first, last = flight[0], flight[-1]
    seen = stop.departed.observed
    words = f"heard {'from' if seen else 'again'} {_at(first, stop, airports)}"
    target = next((other for other in way.stops if other.landed.estimate > since), None)
    if target is not None and target.airport is not None:
        field = field_of(airports, target.airport)
        name = target.airport if field is None else f"{field.short} ({field.code})"
        about = "" if target.landed.observed else "about "
        words += f"; landed at {name} {about}{day_clock(target.landed.estimate)}"
    elif last is not first:
        words += f"; last heard {day_clock(last.at)}{_height(last)}"
    return f"{words}."


def _heard_ends(way: Way) -> list[KeyPoint]:
    return sorted(way.points, key=lambda point: point.at)


def _began(way: Way, first: KeyPoint, stop: Stop, airports: Airports) -> str:
    """Where the flight came from, as far as that was heard."""
    origin = way.stops[first.leg - 1] if 0 < first.leg <= len(way.stops) else None
    known = origin is not None and origin.id != stop.id
    if known and origin is not None and origin.airport is not None and origin.departed is not None:
        field = field_of(airports, origin.airport)
        name = origin.airport if field is None else f"{field.short} ({field.code})"
        about = "" if origin.departed.observed else "about "
        return f"left {name} {about}{day_clock(origin.departed.estimate)}"
    if way.track.cut and first.at <= float(way.track.at[0]):
        return f"its track was kept from {day_clock(first.at)}{_height(first)}"
    heard = f"first heard {_at(first, stop, airports)}"
    near = field_near(airports, first.latitude_deg, first.longitude_deg)
    if near is None or not _climbs_from(way.track, first, float(airports.elevation_ft[near.index])):
        return heard
    return f"first heard {day_clock(first.at)}{_height(first)}, climbing away from {near.short} ({near.code})"


def _climbs_from(track: Track, first: KeyPoint, elevation_ft: float) -> bool:
    """Whether a track begins low above a field and goes up from there: one that begins low may as well be landing."""
    if first.altitude_ft is None or first.altitude_ft > elevation_ft + AT_FIELD_FT:
        return False
    soon = (track.at >= first.at) & (track.at <= first.at + CLIMB_S)
    altitudes = track.altitude_ft[soon & ~np.isnan(track.altitude_ft)]
    return len(altitudes) > 0 and float(altitudes[-1]) >= first.altitude_ft + CLIMB_FT


def _at(point: KeyPoint, stop: Stop, airports: Airports) -> str:
    field = field_of(airports, stop.airport)
    away = ""
    if field is not None:
        distance = distance_nm(point.latitude_deg, point.longitude_deg, field.latitude_deg, field.longitude_deg)
        away = f", {distance:.0f} NM from the field"
    return f"{day_clock(point.at)}{_height(point)}{away}"


def _height(point: KeyPoint) -> str:
    return "" if point.altitude_ft is None else f" at {point.altitude_ft:,.0f} ft"


def _afterwards(journey: Sequence[JourneyStep], airports: Airports) -> str:
    """The journey after the flight out, which is told before."""
    steps = list(journey)
    if len(steps) > 1 and steps[0].kind == "leg" and steps[1].kind == "stop":
        steps = steps[1:]
    if len(steps) > STEPS:
        steps = [*steps[: STEPS - 2], *steps[-2:]]
    return " ".join(f"{_step(step, airports)}." for step in steps)


def _step(step: JourneyStep, airports: Airports) -> str:
    if step.kind == "stop":
        field = field_of(airports, step.airport)
        name = step.airport or "A place not known" if field is None else f"{field.short} ({field.code})"
        left = "not heard leaving" if step.until is None else f"left {day_clock(step.until)}"
        level = "" if step.level is None else f" (level {step.level})"
        return f"{name}: landed {day_clock(step.at)}, {left}{level}"
    words = f"In flight from {day_clock(step.at)}"
    if step.until is not None:
        words += f"; last heard {day_clock(step.until)}"
        words += f", {near_text(step)}" if step.near else ""
        words += "" if step.altitude_ft is None else f", at {step.altitude_ft:,.0f} ft"
        words += "" if step.track_deg is None else f", heading {wind(step.track_deg)} ({step.track_deg:.0f}\u00b0)"
    return words


def _where(stop: Stop, field: Field | None, airports: Airports) -> Fact:
    """The choice of fields, where there is one."""
    if off_field_text(stop):
        return "Where", f"at no field of the tables: {off_field_text(stop)}."
    others = [candidate for candidate in stop.candidates if candidate.airport != stop.airport]
    if not others:
        return "Where", ""
    names = []
    for candidate in others[:CANDIDATES]:
        found = field_of(airports, candidate.airport)
        name = candidate.airport if found is None else f"{found.short} ({found.code})"
        names.append(f"{name} {probability_text(candidate.probability, stop)}")
    more = "" if len(others) <= CANDIDATES else f" and {len(others) - CANDIDATES} more"
    if field is None and stop.airport is None:
        heading = "Fields within reach, none is named" if stop.level is Level.DARK else "Fields that fit, none is named"
        return heading, f"{', '.join(names)}{more}."
    return "Other fields that fit", f"{', '.join(names)}{more}."


def _silence(case: PictureCase) -> str:
    gap = case.silence
    if gap is None:
        return ""
    until = "now" if gap.end is None else day_clock(gap.end)
    lasted = "" if gap.end is None else f", {duration_text(gap.end - gap.begin)}"
    return f"{day_clock(gap.begin)} to {until} UTC{lasted}. {gap.reason[:1].upper()}{gap.reason[1:]}."


def _findings(stop: Stop) -> str:
    return "; ".join(f"{readable(f.rule, RULES)} ({f.certainty})" for f in stop.findings)
