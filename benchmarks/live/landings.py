"""Aircraft that land at listed fields and stay, so that each completes an alert at a wanted time."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from detector.cli.simulate import field_of
from detector.domain.frame import FrameBatch
from detector.domain.geo import destination
from detector.domain.times import from_microseconds
from detector.settings import Configuration
from detector.simulation import Field
from detector.simulation.emission import emit
from detector.simulation.encode import frames
from detector.simulation.flight import Air
from detector.simulation.route import stand_of
from detector.simulation.scenario import Aircraft, Flight, Scenario, Wind
from detector.simulation.timeline import timeline_of

FIRST_ICAO24 = 0x730000
RUNWAY_FT = 6_000.0
APPROACH_NM = 12.0
APPROACH_FT = 3_000.0
"""Where they fly to the runway's axis, and how high above the field."""
APPROACH_KT = 180.0
APART_NM = 0.1
"""Between the stands of two that land at the same field."""
COMPLETE_S = 90.0
"""Shorter ground contact is a touch-and-go (`movements.touch_and_go_s`)."""
HEARD_S = 200.0
"""They are first heard so long before the touchdown, at some 2,700 ft above the field."""


def listed_fields(configuration: Configuration, at: float) -> list[Field]:
    """Fields with a long runway that are listed at that time (Unix s), in the order of the airports table."""
    airports, lists = configuration.airports, configuration.watchlist
    fields = []
    for index in sorted(int(i) for i in lists.indices):
        field = field_of(airports, index, airports.codes[index])
        if lists.entries_for(index, at) and any(end.length_ft >= RUNWAY_FT for end in field.runways):
            fields.append(field)
    return fields


def landings(fields: list[Field], completed_at: list[float], seed: int) -> list[FrameBatch]:
    """One aircraft for each time, taking the fields by turns: all that it sends until ten minutes after the landing."""
    turns = enumerate(completed_at)
    return [_landing(k, fields[k % len(fields)], k // len(fields), at, seed) for k, at in turns]


def _landing(number: int, field: Field, turn: int, completed_at: float, seed: int) -> FrameBatch:
    start = float(int(completed_at) - 1_200)
    runway = max(field.runways, key=lambda end: (end.length_ft, end.ident))
    begin = destination(runway.lat, runway.lon, (runway.heading_deg + 180.0) % 360.0, APPROACH_NM)
    lat, lon = stand_of(field)
    flight = Flight(
        off_block=datetime.fromtimestamp(start, UTC).isoformat(),
        destination=field.code,
        runway_in=runway.ident,
        via=[begin],
        cruise_ft=field.elevation_ft + APPROACH_FT,
        speed_kt=APPROACH_KT,
        # Several on one spot would be taken for false positions.
        stand=destination(lat, lon, runway.heading_deg, APART_NM * turn),
    )
    aircraft = Aircraft(
        icao24=f"{FIRST_ICAO24 + number:06x}",
        callsign=f"STOP{number:03d}",
        category="A3",
        flights=[flight],
        on_before_s=0.0,
        on_after_s=600.0,
    )
    air = Air(0.0, Wind())
    scenario = Scenario(name="load", start=flight.off_block, aircraft=[aircraft], receivers=[])
    timeline = timeline_of(aircraft, {field.code: field}, air, start=start, end=None)
    sent = emit(aircraft, timeline, scenario, air, np.random.default_rng([seed, number]))
    touchdown = next(m.at for m in timeline.movements if m.kind == "landing")
    heard = sent.at >= touchdown - HEARD_S
    at = np.rint((sent.at[heard] + (completed_at - COMPLETE_S - touchdown)) * 1e6).astype(np.int64)
    payload = sent.payload[heard]
    return FrameBatch.of(from_microseconds(at), payload, frames.length_of(payload))
