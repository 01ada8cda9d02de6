"""Stops nobody saw: opened, raised, closed and taken back by what is heard on either side of a silence."""

from __future__ import annotations

import pytest

from detector.domain.alert import AlertEvent
from detector.domain.geo import destination
from detector.domain.stop import Level, Status
from detector.domain.times import parse_iso
from detector.simulation.scenario import Flight, GnssFault, Outage, Receiver, Silence
from tests.movements.worlds import beside, check_of, far_from, play, real_field, scene

AT = "2024-05-06T"
NOON = parse_iso(f"{AT}12:00:00Z")


def to_pyongyang(**values: object) -> Flight:
    usual = {"off_block": f"{AT}00:20:00Z", "origin": "UHWW", "destination": "ZKPY", "cruise_ft": 33_000}
    return Flight(**{**usual, **values})  # type: ignore[arg-type]


def back(at: str = "03:00") -> Flight:
    return Flight(off_block=f"{AT}{at}:00Z", origin="ZKPY", destination="UHWW", cruise_ft=33_000)


def receivers() -> list[Receiver]:
    return [beside("UHWW"), far_from("ZKPY", hears_down_to_ft=2_500)]


def test_lost_on_descent_to_a_listed_field_is_a_stop_after_ten_minutes_and_an_alert() -> None:
    world = play(scene(to_pyongyang(), receivers=receivers()), listen_until=NOON)
    (stop,) = world.stops
    assert (stop.airport, stop.level, stop.status, stop.departed) == ("ZKPY", Level.ONE_SIDE, Status.OPEN, None)
    assert stop.landed.earliest is not None
    assert stop.landed.earliest <= world.true_time("landing") <= stop.landed.latest
    assert [alert.event for alert in world.alerts] == [AlertEvent.OPENED]
    assert 590 <= world.alerts[0].at - stop.opened_at <= 610


def test_the_departure_raises_it_to_level_3_and_closes_it_under_the_same_id() -> None:
    world = play(scene(to_pyongyang(), back(), receivers=receivers()))
    pyongyang = [revision for revision in world.revisions if revision.airport == "ZKPY"]
    assert {revision.id for revision in pyongyang} == {pyongyang[0].id}
    assert [(r.level, r.status) for r in pyongyang] == [(2, Status.OPEN), (3, Status.CLOSED)]
    assert [a.event for a in world.alerts if a.stop.airport == "ZKPY"][:2] == [AlertEvent.OPENED, AlertEvent.CLOSED]


def test_it_is_taken_back_when_the_aircraft_reappears_en_route() -> None:
    """It descends past a listed field, is not heard for a quarter of an hour, and flies on."""
    flight = Flight(
        off_block=f"{AT}00:20:00Z",
        via=[(40.6, 126.6), (39.2, 125.7), (37.8, 125.2), (36.0, 125.0)],
        cruise_ft=9_000,
        speed_kt=260,
    )
    gap = Outage(start=f"{AT}00:38:30Z", until=f"{AT}00:54:00Z")
    world = play(scene(flight, receivers=[far_from("ZKPY", hears_down_to_ft=2_500, outages=[gap])]))
    assert world.stops == []
    assert [stop.status for stop in world.every_stop] == [Status.RETRACTED]
    assert [alert.event for alert in world.alerts] == [AlertEvent.OPENED, AlertEvent.RETRACTED]
    assert "heard again in flight" in (world.every_stop[0].retraction or "")


def test_nothing_is_opened_at_a_field_that_nobody_lists_while_the_silence_lasts() -> None:
    flight = Flight(off_block=f"{AT}00:20:00Z", origin="LFBO", destination="LFMN", cruise_ft=25_000)
    world = play(scene(flight, receivers=[far_from("LFMN", hears_down_to_ft=2_000)]), listen_until=NOON)
    assert world.every_stop == []


