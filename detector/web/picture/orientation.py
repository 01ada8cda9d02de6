"""What a reader finds their way by: towns, and the town that the end of a journey is told from."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from detector.alerting.journey import WINDS
from detector.domain.alert import JourneyStep
from detector.reference.airports import Airports
from detector.reference.table import Kind
from detector.web.picture import palette
from detector.web.picture.case import PictureCase
from detector.web.picture.panel import Panel
from detector.web.picture.placing import Placer, Words
from detector.web.picture.shapes import circle, rectangle
from detector.web.replay_map.fields import Field, field_of
from detector.web.replay_map.markup import Markup
from detector.web.replay_map.projection import MAX_LATITUDE_DEG
from detector.web.replay_map.words import day_clock

TOWNS = 14
TOWN_RUNWAY_FT = 6_500.0
KNOWN = re.compile(r"\bInt(ernationa)?l\b")
"""In the name of the airport of a town that a reader may know."""
LANDMARK = re.compile(r"\b([A-Z0-9]{3,8}) \((.+)\)$")
"""The field in `26 NM south of UWKD (Kazan)`."""
TOWN_APART = 95.0
TOWN_MARGIN = 22.0


def towns(panel: Panel, airports: Airports, fields: Sequence[Field], placer: Placer) -> list[Markup]:
    """Towns for orientation, where they have an airport: those with the longest runways first, not too close."""
    chosen = (airports.longest_runway_ft >= TOWN_RUNWAY_FT) & ~airports.closed
    chosen &= np.abs(airports.lat) <= MAX_LATITUDE_DEG
    x, y = panel.xy(airports.lat, airports.lon)
    frame = panel.frame
    chosen &= (x > frame.x + TOWN_MARGIN) & (x < frame.x + frame.width - TOWN_MARGIN)
    chosen &= (y > frame.y + TOWN_MARGIN) & (y < frame.y + frame.height - TOWN_MARGIN)
    taken = [panel.point(field.latitude_deg, field.longitude_deg) for field in fields]
    names = {airports.places[field.index] for field in fields}
    parts: list[Markup] = []
    order = sorted(
        np.flatnonzero(chosen & (airports.military == 0)).tolist(),
        key=lambda i: (not KNOWN.search(airports.names[i]), -airports.longest_runway_ft[i], airports.codes[i]),
    )
    count = 0
    for i in order:
        place, at = airports.places[i], (float(x[i]), float(y[i]))
        if not place or not airports.iata[i] or airports.kinds[i] is not Kind.AIRPORT or place in names:
            continue
        if any(np.hypot(at[0] - other[0], at[1] - other[1]) < TOWN_APART for other in taken):
            continue
        if placer.covered(*at):
            continue
        word = placer.place(*at, Words(((place, False),), 10.0, palette.SOFT), beside=True)
        if word:
            parts.append(rectangle(at[0] - 1.8, at[1] - 1.8, 3.6, 3.6, fill=palette.SOFT))
            parts += word
            taken.append(at)
            names.add(place)
            count += 1
        if count == TOWNS:
            break
    return parts


def last_heard(panel: Panel, case: PictureCase, placer: Placer) -> tuple[list[Markup], list[Markup]]:
    """Where the journey led, and the town that this is told from."""
    legs = [step for step in case.alert.journey if step.kind == "leg"]
    step = legs[-1] if legs else None
    if step is None or step.latitude_deg is None or step.longitude_deg is None or step.until is None:
        return [], []
    if not panel.shows(step.latitude_deg, step.longitude_deg, 2.0):
        return [], []
    x, y = panel.point(step.latitude_deg, step.longitude_deg)
    marks = [circle(x, y, 3.8, fill=palette.INK, stroke=palette.PAPER, stroke_width=1.1)]
    first = f"last heard {day_clock(step.until)}" + (f", {near_text(step)}" if step.near else "")
    height = [] if step.altitude_ft is None else [f"{step.altitude_ft:,.0f} ft"]
    heading = [] if step.track_deg is None else [f"heading {wind(step.track_deg)}"]
    lines = [(first, True)] + ([(", ".join(height + heading), False)] if height + heading else [])
    words = placer.place(x, y, Words(tuple(lines), 10.5, palette.INK), must=True)
    town = LANDMARK.search(step.near or "")
    field = None if town is None else field_of(case.airports, town[1])
    if field is not None and town is not None and panel.shows(field.latitude_deg, field.longitude_deg, 4.0):
        x, y = panel.point(field.latitude_deg, field.longitude_deg)
        marks.append(rectangle(x - 1.8, y - 1.8, 3.6, 3.6, fill=palette.SOFT))
        words += placer.place(x, y, Words(((town[2], False),), 10.0, palette.SOFT))
    return marks, words


def near_text(step: JourneyStep) -> str:
    """`26 NM south of Kazan (UWKD)`."""
    return LANDMARK.sub(r"\2 (\1)", step.near or "")


def wind(track_deg: float) -> str:
    """`south-west` of 239 degrees."""
    return WINDS[round(track_deg / 45.0) % len(WINDS)]
