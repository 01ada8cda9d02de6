"""Why an aircraft was no longer heard, from what was learned around it and from who listened."""

from __future__ import annotations

import dataclasses
import math
from functools import cache

import msgspec
import pytest

from detector.domain.gap import GapClass, GapPlace
from detector.domain.geo import destination, distance_nm
from detector.domain.sighting import Sighting
from detector.tracking.coverage import Coverage
from detector.tracking.listening import Listening
from detector.tracking.vanishing import RECENT_S, ReceiverPlace, classify

T0 = 1_731_000_000.0
LATITUDE, LONGITUDE, TRACK = 39.2, 125.7, 10.0
LISTENED = Listening(
    begin=T0, until=T0 + 540.0, known_s=540.0, share=1.0, outages=(), cut_off=False, alone=False, receivers=(1, 2, 3)
)
UNKNOWN, COVERAGE, OFF = GapClass.UNKNOWN, GapClass.COVERAGE, GapClass.TRANSPONDER_OFF


def lost(altitude_ft: float | None = 34_000.0, **changes: object) -> GapPlace:
    place = GapPlace(T0 - 2.0, LATITUDE, LONGITUDE, altitude_ft, TRACK, 450.0)
    return msgspec.structs.replace(place, **changes)


def traffic(
    *altitudes_ft: float,
    ahead_nm: float = 0.0,
    turn_deg: float = 0.0,
    at: float = T0 - 3_000.0,
    receiver: int = 1,
    first: int = 1,
) -> list[Sighting]:
    """One aircraft for each altitude, so far ahead of where the aircraft was lost, or that many degrees beside."""
    latitude, longitude = destination(LATITUDE, LONGITUDE, TRACK + turn_deg, ahead_nm)
    return [
        Sighting(
            at, at, number, f"a{number:05x}", latitude, longitude, altitude, 450.0, TRACK,
            surface=False, degraded=False, jumped=False, receiver=receiver,
        )
        for number, altitude in enumerate(altitudes_ft, first)
    ]  # fmt: skip


LOW_HERE = traffic(4_000.0, 9_000.0, 12_000.0, 33_000.0, 34_500.0)
ON_THE_WAY = traffic(30_000.0, 33_000.0, ahead_nm=37.5) + traffic(31_000.0, 33_000.0, ahead_nm=75.0)
LEFT = traffic(29_000.0, 33_000.0, ahead_nm=58.0, turn_deg=-60.0)
RIGHT = traffic(29_000.0, 33_000.0, ahead_nm=58.0, turn_deg=60.0)
AHEAD = ON_THE_WAY + LEFT + RIGHT


def told(
    sightings: list[Sighting],
    place: GapPlace | None = None,
    listening: Listening = LISTENED,
    places: dict[int, ReceiverPlace] | None = None,
    begin: float = T0,
) -> tuple[GapClass, str]:
    coverage = Coverage()
    for sighting in sightings:
        coverage.learn(sighting)
    return classify(coverage, place or lost(), begin, listening, "71c001", places)


def heard(**changes: object) -> Listening:
    return msgspec.structs.replace(LISTENED, **changes)


def test_vanishing_high_amid_others_who_are_still_heard_is_a_transponder_switched_off() -> None:
    kind, reason = told(LOW_HERE + AHEAD)
    assert kind is OFF
    assert reason == (
        "5 aircraft were heard in this area down to 4,000 ft within 50 min of it, and others ahead of it; "
        "it vanished at 34,000 ft while 1 receiver went on hearing others"
    )


def test_vanishing_where_others_are_lost_too_is_coverage() -> None:
    kind, reason = told(traffic(4_500.0, 4_200.0, 5_000.0, 33_000.0), lost(6_000.0))
    assert kind is COVERAGE
    assert reason == (
        "others are normally heard in this area down to 4,200 ft; it vanished at 6,000 ft, near that floor"
    )


def test_vanishing_below_the_floor_is_told_as_below_it() -> None:
    kind, reason = told(traffic(4_500.0, 4_200.0, 5_000.0, 33_000.0), lost(2_575.0))
    assert kind is COVERAGE
    assert reason.endswith("it vanished at 2,575 ft, below that floor")


def test_flying_out_of_the_area_that_is_heard_is_coverage() -> None:
    kind, reason = told(LOW_HERE + traffic(38_000.0, 38_000.0, ahead_nm=37.5))
    assert kind is COVERAGE
    assert "flew out of the area" in reason