def test_a_silence_that_only_rises_out_of_a_field_is_level_2_there() -> None:
    deaf_in = Outage(start=f"{AT}00:00:00Z", until=f"{AT}02:50:00Z")
    world = play(
        scene(
            to_pyongyang(),
            back(),
            receivers=[beside("UHWW"), far_from("ZKPY", hears_down_to_ft=2_500, outages=[deaf_in])],
        )
    )
    stop = next(stop for stop in world.stops if stop.airport == "ZKPY")
    assert (stop.level, stop.status) == (Level.ONE_SIDE, Status.CLOSED)
    assert stop.landed.earliest is not None
    assert stop.landed.earliest <= world.true_time("landing", "ZKPY") <= stop.landed.latest


@pytest.mark.parametrize("lost_min", [8, 20, 40])
def test_a_transponder_switched_off_at_cruise_for_a_while_is_no_stop(lost_min: int) -> None:
    quiet = Silence(start=f"{AT}01:00:00Z", until=f"{AT}01:{lost_min:02}:00Z")
    flight = Flight(off_block=f"{AT}00:20:00Z", origin="LFBO", destination="EHAM", cruise_ft=33_000, silent=[quiet])
    world = play(scene(flight, receivers=[beside("LFBO", antenna_ft=3_000), beside("EHAM", antenna_ft=3_000)]))
    assert [stop.airport for stop in world.stops] == ["EHAM"]


def test_the_reasons_of_an_inferred_stop_say_how_far_how_high_and_how_long() -> None:
    world = play(scene(to_pyongyang(), back(), receivers=receivers()))
    stop = next(stop for stop in world.stops if stop.airport == "ZKPY")
    assert "NM from the field at" in check_of(stop, "energy_arrival").reason
    assert "silent for" in check_of(stop, "feasible").reason
    assert sum(candidate.probability for candidate in stop.candidates) <= 1.0


@pytest.mark.parametrize("hears_down_to_ft", [6_000, 8_000])
def test_a_go_around_too_short_for_a_landing_leaves_no_stop_behind(hears_down_to_ft: float) -> None:
    """Both sides of the silence fit the listed field, but it lasted less than flying in, a stay and climbing out."""
    there = real_field("ZKPY")
    ways = [destination(there.lat, there.lon, 200.0, nm) for nm in (150.0, 120.0)]
    flight = Flight(
        off_block=f"{AT}00:10:00Z",
        via=ways,
        destination="ZKPY",
        divert_to="ZKWS",
        approaches=["go_around"],
        cruise_ft=28_000,
    )
    wonsan = real_field("ZKWS")
    out = [destination(wonsan.lat, wonsan.lon, 200.0, nm) for nm in (60.0, 150.0)]
    on = Flight(off_block=f"{AT}02:30:00Z", origin="ZKWS", via=out, cruise_ft=28_000)
    world = play(scene(flight, on, receivers=[far_from("ZKPY", hears_down_to_ft=hears_down_to_ft)]))
    assert [stop.airport for stop in world.stops] == ["ZKWS"]


def test_a_take_off_with_jammed_positions_opens_no_second_stop_where_the_flight_before_came_down() -> None:
    there = real_field("OSDI")
    ways = [destination(there.lat, there.lon, 200.0, nm) for nm in (150.0, 120.0)]
    jam_in = GnssFault(kind="jammed", start="landing - 12 min")
    jam_out = GnssFault(kind="jammed", start="off_block - 10 min", until="take_off + 12 min")
    way_in = Flight(off_block=f"{AT}00:10:00Z", via=ways, destination="OSDI", cruise_ft=28_000, gnss=[jam_in])
    out = [destination(there.lat, there.lon, 60.0, nm) for nm in (120.0, 150.0)]
    way_out = Flight(off_block=f"{AT}02:00:00Z", origin="OSDI", via=out, cruise_ft=28_000, gnss=[jam_out])
    world = play(scene(way_in, way_out, receivers=[beside("OSDI")]), listen_until=parse_iso(f"{AT}04:00:00Z"))
    assert [(stop.airport, stop.status) for stop in world.every_stop] == [("OSDI", Status.CLOSED)]
