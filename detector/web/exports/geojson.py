"""One alert as GeoJSON (RFC 7946): WGS 84, longitude first, lines cut at 180 degrees.

No heights stand among the coordinates: the RFC wants metres above the ellipsoid, and pressure altitudes are not that.
They are in the properties, whose names carry their units.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
import numpy as np

from detector.domain.times import iso
from detector.domain.wire import alert_line
from detector.web.exports.content import WHAT, Event, Piece, events, pieces, way
from detector.web.picture.case import PictureCase
from detector.web.replay_map.lines import Kind, Line, Way

DIGITS = 5
"""Of degrees: a metre."""


def geojson(case: PictureCase) -> bytes:
    """A FeatureCollection; its foreign member `alert` is the alert as other programs read it (`detector.alert/1`)."""
    found = way(case)
    features = [] if found is None else [_line(found, line) for line in found.lines]
    features += [_event(event) for event in events(case, found)]
    document = {
        "type": "FeatureCollection",
        "features": [feature for feature in features if feature is not None],
        "alert": msgspec.json.decode(alert_line(case.alert)),
        "recording": case.recording,
        "program": case.program,
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")


def _line(way: Way, line: Line) -> dict[str, Any] | None:
    parts = pieces(way.track, line)
    if not parts:
        return None
    several = len(parts) > 1
    places = [_coordinates(part) for part in parts]
    properties: dict[str, Any] = {
        "kind": str(line.kind),
        "what": WHAT[line.kind],
        "observed": line.kind is Kind.HEARD,
        "icao24": way.track.icao24,
        "callsign": way.track.callsign,
        "flight": line.leg + 1,
        "from_utc": iso(line.at[0]),
        "until_utc": iso(line.at[1]),
    }
    if line.kind is Kind.HEARD:
        times, heights = [_times(part) for part in parts], [_heights(part) for part in parts]
        properties |= {
            "times_utc": times if several else times[0],
            "altitudes_baro_ft": heights if several else heights[0],
        }
    kind = "MultiLineString" if several else "LineString"
    geometry = {"type": kind, "coordinates": places if several else places[0]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _coordinates(piece: Piece) -> list[list[float]]:
    pairs = zip(piece.longitude_deg.tolist(), piece.latitude_deg.tolist(), strict=True)
    return [[round(lon, DIGITS), round(lat, DIGITS)] for lon, lat in pairs]


def _times(piece: Piece) -> list[str | None]:
    return [None if np.isnan(at) else iso(at) for at in piece.at.tolist()]


def _heights(piece: Piece) -> list[int | None]:
    return [None if np.isnan(ft) else round(ft) for ft in piece.altitude_ft.tolist()]


def _event(event: Event) -> dict[str, Any]:
    place = None
    if event.latitude_deg is not None and event.longitude_deg is not None:
        lon = (event.longitude_deg + 180.0) % 360.0 - 180.0
        place = {"type": "Point", "coordinates": [round(lon, DIGITS), round(event.latitude_deg, DIGITS)]}
    properties = {
        "kind": event.kind,
        "what": event.words,
        "observed": event.observed,
        "at_utc": None if event.at is None else iso(event.at),
        "earliest_utc": None if event.earliest is None else iso(event.earliest),
        "latest_utc": None if event.latest is None else iso(event.latest),
        "altitude_baro_ft": None if event.altitude_ft is None else round(event.altitude_ft),
        "airport": event.airport,
        "probability": None if event.probability is None else round(event.probability, 3),
    }
    told = {name: value for name, value in properties.items() if value is not None}
    return {"type": "Feature", "geometry": place, "properties": told}
