from __future__ import annotations

from datetime import date

import msgspec
import numpy as np

from detector.cases.known import KnownAircraft
from detector.cases.tables import rows_from, rows_used, tables_of
from detector.domain.identity import Identity
from detector.reference.corrections import AirportCorrection, corrected
from detector.reference.table import Military
from tests.pipeline.story import configuration

AT = 1_730_943_000.0
NOBODY = KnownAircraft(Identity(icao24="15522c"))
PYONGYANG, PARIS = (39.2, 125.7), (48.9, 2.4)


def test_tables_of_the_rows_used_answer_as_the_whole_tables_do() -> None:
    airports, watch_list = configuration().airports, configuration().watchlist
    rows = rows_used(airports, watch_list, [PYONGYANG, PARIS], [(43.4, 132.1)], [AT])
    some, listed = tables_of(
        rows_from(msgspec.to_builtins(rows), "tables"), NOBODY, near_radius_nm=airports.near_radius_nm
    )
    compared = 0
    assert 10 < len(some) < len(airports) / 5
    for latitude, longitude in (PYONGYANG, PARIS, (43.3, 132.0)):
        near = [(airports.codes[i], d) for i, d in airports.within(latitude, longitude, 20.0)]
        assert [(some.codes[i], d) for i, d in some.within(latitude, longitude, 20.0)] == near
        compared += len(near)
        for code, _ in near:
            mine, whole = some.index_of(code), airports.index_of(code)
            assert mine is not None
            assert whole is not None
            assert some.runways_of(mine) == airports.runways_of(whole)
            assert some.kinds[mine] is airports.kinds[whole]
            assert listed.entries_for(code, AT) == watch_list.entries_for(code, AT)
    assert compared > 5
    grid = np.linspace(38.8, 39.6, 9), np.linspace(125.3, 126.1, 9)
    assert some.ceiling_ft(*grid).tolist() == airports.ceiling_ft(*grid).tolist()


def test_what_a_case_knows_of_a_field_goes_with_it() -> None:
    airports, watch_list = configuration().airports, configuration().watchlist
    square = ((39.15, 127.47), (39.15, 127.51), (39.18, 127.51))
    given = AirportCorrection(
        code="ZKWS", source="written for a test", military=True, closed_from=date(2020, 1, 2), polygon=square
    )
    more = corrected(airports, [("a.yaml:1", given)])
    rows = rows_used(more, watch_list, [(39.2, 127.5)], [], [AT])
    some, _ = tables_of(
        rows_from(msgspec.json.decode(msgspec.json.encode(rows)), "tables"), NOBODY, near_radius_nm=10.0
    )
    i, mine = more.index_of("ZKWS"), some.index_of("ZKWS")
    assert i is not None
    assert mine is not None
    for at in (0.0, AT):
        assert some.closed_at(mine, at) == more.closed_at(i, at)
    assert some.military[mine] == more.military[i] == Military.STATED
    assert some.outlines[mine] == square
    assert some.distance_to_runways_nm(mine, 39.16, 127.50) == 0.0
