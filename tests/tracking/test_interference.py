from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.geo import destination
from detector.domain.sighting import Sighting
from detector.tracking.co_location import CoLocationKind
from detector.tracking.interference import HOLD_S, WINDOW_S, InterferenceMap

T0 = 1_705_000_000.0
BEIRUT = (33.8209, 35.4884)
ELEVATION_FT = 87.0


def sighting(icao24: str, at: float, place: tuple[float, float] = BEIRUT, **values: Any) -> Sighting:
    usual: dict[str, Any] = {
        "altitude_baro_ft": 36_000.0,
        "groundspeed_kt": 450.0,
        "track_deg": 90.0,
        "surface": False,
        "degraded": False,
        "jumped": False,
    }
    return Sighting(T0 + at, T0 + at, 0, icao24, *place, receiver=1, **{**usual, **values})


def on_apron(icao24: str, at: float, place: tuple[float, float], **values: Any) -> Sighting:
    usual: dict[str, Any] = {"altitude_baro_ft": None, "groundspeed_kt": 0.0, "track_deg": None, "surface": True}
    return sighting(icao24, at, place, **{**usual, **values})


def fed(*sightings: Sighting) -> InterferenceMap:
    result = InterferenceMap()
    for one in sightings:
        result.feed(one)
    return result


def off(nm: float, bearing: float = 45.0) -> tuple[float, float]:
    return destination(*BEIRUT, bearing, nm)


def found_at_beirut(known: InterferenceMap, at: float) -> CoLocationKind | None:
    found = known.co_location(*BEIRUT, ELEVATION_FT, T0 + at)
    return None if found is None else found.kind


# Area interference


def crowd(degraded: int, clean: int, at: float = 0.0) -> list[Sighting]:
    return [
        sighting(f"40000{k:x}", at + k, off(1.0 * k, 30.0 * k), degraded=k >= clean) for k in range(degraded + clean)
    ]


@pytest.mark.parametrize(
    ("degraded", "clean", "disturbed"),
    [(2, 0, False), (1, 9, False), (2, 1, True), (2, 3, True), (2, 4, False), (3, 7, True), (3, 8, False)],
)
def test_three_aircraft_a_fifth_of_them_less_one_degraded_are_interference(
    degraded: int, clean: int, disturbed: bool
) -> None:
    found = fed(*crowd(degraded, clean)).interference(*BEIRUT, T0 + 60.0)
    assert (found.n, found.degraded) == (degraded + clean, degraded)
    assert found.share == pytest.approx((degraded - 1) / (degraded + clean))
    assert (found.until is not None) == disturbed


def test_one_aircraft_that_is_degraded_all_the_time_is_no_interference() -> None:
    known = fed(*(sighting("400001", 60.0 * k, degraded=True) for k in range(50)), *crowd(0, 5, 3000.0))
    assert known.interference(*BEIRUT, T0 + 3100.0).until is None


def test_interference_holds_for_an_hour_and_within_a_degree() -> None:
    known = fed(*crowd(3, 0))
    last = 2.0
    assert known.interference(*BEIRUT, T0 + 60.0).until == T0 + last + HOLD_S
    assert known.interference(*BEIRUT, T0 + last + HOLD_S).until == T0 + last + HOLD_S
    assert known.interference(*BEIRUT, T0 + last + HOLD_S + 1.0).until is None
    assert known.interference(*off(50.0, 0.0), T0 + 60.0).until is not None
    assert known.interference(*off(130.0, 0.0), T0 + 60.0).until is None


def test_what_is_sighted_later_has_no_part_in_an_answer() -> None:
    known = fed(*crowd(3, 0, 500.0))
    assert known.interference(*BEIRUT, T0 + 499.0) == fed().interference(*BEIRUT, T0)


def test_a_spell_of_interference_is_reported_once_with_its_end() -> None:
    known = fed(*(one for k in range(10) for one in crowd(4, 2, 600.0 * k)))
    cells = [(area.latitude_deg, area.longitude_deg) for area in known.reported]
    assert len(cells) == len(set(cells))
    spell = known.reported[0]
    # Four clean to one degraded is not yet enough; with the second one it is.
    assert spell.since == T0 + 3.0
    assert spell.until > T0 + 5400.0 + HOLD_S - 60.0
    assert (spell.aircraft, spell.degraded) == (6, 4)
    assert spell in known.areas(T0 + 5400.0)
    assert known.areas(T0 + 5500.0 + HOLD_S) == []


def test_across_the_antimeridian_a_degree_is_a_degree() -> None:
    places = [(10.0, 179.9), (10.0, -179.9), (10.1, 179.7)]
    known = fed(*(sighting(f"40000{k}", k, place, degraded=True) for k, place in enumerate(places)))
    assert known.interference(10.0, -179.8, T0 + 10.0).n == 3


# Aircraft shown together


