"""The latch: who has jumped is in doubt until it is back where the track before the jump can have led."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from detector.domain.doubt import CLEAR_AFTER_S, Doubt, Place
from detector.domain.geo import destination
from detector.domain.observation import Points
from detector.tracking import doubts
from detector.tracking.doubts import FORGET_AFTER_S, REMEMBERED_S, Doubts, another_aircraft, place_before

T0 = 1_700_000_000.0
HOME = (50.0, 8.0)


def place(after_s: float, nm: float, direction_deg: float = 90.0, **values: Any) -> Place:
    """So far from where the track was at T0, on an eastern course at 240 kt."""
    latitude, longitude = destination(*HOME, direction_deg, nm)
    usual = {"altitude_ft": 20_000.0, "groundspeed_kt": 240.0, "track_deg": 90.0, "vertical_fpm": None, **values}
    return Place(T0 + after_s, latitude, longitude, **usual)


BEFORE = place(0.0, 0.0)
FALSE = place(60.0, 200.0, 180.0)


def jumped(*places: Place, before: Place | None = BEFORE, nowhere: bool = False) -> Doubts:
    told = Doubts()
    told.begin()
    for position, here in enumerate(places):
        told.jumped(0, position, here, before, nowhere=nowhere)
    return told


def heard(told: Doubts, here: Place, last: Place | None, *, nowhere: bool = False) -> Doubt | None:
    told.begin()
    told.heard(0, 5, here, last, nowhere=nowhere)
    return told.current.get(0)


def test_a_jump_sets_a_doubt_with_the_last_place_believed() -> None:
    assert jumped(FALSE).current == {0: Doubt(FALSE.at, FALSE.at, BEFORE, None)}


def test_a_first_track_that_was_none_leaves_no_doubt() -> None:
    assert jumped(FALSE, before=None).current == {}


@pytest.mark.parametrize(
    ("here", "back"),
    [
        # 240 kt for an hour, by 1.15, and 3 NM: 279 NM
        (place(3_600.0, 278.0), True),
        (place(3_600.0, 280.0), False),
        # No aircraft is slower than 150 kt: 153 NM
        (place(3_600.0, 152.0, groundspeed_kt=0.0), True),
        # The faster of the two counts: 463 NM
        (place(3_600.0, 462.0, groundspeed_kt=400.0), True),
        (place(3_600.0, 464.0, groundspeed_kt=400.0), False),
    ],
)
def test_back_is_where_the_track_before_can_have_led_at_its_speed(here: Place, back: bool) -> None:
    told = jumped(FALSE)
    told.jumped(0, 1, here, FALSE, nowhere=False)
    assert told.current[0] == Doubt(FALSE.at, here.at, BEFORE, here.at if back else None)


def test_where_no_speed_is_known_500_kt_are_allowed() -> None:
    slow = msgspec.structs.replace(BEFORE, groundspeed_kt=None)
    for nm, back in ((502.0, True), (504.0, False)):
        told = jumped(FALSE, before=slow)
        told.jumped(0, 1, place(3_600.0, nm, groundspeed_kt=None), FALSE, nowhere=False)
        assert (told.current[0].returned_at is not None) == back


def test_a_second_jump_keeps_the_first_place_and_a_jump_back_ends_it_after_five_minutes() -> None:
    told = jumped(FALSE, place(120.0, 300.0, 180.0))
    assert told.current[0] == Doubt(FALSE.at, T0 + 120.0, BEFORE, None)
    told.jumped(0, 3, place(600.0, 40.0), FALSE, nowhere=False)
    doubt = told.current[0]
    assert not doubt.cleared(T0 + 600.0 + CLEAR_AFTER_S - 1)
    assert doubt.cleared(T0 + 600.0 + CLEAR_AFTER_S)


def test_a_jump_away_again_before_that_takes_the_return_back() -> None:
    told = jumped(FALSE, place(600.0, 40.0), place(700.0, 200.0, 180.0))
    assert told.current[0] == Doubt(FALSE.at, T0 + 700.0, BEFORE, None)


def test_a_jump_after_the_doubt_has_cleared_is_a_new_one() -> None:
    back = place(600.0, 40.0)
    told = jumped(FALSE, back)
    away, before = place(1_000.0, 300.0, 180.0), place(990.0, 66.0)
    told.jumped(0, 2, away, before, nowhere=False)
    assert told.current[0] == Doubt(away.at, away.at, before, None)


def test_on_the_ground_where_no_field_is_it_has_not_come_back() -> None:
    told = jumped(FALSE)
    told.jumped(0, 1, place(600.0, 40.0), FALSE, nowhere=True)
    assert told.current[0].returned_at is None
    assert heard(told, place(700.0, 45.0), place(600.0, 200.0, 180.0), nowhere=True) == told.current[0]
    assert told.current[0].returned_at is None


@pytest.mark.parametrize(
    ("here", "alike"),
    [
        (place(60.0, 8.0), True),  # 4 NM flown, and a minute ahead
        (place(60.0, 9.2), False),
        (place(60.0, 8.0, 75.0), False),  # beside the track
        (place(60.0, 8.0, groundspeed_kt=215.0), False),
        (place(60.0, 8.0, track_deg=105.0), False),
        (place(60.0, 8.0, track_deg=None), False),
    ],
)
def test_a_receiver_whose_clock_is_wrong_shows_it_on_its_track_by_a_minute_at_most(here: Place, alike: bool) -> None:
    """Too far away for its speed, all of them."""
    assert (jumped(here).current[0].returned_at == here.at) == alike


def test_back_after_a_pause_in_the_positions_makes_no_jump_and_is_seen_all_the_same() -> None:
    told, back = jumped(FALSE), place(900.0, 60.0)
    assert heard(told, back, place(850.0, 200.0, 180.0)) == Doubt(FALSE.at, FALSE.at, BEFORE, None)  # 50 s are no pause
    still = place(900.0, 197.0, 180.0)
    assert heard(told, still, place(800.0, 200.0, 180.0)) == Doubt(FALSE.at, FALSE.at, BEFORE, None)
    assert heard(told, back, place(800.0, 200.0, 180.0)) == Doubt(FALSE.at, FALSE.at, BEFORE, back.at)


def test_a_doubt_that_is_over_is_forgotten_with_the_false_positions() -> None:
    told = jumped(FALSE, place(600.0, 40.0))
    assert heard(told, place(600.0 + REMEMBERED_S - 1, 90.0), None) is not None
    assert heard(told, place(600.0 + REMEMBERED_S, 90.0), None) is None


def test_a_doubt_that_never_clears_ends_half_a_day_after_the_last_jump() -> None:
    told = jumped(FALSE, place(120.0, 300.0, 180.0))
    last = place(119.0 + FORGET_AFTER_S, 300.0, 180.0)
    assert heard(told, last, last) is not None
    assert heard(told, place(120.0 + FORGET_AFTER_S, 300.0, 180.0), last) is None


def test_within_a_batch_each_row_has_the_doubt_of_its_time() -> None:
    told = Doubts()
    told.restore({0: Doubt(T0 - 9_000.0, T0 - 9_000.0, BEFORE, T0 - 8_000.0)})
    old = told.current[0]
    told.begin()
    told.jumped(0, 10, FALSE, BEFORE, nowhere=False)
    told.jumped(0, 20, place(600.0, 40.0), FALSE, nowhere=False)
    told.end(0, 30)
    told.end(1, 30)
    at = [told.at(0, position) for position in (0, 9, 10, 19, 20, 29, 30, 99)]
    assert at[:2] == [old, old]
    assert [one and one.returned_at for one in at[2:]] == [None, None, T0 + 600.0, T0 + 600.0, None, None]
    assert at[2] is not None
    assert at[6] is None
    assert told.at(1, 99) is None
    assert told.current == {}


def test_after_a_silence_an_address_heard_in_two_places_may_be_the_other_aircraft() -> None:
    assert another_aircraft(T0 - 10.0, T0, T0 + doubts.SILENT_S)
    assert not another_aircraft(T0 - 10.0, T0, T0 + doubts.SILENT_S - 1)
    assert not another_aircraft(float("nan"), T0, T0 + doubts.SILENT_S)


def past(*at_nm: tuple[float, float], altitudes: list[float] | None = None, surface: float = 0.0) -> Points:
    places = [destination(*HOME, 90.0, nm) for _, nm in at_nm]
    n = len(at_nm)
    heights = np.full(n, 9_000.0) if altitudes is None else np.array(altitudes)
    return Points.of(
        np.array([T0 + at for at, _ in at_nm]),
        np.array([one[0] for one in places]),
        np.array([one[1] for one in places]),
        heights,
        np.full(n, 240.0),
        surface=np.full(n, surface),
        track_deg=np.full(n, 90.0),
    )


def last(points: Points) -> tuple[float, float, float]:
    return float(points.at[-1]), float(points.latitude_deg[-1]), float(points.longitude_deg[-1])


def test_the_last_place_before_a_jump_has_height_speed_track_and_trend() -> None:
    points = past((0, 0), (30, 2), (60, 4), (90, 6), altitudes=[9_000.0, 8_500.0, 8_000.0, 7_500.0])
    before = place_before(points, *last(points))
    assert before is not None
    assert before.vertical_fpm == pytest.approx(-1_000.0)
    assert before == Place(*last(points), 7_500.0, 240.0, 90.0, before.vertical_fpm)


def test_a_track_of_less_than_half_a_minute_is_none() -> None:
    for long_s, known in ((29.0, False), (30.0, True)):
        points = past((0, 0), (long_s, 2))
        assert (place_before(points, *last(points)) is not None) == known
    assert place_before(past((0, 0)), T0, *HOME) is None


def test_where_the_position_stood_still_in_the_air_it_is_where_that_began() -> None:
    frozen = past((0, 0), (30, 2), (60, 4), (90, 4), (120, 4), (150, 4))
    before = place_before(frozen, *last(frozen))
    assert before is not None
    assert before.at == T0 + 60.0
    parked = past((0, 0), (30, 2), (60, 4), (90, 4), (120, 4), (150, 4), surface=1.0)
    before = place_before(parked, *last(parked))
    assert before is not None
    assert before.at == T0 + 150.0


def test_what_is_not_known_of_the_past_is_not_known_of_the_place() -> None:
    points = past((0, 0), (60, 4), altitudes=[np.nan, np.nan])
    before = place_before(points, *last(points))
    assert before is not None
    assert (before.altitude_ft, before.vertical_fpm) == (None, None)
    points = past((0, 0), (15, 1), (60, 4), altitudes=[8_000.0, 8_300.0, np.nan])
    before = place_before(points, *last(points))
    assert before is not None
    assert (before.altitude_ft, before.vertical_fpm) == (8_300.0, None)  # over 15 s there is no trend
