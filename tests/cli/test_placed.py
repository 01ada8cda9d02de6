"""Movements keep their field only while the stop they bound agrees."""

from __future__ import annotations

from typing import Any

import pytest

from detector.cli.placed import placed
from detector.domain.movement import Movement, MovementKind
from detector.domain.stop import Level, Moment, Status, Stop

LANDING = Movement(MovementKind.LANDING, "4b1a2c", "OLBA", 100.0, 110.0, "it came down")


def stop(**values: Any) -> Stop:
    usual: dict[str, Any] = {
        "id": "stop-1", "revision": 1, "status": Status.CLOSED, "icao24": "4b1a2c", "airport": "LLBG", "country": "IL",
        "candidates": (), "landed": Moment(90.0, 120.0, 105.0, observed=True),
        "departed": Moment(900.0, 910.0, 905.0, observed=True), "level": Level.ONE_SIDE,
        "opened_at": 110.0, "revised_at": 910.0,
    }  # fmt: skip
    return Stop(**(usual | values))


@pytest.mark.parametrize(
    "bounded",
    [
        stop(),
        stop(airport=None, country=None),
        stop(airport="OLBA", level=Level.REJECTED),
        stop(airport="OLBA", status=Status.RETRACTED, retraction="it was not"),
        stop(landed=Moment(None, 105.0, 105.0, observed=False)),
    ],
)
def test_a_landing_whose_stop_is_elsewhere_or_does_not_stand_names_no_field(bounded: Stop) -> None:
    (found,) = placed([LANDING], [bounded])
    assert (found.airport, found.reason) == (None, "it came down; position not trusted")


@pytest.mark.parametrize(
    "others",
    [
        [],
        [stop(airport="OLBA")],
        [stop(airport="OLBA"), stop(id="stop-2", airport="OLBA", level=Level.REJECTED)],
        [stop(icao24="4b1a2d")],
        [stop(landed=Moment(200.0, 210.0, 205.0, observed=True))],
        [stop(level=Level.DARK, airport=None)],
    ],
)
def test_any_other_landing_is_told_as_it_was(others: list[Stop]) -> None:
    assert placed([LANDING], others) == [LANDING]


def test_a_take_off_goes_with_the_end_of_a_stop_and_a_go_around_with_none() -> None:
    off = Movement(MovementKind.TAKE_OFF, "4b1a2c", "OLBA", 900.0, 905.0, "it climbed")
    around = Movement(MovementKind.GO_AROUND, "4b1a2c", "OLBA", 100.0, 110.0, "it went round")
    found = placed([off, around], [stop()])
    assert [movement.airport for movement in found] == [None, "OLBA"]
    assert placed([off], [stop(departed=None)]) == [off]
