"""What a field does not do from one table to the next: signs that a row is wrong, and not the table in use."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.domain.geo import EARTH_RADIUS_NM, distances_nm
from detector.reference.airports import Airports
from detector.reference.table import UDEG, AirportTable

FloatArray = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

SAME_PLACE_NM = 5.0
"""Published places of one field differ by no more than this (as far as from a runway's middle to its field)."""
SAME_SPOT_NM = 0.1
"""Nearer than this a field that was put to its runway is where it was put before."""
MOST_MOVED_NM = 50.0
"""No airport is built anew so far away under its old code."""
MOST_RAISED_FT = 2_000.0
ALONE_NM, NOT_ALONE_NM = 1_500.0, 300.0
"""A new field so far from all others of its country is there by mistake, if exchanged it lies among them."""


class Suspicion(StrEnum):
    """Why a row that can be read is not taken over. The value is the label in counts."""

    EXCHANGED = "exchanged"
    """Latitude and longitude are."""
    MOVED = "moved"
    """By more than MOST_MOVED_NM."""
    OFF_ITS_RUNWAYS = "off_its_runways"
    """It moved away from the runways that it had, and the new table tells of none where it is now."""
    COUNTRY = "country"
    """It moved, and into another country."""
    ELEVATION = "elevation"
    """Changed by more than MOST_RAISED_FT."""
    RUNWAYS_GONE = "runways_gone"
    """It had runways, has none in the new table, and is not said to be closed."""
    OFF_ITS_PLACE = "off_its_place"
    """Published away from its own runways, which lie where it was."""
    RUNWAY_ASTRAY = "runway_astray"
    """A runway of it is published where it cannot lie, and lay at the field before."""
    WATCHED_GONE = "watched_gone"
    """On a watch list, and not in the new table."""


class Pairs:
    """Fields that both tables have: `rows` (m, 2) are their rows, places in degrees, `moved_nm` how far apart."""

    def __init__(self, old: AirportTable, new: AirportTable, rows: Rows) -> None:
        self.old, self.new, self.rows = old, new, rows
        i, j = rows.T
        self.was = old.lat_udeg[i] / UDEG, old.lon_udeg[i] / UDEG
        self.now = new.lat_udeg[j] / UDEG, new.lon_udeg[j] / UDEG
        self.moved_nm = distances_nm(*self.was, *self.now)
        self.had_runways, self.has_runways = np.diff(old.runway_start)[i] > 0, np.diff(new.runway_start)[j] > 0
        self.closed = new.closed[j]
        self.raised_ft = new.elevation_ft[j].astype(np.float64) - old.elevation_ft[i]


def doubtful(
    pairs: Pairs, witnessed: Collection[str], accept_moves: bool, astray: Collection[str] = ()
) -> list[tuple[int, Suspicion, str]]:
    """Row in the new table, reason and words for every field that changed as fields do not.

    `witnessed`: codes of fields that were put where their runway is; `astray`: of those with a runway published
    where it cannot lie.
    """
    crossed = distances_nm(*pairs.was, pairs.now[1], pairs.now[0])
    moved = pairs.moved_nm > SAME_PLACE_NM
    bare = pairs.had_runways & ~pairs.has_runways & ~pairs.closed
    told = np.array(
        [pairs.new.codes[j] in witnessed or pairs.new.codes[j] in astray for j in pairs.rows[:, 1]], np.bool_
    )
    looked_at = np.flatnonzero(moved | bare | told | (np.abs(pairs.raised_ft) > MOST_RAISED_FT))
    found = []
    for k in looked_at.tolist():
        i, j = pairs.rows[k].tolist()
        nm = float(pairs.moved_nm[k])
        way = f"{_place(pairs.was, k)} to {_place(pairs.now, k)}"
        before, after = pairs.old.countries[i], pairs.new.countries[j]
        if moved[k] and crossed[k] <= SAME_PLACE_NM:
            found.append((j, Suspicion.EXCHANGED, f"latitude and longitude exchanged: {way}"))
        elif nm > MOST_MOVED_NM and not accept_moves and pairs.new.codes[j] not in witnessed:
            found.append((j, Suspicion.MOVED, f"moved by {nm:,.0f} NM: {way}"))
        elif moved[k] and not accept_moves and pairs.had_runways[k] and not pairs.has_runways[k]:
            text = f"moved by {nm:,.0f} NM, away from its runways (does --runways tell of others?): {way}"
            found.append((j, Suspicion.OFF_ITS_RUNWAYS, text))
        elif moved[k] and before != after:
            found.append((j, Suspicion.COUNTRY, f"moved by {nm:,.0f} NM, and from {before} to {after}: {way}"))
        elif not moved[k] and after and pairs.new.codes[j] in witnessed and nm > SAME_SPOT_NM:
            found.append(
                (
                    j,
                    Suspicion.OFF_ITS_PLACE,
                    f"published away from its own runways, which lie where it was: {_place(pairs.was, k)}",
                )
            )
        elif pairs.new.codes[j] in astray and _exact(pairs.new, j) < _exact(pairs.old, i):
            found.append((j, Suspicion.RUNWAY_ASTRAY, "a runway of it is published where it cannot lie"))
        elif abs(pairs.raised_ft[k]) > MOST_RAISED_FT:
            feet = f"{pairs.old.elevation_ft[i]:,} ft to {pairs.new.elevation_ft[j]:,} ft"
            found.append((j, Suspicion.ELEVATION, f"elevation changed: {feet}"))
        elif bare[k] and not moved[k]:
            had = int(pairs.old.runway_start[i + 1] - pairs.old.runway_start[i])
            text = f"its {had} runways are not in the new table" if had > 1 else "its runway is not in the new table"
            found.append((j, Suspicion.RUNWAYS_GONE, text))
    return found


def _exact(table: AirportTable, i: int) -> int:
    """How many runways of a field have their ends as published."""
    rows = slice(int(table.runway_start[i]), int(table.runway_start[i + 1]))
    return int((~table.runway_estimated[rows]).sum())


def exchanged_anew(old: Airports, new: AirportTable, fresh: Rows) -> list[tuple[int, Suspicion, str]]:
    """The same for fields not in the old table, far from their country, and in it with the two numbers exchanged."""
    # Imported on first use: it takes 0.3 s, and most runs have no use for it.
    from scipy.spatial import KDTree  # noqa: PLC0415

    of_country: dict[str, list[int]] = {}
    for j in fresh.tolist():
        of_country.setdefault(new.countries[j], []).append(j)
    found = []
    for country, rows in of_country.items():
        others = np.array(old.in_country(country), np.intp)
        if not country or not len(others):
            continue
        tree = KDTree(_unit_vectors(old.lat[others], old.lon[others]))
        lat, lon = new.lat_udeg[rows] / UDEG, new.lon_udeg[rows] / UDEG
        possible = np.abs(lon) <= 90.0
        alone = _nearest_nm(tree, lat, lon) > ALONE_NM
        for k in np.flatnonzero(alone & possible).tolist():
            if _nearest_nm(tree, lon[k : k + 1], lat[k : k + 1])[0] <= NOT_ALONE_NM:
                text = f"far from {country}, and in it with latitude and longitude exchanged: {_place((lat, lon), k)}"
                found.append((rows[k], Suspicion.EXCHANGED, text))
    return found


def _nearest_nm(tree: Any, lat: FloatArray, lon: FloatArray) -> FloatArray:
    chord, _ = tree.query(_unit_vectors(lat, lon))
    distance: FloatArray = 2.0 * EARTH_RADIUS_NM * np.arcsin(np.minimum(chord / 2.0, 1.0))
    return distance


def _unit_vectors(lat: FloatArray, lon: FloatArray) -> FloatArray:
    """Points in degrees as (n, 3) on the unit sphere, where a chord grows with the distance on the ground."""
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def _place(places: tuple[FloatArray, FloatArray], k: int) -> str:
    return f"{places[0][k]:.4f} {places[1][k]:.4f}"