def test_airliners_shown_standing_at_cruise_height_at_a_field_are_false() -> None:
    """Beirut in early 2024: aircraft over the sea were shown at the airport."""
    known = fed(
        sighting("738001", 0.0, BEIRUT, groundspeed_kt=0.0, degraded=True),
        sighting("4ca002", 300.0, off(0.3), groundspeed_kt=3.0, degraded=True),
    )
    found = known.co_location(*BEIRUT, ELEVATION_FT, T0 + 400.0)
    assert found is not None
    assert (found.kind, found.at, found.until) == (CoLocationKind.ALTITUDE, T0 + 300.0, T0 + 300.0 + HOLD_S)
    assert found.aircraft == ("738001", "4ca002")
    assert found_at_beirut(known, 299.0) is None
    assert found_at_beirut(known, 301.0 + HOLD_S) is None
    # A field so high that they may well stand there is not meant.
    assert known.co_location(*BEIRUT, 33_000.0, T0 + 400.0) is None


@pytest.mark.parametrize(("apart_nm", "apart_s"), [(0.6, 300.0), (0.3, 601.0)])
def test_two_that_are_not_together_are_not_false(apart_nm: float, apart_s: float) -> None:
    known = fed(
        sighting("738001", 0.0, BEIRUT, groundspeed_kt=0.0),
        sighting("4ca002", apart_s, off(apart_nm), groundspeed_kt=0),
    )
    assert found_at_beirut(known, 700.0) is None


def test_a_busy_apron_is_nothing_odd() -> None:
    dice = np.random.default_rng(4)
    known = fed(
        *(
            on_apron(
                f"4ca{k:03x}",
                20.0 * k,
                off(dice.uniform(0.01, 0.5), dice.uniform(0, 360)),
                altitude_baro_ft=None if k % 3 else 300.0,
                degraded=k % 5 == 0,
            )
            for k in range(180)
        )
    )
    assert found_at_beirut(known, 3600.0) is None


def test_airliners_over_one_waypoint_are_nothing_odd() -> None:
    known = fed(*(sighting(f"4ca{k:03x}", 120.0 * k, off(0.001 * k), degraded=k % 2 == 0) for k in range(20)))
    assert found_at_beirut(known, 2400.0) is None


def test_two_addresses_standing_on_one_point_are_false() -> None:
    stand = off(0.2)
    known = fed(on_apron("738001", 0.0, stand), on_apron("4ca002", 590.0, stand))
    assert found_at_beirut(known, 600.0) is CoLocationKind.ONE_POINT
    later = fed(on_apron("738001", 0.0, stand), on_apron("4ca002", 601.0, stand))
    assert found_at_beirut(later, 610.0) is None
    retold = fed(on_apron("738001", 0.0, stand), on_apron("~738001", 1.0, stand))
    assert found_at_beirut(retold, 10.0) is None
    one_bit_apart = fed(on_apron("738001", 0.0, stand), on_apron("738003", 1.0, stand))
    assert found_at_beirut(one_bit_apart, 10.0) is None


def test_three_jumps_into_one_disc_are_false_but_one_aircraft_counts_once_in_ten_minutes() -> None:
    jumps = [("738001", 0.0, off(1.0)), ("4ca002", 900.0, off(2.5)), ("4ca003", 1800.0, off(1.0, 225.0))]
    known = fed(*(sighting(icao24, at, place, jumped=True) for icao24, at, place in jumps))
    assert found_at_beirut(known, 1799.0) is None
    assert found_at_beirut(known, 1801.0) is CoLocationKind.DISC
    alone = fed(*(sighting("738001", 100.0 * k, off(1.0), jumped=True) for k in range(8)))
    assert found_at_beirut(alone, 900.0) is None
    slow = fed(*(sighting("738001", 700.0 * k, off(1.0), jumped=True) for k in range(3)))
    assert found_at_beirut(slow, 1500.0) is CoLocationKind.DISC
    far = fed(*(sighting(icao24, at, destination(*place, 0.0, 8.0), jumped=True) for icao24, at, place in jumps))
    assert found_at_beirut(far, 1801.0) is None


def test_two_that_jumped_to_one_place_are_false() -> None:
    first = sighting("738001", 0.0, off(1.0), jumped=True, altitude_baro_ft=None)
    assert found_at_beirut(fed(first, sighting("4ca002", 200.0, off(1.2), jumped=True)), 200.0) is CoLocationKind.JUMPED
    assert found_at_beirut(fed(first, sighting("4ca002", 200.0, off(1.2))), 200.0) is None


# One bit apart


def flight(icao24: str, count: int) -> list[Sighting]:
    return [sighting(icao24, 300.0 * k, off(450.0 * 300.0 * k / 3600.0, 90.0)) for k in range(count)]


def test_a_ghost_beside_an_aircraft_is_that_aircraft() -> None:
    known = fed(*flight("15522c", 5))
    at, place = 1260.0, off(450.0 * 1260.0 / 3600.0, 90.0)
    assert known.twin("15522d", *place, 36_100.0, T0 + at) == "15522c"
    known.feed(sighting("15522d", at, place))
    assert known.twin("15522d", *place, 36_100.0, T0 + at) == "15522c"
    assert known.twin("15522c", *place, 36_100.0, T0 + at) is None
    assert known.twin("15522d", *place, 30_000.0, T0 + at) is None
    assert known.twin("15522d", *off(20.0), 36_000.0, T0 + at) is None
    assert known.twin("15522f", *place, 36_000.0, T0 + at) is None
    assert known.twin("15522d", *place, 36_000.0, T0 + at + 700.0) is None


