"""Ground contact or take-off without a place: the way, the time and the altitude tell the field."""

from __future__ import annotations

from typing import Any

import pytest

from detector.domain.geo import bearing_deg, destination
from detector.movements import MovementSettings
from detector.movements.fits import Fit
from detector.movements.placeless import fields, fields_left
from detector.movements.sides import Side
from tests.movements.worlds import airports, real_field

S = MovementSettings()
AT = 1_715_000_000.0
FIELD = real_field("OSDI")


def side(nm: float = 40.0, direction_deg: float = 60.0, **values: Any) -> Side:
    """So far from the field, flying to it."""
    place = destination(FIELD.lat, FIELD.lon, direction_deg, nm)
    track = bearing_deg(*place, FIELD.lat, FIELD.lon)
    usual = {
        "at": AT, "heard_at": AT, "latitude_deg": place[0], "longitude_deg": place[1], "altitude_ft": 14_000.0,
        "groundspeed_kt": 280.0, "track_deg": track, "vertical_fpm": -1_500.0,
    }  # fmt: skip
    return Side(**{**usual, **values})


def landed(lost: Side, after_s: float = 780.0, altitude_ft: float | None = 2_050.0, category: str = "A3") -> list[str]:
    return codes(fields(lost, AT + after_s, altitude_ft, category, airports(), S))


def codes(found: list[Fit]) -> list[str]:
    """The likeliest first."""
    return [airports().codes[fit.field] for fit in sorted(found, key=lambda fit: -fit.score)]


def test_the_field_ahead_at_the_distance_that_the_time_allows_is_the_likeliest() -> None:
    assert landed(side())[0] == "OSDI"
    best = max(fields(side(), AT + 780.0, 2_050.0, "A3", airports(), S), key=lambda fit: fit.score)
    assert 37.0 < best.distance_nm < 41.0
    assert best.height_ft == pytest.approx(14_000.0 - FIELD.elevation_ft, abs=1.0)


def test_no_field_out_of_reach_in_the_time_is_among_them() -> None:
    lost = side(60.0)
    found = fields(lost, AT + 600.0, None, "A3", airports(), S)
    assert found
    assert max(fit.distance_nm for fit in found) <= 1.1 * 280.0 * 600.0 / 3_600.0 + 2.0
    assert "OSDI" not in codes(found)
    assert "OSDI" in landed(lost, 900.0, None)


def test_a_field_at_another_height_than_that_of_the_touchdown_is_none() -> None:
    # Beirut lies at the sea, Damascus at 2,020 ft.
    lost = side(50.0, 290.0, track_deg=200.0)
    everywhere, high, low = (landed(lost, 1_500.0, altitude) for altitude in (None, 3_500.0, -200.0))
    assert {"OSDI", "OLBA"} <= set(everywhere)
    assert "OSDI" in high
    assert "OLBA" not in high
    assert "OLBA" in low
    assert "OSDI" not in low


def test_an_aircraft_lost_longer_is_sought_further_away() -> None:
    def mean_nm(after_s: float) -> float:
        lost = side(40.0, vertical_fpm=0.0, track_deg=None)
        return max(fields(lost, AT + after_s, None, "A3", airports(), S), key=lambda fit: fit.score).distance_nm

    assert mean_nm(480.0) < mean_nm(1_200.0) < mean_nm(2_400.0)


def test_the_track_parts_fields_at_the_same_distance() -> None:
    lost = side(40.0)
    assert lost.track_deg is not None
    towards = {fit.field: fit.score for fit in fields(lost, AT + 780.0, None, "A3", airports(), S)}
    away_side = side(40.0, track_deg=(lost.track_deg + 180.0) % 360.0)
    away = {fit.field: fit.score for fit in fields(away_side, AT + 780.0, None, "A3", airports(), S)}
    field = airports().index_of("OSDI")
    assert field is not None
    assert towards[field] > away[field] + 3.0


def test_helicopters_alone_land_on_heliports() -> None:
    kinds = airports().kinds
    reach = {"groundspeed_kt": 120.0, "altitude_ft": 3_000.0, "vertical_fpm": -500.0}
    lost = Side(AT, AT, 33.88, -84.9, **reach, track_deg=None)  # Georgia, with many of them
    jet = {kinds[fit.field] for fit in fields(lost, AT + 400.0, None, "A3", airports(), S)}
    helicopter = {kinds[fit.field] for fit in fields(lost, AT + 400.0, None, "A7", airports(), S)}
    assert {kind.value for kind in helicopter - jet} == {"heliport"}


def test_a_first_word_before_the_last_fix_is_no_negative_time() -> None:
    # Frames of two receivers may be out of order by a second.
    assert landed(side(1.0), -1.0) == landed(side(1.0), 0.0)


def left(after_s: float, **values: Any) -> list[Fit]:
    """Fields of a take-off `after_s` before it was `nm` from the field, climbing away."""
    out = side(**{"altitude_ft": 9_000.0, "vertical_fpm": 2_000.0, **values})
    if out.track_deg is not None:
        away = bearing_deg(FIELD.lat, FIELD.lon, out.latitude_deg, out.longitude_deg)
        out = side(**{"altitude_ft": 9_000.0, "vertical_fpm": 2_000.0, **values, "track_deg": away})
    return fields_left(out, out.at - after_s, "A3", airports(), S)


def test_a_first_fix_on_the_climb_tells_where_it_left() -> None:
    assert codes(left(420.0, nm=25.0))[0] == "OSDI"


def test_no_field_is_left_that_it_cannot_have_come_from_in_the_time() -> None:
    found = left(120.0, nm=25.0)
    assert "OSDI" not in codes(found)
    assert all(fit.distance_nm <= 1.1 * 280.0 * 120.0 / 3_600.0 + 2.0 for fit in found)


def test_nobody_has_left_a_field_that_lies_higher() -> None:
    assert "OSDI" not in codes(left(420.0, nm=25.0, altitude_ft=900.0))
    assert "OSDI" in codes(left(420.0, nm=25.0, altitude_ft=1_100.0))


def test_what_is_not_known_of_the_sides_speaks_for_no_field_and_against_none() -> None:
    nothing: dict[str, Any] = dict.fromkeys(("altitude_ft", "groundspeed_kt", "track_deg", "vertical_fpm"))
    found = fields(side(**nothing), AT + 780.0, None, None, airports(), S)
    assert "OSDI" in codes(found)
    assert max(fit.score for fit in found) <= 0.0
    assert "OSDI" in codes(left(420.0, nm=20.0, groundspeed_kt=None, track_deg=None))
