from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import InputError
from detector.domain.geo import angle_between_deg, distances_nm
from detector.domain.units import M_PER_NM
from detector.reference.airports import Airports, FloatArray, Runway
from detector.reference.table import AirportTable, Kind, Military, Surface, merged

KNOWN = [
    # code, iata, country, place, elevation ft, longest runway ft, true headings of its runways as charted
    ("ZKPY", "FNJ", "KP", (39.224, 125.670), 117, 11490, {"17": 163, "35": 343}),
    ("UHWW", "VVO", "RU", (43.399, 132.148), 46, 11483, {"07R": 61, "25L": 241}),
    ("LFBO", "TLS", "FR", (43.629, 1.364), 499, 11483, {"14R": 143, "32L": 323, "14L": 143, "32R": 323}),
    ("EHAM", "AMS", "NL", (52.309, 4.764), -11, 12467, {"18R": 183, "36L": 3, "06": 58, "09": 87, "04": 41, "22": 221}),
    ("LFPG", "CDG", "FR", (49.013, 2.550), 392, 13829, {"08L": 85, "27R": 265}),
    ("OSDI", "DAM", "SY", (33.411, 36.516), 2020, 11811, {"05R": 48, "23L": 228}),
    ("OLBA", "BEY", "LB", (33.821, 35.488), 87, 12467, {"03": 33, "16": 166, "17": 177}),
    ("LLBG", "TLV", "IL", (32.011, 34.887), 135, 13327, {"08": 80, "12": 121, "30": 301}),
]


def ends(runways: tuple[Runway, ...]) -> dict[str, float]:
    return {end.ident: end.heading_deg for runway in runways for end in runway.ends}


@pytest.mark.parametrize(("code", "iata", "country", "place", "elevation", "longest", "headings"), KNOWN)
def test_known_fields_have_their_place_and_their_runways(
    airports: Airports,
    code: str,
    iata: str,
    country: str,
    place: tuple[float, float],
    elevation: float,
    longest: float,
    headings: dict[str, float],
) -> None:
    i = airports.index_of(code)
    assert i is not None
    assert airports.index_of(iata) == i
    assert airports.index_of(code.lower()) == i
    assert airports.codes[i] == code
    assert airports.countries[i] == country
    assert airports.kinds[i] is Kind.AIRPORT
    assert (airports.lat[i], airports.lon[i]) == pytest.approx(place, abs=0.001)
    assert airports.elevation_ft[i] == elevation
    assert airports.longest_runway_ft[i] == longest
    found = ends(airports.runways_of(i))
    for ident, heading in headings.items():
        assert angle_between_deg(found[ident], heading) < 3, ident


def test_runways_come_longest_first_and_closed_ones_not_at_all(airports: Airports) -> None:
    i = airports.index_of("EHAM")
    assert i is not None
    lengths = [runway.length_ft for runway in airports.runways_of(i)]
    assert lengths == sorted(lengths, reverse=True)
    pyongyang = airports.index_of("ZKPY")
    assert pyongyang is not None
    assert set(ends(airports.runways_of(pyongyang))) == {"17", "35"}


def test_a_field_whose_latitude_and_longitude_were_exchanged_lies_at_its_runway(airports: Airports) -> None:
    i = airports.index_of("OIAD")
    assert i is not None
    assert (airports.lat[i], airports.lon[i]) == pytest.approx((32.433, 48.397), abs=0.01)


def test_an_unknown_code_has_no_index(airports: Airports) -> None:
    assert airports.index_of("QQQQ") is None
    assert airports.index_of("") is None


def test_headings_agree_with_geographiclib_for_every_runway_with_published_ends(packed: bytes) -> None:
    table = AirportTable.from_bytes(packed)
    rows = np.flatnonzero(~table.runway_estimated)[::97]
    assert len(rows) > 100
    for row in rows:
        inverse = Geodesic.WGS84.Inverse(
            table.le_lat_udeg[row] / 1e6,
            table.le_lon_udeg[row] / 1e6,
            table.he_lat_udeg[row] / 1e6,
            table.he_lon_udeg[row] / 1e6,
        )
        assert angle_between_deg(table.le_heading_cdeg[row] / 100, inverse["azi1"]) < 0.3
        assert angle_between_deg(table.he_heading_cdeg[row] / 100, inverse["azi2"] + 180) < 0.3


def test_an_estimated_runway_passes_through_the_field_with_its_length_and_painted_direction(airports: Airports) -> None:
    table = airports.table
    fields = np.repeat(np.arange(len(airports)), np.diff(table.runway_start))
    rows = np.flatnonzero(table.runway_estimated)[::211]
    assert len(rows) > 50
    for row in rows:
        i = int(fields[row])
        runway = airports.runways_of(i)[int(row - table.runway_start[i])]
        low, high = runway.ends
        span = Geodesic.WGS84.Inverse(low.lat, low.lon, high.lat, high.lon)["s12"] / M_PER_NM
        assert span == pytest.approx(runway.length_ft * 0.3048 / 1852, rel=0.006, abs=2e-4)
        assert (low.lat + high.lat) / 2 == pytest.approx(airports.lat[i], abs=1e-4)


