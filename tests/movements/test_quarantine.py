"""Positions in doubt are taken out of what judges; what does not come from satellites stays."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from detector.domain.doubt import Doubt, Place
from detector.domain.observation import AircraftState, GroundRun, Observation, Points, Trigger
from detector.domain.stop import Level, Status, Verdict
from detector.movements import MovementSettings, believed
from detector.movements.life import Life
from detector.movements.quarantine import refused
from tests.movements.tracks import T0, straight
from tests.movements.worlds import airports, check_of, real_field

S = MovementSettings()
BEFORE = Place(T0 + 240.0, 50.0, 8.4, 9_000.0, 250.0, 90.0, -900.0)
FIELD = real_field("OLBA")


def state(fix_at: float | None = T0 + 600.0) -> AircraftState:
    """Standing at OLBA, as it is shown."""
    return AircraftState(
        T0 + 600.0, fix_at, FIELD.lat, FIELD.lon, True, 1_200.0, T0 + 599.0, 3.0, 170.0, T0 + 598.0, None, "TST1", "A3"
    )


def moment(doubt: Doubt | None, points: Points | None = None, **values: Any) -> Observation:
    usual = {"before": None, "points_before": None, "run": None, "doubt": doubt} | values
    now = usual.pop("now", state())
    past = straight() if points is None else points
    return Observation(Trigger.GROUND_WORD, 0, "480001", T0 + 600.0, now, past, frame=b"", **usual)


def doubt(since: float = 300.0, returned: float | None = None) -> Doubt:
    return Doubt(T0 + since, T0 + since, BEFORE, None if returned is None else T0 + returned)


def test_without_doubt_the_moment_is_as_it_was_heard() -> None:
    heard = moment(None)
    assert believed(heard) is heard


def test_in_doubt_the_place_is_the_last_one_believed_and_the_rest_stays() -> None:
    heard = moment(doubt(), before=state(), points_before=straight())
    told = believed(heard)
    for now in (told.now, told.before):
        assert now is not None
        assert (now.fix_at, now.latitude_deg, now.longitude_deg) == (BEFORE.at, 50.0, 8.4)
        assert (now.fix_on_surface, now.groundspeed_kt, now.track_deg, now.velocity_at) == (
            False, 250.0, 90.0, BEFORE.at,
        )  # fmt: skip
        assert (now.altitude_baro_ft, now.altitude_at, now.callsign, now.heard_at) == (
            1_200.0, T0 + 599.0, "TST1", T0 + 600.0,
        )  # fmt: skip
    assert told.points.at[-1] == T0 + 240.0
    assert told.points_before is not None
    assert told.points_before.at[-1] == T0 + 240.0
    # Their heights count all the same.
    assert told.heights is heard.points


def test_once_it_is_back_only_the_time_in_between_is_missing() -> None:
    told = believed(moment(doubt(returned=450.0)))
    assert told.now == state()
    missing = [(a - T0, b - T0) for a, b in pairwise(told.points.at.tolist()) if b - a > 30.0]
    assert missing == [(240.0, 450.0)]


def test_a_fix_from_before_the_jump_or_from_the_time_in_doubt_is_told_apart() -> None:
    early = moment(doubt(), now=state(T0 + 299.0))
    assert believed(early).now == early.now
    late = believed(moment(doubt(returned=500.0), now=state(T0 + 450.0)))
    assert late.now.fix_at == BEFORE.at
    nowhere = believed(moment(doubt(), now=state(None)))
    assert nowhere.now.fix_at is None


def test_where_positions_were_frozen_before_they_jumped_those_go_too() -> None:
    told = believed(moment(doubt(since=500.0)))
    assert told.points.at[-1] == BEFORE.at


RUN = GroundRun(True, T0 + 500.0, T0 + 595.0, 30, T0 + 470.0)


def claimed(run: GroundRun = RUN, life: Life | None = None, **values: Any) -> list[Any]:
    heard = moment(values.pop("doubt", doubt()), run=run, **values)
    return refused(Life() if life is None else life, heard, run, airports(), S)


def test_the_stop_at_the_false_place_is_told_as_rejected_at_once() -> None:
    (stop,) = claimed()
    assert (stop.airport, stop.level, stop.status, stop.callsign_in) == (
        "OLBA",
        Level.REJECTED,
        Status.RETRACTED,
        "TST1",
    )
    assert (stop.landed.earliest, stop.landed.latest, stop.landed.observed) == (T0 + 470.0, T0 + 500.0, False)
    assert check_of(stop, "implied_speed").verdict is Verdict.FAIL
    assert stop.retraction == "the position jumped to OLBA 3 min before the ground contact"


def test_it_landed_there_no_earlier_than_it_was_shown_there() -> None:
    (stop,) = claimed(replace(RUN, last_other_at=T0 + 200.0))
    assert stop.landed.earliest == T0 + 300.0
    (stop,) = claimed(replace(RUN, last_other_at=None))
    assert stop.landed.earliest == T0 + 300.0
    (stop,) = claimed(replace(RUN, since=T0 + 250.0))
    assert stop.landed.earliest == T0 + 250.0


def test_it_is_told_once_a_jump() -> None:
    life = Life()
    assert len(claimed(life=life)) == 1
    assert claimed(life=life) == []
    assert len(claimed(life=life, doubt=doubt(since=400.0))) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"doubt": None},
        {"doubt": doubt(returned=450.0)},
        {"run": replace(RUN, on_ground=False)},
        {"run": replace(RUN, last_at=T0 + 589.0)},
        {"now": state(T0 + 499.0)},
        {"now": state(None)},
        {"now": replace(state(), latitude_deg=30.0, longitude_deg=-40.0)},
    ],
    ids=["no doubt", "back", "in the air", "too short", "a fix from before", "no fix", "at sea"],
)
def test_no_stop_is_claimed(values: dict[str, Any]) -> None:
    assert claimed(**values) == []
