from __future__ import annotations

import pytest

from detector.domain.geo import destination, distance_nm
from detector.simulation.performance import PERFORMANCE
from detector.simulation.route import route_of, stand_of
from detector.simulation.scenario import Flight
from tests.movements.worlds import real_field

THERE = real_field("LFBO")
GATE = destination(*stand_of(THERE), 90.0, 0.05)


@pytest.mark.parametrize(("stand", "parked"), [(None, stand_of(THERE)), (GATE, GATE)])
def test_a_flight_ends_at_the_stand_it_is_given(stand: tuple[float, float] | None, parked: tuple[float, float]) -> None:
    ways = [destination(THERE.lat, THERE.lon, 150.0, nm) for nm in (60.0, 40.0)]
    flight = Flight(off_block="2024-05-06T00:10:00Z", via=ways, destination="LFBO", stand=stand)
    path = route_of(flight, {"LFBO": THERE}, PERFORMANCE["jet_airliner"]).path
    lat, lon = path.at(path.along_nm[-1:])
    assert distance_nm(float(lat[0]), float(lon[0]), *parked) < 0.005