def test_no_runway_lies_further_than_six_miles_from_its_field(airports: Airports) -> None:
    table = airports.table
    fields = np.repeat(np.arange(len(airports)), np.diff(table.runway_start))
    distance = distances_nm(
        airports.lat[fields], airports.lon[fields], table.le_lat_udeg / 1e6, table.le_lon_udeg / 1e6
    )
    assert distance.max() < 8.0


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 300))
def test_within_finds_exactly_the_fields_in_the_circle_nearest_first(lat: float, lon: float, radius: float) -> None:
    airports = small()
    found = airports.within(lat, lon, radius)
    distance = distances_nm(np.array(lat), np.array(lon), airports.lat, airports.lon)
    assert {i for i, _ in found} == set(np.flatnonzero(distance <= radius).tolist())
    assert [d for _, d in found] == sorted(d for _, d in found)
    assert all(d == distance[i] for i, d in found)


def test_within_measures_as_geographiclib_does(airports: Airports) -> None:
    for i, distance in airports.within(39.0, 125.5, 150):
        truth = Geodesic.WGS84.Inverse(39.0, 125.5, airports.lat[i], airports.lon[i])["s12"] / M_PER_NM
        assert distance == pytest.approx(truth, rel=0.0056, abs=1e-3)


def test_within_reaches_over_the_180th_meridian(airports: Airports) -> None:
    savusavu, laucala = airports.index_of("NFNS"), airports.index_of("NFNH")
    found = {i for i, _ in airports.within(-16.8, 179.99, 60)}
    assert {savusavu, laucala} <= found


def test_the_distance_to_a_runway_is_that_to_its_centreline(airports: Airports) -> None:
    i = airports.index_of("ZKPY")
    assert i is not None
    low, high = airports.runways_of(i)[0].ends
    middle = Geodesic.WGS84.Inverse(low.lat, low.lon, high.lat, high.lon)
    line = Geodesic.WGS84.DirectLine(low.lat, low.lon, middle["azi1"], middle["s12"])
    half = line.Position(middle["s12"] / 2)
    assert airports.distance_to_runways_nm(i, half["lat2"], half["lon2"]) < 1e-3
    for side_nm in (0.5, 5.0, 60.0):
        beside = Geodesic.WGS84.Direct(half["lat2"], half["lon2"], half["azi2"] + 90, side_nm * M_PER_NM)
        measured = airports.distance_to_runways_nm(i, beside["lat2"], beside["lon2"])
        assert measured == pytest.approx(side_nm, rel=0.0056)
    beyond = Geodesic.WGS84.Direct(high.lat, high.lon, middle["azi2"], 3 * M_PER_NM)
    assert airports.distance_to_runways_nm(i, beyond["lat2"], beyond["lon2"]) == pytest.approx(3, rel=0.0056)


def test_a_field_without_runways_is_measured_to_its_position(airports: Airports) -> None:
    i = next(i for i, kind in enumerate(airports.kinds) if kind is Kind.NO_RUNWAY)
    assert airports.runways_of(i) == ()
    assert airports.longest_runway_ft[i] == 0
    lat, lon = float(airports.lat[i]), float(airports.lon[i])
    assert airports.distance_to_runways_nm(i, lat, lon) == 0
    assert airports.distance_to_runways_nm(i, lat + 1, lon) == pytest.approx(60, abs=0.1)


def test_the_longest_runway_counts_runways_on_land_only(airports: Airports) -> None:
    for i in [i for i, kind in enumerate(airports.kinds) if kind is Kind.WATER][:20]:
        assert airports.longest_runway_ft[i] == 0
        assert {runway.surface for runway in airports.runways_of(i)} == {Surface.WATER}


def test_a_field_whose_every_runway_is_closed_is_closed_and_says_how_many_there_were(airports: Airports) -> None:
    hodeidah, pyongyang = airports.index_of("OYHD"), airports.index_of("ZKPY")
    assert hodeidah is not None
    assert pyongyang is not None
    assert airports.closed[hodeidah]
    assert airports.table.closed_runways[hodeidah] == 1
    assert not airports.closed[pyongyang]
    assert airports.closed_at(hodeidah, 0.0)
    assert not airports.closed_at(pyongyang, 4e9)
    assert 10 < airports.closed.sum() < 100


@pytest.mark.parametrize("code", ["ETAR", "EGVN", "KADW", "RKSM", "CYTR", "LFDN", "PHHI"])
def test_a_military_field_is_known_by_its_name(airports: Airports, code: str) -> None:
    i = airports.index_of(code)
    assert i is not None
    assert airports.military[i] == Military.BY_NAME


@pytest.mark.parametrize("code", ["UHWW", "LFBO", "SDHJ", "WA11"])
def test_a_civil_field_a_police_hospital_and_a_factory_are_not_military(airports: Airports, code: str) -> None:
    i = airports.index_of(code)
    assert i is not None
    assert airports.military[i] == Military.NOT_KNOWN


def test_about_one_field_in_fifty_is_military_by_its_name(airports: Airports) -> None:
    assert 500 < (airports.military == Military.BY_NAME).sum() < 800


