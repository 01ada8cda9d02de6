"""Stops that are heard, wholly or in part: what is told of them and what is not."""

from __future__ import annotations

import pytest

from detector.domain.movement import MovementKind
from detector.domain.stop import Certainty, Level, Status, Verdict
from detector.domain.times import iso, parse_iso
from detector.simulation.scenario import Flight, Outage, Silence
from tests.movements.worlds import BORDER_S, beside, check_of, far_from, play, scene

AT = "2024-05-06T"


def flight(origin: str | None, to: str | None, at: str, **values: object) -> Flight:
    return Flight(**{"off_block": f"{AT}{at}:00Z", "origin": origin, "destination": to, "cruise_ft": 15_000, **values})  # type: ignore[arg-type]


def test_landing_stay_and_take_off_heard_are_one_closed_stop_of_level_4() -> None:
    world = play(
        scene(
            flight("LFBO", "LFMN", "00:20", callsign="AAA1"),
            flight("LFMN", "LFBO", "03:00", callsign="BBB2"),
            receivers=[beside("LFBO"), beside("LFMN")],
        )
    )
    nice, home = world.stops
    assert (nice.airport, nice.level, nice.status, nice.country) == ("LFMN", Level.OBSERVED, Status.CLOSED, "FR")
    assert nice.departed is not None
    assert nice.landed.observed
    assert nice.departed.observed
    assert abs(nice.landed.estimate - world.true_time("landing", "LFMN")) < BORDER_S
    assert abs(nice.departed.estimate - world.true_time("take_off", "LFMN")) < BORDER_S
    assert (nice.callsign_in, nice.callsign_out) == ("AAA1", "BBB2")
    spoken = {"ground_words", "ground_fix", "low_samples", "altitude_at_field", "departure", "on_runway"}
    assert spoken <= {check.name for check in nice.checks if check.verdict is Verdict.PASS}
    assert [check for check in nice.checks if check.verdict is Verdict.FAIL] == []
    assert (home.airport, home.status, home.departed) == ("LFBO", Status.OPEN, None)
    assert [kind for kind in world.kinds() if kind is not MovementKind.GAP] == ["take_off", "landing"] * 2


def test_a_stop_keeps_its_id_through_all_revisions() -> None:
    world = play(
        scene(
            flight("LFBO", "LFMN", "00:20"),
            flight("LFMN", None, "03:00", via=[(45.0, 9.0)]),
            receivers=[beside("LFMN")],
        )
    )
    assert len({revision.id for revision in world.revisions}) == 1
    assert [revision.revision for revision in world.revisions] == list(range(1, len(world.revisions) + 1))


@pytest.mark.parametrize("silent_min", [40, 95])
def test_silence_at_the_gate_does_not_end_a_stop(silent_min: int) -> None:
    off_block = parse_iso(f"{AT}01:30:00Z") + silent_min * 60
    world = play(
        scene(
            flight("LFBO", "LFMN", "00:20"),
            flight("LFMN", "LFBO", "00:00", off_block=iso(off_block)),
            receivers=[beside("LFBO"), beside("LFMN")],
            on_before_s=60,
            on_after_s=30,
        )
    )
    assert [(stop.airport, stop.level) for stop in world.stops] == [("LFMN", 4), ("LFBO", 4)]


def test_a_recording_that_ends_on_the_ground_leaves_the_stop_open() -> None:
    world = play(scene(flight("LFBO", "LFMN", "00:20"), receivers=[beside("LFBO"), beside("LFMN")]))
    (stop,) = world.stops
    assert (stop.status, stop.departed, stop.ground_time) == (Status.OPEN, None, None)


def test_a_recording_that_begins_on_the_ground_has_no_stop_there() -> None:
    world = play(scene(flight("LFBO", None, "00:20", via=[(44.5, 3.0)]), receivers=[beside("LFBO")]))
    assert world.every_stop == []
    assert world.kinds() == [MovementKind.TAKE_OFF]


def test_parked_for_days_with_a_squitter_now_and_then_is_one_stop() -> None:
    spells = [
        Silence(
            start=f"2024-05-{6 + h // 24:02}T{h % 24:02}:05:00Z",
            until=f"2024-05-{6 + (h + 3) // 24:02}T{(h + 3) % 24:02}:00:00Z",
        )
        for h in range(2, 62, 3)
    ]
    world = play(
        scene(
            flight("LFBO", "LFMN", "00:20", silent=spells),
            flight("LFMN", None, "00:00", off_block="2024-05-09T00:00:00Z", via=[(45.0, 9.0)]),
            receivers=[beside("LFMN")],
            on_before_s=300_000,
            on_after_s=300_000,
        )
    )
    assert [(stop.airport, stop.level, stop.status) for stop in world.stops] == [("LFMN", 4, Status.CLOSED)]


def test_a_return_to_the_field_of_departure_is_a_stop_there_and_nowhere_else() -> None:
    world = play(scene(flight("LFBO", "LFBO", "00:20", via=[(44.2, 2.2)], cruise_ft=9_000), receivers=[beside("LFBO")]))
    assert [(stop.airport, stop.status) for stop in world.stops] == [("LFBO", Status.OPEN)]


def test_a_diversion_is_a_stop_where_it_landed() -> None:
    way = flight("LFBO", "LFMN", "00:20", approaches=["go_around"], divert_to="LIMC")
    world = play(scene(way, receivers=[beside("LFMN"), beside("LIMC")]))
    assert [(stop.airport, stop.level) for stop in world.stops] == [("LIMC", 4)]
    assert ("go_around", "LFMN") in [(m.kind.value, m.airport) for m in world.movements]


