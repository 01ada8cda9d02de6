"""Directions painted on runways, read as degrees.

ICAO Annex 14, 5.2.2: the designation is the magnetic azimuth in whole tens of degrees. In the tables one also meets
plain degrees with three digits, one-digit numbers, and compass letters for grass and water.
"""

from __future__ import annotations

import re

COMPASS = {
    "N": 0.0, "NNE": 22.5, "NE": 45.0, "ENE": 67.5, "E": 90.0, "ESE": 112.5, "SE": 135.0, "SSE": 157.5,
    "S": 180.0, "SSW": 202.5, "SW": 225.0, "WSW": 247.5, "W": 270.0, "WNW": 292.5, "NW": 315.0, "NNW": 337.5,
}  # fmt: skip
DESIGNATOR = re.compile(r"(\d{1,3})[A-Z]*$")


def heading_of_ident(ident: str) -> float | None:
    """Direction of a runway end from its designator: "17" -> 170, "058" -> 58, "NE" -> 45; None if it tells none.

    Magnetic where it is a number: off the true heading by the variation of the place (up to 30 degrees).
    """
    ident = ident.strip().upper()
    if ident in COMPASS:
        return COMPASS[ident]
    match = DESIGNATOR.match(ident)
    if match is None:
        return None
    value = int(match[1])
    if len(match[1]) == 3:
        return value % 360.0 if value <= 360 else None
    return value * 10.0 % 360.0 if 1 <= value <= 36 else None
