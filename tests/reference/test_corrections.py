from __future__ import annotations

from typing import Any

import msgspec
import pytest

from detector.domain.errors import ConfigError
from detector.domain.geo import angle_between_deg, distance_nm
from detector.reference.airports import Airports
from detector.reference.corrections import AirportCorrection, corrected
from detector.reference.table import Kind, Surface

NEW = {
    "code": "ZKWS",
    "name": "Kalma",
    "country": "KP",
    "iata": "WOS",
    "lat": 39.1652,
    "lon": 127.4879,
    "elevation_ft": 7,
    "source": "written for a test",
    "runways": [{"ident": "15/33", "length_ft": 11482, "heading_deg": 142, "surface": "paved"}],
}


def apply(airports: Airports, *given: dict[str, Any]) -> Airports:
    return corrected(
        airports, [(f"a.yaml:{i}", msgspec.convert(one, AirportCorrection)) for i, one in enumerate(given, 1)]
    )


def test_a_new_field_is_found_by_code_and_by_place(airports: Airports) -> None:
    more = apply(airports, NEW)
    i = more.index_of("ZKWS")
    assert i == len(airports)
    assert more.index_of("WOS") == i
    assert more.icao[i] == "ZKWS"
    assert more.kinds[i] is Kind.AIRPORT
    assert more.countries[i] == "KP"
    assert more.within(39.17, 127.49, 5)[0][0] == i
    assert more.ceiling_ft(39.17, 127.49) == 7
    assert len(more) == len(airports) + 1


def test_a_runway_without_ends_is_laid_through_the_field_and_marked_as_estimated(airports: Airports) -> None:
    more = apply(airports, NEW)
    i = more.index_of("ZKWS")
    assert i is not None
    (runway,) = more.runways_of(i)
    assert runway.estimated
    assert runway.surface is Surface.PAVED
    assert runway.low.ident == "15"
    assert runway.low.heading_deg == pytest.approx(142, abs=0.1)
    assert angle_between_deg(runway.high.heading_deg, 322) < 0.1
    assert distance_nm(runway.low.lat, runway.low.lon, runway.high.lat, runway.high.lon) * 6076.1 == pytest.approx(
        11482, rel=1e-3
    )
    assert more.distance_to_runways_nm(i, 39.1652, 127.4879) < 1e-3
    assert more.longest_runway_ft[i] == 11482


def test_a_runway_without_a_heading_follows_its_painted_number(airports: Airports) -> None:
    more = apply(airports, NEW | {"runways": [{"ident": "06/24", "length_ft": 5000}]})
    i = more.index_of("ZKWS")
    assert i is not None
    assert more.runways_of(i)[0].low.heading_deg == pytest.approx(60, abs=0.1)


def test_a_runway_with_ends_is_as_given(airports: Airports) -> None:
    ends = [39.18, 127.47, 39.15, 127.50]
    more = apply(airports, NEW | {"runways": [{"ident": "15/33", "length_ft": 11482, "ends": ends}]})
    i = more.index_of("ZKWS")
    assert i is not None
    (runway,) = more.runways_of(i)
    assert not runway.estimated
    assert [runway.low.lat, runway.low.lon, runway.high.lat, runway.high.lon] == ends


def test_a_known_field_keeps_what_a_correction_leaves_out(airports: Airports) -> None:
    i = airports.index_of("EHAM")
    assert i is not None
    more = apply(airports, {"code": "EHAM", "elevation_ft": -10, "source": "written for a test"})
    assert len(more) == len(airports)
    assert more.elevation_ft[i] == -10
    assert more.names[i] == airports.names[i]
    assert more.runways_of(i) == airports.runways_of(i)
    assert airports.elevation_ft[i] == -11


def test_other_fields_keep_their_index_and_their_runways(airports: Airports) -> None:
    more = apply(airports, NEW)
    for code in ("00AK", "LFBO", "ZYYY", "ZKPY"):
        i = airports.index_of(code)
        assert more.index_of(code) == i
        if i is not None:
            assert more.runways_of(i) == airports.runways_of(i)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([{"code": "ZKWS", "source": "written for a test", "lat": 39.0}], "needs name, country, lon, elevation_ft too"),
        ([NEW, NEW], "corrected twice"),
        ([NEW | {"runways": [{"ident": "A/B", "length_ft": 900}]}], "tells no direction"),
    ],
)
def test_a_correction_that_cannot_be_applied_names_its_place(
    airports: Airports, given: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(ConfigError, match=rf"^a\.yaml:{len(given)}: .*{message}"):
        apply(airports, *given)
