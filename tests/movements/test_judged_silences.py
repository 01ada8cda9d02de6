"""What a silence was, from its two sides alone."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest

from detector.domain.gap import Gap, GapClass, GapPlace
from detector.domain.geo import destination
from detector.domain.movement import Movement
from detector.domain.observation import AircraftState, Observation, Points, Trigger
from detector.domain.stop import Level, Status, Stop, Verdict
from detector.movements.ground_stops import Change
from detector.movements.life import Life, Phase
from detector.movements.settings import MovementSettings
from detector.movements.sides import Side
from detector.movements.surroundings import Silence
from detector.movements.unseen import judged
from detector.reference import Airports
from tests.movements.worlds import airports, check_of

T0 = 1_715_000_000.0
MIN = 60.0
PYONGYANG, PARIS = (39.22, 125.67), (48.86, 2.35)
CRUISE = Side(T0, T0, *destination(*PYONGYANG, 20.0, 70.0), 34_000.0, 440.0, 200.0, 0.0)


class OneAnswer:
    """The sky, of which only why nothing was heard is asked."""

    def __init__(self, kind: GapClass) -> None:
        self._kind = kind

    def silence(self, lost: GapPlace | None, icao24: str, begin: float, end: float, clock: float) -> Silence:
        return Silence(self._kind, "so it is told", end - begin, 1.0, outage=False)


def told(
    lost: Side,
    after: Side,
    kind: GapClass = GapClass.TRANSPONDER_OFF,
    stop: Stop | None = None,
    fields: Airports | None = None,
) -> list[Change]:
    state = AircraftState(
        after.at, after.at, after.latitude_deg, after.longitude_deg, False, after.altitude_ft, after.at,
        after.groundspeed_kt, after.track_deg, after.at, after.vertical_fpm, "TST1", "A3",
    )  # fmt: skip
    points = Points.of(*(np.zeros(0) for _ in range(5)))
    o = Observation(Trigger.AFTER_SILENCE, 0, "4840d6", after.at, state, points, None, None, None, b"")
    life = Life(phase=Phase.AIR, lost=lost, stop=stop)
    return judged(life, lost, after, o, fields or airports(), OneAnswer(kind), MovementSettings())  # type: ignore[arg-type]


def stops_in(changes: list[Change]) -> list[Stop]:
    return [change for change in changes if isinstance(change, Stop)]


def back_after(minutes: float, **changes: object) -> Side:
    """Where it was lost, some minutes later, and on another track."""
    at = T0 + minutes * MIN
    return msgspec.structs.replace(CRUISE, at=at, heard_at=at, track_deg=90.0, **changes)


def test_two_hours_dark_near_fields_is_a_stop_of_level_1_that_names_none() -> None:
    (stop,) = stops_in(told(CRUISE, back_after(120.0)))
    assert (stop.level, stop.airport, stop.status) == (Level.DARK, None, Status.CLOSED)
    assert "ZKPY" in [candidate.airport for candidate in stop.candidates[:3]]
    assert max(candidate.probability for candidate in stop.candidates) < 0.5


@pytest.mark.parametrize("kind", [GapClass.UNKNOWN, GapClass.COVERAGE])
def test_without_a_transponder_that_was_off_it_is_a_gap(kind: GapClass) -> None:
    changes = told(CRUISE, back_after(120.0), kind)
    assert stops_in(changes) == []
    assert [type(change) for change in changes] == [Movement, Gap]


def test_heard_again_no_higher_within_the_time_that_holding_takes_it_has_been_up_all_the_while() -> None:
    assert stops_in(told(CRUISE, back_after(40.0))) == []
    assert len(stops_in(told(CRUISE, back_after(50.0)))) == 1
    assert len(stops_in(told(CRUISE, back_after(40.0, altitude_ft=36_000.0)))) == 1


def test_a_stop_that_the_silence_had_opened_is_taken_back_where_it_was_only_not_heard() -> None:
    (opened,) = stops_in(told(CRUISE, back_after(120.0)))
    opened = msgspec.structs.replace(opened, status=Status.OPEN, departed=None)
    (stop,) = stops_in(told(CRUISE, back_after(120.0), GapClass.UNKNOWN, opened))
    assert (stop.id, stop.revision, stop.status) == (opened.id, opened.revision + 1, Status.RETRACTED)


def test_climbing_out_of_a_city_with_several_fields_is_a_stop_of_level_2_that_names_none() -> None:
    at = T0 + 180.0 * MIN
    lost = Side(T0, T0, *destination(*PARIS, 160.0, 200.0), 34_000.0, 430.0, 340.0, 0.0)
    after = Side(at, at, *destination(*PARIS, 20.0, 26.0), 13_000.0, 330.0, 20.0, 1_500.0)
    (stop,) = stops_in(told(lost, after, GapClass.UNKNOWN))
    assert (stop.level, stop.airport) == (Level.ONE_SIDE, None)
    assert {candidate.airport for candidate in stop.candidates} >= {"LFPG", "LFPO", "LFPB"}
    assert check_of(stop, "one_field").verdict is Verdict.FAIL


@pytest.mark.parametrize(("minutes", "told_as_stop"), [(8.0, False), (40.0, True)])
def test_a_silence_too_short_for_landing_and_leaving_is_a_gap_even_where_both_sides_fit(
    minutes: float, told_as_stop: bool
) -> None:
    """An approach broken off unheard: down on one side of the field, up again on the other."""
    place = destination(*PYONGYANG, 10.0, 13.0)
    lost = Side(T0, T0, *place, 4_600.0, 240.0, 190.0, -1_200.0)
    at = T0 + minutes * MIN
    after = Side(at, at, *destination(*PYONGYANG, 190.0, 5.0), 5_300.0, 250.0, 190.0, 2_000.0)
    assert bool(stops_in(told(lost, after, GapClass.COVERAGE))) is told_as_stop


def test_in_and_out_over_a_field_without_runways_that_is_as_good_as_nowhere_is_a_gap() -> None:
    """A table may have lost its runways: both sides fit the field, and it is too unlikely to be listed."""
    lost = Side(T0, T0, *destination(*PYONGYANG, 10.0, 13.0), 4_600.0, 240.0, 190.0, -1_200.0)
    at = T0 + 40.0 * MIN
    after = Side(at, at, *destination(*PYONGYANG, 190.0, 5.0), 5_300.0, 250.0, 190.0, 2_000.0)
    table = airports().table
    bare = dataclasses.replace(
        table,
        longest_runway_ft=np.zeros_like(table.longest_runway_ft),
        icao=("",) * len(table.icao),
        iata=("",) * len(table.iata),
        runway_start=np.zeros_like(table.runway_start),
        **{
            column: getattr(table, column)[:0]
            for column in (one.name for one in dataclasses.fields(table))
            if column.startswith(("le_", "he_", "runway_")) and column != "runway_start"
        },
    )
    changes = told(lost, after, GapClass.COVERAGE, fields=Airports(bare))
    assert stops_in(changes) == []
