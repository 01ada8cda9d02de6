"""From a runway as published to one with both ends placed: what its numbers say together, and which are wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from detector.domain.geo import angle_between_deg, bearing_deg, destination, distance_nm
from detector.domain.units import FT_PER_NM
from detector.reference.airport_rows import AirportRow, RunwayRow
from detector.reference.headings import heading_of_ident
from detector.reference.table import Surface

MAX_MIDPOINT_NM = 5.0
"""A runway whose middle lies further from its field has a wrong position (99.5 % of them lie within 2.7 NM)."""
MIN_WITNESS_FT = 3000
"""A runway shorter than this does not move its field: strips of farms share and swap their identifiers."""
ALIKE_FT, WRONG_FT = 300.0, 500.0
"""The ends of the runways of one field lie within the first of each other (but for 0.1 %); a field further than the
second from them has a wrong elevation. 21 of 12,000 have: Lhasa 1,400 ft too high, Xining at sea level."""
LENGTH_RATIO = (0.4, 2.5)
"""Distance between the ends over the stated length; outside, the positions are wrong (99 % lie within 0.7 to 1.3)."""
SHORTEST_FT = 400
"""One-ended and shorter than this, it is a pad."""

PAVED = re.compile(r"ASP|CON|BIT|PEM|PAV|TARMAC|MAC|CEM|PSP|MET|BRICK|^[CB]$", re.I)
UNPAVED = re.compile(
    r"TURF|GR|GVL|GRV|DIRT|EARTH|EAR|SAND|CLAY|SOIL|SOD|LATER|PI[CÇ]|CORAL|ICE|SNOW|SALT|COP|TER|RED|MUD|^[GLSN]$", re.I
)
PAD_IDENT = re.compile(r"^(H(I|-.*|\d+[A-Z]?)?|\d+H|PAD.*|HELI.*)$", re.I)
REVERSE = {"N": "S", "S": "N", "E": "W", "W": "E", "NE": "SW", "SW": "NE", "NW": "SE", "SE": "NW"}

Place = tuple[float, float]


class PlacedRunway(msgspec.Struct, frozen=True):
    """One open runway of a field: ends as (lat, lon), headings true, in degrees."""

    le_ident: str
    he_ident: str
    le: Place
    he: Place
    le_elevation_ft: float
    he_elevation_ft: float
    le_heading_deg: float
    he_heading_deg: float
    length_ft: int
    surface: Surface
    estimated: bool


class MovedField(msgspec.Struct, frozen=True):
    """A field that its runway puts elsewhere than its table does, by so many NM."""

    code: str
    name: str
    distance_nm: float
    lat: float
    lon: float


def surface_of(text: str) -> Surface:
    """The free text of OurAirports (665 spellings) in four classes; the first part of a mixed surface decides."""
    if text[:3].upper() == "WAT":
        return Surface.WATER
    paved, unpaved = PAVED.search(text), UNPAVED.search(text)
    if paved and (not unpaved or paved.start() < unpaved.start()):
        return Surface.PAVED
    return Surface.UNPAVED if unpaved else Surface.UNKNOWN


def is_pad(row: RunwayRow) -> bool:
    """A helicopter pad: named H1, or one-ended and shorter than any runway."""
    if row.he_ident:
        return False
    return PAD_IDENT.match(row.le_ident) is not None or 0 < row.length_ft < SHORTEST_FT


def place_of(field: AirportRow, strips: Sequence[RunwayRow]) -> tuple[Place, MovedField | None]:
    """Where the field is: as published, unless a runway says otherwise and is sure of it.

    Some fields have latitude and longitude exchanged, a lost sign, or the place of an airport since closed. Where the
    ends of the longest runway fit its length within a quarter and its painted direction within 40 degrees, and still
    lie more than MAX_MIDPOINT_NM away, two sets of numbers agree against one, and the runway wins.
    """
    lat, lon = field.lat, field.lon
    for row in sorted(strips, key=lambda row: -row.length_ft):
        ends, named = _ends(row), heading_of_ident(row.le_ident)
        if ends is None or named is None or row.length_ft < MIN_WITNESS_FT:
            continue
        le, he = ends
        fits_length = 0.8 < distance_nm(*le, *he) * FT_PER_NM / row.length_ft < 1.25
        if fits_length and angle_between_deg(bearing_deg(*le, *he), named) < 40:
            middle = (le[0] + he[0]) / 2, (le[1] + he[1]) / 2
            moved_nm = distance_nm(lat, lon, *middle)
            if moved_nm <= MAX_MIDPOINT_NM:
                break
            return middle, MovedField(field.code, field.name, moved_nm, *middle)
    return (lat, lon), None


def elevation_by_runways(elevation_ft: float, ends_ft: Iterable[float]) -> float | None:
    """The elevation of a field, where its runways know better: two ends or more agree with each other, and not with it.

    0 at an end is no elevation: it stands for an unknown one as well. None where the field's own may be right.
    """
    ends = [ft for ft in ends_ft if ft]
    if len(ends) < 2 or max(ends) - min(ends) > ALIKE_FT:
        return None
    middle = (max(ends) + min(ends)) / 2
    return middle if abs(middle - elevation_ft) > WRONG_FT else None


def placed(strips: Iterable[RunwayRow], place: Place, elevation_ft: float, counts: Counter[str]) -> list[PlacedRunway]:
    """Runways of a field at `place`, longest first; those without direction or length are left out, and counted."""
    kept = [runway for row in strips if (runway := _placed(row, place, elevation_ft, counts)) is not None]
    return sorted(kept, key=lambda runway: (-runway.length_ft, runway.le_ident, runway.he_ident))


def laid_through(place: Place, heading_deg: float, length_ft: float) -> tuple[Place, Place]:
    """Both ends of a runway whose middle is `place`."""
    half_nm = length_ft / FT_PER_NM / 2
    return destination(*place, heading_deg + 180, half_nm), destination(*place, heading_deg, half_nm)


def _placed(row: RunwayRow, place: Place, elevation_ft: float, counts: Counter[str]) -> PlacedRunway | None:
    named = heading_of_ident(row.le_ident)
    if named is None and (from_high := heading_of_ident(row.he_ident)) is not None:
        named = (from_high + 180) % 360
    length_ft = row.length_ft
    ends = _ends(row)
    if ends is not None and distance_nm(*place, *_middle(ends)) > MAX_MIDPOINT_NM:
        counts["positions far from the field"] += 1
        ends = None
    elif ends is not None:
        length_ft = length_ft or round(distance_nm(*ends[0], *ends[1]) * FT_PER_NM)
        if named is not None and angle_between_deg(bearing_deg(*ends[0], *ends[1]), named) > 90:
            # The ends are entered the wrong way round; the painted number is what pilots and controllers use.
            ends = ends[1], ends[0]
            counts["ends swapped"] += 1
    if not length_ft:
        counts["left out: no length"] += 1
        return None
    estimated = ends is None
    if ends is None:
        heading = row.le_heading_deg
        if heading is None or (named is not None and angle_between_deg(heading, named) > 60):
            heading = named
        if heading is None:
            counts["left out: no direction"] += 1
            return None
        ends = laid_through(place, heading, length_ft)
        counts["estimated"] += 1
    le, he = ends
    return PlacedRunway(
        row.le_ident,
        row.he_ident or REVERSE.get(row.le_ident, ""),
        le,
        he,
        elevation_ft if row.le_elevation_ft is None else row.le_elevation_ft,
        elevation_ft if row.he_elevation_ft is None else row.he_elevation_ft,
        bearing_deg(*le, *he),
        bearing_deg(*he, *le),
        length_ft,
        surface_of(row.surface),
        estimated,
    )


def _ends(row: RunwayRow) -> tuple[Place, Place] | None:
    """Both published ends, if they fit the stated length of the runway."""
    if row.le is None or row.he is None:
        return None
    span_ft = distance_nm(*row.le, *row.he) * FT_PER_NM
    length_ft = row.length_ft or span_ft
    if not span_ft or not LENGTH_RATIO[0] * length_ft <= span_ft <= LENGTH_RATIO[1] * length_ft:
        return None
    return row.le, row.he


def _middle(ends: tuple[Place, Place]) -> Place:
    return (ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2
