#!/usr/bin/env python3
"""Build `detector/reference/data/airports.npz` from the tables in `data/reference/`.

    python scripts/build_reference.py [--check]

Fields come from the standing-data table, runways from OurAirports (sources and licences: `data/README.md`).
`--check` writes nothing and fails if the packed table is not what the sources give.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from detector.domain.geo import angle_between_deg, bearing_deg, destination, distance_nm  # noqa: E402
from detector.domain.units import FT_PER_NM  # noqa: E402
from detector.reference.headings import heading_of_ident  # noqa: E402
from detector.reference.table import CENTIDEG, KINDS, SURFACES, UDEG, AirportTable, Kind, Surface  # noqa: E402

SOURCES = ROOT / "data" / "reference"
TARGET = ROOT / "detector" / "reference" / "data" / "airports.npz"

MAX_MIDPOINT_NM = 5.0
"""A runway whose middle lies further from its field has a wrong position (99.5 % of them lie within 2.7 NM)."""
MIN_WITNESS_FT = 3000
"""A runway shorter than this does not move its field: strips of farms share and swap their identifiers."""
LENGTH_RATIO = (0.4, 2.5)
"""Distance between the ends over the stated length; outside, the positions are wrong (99 % lie within 0.7 to 1.3)."""

PAVED = re.compile(r"ASP|CON|BIT|PEM|PAV|TARMAC|MAC|CEM|PSP|MET|BRICK|^[CB]$", re.I)
UNPAVED = re.compile(
    r"TURF|GR|GVL|GRV|DIRT|EARTH|EAR|SAND|CLAY|SOIL|SOD|LATER|PI[CÇ]|CORAL|ICE|SNOW|SALT|COP|TER|RED|MUD|^[GLSN]$", re.I
)
PAD_IDENT = re.compile(r"^(H(I|-.*|\d+[A-Z]?)?|\d+H|PAD.*|HELI.*)$", re.I)


@dataclass(frozen=True)
class RunwayRow:
    """One open runway of a field, ends resolved."""

    le_ident: str
    he_ident: str
    le: tuple[float, float]
    he: tuple[float, float]
    le_elevation_ft: float
    he_elevation_ft: float
    le_heading: float
    he_heading: float
    length_ft: int
    surface: Surface
    estimated: bool


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float | None:
    return float(text) if text else None


def surface_of(text: str) -> Surface:
    """The free text of OurAirports (665 spellings) in four classes; the first part of a mixed surface decides."""
    if text[:3].upper() == "WAT":
        return Surface.WATER
    paved, unpaved = PAVED.search(text), UNPAVED.search(text)
    if paved and (not unpaved or paved.start() < unpaved.start()):
        return Surface.PAVED
    return Surface.UNPAVED if unpaved else Surface.UNKNOWN


def is_pad(row: dict[str, str]) -> bool:
    """A helicopter pad: named H1, or one-ended and shorter than any runway."""
    if PAD_IDENT.match(row["le_ident"]) and not row["he_ident"]:
        return True
    return not row["he_ident"] and 0 < int(row["length_ft"] or 0) < 400


def reverse_ident(ident: str) -> str:
    return {"N": "S", "S": "N", "E": "W", "W": "E", "NE": "SW", "SW": "NE", "NW": "SE", "SE": "NW"}.get(ident, "")


def ends_of(row: dict[str, str]) -> tuple[float, float, float, float] | None:
    """Both published ends, (lat, lon, lat, lon), if they fit the length and the painted direction of the runway."""
    a, b = number(row["le_latitude_deg"]), number(row["le_longitude_deg"])
    c, d = number(row["he_latitude_deg"]), number(row["he_longitude_deg"])
    if a is None or b is None or c is None or d is None:
        return None
    span_ft = distance_nm(a, b, c, d) * FT_PER_NM
    length_ft = int(row["length_ft"] or 0) or span_ft
    if not span_ft or not LENGTH_RATIO[0] * length_ft <= span_ft <= LENGTH_RATIO[1] * length_ft:
        return None
    return a, b, c, d


def place_of(field: dict[str, str], mine: list[dict[str, str]], notes: Counter[str]) -> tuple[float, float]:
    """Where the field is: as published, unless a runway says otherwise and is sure of it.

    Some fields have latitude and longitude exchanged, a lost sign, or the place of an airport since closed. Where the
    ends of the longest runway fit its length within a quarter and its painted direction within 40 degrees, and still
    lie more than MAX_MIDPOINT_NM away, two sets of numbers agree against one, and the runway wins.
    """
    lat, lon = float(field["Latitude"]), float(field["Longitude"])
    for row in sorted(mine, key=lambda row: -int(row["length_ft"] or 0)):
        ends, named, length_ft = ends_of(row), heading_of_ident(row["le_ident"]), int(row["length_ft"] or 0)
        if ends is None or named is None or length_ft < MIN_WITNESS_FT:
            continue
        fits_length = 0.8 < distance_nm(*ends) * FT_PER_NM / length_ft < 1.25
        if fits_length and angle_between_deg(bearing_deg(*ends), named) < 40:
            middle = (ends[0] + ends[2]) / 2, (ends[1] + ends[3]) / 2
            moved_nm = distance_nm(lat, lon, *middle)
            if moved_nm <= MAX_MIDPOINT_NM:
                break
            notes["fields moved to their runway"] += 1
            print(f"  moved {field['Code']} {field['Name']} by {moved_nm:.0f} NM to {middle[0]:.4f} {middle[1]:.4f}")
            return middle
    return lat, lon


def runway_of(
    row: dict[str, str],
    place: tuple[float, float],
    elevation: float,
    notes: Counter[str],
) -> RunwayRow | None:
    """The runway with both ends placed, or None where its direction or its length is not known."""
    named = heading_of_ident(row["le_ident"])
    if named is None and (from_high := heading_of_ident(row["he_ident"])) is not None:
        named = (from_high + 180) % 360
    length_ft = int(row["length_ft"] or 0)
    le = he = None
    ends = ends_of(row)
    if ends is not None and distance_nm(*place, (ends[0] + ends[2]) / 2, (ends[1] + ends[3]) / 2) > MAX_MIDPOINT_NM:
        notes["positions far from the field"] += 1
    elif ends is not None:
        length_ft = length_ft or round(distance_nm(*ends) * FT_PER_NM)
        le, he = ends[:2], ends[2:]
        if named is not None and angle_between_deg(bearing_deg(*ends), named) > 90:
            # The ends are entered the wrong way round; the painted number is what pilots and controllers use.
            le, he = he, le
            notes["ends swapped"] += 1
    if not length_ft:
        notes["left out: no length"] += 1
        return None
    estimated = le is None
    if le is None or he is None:
        heading = number(row["le_heading_degT"])
        if heading is None or (named is not None and angle_between_deg(heading, named) > 60):
            heading = named
        if heading is None:
            notes["left out: no direction"] += 1
            return None
        half_nm = length_ft / FT_PER_NM / 2
        le, he = destination(*place, heading + 180, half_nm), destination(*place, heading, half_nm)
        notes["estimated"] += 1
    le_elevation, he_elevation = number(row["le_elevation_ft"]), number(row["he_elevation_ft"])
    return RunwayRow(
        row["le_ident"],
        row["he_ident"] or reverse_ident(row["le_ident"]),
        le,
        he,
        elevation if le_elevation is None else le_elevation,
        elevation if he_elevation is None else he_elevation,
        bearing_deg(*le, *he),
        bearing_deg(*he, *le),
        length_ft,
        surface_of(row["surface"]),
        estimated,
    )


def kind_of(runways: list[RunwayRow], has_pads: bool, name: str) -> Kind:
    if any(runway.surface is not Surface.WATER for runway in runways):
        return Kind.AIRPORT
    if runways:
        return Kind.WATER
    if has_pads or re.search(r"heli(port|pad|stop)", name, re.I):
        return Kind.HELIPORT
    return Kind.NO_RUNWAY


def build() -> tuple[AirportTable, Counter[str]]:
    notes: Counter[str] = Counter()
    fields = sorted(rows(SOURCES / "airports.csv.gz"), key=lambda row: row["Code"])
    open_rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(SOURCES / "runways.csv.gz"):
        if row["closed"] == "1":
            notes["closed"] += 1
        else:
            open_rows[row["airport_ident"]].append(row)
    runways: list[list[RunwayRow]] = []
    kinds: list[Kind] = []
    places: list[tuple[float, float]] = []
    for field in fields:
        mine = open_rows.pop(field["Code"], [])
        pads = [row for row in mine if is_pad(row)]
        strips = [row for row in mine if not is_pad(row)]
        place = place_of(field, strips, notes)
        resolved = [runway_of(row, place, float(field["AltitudeFeet"]), notes) for row in strips]
        kept = sorted((r for r in resolved if r is not None), key=lambda r: (-r.length_ft, r.le_ident, r.he_ident))
        notes["pads"] += len(pads)
        runways.append(kept)
        places.append(place)
        kinds.append(kind_of(kept, bool(pads), field["Name"]))
    notes["fields without a position (left out)"] = len(open_rows)
    notes.update(f"kind {kind}" for kind in kinds)
    return table_of(fields, places, kinds, runways), notes


def table_of(
    fields: list[dict[str, str]],
    places: list[tuple[float, float]],
    kinds: list[Kind],
    runways: list[list[RunwayRow]],
) -> AirportTable:
    def ints(values: Iterable[float], dtype: type, scale: int = 1) -> np.ndarray:
        # Rounding to the grid hides the last bits, in which mathematical libraries differ.
        return np.array([round(value * scale) for value in values], dtype)

    def text(name: str) -> tuple[str, ...]:
        return tuple(" ".join(field[name].split()) for field in fields)

    flat = [runway for mine in runways for runway in mine]
    longest = [max((r.length_ft for r in mine if r.surface is not Surface.WATER), default=0) for mine in runways]
    return AirportTable(
        codes=text("Code"),
        names=text("Name"),
        icao=text("ICAO"),
        iata=text("IATA"),
        places=text("Location"),
        countries=text("CountryISO2"),
        lat_udeg=ints((lat for lat, _ in places), np.int32, UDEG),
        lon_udeg=ints((lon for _, lon in places), np.int32, UDEG),
        elevation_ft=ints((float(field["AltitudeFeet"]) for field in fields), np.int16),
        longest_runway_ft=ints(longest, np.int32),
        kind=ints((KINDS.index(kind) for kind in kinds), np.uint8),
        runway_start=np.concatenate([[0], np.cumsum([len(mine) for mine in runways])]).astype(np.int32),
        le_ident=tuple(r.le_ident for r in flat),
        he_ident=tuple(r.he_ident for r in flat),
        le_lat_udeg=ints((r.le[0] for r in flat), np.int32, UDEG),
        le_lon_udeg=ints((r.le[1] for r in flat), np.int32, UDEG),
        he_lat_udeg=ints((r.he[0] for r in flat), np.int32, UDEG),
        he_lon_udeg=ints((r.he[1] for r in flat), np.int32, UDEG),
        le_elevation_ft=ints((r.le_elevation_ft for r in flat), np.int16),
        he_elevation_ft=ints((r.he_elevation_ft for r in flat), np.int16),
        le_heading_cdeg=ints((r.le_heading for r in flat), np.uint16, CENTIDEG),
        he_heading_cdeg=ints((r.he_heading for r in flat), np.uint16, CENTIDEG),
        runway_length_ft=ints((r.length_ft for r in flat), np.int32),
        runway_surface=ints((SURFACES.index(r.surface) for r in flat), np.uint8),
        runway_estimated=np.array([r.estimated for r in flat], np.bool_),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the packed airports table.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the packed table is out of date")
    check = parser.parse_args().check
    table, notes = build()
    packed = table.to_bytes()
    for note, count in sorted(notes.items()):
        print(f"{count:7,}  {note}")
    print(f"{len(table.codes):7,}  fields, {len(table.le_ident):,} runways, {len(packed):,} bytes")
    if not check:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_bytes(packed)
        return 0
    # Columns are compared, not bytes: another zlib packs the same columns into other bytes.
    shipped = AirportTable.from_bytes(TARGET.read_bytes())
    stale = [
        name
        for name in AirportTable.__annotations__
        if not np.array_equal(np.asarray(getattr(shipped, name)), np.asarray(getattr(table, name)))
    ]
    if stale:
        print(f"{TARGET.relative_to(ROOT)} is out of date in {', '.join(stale)}: run without --check", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