@pytest.mark.parametrize(
    ("listening", "words"),
    [
        (heard(cut_off=True), "at the same time"),
        (heard(outages=((T0 + 120.0, T0 + 540.0),)), "nothing at all was heard for 7 min"),
        (heard(share=0.49), "only 49% of the silence"),
        (heard(alone=True, share=None), "cannot be told from an outage"),
        (heard(receivers=()), "no receiver that hears this area"),
        (heard(receivers=(4, 5)), "no receiver that hears this area"),
    ],
)
def test_without_proof_of_listening_there_the_class_is_unknown(listening: Listening, words: str) -> None:
    kind, reason = told(LOW_HERE + AHEAD, listening=listening)
    assert kind is UNKNOWN
    assert words in reason


def test_an_outage_hours_after_it_vanished_does_not_matter() -> None:
    assert told(LOW_HERE + AHEAD, listening=heard(outages=((T0 + 7_200.0, T0 + 7_500.0),)))[0] is OFF


def test_coverage_needs_no_proof_of_listening() -> None:
    assert told(traffic(4_500.0, 4_200.0, 5_000.0), lost(6_000.0), heard(alone=True, share=None))[0] is COVERAGE


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (lost(None), "place or height was not known"),
        (lost(at=T0 - 240.0), "last fix was 4 min before"),
        (lost(track_deg=None), "its track is not known"),
        (lost(11_000.0), "too few others were heard ahead"),
    ],
)
def test_a_vanishing_that_is_not_well_known_is_unknown(place: GapPlace, words: str) -> None:
    ahead = traffic(5_000.0, ahead_nm=37.5) + traffic(5_000.0, ahead_nm=75.0)
    kind, reason = told(traffic(3_000.0, 4_000.0, 4_500.0, 33_000.0) + (ahead if place.altitude_ft else []), place)
    assert kind is UNKNOWN
    assert words in reason


@pytest.mark.parametrize(
    ("sightings", "words"),
    [
        ([], "nobody else was heard in this area"),
        (traffic(4_000.0, 9_000.0) + AHEAD, "too few to tell"),
        (LOW_HERE + ON_THE_WAY[:3] + LEFT + RIGHT, "ahead of it"),
        (LOW_HERE + ON_THE_WAY + LEFT, "ahead of it"),
        (LOW_HERE + ON_THE_WAY + RIGHT, "ahead of it"),
        (
            [dataclasses.replace(one, at=T0 - RECENT_S - 60.0) for one in LOW_HERE] + AHEAD,
            "too few to tell",
        ),
    ],
)
def test_too_little_traffic_around_leaves_it_unknown(sightings: list[Sighting], words: str) -> None:
    kind, reason = told(sightings)
    assert kind is UNKNOWN
    assert words in reason


def low(*altitudes_ft: float) -> list[Sighting]:
    """The same traffic here, ahead and to both sides."""
    places = [(0.0, 0.0), (37.5, 0.0), (75.0, 0.0), (58.0, -60.0), (58.0, 60.0)]
    return [one for nm, turn in places for one in traffic(*altitudes_ft, ahead_nm=nm, turn_deg=turn)]


def test_below_15_000_ft_others_must_be_heard_much_lower() -> None:
    kind, reason = told(low(8_000.0, 8_500.0, 9_000.0, 10_000.0), lost(12_000.0))
    assert kind is UNKNOWN
    assert "heard much lower" in reason
    assert told(low(4_000.0, 4_500.0, 9_000.0, 10_000.0), lost(12_000.0))[0] is OFF


def test_where_all_are_on_their_way_others_all_around_ahead_show_that_it_was_above_the_floor() -> None:
    """Nobody lands there, so that nobody is heard low; but all are heard further on, where the floor is higher."""
    high = traffic(33_000.0, 34_000.0, 34_500.0, 34_500.0)
    assert told(high + AHEAD)[0] is OFF
    assert told(high + ON_THE_WAY)[0] is COVERAGE
    assert told(high)[0] is COVERAGE


def heard_around(*receivers: tuple[float, float]) -> list[Sighting]:
    """Four aircraft every 10 NM wherever one of some receivers is no more than 150 NM away."""
    found = []
    for north in range(-300, 301, 10):
        for east in range(-300, 301, 10):
            place = LATITUDE + north / 60.0, LONGITUDE + east / 60.0 / math.cos(math.radians(LATITUDE))
            if any(distance_nm(*place, *receiver) <= 150.0 for receiver in receivers):
                found += [dataclasses.replace(one, latitude_deg=place[0], longitude_deg=place[1]) for one in HIGH]
    return found