@pytest.mark.parametrize(("stay_min", "certainty"), [(32, Certainty.CERTAIN), (75, None)])
def test_a_short_turnaround_that_was_seen_is_certain_or_none(stay_min: int, certainty: Certainty | None) -> None:
    landing = play(scene(flight("LLBG", "OSDI", "00:20"), receivers=[beside("OSDI")])).true_time("landing", "OSDI")
    out = flight("OSDI", "LLBG", "00:00", off_block=iso(landing + stay_min * 60))
    world = play(scene(flight("LLBG", "OSDI", "00:20"), out, receivers=[beside("OSDI"), beside("LLBG")]))
    damascus = next(stop for stop in world.stops if stop.airport == "OSDI")
    found = {finding.rule: finding.certainty for finding in damascus.findings}
    assert found.pop("listed_airport") is Certainty.CERTAIN
    assert found.get("short_turnaround") is certainty


def test_a_short_turnaround_is_possible_where_only_a_part_of_the_interval_is_short() -> None:
    blind = Outage(start=f"{AT}00:30:00Z", until=f"{AT}03:00:00Z")
    world = play(
        scene(
            flight("LLBG", "OSDI", "00:20"),
            flight("OSDI", "LLBG", "02:30"),
            receivers=[beside("LLBG"), far_from("OSDI", hears_down_to_ft=3_000), beside("OSDI", outages=[blind])],
        )
    )
    damascus = next(stop for stop in world.stops if stop.airport == "OSDI")
    assert damascus.ground_time is not None
    assert damascus.ground_time.max is not None
    assert damascus.ground_time.min < 3_600 < damascus.ground_time.max
    found = {finding.rule: finding.certainty for finding in damascus.findings}
    assert found["short_turnaround"] is Certainty.POSSIBLE


def test_on_the_ground_at_a_and_then_at_b_without_a_flight_heard_ends_the_stop_at_a() -> None:
    gone = Silence(start="landing + 20 min", until="next landing + 4 min")
    world = play(
        scene(
            flight("LFBO", "LFMN", "00:20", silent=[gone]),
            flight("LFMN", "LIMC", "03:00"),
            flight("LIMC", None, "06:00", via=[(46.5, 6.0)]),
            receivers=[beside("LFMN"), beside("LIMC")],
            on_after_s=1_800,
        )
    )
    nice, milan = world.stops
    truth = {stop.airport: stop for stop in world.truth}
    for stop in (nice, milan):
        true = truth[stop.airport or ""]
        assert stop.status is Status.CLOSED
        assert stop.departed is not None
        assert true.departed_at is not None
        assert stop.landed.earliest is not None
        assert stop.departed.earliest is not None
        assert stop.landed.earliest - 2 <= true.landed_at <= stop.landed.latest + 2
        assert stop.departed.earliest - 2 <= true.departed_at <= stop.departed.latest + 2
    assert (nice.level, milan.level) == (4, 2)
    assert not nice.departed.observed  # type: ignore[union-attr]


def test_last_on_the_ground_at_a_and_first_heard_climbing_out_of_b_is_a_stop_at_both() -> None:
    gone = Silence(start="landing + 20 min", until="next landing + 10 min")
    world = play(
        scene(
            flight("LFBO", "LFMN", "00:20", silent=[gone]),
            flight("LFMN", "LIMC", "03:00"),
            flight("LIMC", None, "06:00", via=[(46.5, 6.0)]),
            receivers=[beside("LFMN"), far_from("LIMC", hears_down_to_ft=1_500, bearing_deg=330.0)],
            on_after_s=0,
            on_before_s=0,
        )
    )
    assert [(stop.airport, stop.level) for stop in world.stops] == [("LFMN", 4), ("LIMC", 2)]
    milan = world.stops[1]
    assert milan.landed.earliest is not None
    assert milan.landed.earliest <= world.true_time("landing", "LIMC") <= milan.landed.latest


def test_a_helicopter_lands_and_leaves_like_any_other() -> None:
    world = play(
        scene(
            flight("LFBO", "LFBR", "00:20", cruise_ft=2_000),
            flight("LFBR", "LFBO", "01:20", cruise_ft=2_000),
            receivers=[beside("LFBO"), beside("LFBR")],
            performance="helicopter",
            category="A7",
        )
    )
    assert [stop.airport for stop in world.stops] == ["LFBR", "LFBO"]
    assert world.stops[0].status is Status.CLOSED


def test_fewer_than_three_low_altitudes_hold_a_seen_landing_at_level_3() -> None:
    near = beside("LFMN", outages=[Outage(start=f"{AT}00:00:00Z", until=f"{AT}01:02:00Z")])
    scenario = scene(flight("LFBO", "LFMN", "00:20"), receivers=[near])
    landing = play(scene(flight("LFBO", "LFMN", "00:20"), receivers=[beside("LFMN")])).true_time("landing")
    before, after = Outage(start=f"{AT}00:00:00Z", until=iso(landing - 30)), iso(landing - 27)
    late = beside("LFMN", outages=[before, Outage(start=after, until=iso(landing + 1))])
    (stop,) = play(scene(*scenario.aircraft[0].flights, receivers=[late])).stops
    assert check_of(stop, "low_samples").verdict is Verdict.FAIL
    assert stop.level is Level.BOTH_SIDES
