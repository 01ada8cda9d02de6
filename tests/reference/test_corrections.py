from __future__ import annotations

from typing import Any

import msgspec
import pytest
from geographiclib.geodesic import Geodesic

from detector.domain.errors import ConfigError
from detector.domain.geo import angle_between_deg, distance_nm
from detector.domain.times import parse_iso
from detector.reference.airports import Airports
from detector.reference.corrections import AirportCorrection, corrected
from detector.reference.table import Kind, Military, Surface

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


SQUARE = [[39.15, 127.47], [39.15, 127.51], [39.18, 127.51], [39.18, 127.47]]
DAY = 86_400.0


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


def test_ground_contact_inside_an_outline_is_at_the_field_and_outside_it_the_nearer_of_edge_and_runway_counts(
    airports: Airports,
) -> None:
    more = apply(airports, NEW | {"polygon": SQUARE})
    i = more.index_of("ZKWS")
    assert i is not None
    assert more.distance_to_runways_nm(i, 39.151, 127.471) == 0.0
    assert more.distance_to_runways_nm(i, 39.179, 127.509) == 0.0
    beside = Geodesic.WGS84.Inverse(39.165, 127.51, 39.165, 127.53)["s12"] / 1852
    assert more.distance_to_runways_nm(i, 39.165, 127.53) == pytest.approx(beside, rel=0.006)
    (runway,) = more.runways_of(i)
    assert more.distance_to_runways_nm(i, runway.low.lat, runway.low.lon) == pytest.approx(0.0, abs=1e-6)
    plain = apply(airports, NEW)
    for lat, lon in ((39.3, 127.2), (38.9, 127.9), (39.165, 127.40)):
        assert more.distance_to_runways_nm(i, lat, lon) <= plain.distance_to_runways_nm(i, lat, lon) + 1e-9


def test_an_outline_may_have_corners_that_point_inwards(airports: Airports) -> None:
    hook = [[39.10, 127.40], [39.10, 127.50], [39.14, 127.50], [39.14, 127.48], [39.12, 127.48], [39.12, 127.40]]
    field = {key: value for key, value in NEW.items() if key not in ("lat", "lon", "runways")}
    more = apply(airports, field | {"polygon": hook})
    i = more.index_of("ZKWS")
    assert i is not None
    assert more.distance_to_runways_nm(i, 39.13, 127.49) == 0.0
    assert more.distance_to_runways_nm(i, 39.13, 127.44) == pytest.approx(0.6, abs=0.01)


def test_a_new_field_with_an_outline_lies_at_its_centre_and_needs_no_runway(airports: Airports) -> None:
    field = {key: value for key, value in NEW.items() if key not in ("lat", "lon", "runways")}
    more = apply(airports, field | {"polygon": SQUARE})
    i = more.index_of("ZKWS")
    assert i is not None
    assert (more.lat[i], more.lon[i]) == pytest.approx((39.165, 127.49))
    assert more.kinds[i] is Kind.NO_RUNWAY
    assert more.distance_to_runways_nm(i, 39.17, 127.48) == 0.0


def test_a_field_is_closed_from_the_first_day_without_traffic(airports: Airports) -> None:
    more = apply(airports, NEW | {"closed_from": "2020-01-02"})
    i = more.index_of("ZKWS")
    assert i is not None
    first = parse_iso("2020-01-02")
    assert more.closed[i]
    assert [more.closed_at(i, at) for at in (first - 1.0, first, first + 99 * DAY)] == [False, True, True]
    always = apply(airports, {"code": "EHAM", "closed": True, "source": "written for a test"})
    schiphol = always.index_of("EHAM")
    assert schiphol is not None
    assert always.closed_at(schiphol, 0.0)


def test_a_closed_field_is_open_again_by_a_word_or_by_runways(airports: Airports) -> None:
    i = airports.index_of("OYHD")
    assert i is not None
    assert airports.closed[i]
    said = {"code": "OYHD", "source": "written for a test"}
    assert not apply(airports, said | {"closed": False}).closed[i]
    assert not apply(airports, said | {"runways": NEW["runways"]}).closed[i]
    assert apply(airports, said | {"name": "Hodeidah"}).closed[i]


def test_a_correction_says_whether_a_field_is_military(airports: Airports) -> None:
    said = {"source": "written for a test"}
    more = apply(
        airports,
        said | {"code": "UHWW", "military": True},
        said | {"code": "LFOK", "military": False},
        NEW | {"military": True},
    )
    found = [more.index_of(code) for code in ("UHWW", "LFOK", "ZKWS")]
    assert [more.military[i] for i in found if i is not None] == [
        Military.STATED, Military.NOT_KNOWN, Military.STATED
    ]  # fmt: skip
    assert not more.table.closed[found[2] or 0]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([{"code": "ZKWS", "source": "written for a test", "lat": 39.0}], "needs name, country, lon, elevation_ft too"),
        ([NEW, NEW], "corrected twice"),
        ([NEW | {"runways": [{"ident": "A/B", "length_ft": 900}]}], "tells no direction"),
        ([NEW | {"closed": False, "closed_from": "2020-01-01"}], "closed from a day, and not closed"),
        (
            [NEW | {"polygon": [[39.15, 127.48], [39.16, 127.49], [39.17, 127.5]]}],
            "polygon of field ZKWS: it encloses nothing",
        ),
        ([NEW | {"polygon": [*SQUARE[:2], SQUARE[3], SQUARE[2]]}], "polygon of field ZKWS: it crosses itself"),
        ([NEW | {"polygon": [[0.0, 179.9], [0.1, -179.9], [0.1, 179.9]]}], "over the 180th meridian"),
        ([NEW | {"lat": 40.0, "polygon": SQUARE}], r"\[39.\d+, 127.\d+\] lies 5\d\.\d NM from the field"),
        (
            [{"code": "XX01", "source": "written for a test", "polygon": SQUARE}],
            "needs name, country, elevation_ft too",
        ),
    ],
)
def test_a_correction_that_cannot_be_applied_names_its_place(
    airports: Airports, given: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(ConfigError, match=rf"^a\.yaml:{len(given)}: .*{message}"):
        apply(airports, *given)