HIGH = traffic(31_000.0, 32_000.0, 33_000.0, 34_000.0)
ALONE, NEXT = (LATITUDE, LONGITUDE), destination(LATITUDE, LONGITUDE, 90.0, 140.0)


@pytest.mark.parametrize("turn_deg", range(-88, 89, 22))
@pytest.mark.parametrize("bearing_deg", range(0, 360, 40))
def test_flying_out_of_range_at_any_slant_is_no_transponder_off(bearing_deg: float, turn_deg: float) -> None:
    rim = destination(*ALONE, bearing_deg, 149.5)
    place = lost(latitude_deg=rim[0], longitude_deg=rim[1], track_deg=(bearing_deg + turn_deg) % 360.0)
    assert classify(coverage_of(ALONE), place, T0, LISTENED, "71c001", None)[0] is not OFF


@pytest.mark.parametrize("track_deg", [-40, -20, 0, 20, 40])
def test_flying_out_between_two_receivers_is_no_transponder_off(track_deg: float) -> None:
    """North of the middle between them the rim has a notch."""
    middle = destination(*ALONE, 90.0, 70.0)
    notch = destination(*middle, 0.0, math.sqrt(150.0**2 - 70.0**2) - 1.0)
    place = lost(latitude_deg=notch[0], longitude_deg=notch[1], track_deg=track_deg % 360.0)
    assert classify(coverage_of(ALONE, NEXT), place, T0, LISTENED, "71c001", None)[0] is not OFF


@pytest.mark.parametrize("track_deg", range(0, 360, 45))
def test_vanishing_well_inside_the_range_is_a_transponder_switched_off(track_deg: float) -> None:
    place = lost(track_deg=float(track_deg))
    assert classify(coverage_of(ALONE), place, T0, LISTENED, "71c001", None)[0] is OFF


@cache
def coverage_of(*receivers: tuple[float, float]) -> Coverage:
    coverage = Coverage()
    for sighting in heard_around(*receivers):
        coverage.learn(sighting)
    return coverage


def test_the_aircraft_itself_counts_for_less_than_another() -> None:
    others = [ON_THE_WAY[0], ON_THE_WAY[2], LEFT[0], RIGHT[0]]
    itself = [dataclasses.replace(one, icao24="71c001") for one in AHEAD]
    assert told(LOW_HERE + others)[0] is UNKNOWN
    assert told(LOW_HERE + others + itself)[0] is OFF
    assert told(LOW_HERE + itself)[0] is not OFF
    assert told(LOW_HERE[:2] + itself + AHEAD)[0] is UNKNOWN


def test_what_was_heard_after_the_silence_began_counts_as_well() -> None:
    later = [dataclasses.replace(one, at=T0 + 7_200.0) for one in LOW_HERE]
    kind, reason = told(later + AHEAD)
    assert kind is OFF
    assert "within 2 h of it" in reason


NEAR = ReceiverPlace(LATITUDE - 1.0, LONGITUDE)
FAR = ReceiverPlace(LATITUDE - 4.0, LONGITUDE)


def test_well_within_the_horizon_of_a_receiver_that_listened_nothing_need_be_learned() -> None:
    kind, reason = told([], places={1: NEAR, 9: FAR})
    assert kind is OFF
    assert reason == "it vanished at 34,000 ft and 26% of the radio horizon while 1 receiver went on hearing others"


@pytest.mark.parametrize(
    ("place", "listening"),
    [
        (lost(9_000.0), LISTENED),
        (lost(), heard(alone=True, share=None)),
        (lost(), heard(receivers=(2, 3))),
    ],
)
def test_the_horizon_says_nothing_behind_hills_or_of_a_receiver_that_was_down(
    place: GapPlace, listening: Listening
) -> None:
    assert told([], place, listening, {1: NEAR})[0] is UNKNOWN


def test_at_the_horizon_of_all_receivers_it_was_bound_to_be_lost() -> None:
    assert told([], places={1: FAR, 2: FAR, 3: FAR})[0] is COVERAGE
    assert told([], places={1: FAR})[0] is UNKNOWN


def test_what_was_learned_outweighs_the_horizon() -> None:
    assert told(LOW_HERE + AHEAD, places={1: FAR, 2: FAR, 3: FAR})[0] is OFF
    assert told(LOW_HERE, places={1: NEAR})[0] is COVERAGE
