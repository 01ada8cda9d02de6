"""One alert as a table (RFC 4180): a line for each event and each point heard, in the order of time.

A spreadsheet takes a cell that begins with = + - @, a tab or a return for a formula. Texts that do get an apostrophe in
front; numbers are numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

from detector.domain.times import iso
from detector.web.exports.content import Event, events, way
from detector.web.picture.case import PictureCase
from detector.web.replay_map.markup import printable

COLUMNS = (
    "kind", "at_utc", "earliest_utc", "latest_utc", "observed", "latitude_deg", "longitude_deg", "altitude_baro_ft",
    "airport", "probability", "icao24", "registration", "callsign", "words",
)  # fmt: skip
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def csv_table(case: PictureCase) -> bytes:
    """Header and lines, UTF-8, ended by CR LF."""
    stop = case.alert.stop
    callsign = stop.callsign_in or stop.callsign_out or ""
    who = [stop.icao24, stop.registration or "", callsign]
    told = [*events(case, way(case)), *_points(case)]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for event in sorted(told, key=lambda event: (event.at is None, event.at or 0.0, event.kind)):
        writer.writerow([_cell(value) for value in [*_values(event), *who, event.words]])
    return out.getvalue().encode("utf-8", "replace")


def _points(case: PictureCase) -> list[Event]:
    track = case.track
    if track is None:
        return []
    columns = zip(
        track.at.tolist(), track.latitude_deg.tolist(), track.longitude_deg.tolist(), track.altitude_ft.tolist(),
        strict=True,
    )  # fmt: skip
    return [
        Event("position", at, lat, lon, observed=True, altitude_ft=None if np.isnan(ft) else ft)
        for at, lat, lon, ft in columns
    ]


def _values(event: Event) -> Sequence[object]:
    times = [None if at is None else iso(at) for at in (event.at, event.earliest, event.latest)]
    places = [None if value is None else round(value, 5) for value in (event.latitude_deg, event.longitude_deg)]
    height = None if event.altitude_ft is None else round(event.altitude_ft)
    seen = None if event.observed is None else "yes" if event.observed else "no"
    share = None if event.probability is None else round(event.probability, 3)
    return [event.kind, *times, seen, *places, height, event.airport, share]


def _cell(value: object) -> object:
    """A text that no spreadsheet runs; a number as it is."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    clean = " ".join(printable(value).splitlines())
    return f"'{clean}" if value.startswith(DANGEROUS) or clean.startswith(DANGEROUS) else clean
