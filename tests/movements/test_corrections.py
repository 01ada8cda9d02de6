"""A stop has one line of revisions under its id, whatever is found out about its field."""

from __future__ import annotations

import msgspec

from detector.domain.movement import Movement, MovementKind
from detector.domain.stop import Level, Moment, Status, Stop
from detector.movements.machine import _continued

STOP = Stop(
    id="stop-1",
    revision=4,
    status=Status.OPEN,
    icao24="15522c",
    airport="LFPO",
    country="FR",
    candidates=(),
    landed=Moment(0.0, 60.0, 30.0, False),
    level=Level.ONE_SIDE,
    opened_at=0.0,
    revised_at=0.0,
)
TAKEN_BACK = msgspec.structs.replace(STOP, revision=5, status=Status.RETRACTED, level=Level.REJECTED)
ANEW = msgspec.structs.replace(STOP, revision=1, status=Status.CLOSED, airport="LFPG")
TAKE_OFF = Movement(MovementKind.TAKE_OFF, "15522c", "LFPG", 0.0, 1.0, "seen")


def test_a_stop_told_anew_at_another_field_is_a_revision_and_no_retraction() -> None:
    assert _continued([TAKEN_BACK, TAKE_OFF, ANEW]) == [TAKE_OFF, msgspec.structs.replace(ANEW, revision=5)]


def test_another_stop_leaves_the_retraction_as_it_is() -> None:
    other = msgspec.structs.replace(ANEW, id="stop-2")
    assert _continued([TAKEN_BACK, other]) == [TAKEN_BACK, other]