def test_neighbours_of_one_fleet_on_one_apron_are_two_aircraft() -> None:
    both = [
        on_apron(icao24, 300.0 * k, off(0.02 * b)) for k in range(9) for b, icao24 in enumerate(("15522c", "15522d"))
    ]
    known = fed(*both)
    assert known.twin("15522d", *off(0.02), None, T0 + 2500.0) is None


def side_by_side(frames: tuple[int, int], apart_nm: float = 0.0) -> InterferenceMap:
    """Two addresses one bit apart in one flight; `frames`: of each between two sightings."""
    known = InterferenceMap()
    for k in range(6):
        place = off(450.0 * 300.0 * k / 3600.0, 90.0)
        known.feed(sighting("15522c", 300.0 * k, place, frames=5_000 + frames[0] * k))
        known.feed(sighting("15522d", 300.0 * k + 4.0, destination(*place, 90.0, 0.5 - apart_nm), frames=frames[1] * k))
    return known


def test_a_ghost_sighted_as_often_as_its_twin_never_leaves_it_and_has_fewer_frames() -> None:
    place, at = off(450.0 * 1504.0 / 3600.0, 90.0), T0 + 1504.0
    known = side_by_side((1_000, 400))
    assert known.twin("15522d", *place, 36_000.0, at) == "15522c"
    assert known.twin("15522c", *place, 36_000.0, at) is None
    assert side_by_side((1_000, 950)).twin("15522d", *place, 36_000.0, at) is None
    assert side_by_side((1_000, 400), apart_nm=4.0).twin("15522d", *place, 36_000.0, at) is None


# State

anything = st.lists(
    st.builds(
        lambda number, step, north, east, flags: (number, step, north, east, flags),
        st.integers(0, 7),
        st.sampled_from([0.0, 5.0, 60.0, 400.0, 2000.0]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.integers(0, 15),
    ),
    max_size=40,
)


def write(known: InterferenceMap, stored: dict[str, bytes]) -> None:
    """What a store holds after it was given what is new."""
    documents, gone = known.changed()
    stored.update({key: msgspec.json.encode(value) for key, value in documents.items()})
    for key in gone:
        stored.pop(key, None)


def everything(known: InterferenceMap) -> dict[str, bytes]:
    documents, _ = known.changed(whole=True)
    return {key: msgspec.json.encode(value) for key, value in documents.items()}


@given(anything, st.integers(0, 40))
def test_a_map_taken_up_again_answers_as_one_that_never_stopped(events: list[Any], cut: int) -> None:
    at, stream = 0.0, []
    for number, step, north, east, flags in events:
        at += step
        place = BEIRUT[0] + 0.3 * north, BEIRUT[1] + 0.3 * east
        values = {"groundspeed_kt": 0.0 if flags & 1 else 450.0, "surface": flags & 3 == 3}
        stream.append(sighting(f"40000{number}", at, place, degraded=bool(flags & 4), jumped=bool(flags & 8), **values))
    whole = fed(*stream)
    first = InterferenceMap()
    stored: dict[str, bytes] = {}
    for one in stream[:cut]:
        first.feed(one)
        if one.icao24 == "400001":
            write(first, stored)
    write(first, stored)
    resumed = InterferenceMap()
    resumed.restore(stored)
    for one in stream[cut:]:
        resumed.feed(one)
    write(resumed, stored)
    assert stored == everything(resumed) == everything(whole)
    for later in (0.0, 1000.0, HOLD_S):
        asked = T0 + at + later
        assert resumed.interference(*BEIRUT, asked) == whole.interference(*BEIRUT, asked)
        assert resumed.co_location(*BEIRUT, 0.0, asked) == whole.co_location(*BEIRUT, 0.0, asked)
        assert resumed.areas(asked) == whole.areas(asked)


def test_what_is_hours_old_is_not_kept() -> None:
    known = fed(*crowd(3, 3), *(on_apron(f"4ca00{k}", 9.0, off(0.1)) for k in range(3)))
    stored: dict[str, bytes] = {}
    write(known, stored)
    assert {key.partition(":")[0] for key in stored} == {"map", "cell", "area", "known", "marks", "point"}
    known.feed(sighting("400fff", 3 * WINDOW_S, off(200.0)))
    write(known, stored)
    assert [key for key in stored if key.startswith("known:")] == ["known:400fff"]
    assert sorted(key.partition(":")[0] for key in stored) == [*["area"] * len(known.reported), "cell", "known", "map"]


def test_only_pieces_that_changed_are_written_again() -> None:
    known = fed(*crowd(3, 3), *(on_apron(f"4ca00{k}", 9.0, off(0.1)) for k in range(3)))
    known.changed()
    assert known.changed() == ({}, [])
    known.feed(sighting("400fff", 60.0, off(200.0)))
    documents, gone = known.changed()
    assert sorted(key.partition(":")[0] for key in documents) == ["cell", "known", "map"]
    assert gone == []
