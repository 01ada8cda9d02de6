from __future__ import annotations

import math

import pytest

from detector.domain.doubt import Place
from detector.domain.geo import destination
from detector.tracking.doubts import FORGET_AFTER_S, SILENT_S, Doubts, another_aircraft

T0 = 1_715_000_000.0
BEFORE = Place(T0, 41.0, 1.0, 35_000.0, 450.0, 10.0, 0.0)


def ahead(nm: float, seconds: float, *, off_deg: float = 0.0, groundspeed_kt: float = 450.0) -> Place:
    """So far from `BEFORE` along its track."""
    return Place(T0 + seconds, *destination(41.0, 1.0, 10.0 + off_deg, nm), 35_000.0, groundspeed_kt, 10.0, 0.0)


def doubted(here: Place) -> Doubts:
    doubts = Doubts()
    doubts.begin()
    doubts.jumped(3, 0, here, BEFORE, nowhere=False)
    return doubts


@pytest.mark.parametrize(
    ("here", "returned"),
    [
        # 450 kt for half a minute of a wrong clock, and for 10 s of flight, are 5 NM
        (ahead(5.0, 10.0), True),
        (ahead(5.5, 10.0, off_deg=180.0), True),
        (ahead(12.0, 10.0), False),
        (ahead(6.5, 10.0, off_deg=30.0), False),
        (ahead(5.0, 10.0, groundspeed_kt=120.0), False),
    ],
)
def test_a_jump_along_the_track_is_one_of_clocks_and_not_of_positions(here: Place, *, returned: bool) -> None:
    doubt = doubted(here).current[3]
    assert (doubt.returned_at is not None) is returned


def test_after_a_silence_an_address_of_two_aircraft_may_be_the_other_one() -> None:
    assert another_aircraft(T0 - 3_600.0, T0, T0 + SILENT_S)
    assert not another_aircraft(T0 - 3_600.0, T0, T0 + SILENT_S - 1.0)
    assert not another_aircraft(T0 - FORGET_AFTER_S, T0, T0 + SILENT_S)
    assert not another_aircraft(math.nan, T0, T0 + SILENT_S)


def test_what_is_heard_of_another_aircraft_is_not_doubted() -> None:
    doubts = doubted(ahead(200.0, 10.0))
    doubts.end(3, 7)
    assert doubts.current == {}
    assert doubts.at(3, 6) is not None
    assert doubts.at(3, 7) is None
    doubts.end(4, 7)
    assert doubts.at(4, 7) is None
