"""Ground contact where a field without a runway, or one that is closed, lies beside an open airport."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from detector.domain.geo import destination
from detector.domain.times import parse_iso
from detector.movements import fits
from detector.movements.settings import MovementSettings
from detector.reference import Airports, Kind, Surface
from detector.reference.corrections import AirportCorrection, RunwayCorrection, corrected
from tests.movements.worlds import airports

AT = parse_iso("2024-05-06")
S = MovementSettings()
TOULOUSE = "LFBO"
STRIP = (RunwayCorrection("14/32", 9000, surface=Surface.PAVED),)


def beside_the_runway(nm: float) -> tuple[float, float]:
    """A place so far from the runways of Toulouse, at right angles to them."""
    index = airports().index_of(TOULOUSE)
    assert index is not None
    low, high = airports().runways_of(index)[0].ends
    lat, lon = (low.lat + high.lat) / 2, (low.lon + high.lon) / 2
    sides = (destination(lat, lon, low.heading_deg + turn, nm + more) for turn in (90.0, -90.0) for more in (0.0, 0.2))
    best = min(sides, key=lambda place: abs(airports().distance_to_runways_nm(index, *place) - nm))
    assert airports().distance_to_runways_nm(index, *best) == pytest.approx(nm, abs=0.02)
    return best


def lonely_pad() -> tuple[str, tuple[float, float]]:
    """A heliport without any other field within five miles."""
    for i, kind in enumerate(airports().kinds):
        place = float(airports().lat[i]), float(airports().lon[i])
        if kind is Kind.HELIPORT and len(airports().within(*place, 5.0)) == 1:
            return airports().codes[i], place
    raise AssertionError


def with_field(place: tuple[float, float], nm: float, **values: Any) -> Airports:
    """The table with one more field, so far to the north of a place."""
    lat, lon = destination(*place, 0.0, nm)
    usual = {"name": "Somewhere", "country": "FR", "lat": lat, "lon": lon, "elevation_ft": 499.0}
    given = AirportCorrection(code="XX01", source="written for a test", **{**usual, **values})
    return corrected(airports(), [("a.yaml:1", given)])


def named(place: tuple[float, float], category: str | None, table: Airports, at: float = AT) -> str | None:
    found = fits.candidates(fits.contact_fits(*place, category, at, table, S.field_radius_nm), table, S.candidate_shown)
    return found[0].airport if found and found[0].probability >= 0.5 else None


@pytest.mark.parametrize("category", ["A3", "A5", "A1", None])
def test_an_aircraft_on_an_apron_is_at_the_airport_and_not_on_the_pad_beside_it(category: str | None) -> None:
    apron = beside_the_runway(0.5)
    table = with_field(apron, 0.1, name="Hopital Purpan")
    assert named(apron, category, table) == TOULOUSE
    assert named(apron, "A7", table) == "XX01"


def test_a_helicopter_stays_at_a_heliport_and_an_aeroplane_never_does() -> None:
    code, pad = lonely_pad()
    assert named(pad, "A7", airports()) == code
    assert fits.contact_fits(*pad, "A3", AT, airports(), S.field_radius_nm) == []
    assert named(beside_the_runway(0.5), "A7", airports()) == TOULOUSE


def test_a_helicopter_on_a_meadow_is_not_at_a_pad_a_mile_away() -> None:
    _, pad = lonely_pad()
    meadow = destination(*pad, 30.0, fits.PAD_NM + 0.1)
    assert fits.contact_fits(*meadow, "A7", AT, airports(), S.field_radius_nm) == []


def test_a_closed_field_beside_an_open_one_never_wins() -> None:
    apron = beside_the_runway(0.6)
    for category in ("A3", "A1", "A7", None):
        assert named(apron, category, with_field(apron, 0.05, runways=STRIP)) == "XX01"
        assert named(apron, category, with_field(apron, 0.05, runways=STRIP, closed=True)) == TOULOUSE


def test_a_closed_field_alone_can_still_be_named_and_an_open_one_until_it_closed() -> None:
    apron = beside_the_runway(0.6)
    sea = (46.0, -8.0)
    assert named(sea, "A3", with_field(sea, 0.1, closed=True)) == "XX01"
    closing = with_field(apron, 0.05, closed_from=date(2024, 5, 6), runways=STRIP)
    assert named(apron, "A3", closing, AT - 1.0) == "XX01"
    assert named(apron, "A3", closing, AT) == TOULOUSE


def test_a_strip_without_known_runways_further_away_from_an_airport_is_still_named() -> None:
    place = beside_the_runway(1.5)
    assert named(place, "A1", with_field(place, 0.1)) == "XX01"


def test_a_floatplane_is_on_its_lane_beside_an_airport_and_a_jet_is_not() -> None:
    shore = beside_the_runway(0.6)
    table = with_field(shore, 0.05, runways=(RunwayCorrection("14/32", 4000, surface=Surface.WATER),))
    assert named(shore, "A1", table) == "XX01"
    assert named(shore, "A3", table) == TOULOUSE


def test_an_air_base_known_by_its_outline_alone_counts_as_one_with_a_runway() -> None:
    apron = beside_the_runway(0.9)
    lat, lon = apron
    square = (
        (lat - 0.002, lon - 0.002),
        (lat - 0.002, lon + 0.002),
        (lat + 0.002, lon + 0.002),
        (lat + 0.002, lon - 0.002),
    )
    assert named(apron, "A4", with_field(apron, 0.0, polygon=square)) == "XX01"


def test_a_closed_field_speaks_for_an_approach_no_more_than_one_without_runways() -> None:
    index = airports().index_of(TOULOUSE)
    assert index is not None
    closed = corrected(
        airports(),
        [("a.yaml:1", AirportCorrection(code=TOULOUSE, source="written for a test", closed_from=date(2024, 5, 6)))],
    )
    assert fits.open_runway_ft(index, AT - 1.0, closed) == airports().longest_runway_ft[index]
    assert fits.open_runway_ft(index, AT, closed) == 0.0
    before, after = (fits.field_score(index, 5_000.0, at, closed) for at in (AT - 1.0, AT))
    assert after < before - 3.0
