from __future__ import annotations

import msgspec
import numpy as np

from detector.cases.tables import rows_from, rows_used, tables_of
from tests.pipeline.story import configuration

AT = 1_730_943_000.0
PYONGYANG, PARIS = (39.2, 125.7), (48.9, 2.4)


def test_tables_of_the_rows_used_answer_as_the_whole_tables_do() -> None:
    airports, watch_list = configuration().airports, configuration().watchlist
    rows = rows_used(airports, watch_list, [PYONGYANG, PARIS], [(43.4, 132.1)], [AT])
    some, listed = tables_of(rows_from(msgspec.to_builtins(rows), "tables"), near_radius_nm=airports.near_radius_nm)
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