def test_columns_cannot_be_written(airports: Airports) -> None:
    for column in (airports.lat, airports.closed, airports.military):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0


def test_of_two_fields_with_one_designator_the_open_one_has_it() -> None:
    table = table_at(np.array([1.0, 2.0]), np.array([1.0, 2.0]), np.zeros(2))
    two = replace(table, iata=("ABC", "ABC"), closed=np.array([False, True]))
    assert Airports(two).index_of("ABC") == 0
    assert Airports(replace(two, closed=np.array([True, False]))).index_of("ABC") == 1


def test_merged_tables_keep_the_runways_of_their_fields(airports: Airports) -> None:
    table = airports.table
    third = np.arange(0, len(airports), 3)
    rest = np.setdiff1d(np.arange(len(airports)), third)
    again = merged(table, rest, table, third)
    for name in AirportTable.__annotations__:
        assert np.array_equal(np.asarray(getattr(again, name)), np.asarray(getattr(table, name))), name


def test_a_table_of_another_format_is_refused(packed: bytes) -> None:
    with np.load(io.BytesIO(packed)) as columns:
        values = {name: columns[name] for name in columns.files}
    buffer = io.BytesIO()
    np.savez(buffer, **(values | {"format": np.array([1], np.int32)}))
    with pytest.raises(InputError, match="format 1, this program reads 2"):
        Airports.from_bytes(buffer.getvalue())


def test_every_value_of_the_table_is_a_number_in_its_range(airports: Airports) -> None:
    assert np.all(np.abs(airports.lat) <= 90)
    assert np.all(np.abs(airports.lon) <= 180)
    assert np.all((airports.elevation_ft > -1500) & (airports.elevation_ft < 20000))
    assert np.all((airports.longest_runway_ft >= 0) & (airports.longest_runway_ft < 30000))


def test_packing_what_was_read_gives_the_same_bytes_twice(packed: bytes) -> None:
    table = AirportTable.from_bytes(packed)
    assert table.to_bytes() == table.to_bytes()
    again = AirportTable.from_bytes(table.to_bytes())
    assert again.names == table.names
    assert np.array_equal(again.le_lat_udeg, table.le_lat_udeg)


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "flipped"])
def test_a_damaged_table_is_refused_in_one_line(packed: bytes, damage: str) -> None:
    middle = len(packed) // 2
    data = {
        "empty": b"",
        "text": b"code,name\n",
        "cut": packed[:middle],
        "flipped": packed[:middle] + bytes([packed[middle] ^ 0xFF]) + packed[middle + 1 :],
    }[damage]
    with pytest.raises(InputError, match="airports table") as caught:
        Airports.from_bytes(data)
    assert "\n" not in str(caught.value)


def small() -> Airports:
    """A few hundred fields, poles and the 180th meridian among them, shared by the examples of a property."""
    if not CACHE:
        rng = np.random.default_rng(7)
        n = 400
        lat = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
        lon = rng.uniform(-180, 180, n)
        lat[:4], lon[:4] = (89.99, -89.99, 0.0, 0.0), (10.0, 20.0, 179.999, -180.0)
        CACHE.append(Airports(table_at(lat, lon, rng.integers(-100, 14000, n).astype(np.float64))))
    return CACHE[0]


CACHE: list[Airports] = []


def table_at(lat: FloatArray, lon: FloatArray, elevation: FloatArray) -> AirportTable:
    n = len(lat)
    empty_i32, empty_i16 = np.zeros(0, np.int32), np.zeros(0, np.int16)
    codes = tuple(f"T{i:03d}" for i in range(n))
    return AirportTable(
        codes=codes,
        names=codes,
        icao=("",) * n,
        iata=("",) * n,
        places=codes,
        countries=("XX",) * n,
        lat_udeg=np.round(lat * 1e6).astype(np.int32),
        lon_udeg=np.round(lon * 1e6).astype(np.int32),
        elevation_ft=elevation.astype(np.int16),
        longest_runway_ft=np.zeros(n, np.int32),
        kind=np.full(n, 3, np.uint8),
        closed=np.zeros(n, np.bool_),
        military=np.zeros(n, np.uint8),
        closed_runways=np.zeros(n, np.uint8),
        runway_start=np.zeros(n + 1, np.int32),
        le_ident=(),
        he_ident=(),
        le_lat_udeg=empty_i32,
        le_lon_udeg=empty_i32,
        he_lat_udeg=empty_i32,
        he_lon_udeg=empty_i32,
        le_elevation_ft=empty_i16,
        he_elevation_ft=empty_i16,
        le_heading_cdeg=np.zeros(0, np.uint16),
        he_heading_cdeg=np.zeros(0, np.uint16),
        runway_length_ft=empty_i32,
        runway_surface=np.zeros(0, np.uint8),
        runway_estimated=np.zeros(0, np.bool_),
    )


def test_the_radius_of_a_search_may_be_nothing_or_the_whole_world() -> None:
    airports = small()
    assert len(airports.within(0.0, 0.0, math.inf)) == len(airports)
    at = float(airports.lat[9]), float(airports.lon[9])
    assert [i for i, _ in airports.within(*at, 0.0)] == [9]
